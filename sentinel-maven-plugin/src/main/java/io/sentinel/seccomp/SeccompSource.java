package io.sentinel.seccomp;

/** Where the data files' bytes come from. */
@FunctionalInterface
public interface SeccompSource {

    /**
     * The bytes of one data file.
     *
     * @param path below {@code seccomp/}, with forward slashes: {@code groups/files.yaml}
     * @throws SeccompDataException when there is no such file
     */
    byte[] read(String path);

    /** The files that the jar carries. */
    static SeccompSource classPath() {
        return new ClassPathSource();
    }
}

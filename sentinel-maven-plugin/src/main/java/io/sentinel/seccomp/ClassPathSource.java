package io.sentinel.seccomp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The data files that the jar carries under {@code seccomp/}. */
record ClassPathSource() implements SeccompSource {

    @Override
    public byte[] read(String path) {
        try (InputStream in = ClassPathSource.class.getResourceAsStream("/seccomp/" + path)) {
            if (in == null) {
                throw new SeccompDataException(
                        "seccomp/" + path + " is not in the jar: a preset names a file that does not exist");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("seccomp/" + path + " in the jar cannot be read", e);
        }
    }
}

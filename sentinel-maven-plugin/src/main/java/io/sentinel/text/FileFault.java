package io.sentinel.text;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;

/** What a file system refused, for a person: which file, why, and what can be done where that is known. */
public final class FileFault {

    private FileFault() {}

    /** One sentence; without the exception's own class. */
    public static String sentence(IOException e) {
        String file = e instanceof FileSystemException named && named.getFile() != null ? named.getFile() : "";
        String told;
        if (e instanceof FileAlreadyExistsException) {
            told = file + " is in the way; move it away";
        } else if (e instanceof NoSuchFileException) {
            told = file + " is not there";
        } else if (e instanceof AccessDeniedException) {
            told = file + ": permission denied";
        } else if (e instanceof FileSystemException named && named.getReason() == null) {
            told = file + ": " + e.getClass().getSimpleName().replace("Exception", "");
        } else {
            told = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
        return "a file could not be read or written: " + SafeText.line(told);
    }

    /** One sentence about a name that this JVM cannot write as the host's bytes, which its locale decides. */
    public static String sentence(InvalidPathException e) {
        return "a name cannot be a file's here: " + SafeText.line(e.getMessage())
                + "; where it has letters beyond ASCII, set LC_ALL=C.UTF-8";
    }
}

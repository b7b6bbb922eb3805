package io.sentinel.run;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A port of this machine, on all its addresses, at which nobody is served: it takes what comes, and tells whether a word
 * came that only the probe of this run knows.
 */
final class HostListener implements AutoCloseable {

    private static final int WAITING = 64;
    private static final int LONGEST_GREETING = 256;
    private static final int WAIT_MILLIS = 50;

    private final ServerSocket socket;
    private final String word;

    private HostListener(ServerSocket socket, String word) {
        this.socket = socket;
        this.word = word;
    }

    /** Begins to listen, at a port that the system chooses. */
    static HostListener open() throws IOException {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return new HostListener(
                new ServerSocket(0, WAITING), "w" + HexFormat.of().formatHex(random));
    }

    /** 33 lower-case letters and digits, so that it is a host name too. */
    String word() {
        return word;
    }

    int port() {
        return socket.getLocalPort();
    }

    /**
     * The address of this machine at which the word has arrived. Asked when the probe is over: what had come in by then,
     * the kernel has kept.
     */
    Optional<InetAddress> heardAt() throws IOException {
        socket.setSoTimeout(WAIT_MILLIS);
        for (int taken = 0; taken <= WAITING; taken++) {
            try (Socket caller = socket.accept()) {
                if (greeting(caller).contains(word)) {
                    return Optional.of(caller.getLocalAddress());
                }
            } catch (SocketTimeoutException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static String greeting(Socket caller) {
        try {
            caller.setSoTimeout(WAIT_MILLIS);
            byte[] bytes = new byte[LONGEST_GREETING];
            int length = caller.getInputStream().read(bytes);
            return new String(bytes, 0, Math.max(0, length), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            // Somebody else, who says nothing.
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

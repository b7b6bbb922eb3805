package io.sentinel.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HostListenerTest {

    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    @Test
    void theWordIsHeardAmongOthersAndAfterItsBringerHasLeft() throws Exception {
        try (HostListener listener = HostListener.open();
                Socket silent = new Socket(LOOPBACK, listener.port());
                HostListener other = HostListener.open()) {
            say(listener, "GET / HTTP/1.1\r\n\r\n");
            say(listener, "");
            say(listener, "CONNECT " + other.word() + ".invalid:443 HTTP/1.0\r\n\r\n");
            say(listener, "CONNECT " + listener.word() + ".invalid:443 HTTP/1.0\r\n\r\n");
            assertThat(silent.isConnected()).isTrue();
            assertThat(listener.heardAt()).contains(LOOPBACK);
        }
    }

    @Test
    void othersAreNotTakenForIt() throws Exception {
        try (HostListener listener = HostListener.open()) {
            assertThat(listener.heardAt()).isEmpty();
            say(listener, "CONNECT word.invalid:443 HTTP/1.0\r\n\r\n");
            assertThat(listener.heardAt()).isEmpty();
        }
    }

    private static void say(HostListener listener, String text) throws Exception {
        try (Socket socket = new Socket(LOOPBACK, listener.port())) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}

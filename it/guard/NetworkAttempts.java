import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.URL;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;

/** Bytes and names to where the policy lets nobody speak. */
class NetworkAttempts extends Stage {

    private static final int LIMIT = 1500;

    final void connect(String host, int port) throws Exception {
        try (Socket one = new Socket()) {
            one.connect(new InetSocketAddress(InetAddress.getByName(host), port), LIMIT);
            one.getOutputStream().write(word());
        }
    }

    private void send(String host, StandardProtocolFamily family) throws Exception {
        try (DatagramChannel one = DatagramChannel.open(family)) {
            one.send(ByteBuffer.wrap(word()), new InetSocketAddress(InetAddress.getByName(host), port()));
        }
    }

    final void network() {
        act("jv-tcp-blocked", () -> connect(at("blocked4"), port()));
        act("jv-tcp-other", () -> connect(at("other4"), port()));
        act("jv-tcp-six", () -> connect(at("blocked6"), port()));
        act("jv-tcp-private", () -> connect(at("private4"), port()));
        act("jv-tcp-loopback", () -> connect("127.0.0.1", port()));
        act("jv-tcp-loopback-six", () -> connect("::1", port()));
        act("jv-tcp-closed", () -> connect(at("allowed4"), Integer.parseInt(at("closed"))));
        act("jv-tcp-trap", () -> connect("trap.test", port()));
        act("jv-tcp-inner", () -> connect("inner.test", port()));
        act("jv-tcp-number", () -> connect(String.valueOf(0xCB007142L), port()));
        act("jv-tcp-channel", () -> {
            try (SocketChannel one = SocketChannel.open(new InetSocketAddress(at("blocked4"), port()))) {
                one.write(ByteBuffer.wrap(word()));
            }
        });
        act("jv-tcp-channel-four", () -> {
            try (SocketChannel one = SocketChannel.open(StandardProtocolFamily.INET)) {
                one.connect(new InetSocketAddress(at("blocked4"), port()));
                one.write(ByteBuffer.wrap(word()));
            }
        });
        act("jv-tcp-nonblocking", () -> {
            try (SocketChannel one = SocketChannel.open()) {
                one.configureBlocking(false);
                one.connect(new InetSocketAddress(at("blocked4"), port()));
                for (int i = 0; i < 50 && !one.finishConnect(); i++) {
                    Thread.sleep(10);
                }
                one.write(ByteBuffer.wrap(word()));
            }
        });
        act("jv-tcp-asynchronous", () -> {
            try (AsynchronousSocketChannel one = AsynchronousSocketChannel.open()) {
                one.connect(new InetSocketAddress(at("blocked4"), port())).get(LIMIT, TimeUnit.MILLISECONDS);
                one.write(ByteBuffer.wrap(word())).get(LIMIT, TimeUnit.MILLISECONDS);
            }
        });
        add("jv-tcp-http", () -> HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).connectTimeout(Duration.ofMillis(LIMIT)).build().send(
                HttpRequest.newBuilder(URI.create("http://" + at("other4") + ":" + port() + "/" + id)).timeout(Duration.ofMillis(LIMIT)).build(),
                HttpResponse.BodyHandlers.ofString()));
        add("jv-tcp-url", () -> {
            var one = new URL("http://" + at("blocked4") + ":" + port() + "/" + id).openConnection(Proxy.NO_PROXY);
            one.setConnectTimeout(LIMIT);
            one.setReadTimeout(LIMIT);
            return one.getInputStream().read();
        });
        add("jv-tcp-proxy", () -> {
            var one = new URL("http://allowed.test/" + id).openConnection(
                    new Proxy(Proxy.Type.HTTP, new InetSocketAddress(at("blocked4"), port())));
            one.setConnectTimeout(LIMIT);
            one.setReadTimeout(LIMIT);
            return one.getInputStream().read();
        });
        act("jv-tcp-socks", () -> {
            try (Socket one = new Socket(new Proxy(Proxy.Type.SOCKS, new InetSocketAddress(at("blocked4"), port())))) {
                one.connect(InetSocketAddress.createUnresolved(id + ".test", 80), LIMIT);
            }
        });
        act("jv-tcp-tls", () -> {
            try (Socket one = new Socket(at("blocked4"), port())) {
                one.setSoTimeout(LIMIT);
                ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(one, id + ".test", 443, true).getOutputStream().write(word());
            }
        });
        act("jv-udp-blocked", () -> send(at("blocked4"), StandardProtocolFamily.INET));
        act("jv-udp-mapped", () -> send(at("blocked4"), StandardProtocolFamily.INET6));
        act("jv-udp-six", () -> send(at("blocked6"), StandardProtocolFamily.INET6));
        act("jv-udp-socket", () -> {
            try (DatagramSocket one = new DatagramSocket()) {
                one.send(new DatagramPacket(word(), word().length, InetAddress.getByName(at("blocked4")), port()));
            }
        });
        act("jv-udp-again", () -> {
            try (DatagramChannel one = DatagramChannel.open(StandardProtocolFamily.INET)) {
                one.connect(new InetSocketAddress(at("allowed4"), port()));
                one.disconnect();
                one.connect(new InetSocketAddress(at("blocked4"), port()));
                one.write(ByteBuffer.wrap(word()));
            }
        });
        act("jv-unix-path", () -> local(at("sockets") + "/stream"));
        act("jv-unix-relative", () -> local(Path.of("").toAbsolutePath().relativize(Path.of(at("sockets"), "stream")).toString()));
        act("jv-name-forbidden", () -> InetAddress.getByName(id + ".evil.test"));
        act("jv-name-server", () -> {
            var settings = new java.util.Hashtable<String, String>(Map.of(
                    "java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory",
                    "java.naming.provider.url", "dns://" + at("dns"), "com.sun.jndi.dns.timeout.initial", "500",
                    "com.sun.jndi.dns.timeout.retries", "1"));
            new javax.naming.directory.InitialDirContext(settings).getAttributes(id + ".evil.test", new String[] {"A", "TXT"});
        });
    }

    private void local(String place) throws Exception {
        try (SocketChannel one = SocketChannel.open(UnixDomainSocketAddress.of(place))) {
            one.write(ByteBuffer.wrap(word()));
        }
    }
}

package io.sentinel.verify;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The addresses of the verifier's own target: a piece of the blocks that are for documentation (RFC 5737), which nobody has. */
final class StubNetwork {

    private static final List<String> BLOCKS = List.of("203.0.113.", "198.51.100.");
    private static final int PIECES = 16;
    private static final int SIZE = 256 / PIECES;
    private static final int PREFIX = 28;

    private StubNetwork() {}

    /**
     * A piece that no interface of this machine has an address of, as a subnet.
     *
     * @param seed by which verifications that go on at the same time choose different ones
     * @throws IOException where each is taken
     */
    static String free(int seed) throws IOException {
        List<Long> taken = new ArrayList<>();
        for (NetworkInterface one : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            for (InterfaceAddress address : one.getInterfaceAddresses()) {
                if (address.getAddress().getAddress().length == 4) {
                    int shift = Math.min(32 - address.getNetworkPrefixLength(), 32);
                    taken.add((long) shift << 32 | number(address.getAddress()));
                }
            }
        }
        int all = BLOCKS.size() * PIECES;
        for (int i = 0; i < all; i++) {
            int piece = Math.floorMod(seed + i, all);
            String first = BLOCKS.get(piece / PIECES) + piece % PIECES * SIZE;
            long number = number(InetAddress.getByName(first));
            boolean free = taken.stream().noneMatch(other -> overlap(number, (int) (other >> 32), other & 0xffffffffL));
            if (free) {
                return first + "/" + PREFIX;
            }
        }
        throw new IOException(
                "each piece of " + String.join("0/24 and ", BLOCKS) + "0/24 is taken by an interface here");
    }

    /** Whether one of two networks lies in the other: the wider of their prefixes decides. */
    private static boolean overlap(long number, int shift, long other) {
        int wider = Math.max(shift, 32 - PREFIX);
        return number >> wider == other >> wider;
    }

    private static long number(InetAddress address) {
        long number = 0;
        for (byte part : address.getAddress()) {
            number = number << 8 | part & 0xff;
        }
        return number;
    }
}

package io.sentinel.verify.probe;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The smallest program of 32-bit ARM: it asks for its process number and ends well. An aarch64 kernel that runs it gives it
 * another table of system calls, as no program of 64 bits can have; and a compiler for these five instructions would be one
 * more that the build needs.
 */
final class Arm32 {

    private static final int[] CODE = {
        0xe3a0_7014, // mov r7, #20 (getpid)
        0xef00_0000, // svc 0
        0xe3a0_0000, // mov r0, #0
        0xe3a0_7001, // mov r7, #1 (exit)
        0xef00_0000, // svc 0
    };

    private static final int HEADER = 52;
    private static final int SEGMENT = 32;
    private static final int BASE = 0x1_0000;
    private static final int SIZE = HEADER + SEGMENT + 4 * CODE.length;

    private Arm32() {}

    /** An ELF file of one segment (elf(5)). */
    static byte[] program() {
        ByteBuffer file = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        // 32 bits, little-endian, version 1; then zeros.
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 1, 1, 1, 0}).putLong(0);
        // An executable, for ARM, version 1, its entry, the segments' place, no sections, EABI version 5.
        file.putShort((short) 2).putShort((short) 40).putInt(1);
        file.putInt(BASE + HEADER + SEGMENT).putInt(HEADER).putInt(0).putInt(0x0500_0000);
        // The size of this header, of a segment's and their number; none of sections.
        file.putShort((short) HEADER).putShort((short) SEGMENT).putShort((short) 1);
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        // All of the file, loaded to be read and executed.
        file.putInt(1)
                .putInt(0)
                .putInt(BASE)
                .putInt(BASE)
                .putInt(SIZE)
                .putInt(SIZE)
                .putInt(5)
                .putInt(BASE);
        for (int instruction : CODE) {
            file.putInt(instruction);
        }
        return file.array();
    }
}

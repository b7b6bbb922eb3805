// SHA-256 (FIPS 180-4).
#include "launcher.h"

static const u32 constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01,
    0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc,
    0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
    0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08,
    0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static u32 turned(u32 value, int bits) {
    return value >> bits | value << (32 - bits);
}

// One of 64 rounds; the next one's eight values are these, moved on by one.
#define ROUND(a, b, c, d, e, f, g, h, i)                                                                              \
    do {                                                                                                              \
        u32 one = (h) + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((g) ^ ((e) & ((f) ^ (g)))) + constants[i] + w[i]; \
        (d) += one;                                                                                                   \
        (h) = one + (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + (((a) & (b)) | ((c) & ((a) | (b))));             \
    } while (0)

static void take(u32 state[8], const byte block[64]) {
    u32 w[64];
    for (int i = 0; i < 16; i++) {
        const byte *at = block + 4 * i;
        w[i] = (u32)at[0] << 24 | (u32)at[1] << 16 | (u32)at[2] << 8 | at[3];
    }
    for (int i = 16; i < 64; i++) {
        u32 a = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ w[i - 15] >> 3;
        u32 b = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    u32 a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i += 8) {
        ROUND(a, b, c, d, e, f, g, h, i);
        ROUND(h, a, b, c, d, e, f, g, i + 1);
        ROUND(g, h, a, b, c, d, e, f, i + 2);
        ROUND(f, g, h, a, b, c, d, e, i + 3);
        ROUND(e, f, g, h, a, b, c, d, i + 4);
        ROUND(d, e, f, g, h, a, b, c, i + 5);
        ROUND(c, d, e, f, g, h, a, b, i + 6);
        ROUND(b, c, d, e, f, g, h, a, i + 7);
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void sha256_begin(struct sha256 *sha) {
    static const u32 first[8] = {
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    };
    copy(sha->state, first, sizeof first);
    sha->count = 0;
}

void sha256_add(struct sha256 *sha, const void *bytes, word count) {
    const byte *at = bytes;
    word held = sha->count % 64;
    sha->count += count;
    while (held + count >= 64) {
        word taken = 64 - held;
        if (held) {
            copy(sha->block + held, at, taken);
        }
        take(sha->state, held ? sha->block : at);
        at += taken;
        count -= taken;
        held = 0;
    }
    copy(sha->block + held, at, count);
}

void sha256_end(struct sha256 *sha, byte digest[DIGEST_BYTES]) {
    u64 bits = sha->count * 8;
    sha256_add(sha, "\x80", 1);
    while (sha->count % 64 != 56) {
        sha256_add(sha, "", 1);
    }
    for (int i = 7; i >= 0; i--) {
        byte one = (byte)(bits >> 8 * i);
        sha256_add(sha, &one, 1);
    }
    for (int i = 0; i < DIGEST_BYTES; i++) {
        digest[i] = (byte)(sha->state[i / 4] >> 8 * (3 - i % 4));
    }
}

/* SHA-256 (FIPS 180-4), so that results can be compared with those of other
 * machines without storing them. Not for secrets. */
#ifndef LINCLF_SHA256_H
#define LINCLF_SHA256_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { SHA256_BLOCK = 64, SHA256_TEXT = 65 };

typedef struct {
    uint32_t h[8];
    uint8_t block[SHA256_BLOCK];
    uint64_t size;   /* bytes so far */
} sha256;

static inline sha256
sha256_begin(void)
{
    return (sha256){.h = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                          0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

static inline uint32_t
sha256_rotate(uint32_t x, int n)
{
    return x >> n | x << (32 - n);
}

static inline void
sha256_compress(sha256 *s)
{
    static const uint32_t k[64] = {
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1,
        0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
        0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
        0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147,
        0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
        0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
        0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
        0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
        0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    };
    uint32_t w[64], v[8];

    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)s->block[4 * t] << 24 | (uint32_t)s->block[4 * t + 1] << 16
             | (uint32_t)s->block[4 * t + 2] << 8 | s->block[4 * t + 3];
    for (int t = 16; t < 64; t++) {
        const uint32_t a = w[t - 15], b = w[t - 2];

        w[t] = w[t - 16] + (sha256_rotate(a, 7) ^ sha256_rotate(a, 18) ^ a >> 3)
             + w[t - 7] + (sha256_rotate(b, 17) ^ sha256_rotate(b, 19) ^ b >> 10);
    }
    memcpy(v, s->h, sizeof v);
    for (int t = 0; t < 64; t++) {
        const uint32_t e = v[4], a = v[0];
        const uint32_t first =
            v[7] + (sha256_rotate(e, 6) ^ sha256_rotate(e, 11) ^ sha256_rotate(e, 25))
            + ((e & v[5]) ^ (~e & v[6])) + k[t] + w[t];
        const uint32_t second =
            (sha256_rotate(a, 2) ^ sha256_rotate(a, 13) ^ sha256_rotate(a, 22))
            + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

        memmove(v + 1, v, 7 * sizeof *v);
        v[4] += first;
        v[0] = first + second;
    }
    for (int i = 0; i < 8; i++)
        s->h[i] += v[i];
}

static inline void
sha256_add(sha256 *s, const void *data, size_t size)
{
    const uint8_t *from = data;

    while (size) {
        const size_t used = s->size % SHA256_BLOCK, room = SHA256_BLOCK - used;
        const size_t n = size < room ? size : room;

        memcpy(s->block + used, from, n);
        s->size += n;
        from += n;
        size -= n;
        if (n == room)
            sha256_compress(s);
    }
}

/* The digest in hexadecimal digits. */
static inline void
sha256_end(sha256 *s, char text[SHA256_TEXT])
{
    static const uint8_t padding[SHA256_BLOCK] = {0x80};
    const uint64_t bits = 8 * s->size;
    uint8_t length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)(bits >> (56 - 8 * i));
    sha256_add(s, padding,
               1 + (SHA256_BLOCK + 55 - s->size % SHA256_BLOCK) % SHA256_BLOCK);
    sha256_add(s, length, sizeof length);
    for (int i = 0; i < 8; i++)
        (void)snprintf(text + 8 * i, 9, "%08x", s->h[i]);
}

#endif

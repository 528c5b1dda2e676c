/*
 * fuzz.h: what a fuzz program is: one function that takes any bytes and must not
 * crash, leak, hang or read outside. libFuzzer calls it (`make fuzz`); `make check`
 * calls it with every file of its corpus (replay.c). The first byte may choose
 * between readers.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A path under which size bytes can be read as a file; *fd is the caller's to close. */
const char *fuzz_file(const uint8_t *data, size_t size, int *fd);

#endif

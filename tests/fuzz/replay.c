/*
 * replay.c: a fuzz program without libFuzzer: every file of the folders and files
 * named, once. Prints how many; none is a failure.
 */
#include "fuzz.h"

#include "base/file.h"
#include "base/mem.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { INPUT_BYTES_MOST = 1 << 20 };

static int replay(const char *path)
{
	char *bytes;
	size_t size;
	struct err e;
	if (file_read(path, INPUT_BYTES_MOST, &bytes, &size, &e) < 0) {
		fprintf(stderr, "%s\n", e.text);
		exit(2);
	}
	/* A copy of exactly this size: a read past the end is seen. */
	uint8_t *exact = size ? xmalloc(size) : NULL;
	if (size)
		memcpy(exact, bytes, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	free(bytes);
	return 1;
}

int main(int argc, char **argv)
{
	int count = 0;
	for (int i = 1; i < argc; i++) {
		struct dirent **entries;
		int n = scandir(argv[i], &entries, NULL, alphasort);
		if (n < 0)
			count += replay(argv[i]);
		for (int k = 0; k < n; k++) {
			char *path = file_join(argv[i], entries[k]->d_name);
			if (entries[k]->d_name[0] != '.')
				count += replay(path);
			free(path);
			free(entries[k]);
		}
		if (n >= 0)
			free(entries);
	}
	printf("%d inputs\n", count);
	return count ? 0 : 1;
}

/*
 * plain_xlsx.c: the least that reads a spreadsheet: libzip unpacks every part of XML,
 * expat parses it, cells and characters are counted and nothing is kept. What
 * reading XLSX costs is measured against it (tests/bench/spreadsheet.py).
 *
 *   plain_xlsx FILE      prints "CELLS CHARACTERS"
 */
#include <expat.h>
#include <stdio.h>
#include <string.h>
#include <zip.h>

static long cells, characters;

static void on_start(void *data, const char *name, const char **attributes)
{
	(void)data;
	(void)attributes;
	cells += strcmp(name, "c") == 0;
}

static void on_text(void *data, const char *s, int n)
{
	(void)data;
	(void)s;
	characters += n;
}

static int read_part(zip_t *archive, zip_uint64_t i)
{
	char chunk[64 * 1024];
	zip_int64_t n;
	zip_file_t *part = zip_fopen_index(archive, i, 0);
	XML_Parser parser = XML_ParserCreate(NULL);
	XML_SetElementHandler(parser, on_start, NULL);
	XML_SetCharacterDataHandler(parser, on_text);
	int rc = part && parser ? 0 : -1;
	do {
		n = rc == 0 ? zip_fread(part, chunk, sizeof chunk) : -1;
		if (n < 0 || XML_Parse(parser, chunk, (int)n, n == 0) != XML_STATUS_OK)
			rc = -1;
	} while (rc == 0 && n > 0);
	XML_ParserFree(parser);
	if (part)
		zip_fclose(part);
	return rc;
}

int main(int argc, char **argv)
{
	int code = 0;
	zip_t *archive = argc == 2 ? zip_open(argv[1], ZIP_RDONLY, &code) : NULL;
	if (!archive)
		return 2;
	zip_int64_t count = zip_get_num_entries(archive, 0);
	for (zip_int64_t i = 0; i < count; i++) {
		const char *name = zip_get_name(archive, (zip_uint64_t)i, 0);
		if (name && strstr(name, ".xml") && read_part(archive, (zip_uint64_t)i) != 0)
			return 1;
	}
	zip_discard(archive);
	printf("%ld %ld\n", cells, characters);
	return 0;
}

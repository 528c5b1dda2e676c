/*
 * fuzz_import.c: any bytes as a register file of any kind (the first byte says
 * which), and what was loaded exported again.
 */
#include "fuzz.h"

#include "base/day.h"
#include "base/file.h"
#include "base/mem.h"
#include "register/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct store *store;
static struct plan *plan;
static char folder[] = "/tmp/langnghe-fuzz-XXXXXX";

static void close_world(void)
{
	struct err e;
	store_close(store);
	plan_free(plan);
	file_remove_tree(folder, &e);
}

static void open_world(void)
{
	struct err e;
	struct problems problems = {0};
	if (!mkdtemp(folder) || atexit(close_world) != 0)
		abort();
	char *database = file_join(folder, "fuzz.db");
	if (store_open(&store, database, STORE_CREATE, &e) < 0 ||
		store_exec(store, "PRAGMA synchronous = OFF", &e) < 0 ||
		plan_load("conf/plan-thanh-hoa.conf", &plan, &problems) < 0 ||
		store_exec(store,
			"INSERT INTO unit (code, name, kind) VALUES ('xa-1', 'xã Một', 'commune');"
			"INSERT INTO village (code, name, kind, commune) VALUES ('LN-1', 'Làng', "
			"'village', 'xa-1')",
			&e) < 0)
		abort();
	free(database);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e;
	struct import_result r = {0};
	struct import_options options = {.by = "fuzz", .today = day_from_civil(2026, 11, 26)};
	int fd, kinds = 0;
	if (!store)
		open_world();
	while (kind_at((size_t)kinds))
		kinds++;
	const struct kind *k = kind_at(size ? data[0] % (size_t)kinds : 0);
	options.dry_run = size && data[0] & 0x80;
	const char *file = fuzz_file(size ? data + 1 : data, size ? size - 1 : 0, &fd);
	if (import_file(store, plan, k, file, &options, &r, &e) == 0 && r.number > 0) {
		int64_t rows;
		char *text = NULL;
		size_t length = 0;
		FILE *out = open_memstream(&text, &length);
		if (export_csv(store, k, NULL, out, &e) < 0)
			abort();
		fclose(out);
		free(text);
		if (import_undo(store, r.number, "fuzz", &rows, &e) < 0) {
			fprintf(stderr, "what was just loaded cannot be taken back: %s\n", e.text);
			abort();
		}
	}
	import_result_release(&r);
	close(fd);
	return 0;
}

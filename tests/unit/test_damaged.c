/*
 * test_damaged.c: shared objects with a few bytes changed, as a bad disk or a bad
 * day at the linker leaves them. Whatever they have become, the parent gets a
 * description that is in order or one sentence, in time, and no descriptor and no
 * process is left over. $DAMAGED_S: for how many seconds (3, or longer until both happened); $DAMAGED_SEED: where
 * chance begins (1); a failure prints where it began.
 */
#include "plugin_world.h"

#include "base/monotonic.h"
#include "rules/describe.h"

#include <errno.h>
#include <sys/wait.h>

enum { SECONDS_USUAL = 3, CHANGES_MOST = 8, OBJECT_MOST = 4 << 20, TOOK_MOST_MS = 30 * 1000, TRIES_MOST = 1000 };

static uint64_t chance;

static size_t draw(size_t below)
{
	chance = chance * 6364136223846793005u + 1442695040888963407u;
	return (size_t)(chance >> 33) % below;
}

/* Where the descriptor's rows and texts lie: half of the changes are made around the plugin's own words. */
static size_t words_at(const char *bytes, size_t size)
{
	static const char words[] = "behaves badly in one way";
	const char *at = memmem(bytes, size, words, sizeof words);
	return at ? (size_t)(at - bytes) : size / 2;
}

/* A whole row's worth of a pointer or a number, or one byte. */
static void change(char *bytes, size_t size, size_t words)
{
	static const unsigned char odd[] = {0, 1, 0x7f, 0x80, 0xff, 0x10, 0x40};
	size_t near = words > 4096 ? words - 4096 : 0, span = size - near < 16384 ? size - near : 16384;
	size_t at = draw(2) ? draw(size) : near + draw(span);
	size_t n = draw(4) ? 1 : 8;
	for (size_t i = 0; i < n && at + i < size; i++)
		bytes[at + i] = (char)(draw(2) ? odd[draw(sizeof odd)] : draw(256));
}

static void write_object(const char *path, const char *bytes, size_t size)
{
	struct err e;
	if (file_write_atomic(path, bytes, size, 0700, &e) < 0)
		fail_msg("%s", e.text);
}

static void no_damage_hurts_the_parent(void **state)
{
	const struct plugin_world *w = *state;
	struct err e;
	char *from = xasprintf("%s/tests/plugins/good.so", w->build), *to = file_join(w->folder, "good.so");
	char *whole;
	size_t size;
	const char *seconds = getenv("DAMAGED_S"), *seed = getenv("DAMAGED_SEED");
	int64_t until = monotonic_ms() + (seconds ? atoi(seconds) : SECONDS_USUAL) * INT64_C(1000);
	long described = 0, refused = 0;
	chance = seed ? strtoull(seed, NULL, 10) : 1;
	if (file_read(from, OBJECT_MOST, &whole, &size, &e) < 0)
		fail_msg("%s", e.text);
	char *bytes = xmalloc(size);
	int files = open_files();
	size_t words = words_at(whole, size);
	while (monotonic_ms() < until || (described * refused == 0 && described + refused < TRIES_MOST)) {
		struct plugin_info *p = NULL;
		uint64_t began = chance;
		int64_t start = monotonic_ms();
		memcpy(bytes, whole, size);
		for (size_t n = 1 + draw(CHANGES_MOST); n > 0; n--)
			change(bytes, size, words);
		write_object(to, bytes, size);
		e.text[0] = '\0';
		if (plugin_describe(w->settings, to, &p, &e) == 0) {
			assert_int_equal(plugin_info_check(p, &e), 0);
			plugin_info_free(p);
			described++;
		} else {
			refused++;
			if (!e.text[0])
				fail_msg("seed %llu: it says nothing", (unsigned long long)began);
		}
		if (monotonic_ms() - start > TOOK_MOST_MS || open_files() != files ||
			waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
			fail_msg("seed %llu: it took %lld ms, or something is left over: %d descriptors, %d before",
				(unsigned long long)began, (long long)(monotonic_ms() - start), open_files(), files);
	}
	print_message("%ld described, %ld refused\n", described, refused);
	assert_true(described > 0 && refused > 0);
	write_object(to, whole, size);
	struct plugin_info *p;
	if (plugin_describe(w->settings, to, &p, &e) < 0)
		fail_msg("%s", e.text);
	plugin_info_free(p);
	free(bytes);
	free(whole);
	free(from);
	free(to);
}

static int set_up(void **state)
{
	static struct plugin_world world;
	world_make(&world);
	*state = &world;
	return 0;
}

static int tear_down(void **state)
{
	world_remove(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(no_damage_hurts_the_parent)};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}

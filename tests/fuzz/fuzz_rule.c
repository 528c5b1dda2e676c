/*
 * fuzz_rule.c: any bytes as the file of a rule without C (first byte even), or as
 * its sentence with placeholders (odd). The file is always case.conf, so that a
 * whole rule whose name is "case" gets through.
 */
#include "fuzz.h"

#include "rules/rule_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* libconfig's own scanner forgets a string that was begun when it stops at an error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

struct seen {
	const char *text;
	size_t length, said;
};

/* Every part lies within the text, and names are short and ended. */
static int look(void *context, const char *text, size_t length, const char *name, bool plain)
{
	struct seen *s = context;
	(void)plain;
	if (text && (text < s->text || text + length > s->text + s->length || name))
		abort();
	if (!text && (!name || strlen(name) > s->length))
		abort();
	s->said += length;
	return 0;
}

static void try_sentence(const char *text)
{
	struct seen seen = {text, strlen(text), 0};
	if (rule_sentence_each(text, look, &seen) != 0 || seen.said > seen.length)
		abort();
}

static char folder[] = "/dev/shm/fuzz-rule-XXXXXX", file[sizeof folder + 20];

static void remove_folder(void)
{
	unlink(file);
	rmdir(folder);
}

static void try_file(const uint8_t *data, size_t size)
{
	struct problems problems = {0};
	struct rule_file *rule = NULL;
	if (!*file) {
		if (!mkdtemp(folder))
			abort();
		snprintf(file, sizeof file, "%s/case.conf", folder);
		atexit(remove_folder);
	}
	int fd = open(file, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
	if (rule_file_load(file, &rule, &problems) == 0) {
		try_sentence(rule->sentence);
		for (int s = RULE_DAILY; s <= RULE_YEARLY; s++)
			if (rule_day((enum rule_schedule)s, 20000) > 20000)
				abort();
	} else if (problems.count == 0) {
		abort(); /* refused without a word */
	}
	rule_file_free(rule);
	problems_release(&problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0) {
		try_file(data + 1, size - 1);
		return 0;
	}
	char *text = strndup((const char *)data + 1, size - 1);
	if (!text)
		abort();
	try_sentence(text);
	free(text);
	return 0;
}

/*
 * old-rows.c: built when a mark's row ended with its clause. Such a plugin goes on
 * working: what was added later is 0 for it.
 */
#include <stdint.h>

struct old_mark_row {
	uint32_t size;
	const char *id, *label, *lacks, *action, *clause;
};

static const struct old_mark_row old_marks[] = {
	{sizeof(struct old_mark_row), "thing", "Vật", "chưa có vật", "Đề nghị có vật.", "mục 1"},
	{sizeof(struct old_mark_row), "other", "Khác", "chưa có thứ khác", "Đề nghị có.", "mục 2"},
};
#define BAD_MARKS (const void *)old_marks
#define BAD_NAME "old-rows"
#include "bad.h"

static int check(const struct ln_host *host, void *state)
{
	(void)state;
	return report_one(host, "village:1", "Một") < 0 ? LN_FAILED : LN_COMPLETE;
}

/*
 * fuzz_conf.c: any bytes as settings, plan or calendar: the first byte says which.
 */
#include "fuzz.h"

#include "plan/calendar.h"
#include "plan/plan.h"
#include "plan/settings.h"

#include <unistd.h>

/* libconfig's own scanner forgets a string that was begun when it stops at an error. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct problems problems = {0};
	struct settings *settings = NULL;
	struct plan *plan = NULL;
	struct calendar *calendar = NULL;
	int fd;
	const char *file = fuzz_file(size ? data + 1 : data, size ? size - 1 : 0, &fd);
	switch (size ? data[0] % 3 : 0) {
	case 0:
		settings_load(file, &settings, &problems);
		break;
	case 1:
		plan_load(file, &plan, &problems);
		break;
	case 2:
		calendar_load(file, &calendar, &problems);
		break;
	}
	settings_free(settings);
	plan_free(plan);
	calendar_free(calendar);
	problems_release(&problems);
	close(fd);
	return 0;
}

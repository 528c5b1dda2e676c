/*
 * settings_check.h: rules between options, which no row of settings.c can say.
 * Part of settings; nobody else includes it.
 */
#ifndef PLAN_SETTINGS_CHECK_H
#define PLAN_SETTINGS_CHECK_H

#include "plan/conf_file.h"
#include "plan/settings.h"

/* Sets s->utc_offset_s; every rule that is broken becomes a problem at the option's line. */
void settings_check(struct settings *s, struct conf_file *f);

#endif

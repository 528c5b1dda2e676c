/*
 * stage.h: the world of one case: a store of its own, units, and a plan and a
 * plugin made of its things. What the case says is found is judged here.
 */
#ifndef SIM_STAGE_H
#define SIM_STAGE_H

#include "case_file.h"

#include "mail/mailing.h"
#include "rules/world.h"

/* The world of one case. */
struct stage {
	struct policy_case *c;
	struct world files; /* owns what was read; w borrows from it */
	struct world w;
	struct plan plan;
	struct settings settings;
	struct plugin_info plugin;
	struct rule_info rules[THINGS_MOST];
	struct mark_info marks[MARKS_MOST];
	struct duty duties[THINGS_MOST];
	struct target targets[THINGS_MOST];
	struct task tasks[THINGS_MOST];
	struct templates *templates;
	struct arena arena;
	char *database;
	bool fails, off;
	char stuck[20][64];
	size_t stuck_count;
	struct buf got;
	struct plugin_info *plugins[1];
	char *plugin_runs[1], *plugin_errors[1];
	char *enabled[1];
};

#define MUST(call)                                                                                 \
	do {                                                                                       \
		if ((call) < 0) {                                                                  \
			fprintf(stderr, "%s %s: %s\n", s->c->file, s->c->id, e.text);              \
			exit(2);                                                                   \
		}                                                                                  \
	} while (0)

void open_stage(struct stage *s, struct policy_case *c, const char *conf, const char *folder);
void close_stage(struct stage *s);
/* What is found on a day. */
void judge(struct stage *s, struct judgement *j, int32_t today);

#endif

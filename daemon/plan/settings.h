/*
 * settings.h: langnghed.conf, read whole and checked whole. Each option is a row
 * of data (settings.c): key, type, range, default, help. Unknown keys, wrong
 * types, values out of range and too-large integers are all reported in one
 * run with file:line. A settings object never changes after loading.
 */
#ifndef PLAN_SETTINGS_H
#define PLAN_SETTINGS_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum transport { TRANSPORT_MAILDIR, TRANSPORT_SMTP };

/* Working days before the last day (steps) and the like; every number of the reminder policy. */
struct int_list {
	int *items;
	size_t count;
};

struct reminders {
	struct int_list yearly_report;   /* P3: 30,14,7,3,1,0 days before the last day */
	struct int_list yearly_count;    /* P3: 120,60,30,7 */
	struct int_list quarterly_count; /* P3: 30,10,0 */
	struct int_list conference;      /* P3: 180,90,30,7 */
	struct int_list expiry;          /* P3: 180,90,30 */
	struct int_list overdue_workdays;/* P5: 1,4,7,10 working days after */
	int overdue_weeks;               /* P5: 4 weekly ones after those */
	int lapse_days;                  /* P5: 90 */
	int first_told_workdays;         /* P6: 3 */
	int body_rows;                   /* P6: 30 */
	int act_within_days;             /* P6: 30 */
	int start_spread_workdays;       /* P2: 5 */
	int worse_points;                /* P9: 1 percentage point */
	int collector_list_workdays;     /* P13: 2 */
	int urgent_days;                 /* order of urgency: due in <= 3 days */
	struct int_list unknown_months;  /* P7: 1,4,7,10,11 */
	struct int_list protected_steps; /* P20: 3,1,0: kept although acknowledged */
};

/* One plugins.NAME.KEY of the file; checked against the plugin's own rows once it is described. */
struct plugin_setting {
	char *plugin, *key;
	enum { PLUGIN_SETTING_INT, PLUGIN_SETTING_BOOL, PLUGIN_SETTING_TEXT } type;
	int64_t number; /* also 0/1 for a boolean */
	char *text;
	int line;
	char *file;
};

struct settings {
	char *file;                /* the file that was read */
	char *database, *control_socket;
	char *timezone;
	int utc_offset_s;
	char *data_label;          /* shown on every letter; NULL none. Non-NULL marks simulated data */
	char *plan, *calendar, *templates; /* paths, resolved */
	char *units_dir;           /* folder of units-*.csv and contacts-*.csv that init loads: the conf file's own */
	struct {
		char *name, *email;
	} admin;
	struct {
		char *directory;
		char **enabled;
		size_t enabled_count;
		int wall_ms, cpu_ms, memory_mib, output_mib, findings; /* what one check may take, and give */
		struct plugin_setting *values;
		size_t value_count;
	} plugins;
	struct {
		enum transport transport;
		char *maildir;
		char *server, *ca_file, *user, *password_file;
		bool starttls_required;
		char *from, *reply_to, *redirect_to; /* redirect_to NULL: off */
		int connections;
		char *bounces; /* maildir of delivery failures that come back; NULL: none read */
	} mail;
	struct {
		int check_at, send_at, preview_at; /* second of the day */
		int late_until;                    /* P15: 16:30 */
	} schedule;
	struct reminders reminders;
	char *import_directory, *rules_directory, *web_listen, *web_public_url; /* NULL if unset */
	int retention_letters_days;
};

/* Reads and checks file. On success *out is the caller's (settings_free). On failure -1, *out
 * untouched, problems holds every error found. */
int settings_load(const char *file, struct settings **out, struct problems *problems);
void settings_free(struct settings *s);
/* The file to use: argument (may be NULL), else $LANGNGHE_CONF, else /etc/langnghe/langnghed.conf. */
const char *settings_path(const char *argument);
/* The folder of helper programs: $LANGNGHE_LIBEXEC, else the folder of the running program if the
 * helpers stand beside it, else /usr/libexec/langnghe. The caller frees. */
char *settings_libexec(void);

#endif

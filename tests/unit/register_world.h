/*
 * register_world.h: a folder with a database, the real plan and a few invented
 * rows of every kind, for the tests of the register. Run from the top of the tree.
 */
#ifndef TEST_REGISTER_WORLD_H
#define TEST_REGISTER_WORLD_H

#include "base/file.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "register/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

struct register_world {
	char *folder, *database, *file;
	struct plan *plan;
	struct store *store;
	int32_t today;
};

static inline void world_write(const struct register_world *w, const char *text, size_t size)
{
	struct err e;
	if (file_write_atomic(w->file, text, size, 0600, &e) != 0)
		fail_msg("%s", e.text);
}

/* Imports text as a file of that kind; result is to be released. */
static inline void world_try(const struct register_world *w, const char *kind, const char *text,
	const struct import_options *options, struct import_result *result)
{
	struct err e;
	struct import_options plain = {.today = w->today, .by = "tester"};
	world_write(w, text, strlen(text));
	if (import_file(w->store, w->plan, kind_named(kind), w->file, options ? options : &plain,
		    result, &e) != 0)
		fail_msg("%s", e.text);
}

/* The same for a file that must load. Returns the import's number. */
static inline int64_t world_load(const struct register_world *w, const char *kind, const char *text)
{
	struct import_result r;
	world_try(w, kind, text, NULL, &r);
	if (r.rejected)
		fail_msg("%s row %d %s: %s", kind, r.rejects[0].row, r.rejects[0].column,
			r.rejects[0].reason);
	int64_t number = r.number;
	import_result_release(&r);
	return number;
}

/* The first column of the first row as text, "" for null or none. */
static inline char *world_ask(const struct register_world *w, const char *sql)
{
	struct err e;
	struct stmt *st = store_prepare(w->store, sql, &e);
	if (!st)
		fail_msg("%s", e.text);
	char *text =
		stmt_step(st, &e) == 1 && col_text(st, 0) ? xstrdup(col_text(st, 0)) : xstrdup("");
	stmt_free(st);
	return text;
}

#define assert_asked(w, sql, expected)                                                             \
	do {                                                                                       \
		char *asked_ = world_ask(w, sql);                                                  \
		assert_string_equal(asked_, expected);                                             \
		free(asked_);                                                                      \
	} while (0)

static inline void world_rows(const struct register_world *w)
{
	world_load(w, "units",
		"code,name,kind,parent,valid_from,valid_to,successors\n"
		"ubnd-tinh,UBND tỉnh,province,,,,\n"
		"so-nnptnt,Sở Nông nghiệp và Phát triển nông "
		"thôn,department,ubnd-tinh,,2025-02-28,so-nnmt\n"
		"so-tnmt,Sở Tài nguyên và Môi trường,department,ubnd-tinh,,2025-02-28,so-nnmt\n"
		"so-nnmt,Sở Nông nghiệp và Môi trường,department,ubnd-tinh,2025-03-01,,\n"
		"so-khcn,Sở Khoa học và Công nghệ,department,ubnd-tinh,,,\n"
		"so-congthuong,Sở Công Thương,department,ubnd-tinh,,,\n"
		"xa-14758,Phường Hàm Rồng,ward,ubnd-tinh,2025-07-01,,\n"
		"xa-14797,Phường Hạc Thành,ward,ubnd-tinh,2025-07-01,,\n"
		"xa-15001,Xã Cẩm Tú,commune,ubnd-tinh,2025-07-01,,\n"
		"xa-15002,Xã Cẩm Tân,commune,ubnd-tinh,2025-07-01,,\n"
		"xa-15003,Phường Cẩm Tân,ward,ubnd-tinh,2025-07-01,,\n"
		"xa-15090,Xã Cũ,commune,ubnd-tinh,,2025-06-30,xa-15001\n");
	world_load(w, "contacts",
		"unit,email,name,role,field\n"
		"so-khcn,vanthu@so-khcn.example,Văn thư,focal,all\n");
	world_load(w, "villages",
		"code,name,kind,commune,env_plan_state,env_group\n"
		"TH-0001,Làng nghề đúc đồng Trà Đông,traditional_village,xa-14758,none,no\n"
		"TH-0002,Làng nghề mộc Đạt Tài,village,xa-15001,approved,yes\n");
	world_load(w, "recognitions",
		"code,kind,name,villages,recognised_on,status\n"
		"CN-0001,traditional_craft,Nghề đúc đồng,TH-0001|TH-0002,2015-03-02,recognised\n");
	world_load(w, "village_years",
		"village,year,workers,workers_trained,effective\n"
		"TH-0001,2025,319,120,yes\nTH-0002,2025,40,,\n");
	world_load(w, "establishments",
		"code,village,name,kind,environment_compliant\n"
		"CS-0001,TH-0001,Hợp tác xã Đông Sơn,cooperative,yes\nCS-0002,TH-0002,=Hộ "
		"A,household,?\n");
	world_load(w, "products",
		"code,establishments,name,ocop_stars,certified_on,valid_to\n"
		"SP-0001,CS-0001|CS-0002,Trống đồng,4,2024-12-10,2027-12-10\n");
	world_load(w, "ip_rights",
		"no,form,name,villages,products\n"
		"12/GCN,collective_mark,Đúc đồng Trà Đông,TH-0001,SP-0001\n");
	world_load(w, "zones",
		"code,name,communes,planned_ha,actual_ha\n"
		"VNL-0001,Vùng luồng,xa-14758|xa-15001,\"1.250,125\",12.5\n");
	world_load(w, "projects",
		"code,task,kind,name,unit,villages,amount_million\n"
		"DA-0001,environment,treatment,Xử lý nước thải,so-nnmt,TH-0001,24500\n");
	world_load(w, "activities",
		"code,task,kind,unit,places,held_on,quantity,title\n"
		"HD-0001,1,media_item,so-khcn,xa-14758,14/05/2026,1,\"Giữ nghề,\nđúc đồng\"\n");
	world_load(w, "difficulties",
		"code,task,unit,raised_on,text\n"
		"KK-0001,environment,xa-14758,2026-08-25,Chưa bố trí được đất\n");
	world_load(w, "submissions",
		"duty,unit,period,document_on,received_on,accepted\n"
		"unit-report,so-khcn,2025,2025-11-20,2025-11-22,yes\n");
	world_load(w, "figures",
		"target,year,place,source,value,numerator,denominator,measure\n"
		"env-plan,2025,ubnd-tinh,báo cáo/2025,37.5,3,8,%\n");
}

static inline int world_set_up(void **state)
{
	struct register_world *w = xcalloc(1, sizeof *w);
	struct problems problems = {0};
	struct err e;
	char folder[] = "/tmp/langnghe-register-XXXXXX";
	if (!mkdtemp(folder))
		return -1;
	w->folder = xstrdup(folder);
	w->database = file_join(folder, "register.db");
	w->file = file_join(folder, "file.csv");
	w->today = day_from_civil(2026, 11, 20);
	*state = w;
	if (plan_load("conf/plan-thanh-hoa.conf", &w->plan, &problems) != 0) {
		print_error("%s: %s\n", problems.items[0].where, problems.items[0].text);
		problems_release(&problems);
		return -1;
	}
	if (store_open(&w->store, w->database, STORE_CREATE, &e) != 0) {
		print_error("%s\n", e.text);
		return -1;
	}
	world_rows(w);
	return 0;
}

static inline int world_tear_down(void **state)
{
	struct register_world *w = *state;
	struct err e;
	store_close(w->store);
	plan_free(w->plan);
	int rc = file_remove_tree(w->folder, &e);
	free(w->folder);
	free(w->database);
	free(w->file);
	free(w);
	return rc;
}

#endif

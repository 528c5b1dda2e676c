/*
 * test_register.c: register files as people write them, going in and coming
 * out: forms of cells, headings and files, codes, history, undo, removal, and
 * that an export of every kind imports without a change.
 */
#include "base/table.h"
#include "base/text.h"
#include "register_world.h"

static void labels_are_told_apart(void **state)
{
	(void)state;
	const struct kind *k;
	for (size_t i = 0; (k = kind_at(i)); i++) {
		assert_ptr_equal(kind_named(k->name), k);
		for (size_t a = 0; a < k->column_count; a++)
			for (size_t b = a + 1; b < k->column_count; b++) {
				char *one = text_fold(k->columns[a].label);
				char *other = text_fold(k->columns[b].label);
				if (strcmp(one, other) == 0)
					fail_msg("%s: %s", k->name, k->columns[a].label);
				free(one);
				free(other);
			}
		for (size_t a = 0; a < k->column_count; a++)
			for (size_t w = 0; k->columns[a].words && k->columns[a].words[w]; w++)
				assert_non_null(k->columns[a].word_labels[w]);
	}
	assert_null(kind_named("village"));
}

static void tables_have_the_columns_of_the_kinds(void **state)
{
	struct register_world *w = *state;
	struct err e;
	const struct kind *k;
	for (size_t i = 0; (k = kind_at(i)); i++) {
		char *sql = xasprintf("SELECT * FROM %s", k->table);
		struct stmt *st = store_prepare(w->store, sql, &e);
		assert_non_null(st);
		assert_int_equal((size_t)col_count(st), k->column_count + 1);
		for (size_t c = 0; c < k->column_count; c++)
			assert_string_equal(col_name(st, (int)c), k->columns[c].name);
		assert_string_equal(col_name(st, (int)k->column_count), "rev");
		stmt_free(st);
		free(sql);
	}
}

/* The same row, in the forms that spreadsheets write. */
static void forms_of_a_file(void **state)
{
	static const char *const files[] = {
		"code,name,commune,reviewed_on,env_group\nTH-0005,Làng "
		"Đông,xa-14758,2026-03-09,yes\n",
		"\xEF\xBB\xBF"
		"code;name;commune;reviewed_on;env_group\r\n"
		"TH-0005;Làng Đông;xa-14758;9/3/2026;có\r\n",
		"code\tname\tcommune\treviewed_on\tenv_group\nTH-0005\tLàng "
		"Đông\txa-14758\t09/03/2026\tx",
		"sep=;\nMã làng nghề;TÊN LÀNG NGHỀ;  xã phường ;ngay ra soat;Có tổ tự quản về "
		"BVMT;#ghi chú\n"
		"TH-0005;Làng Đông;Phường Hàm Rồng;2026-03-09;Có;bỏ qua\n",
		/* decomposed: a + combining grave, o + circumflex */
		"code,name,commune,reviewed_on,env_group\r"
		"TH-0005,La\xCC\x80ng \xC4\x90o\xCC\x82ng,Ha\xCC\x80m "
		"R\xC3\xB4\xCC\x80ng,2026-03-09,1\r",
		"\"code\",\"name\",\"Xã, phường\",\"reviewed_on\",\"env_group\"\n"
		"\n,,,,\n\"TH-0005\",\" Làng Đông \",\"hàm rồng\",\"2026-03-09\",\"YES\",,\n",
	};
	struct register_world *w = *state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct err e;
		assert_int_equal(
			store_exec(w->store, "DELETE FROM village WHERE code = 'TH-0005'", &e), 0);
		world_load(w, "villages", files[i]);
		assert_asked(w,
			"SELECT name || '/' || commune || '/' || reviewed_on || '/' || env_group"
			" FROM v_village WHERE code = 'TH-0005'",
			"Làng Đông/xa-14758/2026-03-09/1");
	}
}

static void forms_of_cells(void **state)
{
	struct register_world *w = *state;
	world_load(w, "zones",
		"code,name,planned_ha\nZ1,a,\"1.234,5\"\nZ2,b,1234.5\nZ3,c,\"1.234,50\"\n"
		"Z4,d,1 234\nZ5,e,1.234.567\nZ6,f,\"0,125\"\n");
	assert_asked(w, "SELECT group_concat(planned_ha, ' ') FROM v_zone WHERE code LIKE 'Z%'",
		"1234.5 1234.5 1234.5 1234 1234567 0.125");
	world_load(w, "village_years",
		"village,year,households,workers,effective,price_basis\n"
		"TH-0001,2024,\"1.234.567\",389,không,Giá hiện hành\n");
	assert_asked(w,
		"SELECT households || ' ' || effective || ' ' || price_basis FROM v_village_year"
		" WHERE year = 2024",
		"1234567 0 current");
	world_load(w, "villages",
		"code,env_drainage,env_wastewater,env_solid_waste\n"
		"TH-0001,có,không áp dụng,0\n");
	assert_asked(w,
		"SELECT env_drainage || env_wastewater || env_solid_waste FROM v_village"
		" WHERE code = 'TH-0001'",
		"yesnano");
	assert_asked(w, "SELECT title FROM v_activity", "Giữ nghề,\nđúc đồng");
	assert_asked(w, "SELECT task FROM v_activity", "communication");
	/* Names that differ only in marks: the one written so. Ambiguous ones are in the wrong
	 * table. */
	world_load(w, "villages", "code,name,commune\nTH-0008,Làng,Xã Cẩm Tân\n");
	assert_asked(w, "SELECT commune FROM v_village WHERE code = 'TH-0008'", "xa-15002");
}

static void empty_leaves_and_question_mark_forgets(void **state)
{
	struct register_world *w = *state;
	world_load(w, "villages", "code,kind,env_plan_state,env_group\nTH-0001,,không rõ,?\n");
	assert_asked(w,
		"SELECT kind || ' ' || (env_plan_state IS NULL) || (env_group IS NULL)"
		" FROM v_village WHERE code = 'TH-0001'",
		"traditional_village 11");
	assert_asked(w, "SELECT rev FROM village WHERE code = 'TH-0001'", "2");
	/* A row without its required cells may still change another one. */
	world_load(w, "villages", "code,trade\nTH-0001,đúc đồng\n");
	assert_asked(w, "SELECT rev || trade FROM village WHERE code = 'TH-0001'", "3đúc đồng");
}

static void every_kind_goes_round(void **state)
{
	struct register_world *w = *state;
	struct err e;
	const struct kind *k;
	world_load(w, "zones", "code,name,planned_ha\nZ1,=CỘNG(A1),\"1234,567\"\nZ2,-,\"0,125\"\n");
	world_load(
		w, "villages", "code,name,hamlets\nTH-0030,\"Làng \"\"Cũ\"\"; mới\",\"a,\nb\"\n");
	for (size_t i = 0; (k = kind_at(i)); i++) {
		struct import_options options = {.today = w->today};
		struct import_result r;
		char *count = xasprintf("SELECT count(*) FROM %s", k->table);
		char *rows = world_ask(w, count);
		assert_string_not_equal(rows, "0");
		FILE *out = fopen(w->file, "w");
		assert_non_null(out);
		assert_int_equal(export_csv(w->store, k, NULL, out, &e), 0);
		fclose(out);
		assert_int_equal(import_file(w->store, w->plan, k, w->file, &options, &r, &e), 0);
		if (r.rejected)
			fail_msg("%s row %d %s: %s", k->name, r.rejects[0].row, r.rejects[0].column,
				r.rejects[0].reason);
		assert_int_equal(r.added + r.changed, 0);
		assert_int_equal(r.unchanged, strtoll(rows, NULL, 10));
		assert_int_equal(r.number, 0);
		import_result_release(&r);
		free(rows);
		free(count);
	}
	assert_asked(w,
		"SELECT group_concat(name || planned_ha, ' ') FROM v_zone WHERE code LIKE 'Z%'",
		"=CỘNG(A1)1234.567 -0.125");
}

static char *exported(const struct register_world *w, const char *kind, const char *unit)
{
	struct err e;
	char *text;
	size_t size;
	FILE *out = fopen(w->file, "w");
	assert_int_equal(export_csv(w->store, kind_named(kind), unit, out, &e), 0);
	fclose(out);
	assert_int_equal(file_read(w->file, 100000, &text, &size, &e), 0);
	return text;
}

static void a_unit_gets_its_own_rows(void **state)
{
	struct register_world *w = *state;
	static const struct {
		const char *kind, *has, *has_not;
	} cases[] = {
		{"villages", "TH-0001", "TH-0002"},
		{"village_years", "TH-0001", "TH-0002"},
		{"establishments", "CS-0001", "CS-0002"},
		{"products", "SP-0001", "SP-0002"},
		{"units", "xa-14758", "so-khcn"},
		{"projects", "DA-0001", "DA-0002"},
		{"figures", "preferred", "env-plan"},
		{"submissions", "period", "unit-report"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char *text = exported(w, cases[i].kind, "xa-14758");
		assert_non_null(strstr(text, cases[i].has));
		assert_null(strstr(text, cases[i].has_not));
		free(text);
	}
	/* A formula is handed out as text. */
	char *text = exported(w, "establishments", NULL);
	assert_non_null(strstr(text, ",'=Hộ A,"));
	free(text);
}

static void codes_are_assigned(void **state)
{
	struct register_world *w = *state;
	struct import_result r;
	world_try(w, "villages",
		"code,name,commune\n,Làng Mới,xa-14758\nTH-0003,Làng Khác,xa-14758\n"
		",LANG NGHE DUC DONG TRA DONG,xa-14758\n",
		NULL, &r);
	assert_int_equal(r.added, 3);
	assert_int_equal(r.warning_count, 3);
	assert_non_null(strstr(r.warnings[0], "row 2"));
	assert_non_null(strstr(r.warnings[0], "TH-0004")); /* TH-0003 stands further down */
	assert_non_null(strstr(r.warnings[2], "TH-0001")); /* looks the same */
	import_result_release(&r);
	/* No column of codes at all. */
	world_try(w, "products", "name\nChiêng\nThanh la\n", NULL, &r);
	assert_int_equal(r.added, 2);
	assert_non_null(strstr(r.warnings[1], "SP-0003"));
	import_result_release(&r);
}

static void a_row_changed_since_is_refused(void **state)
{
	struct register_world *w = *state;
	struct import_result r;
	world_load(w, "villages", "code,env_group,#rev\nTH-0001,yes,1\n");
	world_try(w, "villages", "code,trade,env_group,#rev\nTH-0001,đúc,no,1\n", NULL, &r);
	assert_int_equal(r.rejected, 1);
	assert_int_equal(r.reject_count, 2); /* trade and env_group differ from what is known */
	assert_string_equal(r.rejects[1].column, "env_group");
	assert_non_null(strstr(r.rejects[1].reason, "\"yes\""));
	assert_non_null(strstr(r.rejects[1].reason, "\"no\""));
	assert_non_null(strstr(r.rejects[1].reason, "revision 1, now 2"));
	import_result_release(&r);
	/* What says the same is no quarrel. */
	world_try(w, "villages", "code,env_group,#rev\nTH-0001,yes,1\n", NULL, &r);
	assert_int_equal(r.rejected, 0);
	assert_int_equal(r.unchanged, 1);
	import_result_release(&r);
	world_try(w, "villages", "code,name,#rev\nTH-0099,Đã xóa,4\n", NULL, &r);
	assert_int_equal(r.rejected, 1);
	assert_string_equal(r.rejects[0].column, "#rev");
	import_result_release(&r);
}

static char *history(const struct register_world *w, const char *kind, const char *key)
{
	static const char *const keys[] = {"at", "by", "column", "old", "new", NULL};
	struct table *t = table_new(keys);
	struct err e;
	char *text = NULL;
	size_t size;
	assert_int_equal(register_history(w->store, kind_named(kind), key, t, &e), 0);
	FILE *out = open_memstream(&text, &size);
	table_json(t, out);
	fclose(out);
	table_free(t);
	return text;
}

static void history_and_undo(void **state)
{
	struct register_world *w = *state;
	struct err e;
	int64_t rows;
	int64_t first =
		world_load(w, "villages", "code,name,env_group\nTH-0001,,yes\nTH-0050,Mới,no\n");
	int64_t second = world_load(w, "villages", "code,trade,env_group\nTH-0050,mộc,?\n");
	char *text = history(w, "villages", "TH-0050");
	assert_non_null(strstr(text, "added by import"));
	assert_non_null(strstr(text, "env_group"));
	assert_non_null(strstr(text, "tester"));
	free(text);
	/* The first cannot go before the second. */
	assert_int_equal(import_undo(w->store, first, "tester", &rows, &e), -1);
	assert_non_null(strstr(e.text, "TH-0050"));
	assert_int_equal(import_undo(w->store, second, "tester", &rows, &e), 0);
	assert_int_equal(rows, 1);
	assert_asked(w,
		"SELECT env_group || coalesce(trade, '-') FROM village WHERE code = 'TH-0050'",
		"0-");
	assert_int_equal(import_undo(w->store, second, "tester", &rows, &e), -1);
	assert_non_null(strstr(e.text, "already"));
	assert_int_equal(import_undo(w->store, first, "tester", &rows, &e), 0);
	assert_int_equal(rows, 2);
	assert_asked(w, "SELECT count(*) FROM village WHERE code = 'TH-0050'", "0");
	assert_asked(
		w, "SELECT env_group || ' ' || rev FROM village WHERE code = 'TH-0001'", "0 3");
	assert_int_equal(import_undo(w->store, 9999, "tester", &rows, &e), -1);
}

static void undo_leaves_nothing_dangling(void **state)
{
	struct register_world *w = *state;
	struct err e;
	int64_t rows;
	int64_t number = world_load(w, "villages", "code,name\nTH-0050,Mới\n");
	world_load(w, "establishments", "code,village\nCS-0050,TH-0050\n");
	assert_int_equal(import_undo(w->store, number, "tester", &rows, &e), -1);
	assert_non_null(strstr(e.text, "CS-0050"));
	assert_asked(w, "SELECT count(*) FROM village WHERE code = 'TH-0050'", "1");
}

static void removal(void **state)
{
	struct register_world *w = *state;
	struct err e;
	const struct kind *villages = kind_named("villages");
	assert_int_equal(
		register_remove(w->store, villages, "TH-0001", "tester", "nhập nhầm", &e), -1);
	assert_non_null(strstr(e.text, "CN-0001"));
	assert_non_null(strstr(e.text, "CS-0001"));
	assert_int_equal(register_remove(w->store, villages, "TH-0404", "tester", "nhầm", &e), -1);
	assert_non_null(strstr(e.text, "TH-0404"));
	assert_int_equal(
		register_remove(w->store, kind_named("units"), "xa-14758", "tester", "nhầm", &e),
		-1);
	assert_non_null(strstr(e.text, "TH-0001"));
	assert_int_equal(register_remove(w->store, kind_named("figures"), "env-plan/2025", "tester",
				 "nhầm", &e),
		-1);
	assert_non_null(strstr(e.text, "target/year/place/source"));
	assert_int_equal(register_remove(w->store, kind_named("figures"),
				 "env-plan/2025/ubnd-tinh/báo cáo/2025", "tester", "", &e),
		-1);
	assert_int_equal(register_remove(w->store, kind_named("figures"),
				 "env-plan/2025/ubnd-tinh/báo cáo/2025", "tester", "nhập nhầm", &e),
		0);
	assert_asked(w, "SELECT count(*) FROM figure", "0");
	char *text = history(w, "figures", "env-plan/2025/ubnd-tinh/báo cáo/2025");
	assert_non_null(strstr(text, "37.5"));
	assert_non_null(strstr(text, "removed: nhập nhầm"));
	free(text);
}

static void many_ends_are_held(void **state)
{
	struct register_world *w = *state;
	struct import_result r;
	struct import_options accept = {.today = w->today, .accept_ending = true};
	static const char text[] = "code,ended_on,end_reason\nTH-0002,2026-10-01,thôi nghề\n";
	world_try(w, "villages", text, NULL, &r);
	assert_true(r.held);
	assert_int_equal(r.number, 0);
	assert_int_equal(r.ended, 1);
	assert_int_equal(r.living, 2);
	import_result_release(&r);
	assert_asked(w, "SELECT count(*) FROM village WHERE ended_on IS NULL", "2");
	world_try(w, "villages", text, &accept, &r);
	assert_false(r.held);
	assert_int_equal(r.changed, 1);
	import_result_release(&r);
}

static void a_place_that_ended_later_stays_written(void **state)
{
	struct register_world *w = *state;
	struct import_result r;
	struct import_options accept = {.today = w->today, .accept_ending = true};
	world_try(w, "units", "code,valid_to,successors\nxa-14758,2026-10-31,xa-14797\n", &accept,
		&r);
	assert_int_equal(r.changed, 1);
	import_result_release(&r);
	world_try(w, "villages", "code,commune,trade\nTH-0001,xa-14758,đúc\n", NULL, &r);
	assert_int_equal(r.changed, 1); /* the commune is what it was */
	import_result_release(&r);
	world_try(w, "villages", "code,commune\nTH-0002,xa-14758\n", NULL, &r);
	assert_int_equal(r.rejected, 1);
	assert_non_null(strstr(r.rejects[0].reason, "xa-14797"));
	import_result_release(&r);
}

static void dry_run_changes_nothing(void **state)
{
	struct register_world *w = *state;
	struct import_options dry = {.today = w->today, .dry_run = true};
	struct import_result r;
	world_try(w, "villages", "code,name,trade\nTH-0001,,đúc\nTH-0060,Mới,\n", &dry, &r);
	assert_int_equal(r.added, 1);
	assert_int_equal(r.changed, 1);
	assert_int_equal(r.number, 0);
	import_result_release(&r);
	assert_asked(w, "SELECT count(*) FROM village", "2");
}

/* Enough rows that the indexes are set aside and made again; a refusal brings them back too. */
static void many_rows(void **state)
{
	struct register_world *w = *state;
	static const char indexes[] =
		"SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name IN"
		" ('establishment_by_village', 'change_by_row')";
	struct buf text = {0};
	struct import_result r;
	buf_add(&text, "code,village,name,kind,environment_compliant,relocation,source\n");
	for (int i = 0; i < 30000; i++)
		buf_addf(&text,
			"CS-1%05d,TH-000%d,\"Hộ ông Nguyễn Văn Đức, số nhà %d, thôn Trà Đông\","
			"household,yes,none,danh sách của xã năm 2025\n",
			i, 1 + i % 2, i);
	world_try(w, "establishments", text.s, NULL, &r);
	assert_int_equal(r.added, 30000);
	import_result_release(&r);
	assert_asked(w, indexes, "2");
	assert_asked(w, "SELECT count(*) FROM v_establishment WHERE village = 'TH-0001'", "15001");
	char *more = xasprintf("%sCS-100000,TH-0404,,,,,\n", text.s);
	memcpy(strstr(more, "CS-100000"), "CS-900000", 9);
	world_try(w, "establishments", more, NULL, &r);
	assert_int_equal(r.rejected, 1);
	assert_int_equal(r.unchanged, 29999);
	import_result_release(&r);
	assert_asked(w, indexes, "2");
	assert_asked(w, "PRAGMA integrity_check", "ok");
	free(more);
	buf_release(&text);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(labels_are_told_apart),
		TEST(tables_have_the_columns_of_the_kinds),
		TEST(forms_of_a_file),
		TEST(forms_of_cells),
		TEST(empty_leaves_and_question_mark_forgets),
		TEST(every_kind_goes_round),
		TEST(a_unit_gets_its_own_rows),
		TEST(codes_are_assigned),
		TEST(a_row_changed_since_is_refused),
		TEST(history_and_undo),
		TEST(undo_leaves_nothing_dangling),
		TEST(removal),
		TEST(many_ends_are_held),
		TEST(a_place_that_ended_later_stays_written),
		TEST(dry_run_changes_nothing),
		TEST(many_rows),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

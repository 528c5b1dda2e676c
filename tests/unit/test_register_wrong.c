/*
 * test_register_wrong.c: wrong inputs as a table: ten kinds, each with an error
 * of syntax, of type, of range and of reference, and the rules between cells.
 * Each names row, column and reason, and changes nothing.
 */
#include "register_world.h"

struct wrong {
	const char *kind, *text;
	int row;
	const char *column, *word; /* a word of the reason */
};

static const struct wrong cases[] = {
	/* units */
	{"units", "code,name,kind\nso-a,\"Sở \"A,department\n", 2, "name", "closing quotation"},
	{"units", "code,name,kind,valid_from\nso-a,Sở A,department,hôm qua\n", 2, "valid_from",
		"date"},
	{"units", "code,name,kind,valid_from\nso-a,Sở A,department,2150-01-01\n", 2, "valid_from",
		"range"},
	{"units", "code,name,kind,parent\nso-a,Sở A,department,so-khong-co\n", 2, "parent",
		"no unit"},
	{"units", "code,name,kind\nsở a,Sở A,department\n", 2, "code", "no code"},
	{"units", "code,valid_to\nso-khcn,2026-12-31\n", 2, "valid_to", "successor"},
	{"units", "code,ended_on\nso-khcn,2026-12-31\n", 2, "ended_on", "successor"},
	{"units", "code,name,kind\nso-a,,department\n", 2, "name", "needs"},
	{"units", "code,name,kind\nso-a,?,department\n", 2, "name", "unknown"},
	/* contacts */
	{"contacts", "unit,email,name\nso-khcn,a@x.example\n", 2, "name", "2 cells"},
	{"contacts", "unit,email,role\nso-khcn,a@x.example,boss\n", 2, "role", "focal"},
	{"contacts", "unit,email,valid_from,valid_to\nso-khcn,a@x.example,2026-02-01,2026-01-01\n",
		2, "valid_to", "before"},
	{"contacts", "unit,email\nso-abc,a@x.example\n", 2, "unit", "no unit"},
	{"contacts", "unit,email\nso-khcn,không phải\n", 2, "email", "e-mail"},
	/* villages */
	{"villages", "code,name\nTH-0009,\"Làng\nnghề\n", 2, "name", "never closed"},
	{"villages", "code,name,env_group\nTH-0009,Làng,có lẽ\n", 2, "env_group", "yes"},
	{"villages", "code,name,reviewed_on\nTH-0009,Làng,31/02/2026\n", 2, "reviewed_on",
		"exists"},
	{"villages", "code,name,commune\nTH-0009,Làng,Xã Không Có\n", 2, "commune", "no unit"},
	{"villages", "code,name,commune\nTH-0009,Làng,Cẩm Tân\n", 2, "commune", "xa-15003"},
	{"villages", "code,name,commune\nTH-0009,Làng,so-khcn\n", 2, "commune", "no place"},
	{"villages", "code,name,commune\nTH-0009,Làng,xa-15090\n", 2, "commune", "xa-15001"},
	{"villages", "code,env_plan_on,env_plan_valid_to\nTH-0001,2026-01-01,2025-01-01\n", 2,
		"env_plan_valid_to", "before"},
	/* recognitions */
	{"recognitions", "code,kind,name\nCN-0009,village,a,b,c\n", 2, "", "delimiter"},
	{"recognitions", "code,kind\nCN-0009,làng cổ\n", 2, "kind", "traditional_craft"},
	{"recognitions",
		"code,kind,recognised_on,valid_to\nCN-0009,village,2024-01-01,2023-01-01\n", 2,
		"valid_to", "before"},
	{"recognitions", "code,kind,villages\nCN-0009,village,TH-0001|TH-7777\n", 2, "villages",
		"TH-7777"},
	/* village_years */
	{"village_years", "village,year,workers\nTH-0001\n", 2, "year", "1 cells"},
	{"village_years", "village,year,workers\nTH-0001,2025,nhiều\n", 2, "workers", "number"},
	{"village_years", "village,year,workers\nTH-0001,2025,1.234\n", 2, "workers", "ambiguous"},
	{"village_years", "village,year,workers\nTH-0001,2025,\"12,5\"\n", 2, "workers", "whole"},
	{"village_years", "village,year\nTH-0001,1989\n", 2, "year", "1990"},
	{"village_years", "village,year\nTH-0404,2025\n", 2, "village", "TH-0404"},
	{"village_years", "village,year,workers_trained\nTH-0001,2025,320\n", 2, "workers_trained",
		"319"},
	{"village_years",
		"village,year,establishments,establishments_compliant\nTH-0001,2025,3,4\n", 2,
		"establishments_compliant", "larger"},
	/* establishments */
	{"establishments", "code,name\nCS-0009,\"a\"b\n", 2, "name", "quotation"},
	{"establishments", "code,environment_compliant\nCS-0009,2\n", 2, "environment_compliant",
		"yes"},
	{"establishments", "code,relocation_due_on\nCS-0009,1899-12-31\n", 2, "relocation_due_on",
		"1900"},
	{"establishments", "code,village\nCS-0009,TH-0404\n", 2, "village", "TH-0404"},
	/* products */
	{"products", "code,name\nSP-0009,\"Trống\n", 2, "name", "never closed"},
	{"products", "code,name,ocop_stars\nSP-0009,Trống,bốn\n", 2, "ocop_stars", "number"},
	{"products", "code,name,ocop_stars\nSP-0009,Trống,6\n", 2, "ocop_stars", "1 to 5"},
	{"products", "code,name,establishments\nSP-0009,Trống,CS-0404\n", 2, "establishments",
		"CS-0404"},
	{"products", "code,certified_on\nSP-0001,2028-01-01\n", 2, "valid_to", "before"},
	/* ip_rights */
	{"ip_rights", "no,form,name\n13/GCN,trademark\n", 2, "name", "early"},
	{"ip_rights", "no,form\n13/GCN,copyright\n", 2, "form", "patent"},
	{"ip_rights", "no,granted_on,valid_to\n13/GCN,2026-01-01,2025-01-01\n", 2, "valid_to",
		"before"},
	{"ip_rights", "no,products\n13/GCN,SP-0404\n", 2, "products", "SP-0404"},
	/* zones */
	{"zones", "code,name,planned_ha\nVNL-0009,Vùng,\"1\"2\n", 2, "planned_ha", "quotation"},
	{"zones", "code,name,planned_ha\nVNL-0009,Vùng,1.234\n", 2, "planned_ha", "ambiguous"},
	{"zones", "code,name,due_on\nVNL-0009,Vùng,2101-01-01\n", 2, "due_on", "2100"},
	{"zones", "code,name,communes\nVNL-0009,Vùng,xa-14758|xa-404\n", 2, "communes", "xa-404"},
	/* projects */
	{"projects", "code,name,kind\nDA-0009,Dự án,model,thừa\n", 2, "", "delimiter"},
	{"projects", "code,name,amount_million\nDA-0009,Dự án,\"1,5\"\n", 2, "amount_million",
		"whole"},
	{"projects", "code,name,amount_million\nDA-0009,Dự án,-1\n", 2, "amount_million", "range"},
	{"projects", "code,name,task\nDA-0009,Dự án,10\n", 2, "task", "environment"},
	/* activities */
	{"activities", "code,kind,title\nHD-0009,workshop,\"a\" \n", 2, "title", "quotation"},
	{"activities", "code,kind,held_on\nHD-0009,workshop,tháng 5\n", 2, "held_on", "date"},
	{"activities", "code,kind,participants\nHD-0009,workshop,99999999999\n", 2, "participants",
		"range"},
	{"activities", "code,kind,unit\nHD-0009,workshop,so-404\n", 2, "unit", "so-404"},
	/* submissions */
	{"submissions", "duty,unit,period\nunit-report,so-khcn\n", 2, "period", "early"},
	{"submissions", "duty,unit,period\nunit-report,so-khcn,năm 2026\n", 2, "period", "2026-Q3"},
	{"submissions", "duty,unit,period\nunit-report,so-khcn,2026-Q1\n", 2, "period",
		"no such period"},
	{"submissions", "duty,unit,period\nbao-cao,so-khcn,2026\n", 2, "duty", "unit-report"},
	/* figures */
	{"figures", "target,year,place,source\nenv-plan,2025,ubnd-tinh\n", 2, "source", "early"},
	{"figures", "target,year,place,source,value\nenv-plan,2025,ubnd-tinh,bc,cao\n", 2, "value",
		"number"},
	{"figures", "target,year,place,source,value,measure\nenv-plan,2025,ubnd-tinh,bc,101,%\n", 2,
		"value", "percentage"},
	{"figures", "target,year,place,source\nenv-plans,2025,ubnd-tinh,bc\n", 2, "target",
		"env-plan,"},
	/* the file as a whole */
	{"villages", "", 1, "", "empty"},
	{"villages", "code,name,màu\nTH-0009,Làng,đỏ\n", 1, "màu", "no column"},
	{"villages", "code,name,Tên làng nghề\nTH-0009,a,b\n", 1, "Tên làng nghề", "twice"},
	{"village_years", "village,workers\nTH-0001,3\n", 1, "year", "missing"},
	{"villages", "code,name\nTH-0009,Làng\n\nTH-0009,Làng khác\n", 4, "code", "row 2"},
	{"villages", "code,name,hamlets\nTH-0009,Làng,\"a\nb\"\nTH-0010,Làng,c\nTH-0010,Làng,d\n",
		5, "code", "row 4"},
	{"villages", "name;code;commune\nLàng;TH-0009;xa-14758\nLàng;TH-0010;xa-1\n", 3, "commune",
		"xa-1"},
};

static void each_is_refused(void **state)
{
	struct register_world *w = *state;
	static const char everything[] =
		"SELECT (SELECT count(*) FROM change) || ' ' ||"
		" (SELECT count(*) FROM import) || ' ' || (SELECT count(*) FROM village)";
	char *before = world_ask(w, everything);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct wrong *c = &cases[i];
		struct import_result r;
		world_try(w, c->kind, c->text, NULL, &r);
		if (r.rejected != 1 || r.reject_count != 1)
			fail_msg("case %zu (%s): %lld rows, %zu cells refused: %s", i, c->text,
				(long long)r.rejected, r.reject_count,
				r.reject_count ? r.rejects[0].reason : "");
		const struct reject *bad = &r.rejects[0];
		if (bad->row != c->row || strcmp(bad->column, c->column) != 0 ||
			!strstr(bad->reason, c->word))
			fail_msg("case %zu (%s): row %d column \"%s\": %s", i, c->text, bad->row,
				bad->column, bad->reason);
		assert_int_equal(r.number, 0);
		assert_int_equal(r.added + r.changed, 0);
		import_result_release(&r);
		assert_asked(w, everything, before);
	}
	free(before);
}

static void bytes_that_are_no_text(void **state)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *word;
	} files[] = {
		{"code,name\nTH-0009,L\xE0ng\n", 21, "line 2 is not UTF-8"},
		{"\xFF\xFE"
		 "c\0o\0",
			6, "UTF-16"},
		{"PK\x03\x04....", 8, "no spreadsheet that can be read"},
		{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0", 9, "Excel Workbook (.xlsx)"},
		{"code,name\nTH\0", 13, "zero bytes"},
	};
	struct register_world *w = *state;
	struct import_options options = {.today = w->today};
	struct import_result r;
	struct err e;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		world_write(w, files[i].bytes, files[i].size);
		assert_int_equal(import_file(w->store, w->plan, kind_named("villages"), w->file,
					 &options, &r, &e),
			-1);
		if (!strstr(e.text, files[i].word))
			fail_msg("%s", e.text);
	}
	assert_int_equal(import_file(w->store, w->plan, kind_named("villages"), "/nowhere/a.csv",
				 &options, &r, &e),
		-1);
}

static void all_mistakes_are_told_at_once(void **state)
{
	struct register_world *w = *state;
	struct import_result r;
	world_try(w, "villages",
		"code,name,env_group,reviewed_on\nTH-0007,Tốt,yes,2026-01-01\n"
		"TH-0008,Xấu,đỏ,hôm qua\nTH-0009,Xấu,yes,2026-13-01\n",
		NULL, &r);
	assert_int_equal(r.rejected, 2); /* rows */
	assert_int_equal(r.reject_count, 3); /* cells */
	assert_int_equal(r.added, 0);
	assert_string_equal(r.rejects[0].value, "đỏ");
	assert_int_equal(r.rejects[2].row, 4);
	import_result_release(&r);
	assert_asked(w, "SELECT count(*) FROM village WHERE code = 'TH-0007'", "0");
}

static void good_rows_are_kept_when_told(void **state)
{
	struct register_world *w = *state;
	struct import_result r;
	struct err e;
	char *refused = file_join(w->folder, "refused.csv"), *text;
	size_t size;
	struct import_options options = {.today = w->today, .accept_good = refused};
	world_try(w, "villages",
		"code;name;env_group\nTH-0007;Tốt;yes\nTH-0008;\"Xấu; \"\"x\"\"\";đỏ\n", &options,
		&r);
	assert_int_equal(r.added, 1);
	assert_int_equal(r.rejected, 1);
	assert_true(r.number > 0);
	import_result_release(&r);
	assert_asked(w, "SELECT name FROM village WHERE code = 'TH-0007'", "Tốt");
	assert_int_equal(file_read(refused, 10000, &text, &size, &e), 0);
	assert_non_null(
		strstr(text, "code;name;env_group;#reason\r\nTH-0008;\"Xấu; \"\"x\"\"\";đỏ;"));
	assert_non_null(strstr(text, "env_group: "));
	/* Mended, the file loads as it is: the reason's column is passed over. */
	memcpy(strstr(text, "đỏ"), "yes  ", strlen("đỏ"));
	assert_true(world_load(w, "villages", text) > 0);
	free(text);
	free(refused);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(each_is_refused),
		TEST(bytes_that_are_no_text),
		TEST(all_mistakes_are_told_at_once),
		TEST(good_rows_are_kept_when_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}

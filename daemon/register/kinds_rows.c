/*
 * kinds_rows.c: every kind of register file as data: the columns in the order
 * of the contract (section 2), their Vietnamese labels, types, allowed words.
 * A column added here needs a schema step, and nothing else.
 *
 * Labels are what officers see as headings; they are matched ignoring case,
 * marks and spaces, so within one kind no two of them may fold to the same.
 */
#include "register/kinds_rows.h"

#define WORDS(set, ...) static const char *const set[] = {__VA_ARGS__, NULL}

WORDS(unit_kinds, "province", "department", "office", "media", "party", "district", "commune",
	"ward");
WORDS(unit_kinds_vi, "Tỉnh", "Sở", "Văn phòng", "Cơ quan báo chí", "Cơ quan Đảng", "Huyện", "Xã",
	"Phường");
WORDS(roles, "leader", "focal", "officer");
WORDS(roles_vi, "Lãnh đạo", "Đầu mối", "Chuyên viên");
WORDS(fields, "all", "environment", "ocop", "training", "reports");
WORDS(fields_vi, "Tất cả", "Môi trường", "OCOP", "Đào tạo", "Báo cáo");
WORDS(village_kinds, "village", "traditional_village", "craft_site");
WORDS(village_kinds_vi, "Làng nghề", "Làng nghề truyền thống", "Điểm có nghề");
WORDS(plan_states, "none", "drafting", "submitted", "returned", "approved");
WORDS(plan_states_vi, "Chưa có", "Đang lập", "Đã trình", "Trả lại", "Đã phê duyệt");
WORDS(plan_types, "plan", "commitment", "scheme");
WORDS(plan_types_vi, "Phương án", "Cam kết", "Đề án");
WORDS(yes_no_na, "yes", "no", "na");
WORDS(yes_no_na_vi, "Có", "Không", "Không áp dụng");
WORDS(recognition_kinds, "traditional_craft", "village", "traditional_village");
WORDS(recognition_kinds_vi, "Nghề truyền thống", "Làng nghề", "Làng nghề truyền thống");
WORDS(recognition_states, "recognised", "lapsed", "revoked");
WORDS(recognition_states_vi, "Đang được công nhận", "Hết hiệu lực", "Đã thu hồi");
WORDS(price_bases, "current", "constant");
WORDS(price_bases_vi, "Giá hiện hành", "Giá so sánh");
WORDS(establishment_kinds, "household", "enterprise", "cooperative", "group");
WORDS(establishment_kinds_vi, "Hộ", "Doanh nghiệp", "Hợp tác xã", "Tổ hợp tác");
WORDS(relocations, "none", "required", "done");
WORDS(relocations_vi, "Không phải di dời", "Phải di dời", "Đã di dời");
WORDS(ip_forms, "geographical_indication", "collective_mark", "certification_mark", "trademark",
	"industrial_design", "patent");
WORDS(ip_forms_vi, "Chỉ dẫn địa lý", "Nhãn hiệu tập thể", "Nhãn hiệu chứng nhận", "Nhãn hiệu",
	"Kiểu dáng công nghiệp", "Sáng chế");
WORDS(project_kinds, "treatment", "model", "pilot", "infrastructure", "equipment", "brand",
	"relocation", "circular");
WORDS(project_kinds_vi, "Thu gom, xử lý chất thải", "Mô hình khoa học công nghệ", "Thí điểm",
	"Hạ tầng", "Máy móc, thiết bị", "Thương hiệu", "Di dời", "Kinh tế tuần hoàn");
WORDS(activity_kinds, "media_item", "training_class", "workshop", "work_plan", "inspection",
	"trade_promotion", "website", "online_sale", "value_chain", "tourism_route",
	"renaming_help", "conference_midterm", "conference_final", "conference_report",
	"inspection_report");
WORDS(activity_kinds_vi, "Tin, bài", "Lớp đào tạo, tập huấn", "Hội thảo", "Kế hoạch công tác",
	"Đợt kiểm tra", "Xúc tiến thương mại", "Trang thông tin điện tử", "Bán hàng trực tuyến",
	"Chuỗi giá trị", "Tuyến du lịch", "Hỗ trợ đổi tên hồ sơ", "Hội nghị sơ kết",
	"Hội nghị tổng kết", "Báo cáo hội nghị", "Báo cáo kiểm tra");
WORDS(audiences, "artisan", "worker", "employer");
WORDS(audiences_vi, "Nghệ nhân, thợ giỏi", "Người lao động", "Chủ cơ sở");

enum { YEAR_FIRST = 1990, YEAR_LAST = 2100 };
#define COUNT_MAX INT64_C(100000000)
#define AREA_MAX INT64_C(2000000) /* hectares: twice the province */
#define MONEY_MAX INT64_C(1000000000000)

#define PLAIN(id, vi, kind_of)                                                                     \
	{                                                                                          \
		.name = id, .label = vi, .type = kind_of                                           \
	}
#define TEXT(id, vi) PLAIN(id, vi, COLUMN_TEXT)
#define NEEDED(id, vi)                                                                             \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_TEXT, .required = true                     \
	}
#define KEY(id, vi)                                                                                \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_TEXT, .key = true, .required = true        \
	}
#define DAY(id, vi) PLAIN(id, vi, COLUMN_DAY)
#define BOOL(id, vi) PLAIN(id, vi, COLUMN_BOOL)
#define NUMBER(id, vi) PLAIN(id, vi, COLUMN_NUMBER)
#define AREA(id, vi)                                                                               \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_NUMBER, .min = 0, .max = AREA_MAX          \
	}
#define COUNT(id, vi)                                                                              \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_INT, .min = 0, .max = COUNT_MAX            \
	}
#define MONEY(id, vi)                                                                              \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_INT, .min = 0, .max = MONEY_MAX            \
	}
#define INT(id, vi, lo, hi)                                                                        \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_INT, .min = lo, .max = hi                  \
	}
#define YEAR_KEY                                                                                   \
	{                                                                                          \
		.name = "year", .label = "Năm", .type = COLUMN_INT, .key = true, .required = true, \
		.min = YEAR_FIRST, .max = YEAR_LAST                                                \
	}
#define WORD(id, vi, set)                                                                          \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_WORD, .words = set,                        \
		.word_labels = set##_vi                                                            \
	}
#define WORD_NEEDED(id, vi, set)                                                                   \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_WORD, .required = true, .words = set,      \
		.word_labels = set##_vi                                                            \
	}
#define REF(id, vi, to)                                                                            \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_REF, .ref = to                             \
	}
#define REF_KEY(id, vi, to)                                                                        \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_REF, .key = true, .required = true,        \
		.ref = to                                                                          \
	}
#define REFS(id, vi, to)                                                                           \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_REFS, .ref = to                            \
	}
/* ref "commune": a commune, ward or district; "place": the province too. */
#define PLACE(id, vi, to)                                                                          \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_PLACE, .ref = to                           \
	}
#define PLACE_KEY(id, vi, to)                                                                      \
	{                                                                                          \
		.name = id, .label = vi, .type = COLUMN_PLACE, .key = true, .required = true,      \
		.ref = to                                                                          \
	}
#define ENDING                                                                                     \
	DAY("ended_on", "Ngày kết thúc"), TEXT("end_reason", "Lý do kết thúc"),                    \
		TEXT("source", "Nguồn")

static const struct column units[] = {
	KEY("code", "Mã đơn vị"),
	NEEDED("name", "Tên đơn vị"),
	WORD_NEEDED("kind", "Loại đơn vị", unit_kinds),
	REF("parent", "Đơn vị cấp trên", "units"),
	DAY("valid_from", "Hoạt động từ ngày"),
	DAY("valid_to", "Hoạt động đến ngày"),
	REFS("successors", "Đơn vị kế thừa", "units"),
	TEXT("official_code", "Mã định danh"),
	ENDING,
};

static const struct column contacts[] = {
	REF_KEY("unit", "Mã đơn vị", "units"),
	KEY("email", "Thư điện tử"),
	TEXT("name", "Họ và tên"),
	WORD("role", "Vai trò", roles),
	WORD("field", "Lĩnh vực", fields),
	TEXT("phone", "Điện thoại"),
	DAY("valid_from", "Từ ngày"),
	DAY("valid_to", "Đến ngày"),
	ENDING,
};

static const struct column villages[] = {
	KEY("code", "Mã làng nghề"),
	NEEDED("name", "Tên làng nghề"),
	WORD("kind", "Loại", village_kinds),
	TEXT("trade", "Nghề"),
	TEXT("hamlets", "Thôn, bản, khu phố"),
	PLACE("commune", "Xã, phường", "commune"),
	TEXT("old_commune", "Xã, phường cũ"),
	TEXT("old_district", "Huyện cũ"),
	DAY("at_risk_since", "Có nguy cơ mai một từ ngày"),
	DAY("preservation_plan_on", "Ngày có kế hoạch bảo tồn"),
	DAY("tourism_since", "Gắn với du lịch từ ngày"),
	WORD("env_plan_state", "Tình trạng phương án BVMT", plan_states),
	WORD("env_plan_type", "Loại hồ sơ BVMT", plan_types),
	DAY("env_plan_submitted_on", "Ngày trình phương án BVMT"),
	TEXT("env_plan_approved_by", "Cơ quan phê duyệt phương án BVMT"),
	TEXT("env_plan_no", "Số quyết định phê duyệt phương án BVMT"),
	DAY("env_plan_on", "Ngày phê duyệt phương án BVMT"),
	DAY("env_plan_valid_to", "Phương án BVMT có hiệu lực đến ngày"),
	BOOL("env_group", "Có tổ tự quản về BVMT"),
	TEXT("env_group_no", "Số quyết định thành lập tổ tự quản"),
	DAY("env_group_on", "Ngày thành lập tổ tự quản"),
	WORD("env_drainage", "Hệ thống thu gom nước mưa, nước thải", yes_no_na),
	WORD("env_wastewater", "Hệ thống xử lý nước thải tập trung", yes_no_na),
	WORD("env_solid_waste", "Điểm tập kết chất thải rắn", yes_no_na),
	BOOL("pollution_risk", "Có nguy cơ gây ô nhiễm môi trường"),
	DAY("reviewed_on", "Ngày rà soát"),
	ENDING,
};

static const struct column recognitions[] = {
	KEY("code", "Mã công nhận"),
	WORD_NEEDED("kind", "Loại danh hiệu", recognition_kinds),
	TEXT("trade", "Nghề"),
	TEXT("name", "Tên được công nhận"),
	REFS("villages", "Mã các làng nghề", "villages"),
	TEXT("decision_no", "Số quyết định công nhận"),
	DAY("recognised_on", "Ngày công nhận"),
	DAY("valid_to", "Có hiệu lực đến ngày"),
	WORD("status", "Tình trạng", recognition_states),
	DAY("restored_on", "Ngày được khôi phục"),
	DAY("renamed_on", "Ngày đổi tên"),
	TEXT("rename_decision_no", "Số quyết định đổi tên"),
	ENDING,
};

static const struct column village_years[] = {
	REF_KEY("village", "Mã làng nghề", "villages"),
	YEAR_KEY,
	COUNT("households", "Tổng số hộ"),
	COUNT("craft_households", "Số hộ làm nghề"),
	COUNT("workers", "Số lao động"),
	COUNT("workers_trained", "Số lao động đã qua đào tạo"),
	COUNT("establishments", "Số cơ sở sản xuất"),
	COUNT("establishments_compliant", "Số cơ sở đáp ứng quy định về BVMT"),
	COUNT("establishments_ocop", "Số cơ sở có sản phẩm OCOP"),
	BOOL("effective", "Hoạt động có hiệu quả"),
	MONEY("output_thousand", "Giá trị sản xuất (nghìn đồng)"),
	WORD("price_basis", "Loại giá", price_bases),
	MONEY("income_month_thousand", "Thu nhập bình quân tháng của lao động (nghìn đồng)"),
	DAY("figures_on", "Số liệu chốt đến ngày"),
	TEXT("source", "Nguồn"),
};

static const struct column establishments[] = {
	KEY("code", "Mã cơ sở"),
	REF("village", "Mã làng nghề", "villages"),
	PLACE("commune", "Xã, phường", "commune"),
	TEXT("name", "Tên cơ sở"),
	WORD("kind", "Loại hình", establishment_kinds),
	BOOL("environment_compliant", "Đáp ứng quy định về BVMT"),
	WORD("relocation", "Di dời", relocations),
	DAY("relocation_due_on", "Hạn di dời"),
	DAY("figures_on", "Số liệu chốt đến ngày"),
	ENDING,
};

static const struct column products[] = {
	KEY("code", "Mã sản phẩm"),
	REFS("establishments", "Mã các cơ sở", "establishments"),
	NEEDED("name", "Tên sản phẩm"),
	INT("ocop_stars", "Hạng sao OCOP", 1, 5),
	DAY("certified_on", "Ngày cấp giấy chứng nhận"),
	DAY("valid_to", "Có hiệu lực đến ngày"),
	TEXT("certificate_no", "Số giấy chứng nhận"),
	BOOL("traceability", "Có truy xuất nguồn gốc"),
	BOOL("online_sale", "Có bán trực tuyến"),
	ENDING,
};

static const struct column ip_rights[] = {
	KEY("no", "Số văn bằng"),
	WORD("form", "Hình thức bảo hộ", ip_forms),
	TEXT("name", "Tên đối tượng bảo hộ"),
	TEXT("holder", "Chủ văn bằng"),
	REFS("villages", "Mã các làng nghề", "villages"),
	REFS("products", "Mã các sản phẩm", "products"),
	DAY("granted_on", "Ngày cấp"),
	DAY("valid_to", "Có hiệu lực đến ngày"),
	ENDING,
};

static const struct column zones[] = {
	KEY("code", "Mã vùng nguyên liệu"),
	NEEDED("name", "Tên vùng nguyên liệu"),
	TEXT("material", "Nguyên liệu"),
	REFS("communes", "Các xã, phường", "place"),
	REF("unit", "Mã đơn vị", "units"),
	AREA("planned_ha", "Diện tích kế hoạch (ha)"),
	AREA("actual_ha", "Diện tích thực hiện (ha)"),
	TEXT("certificate", "Chứng chỉ"),
	DAY("due_on", "Hạn hoàn thành"),
	DAY("done_on", "Ngày hoàn thành"),
	ENDING,
};

static const struct column projects[] = {
	KEY("code", "Mã dự án"),
	REF("task", "Nhiệm vụ", "task"),
	WORD("kind", "Loại dự án", project_kinds),
	NEEDED("name", "Tên dự án"),
	REF("unit", "Mã đơn vị", "units"),
	REFS("villages", "Mã các làng nghề", "villages"),
	DAY("planned_approval_on", "Ngày dự kiến phê duyệt"),
	DAY("approved_on", "Ngày phê duyệt"),
	TEXT("decision_no", "Số quyết định"),
	MONEY("amount_million", "Kinh phí (triệu đồng)"),
	TEXT("funding", "Nguồn vốn"),
	MONEY("disbursed_million", "Đã giải ngân (triệu đồng)"),
	ENDING,
};

static const struct column activities[] = {
	KEY("code", "Mã hoạt động"),
	REF("task", "Nhiệm vụ", "task"),
	WORD_NEEDED("kind", "Loại hoạt động", activity_kinds),
	REF("unit", "Mã đơn vị", "units"),
	REFS("places", "Địa điểm", "place"),
	DAY("held_on", "Ngày thực hiện"),
	COUNT("quantity", "Số lượng"),
	COUNT("participants", "Số người tham gia"),
	WORD("audience", "Đối tượng", audiences),
	TEXT("outlet", "Cơ quan đăng tải"),
	TEXT("title", "Tiêu đề"),
	TEXT("evidence", "Minh chứng"),
	ENDING,
};

static const struct column difficulties[] = {
	KEY("code", "Mã khó khăn, vướng mắc"),
	REF("task", "Nhiệm vụ", "task"),
	REF("unit", "Mã đơn vị", "units"),
	DAY("raised_on", "Ngày nêu"),
	NEEDED("text", "Nội dung khó khăn, vướng mắc"),
	REF("asked_of", "Kiến nghị với đơn vị", "units"),
	DAY("answered_on", "Ngày trả lời"),
	TEXT("answer", "Nội dung trả lời"),
	ENDING,
};

static const struct column submissions[] = {
	REF_KEY("duty", "Nghĩa vụ", "duty"),
	REF_KEY("unit", "Mã đơn vị", "units"),
	{.name = "period", .label = "Kỳ", .type = COLUMN_PERIOD, .key = true, .required = true},
	DAY("document_on", "Ngày văn bản"),
	DAY("received_on", "Ngày nhận"),
	TEXT("document_no", "Số, ký hiệu văn bản"),
	DAY("figures_on", "Số liệu chốt đến ngày"),
	BOOL("accepted", "Đạt yêu cầu"),
	TEXT("note", "Ghi chú"),
	ENDING,
};

static const struct column figures[] = {
	REF_KEY("target", "Chỉ tiêu", "target"),
	YEAR_KEY,
	PLACE_KEY("place", "Địa bàn", "place"),
	KEY("source", "Nguồn"),
	NUMBER("value", "Giá trị"),
	COUNT("numerator", "Tử số"),
	COUNT("denominator", "Mẫu số"),
	TEXT("measure", "Đơn vị tính"),
	DAY("figures_on", "Số liệu chốt đến ngày"),
	BOOL("preferred", "Được ưu tiên dùng"),
};

#define COLUMNS(set) .columns = set, .column_count = sizeof set / sizeof set[0]

const struct kind register_kinds[] = {
	{.name = "units", .label = "Đơn vị", .table = "unit", COLUMNS(units)},
	{.name = "contacts", .label = "Đầu mối liên hệ", .table = "contact", COLUMNS(contacts)},
	{.name = "villages",
		.label = "Làng nghề",
		.table = "village",
		COLUMNS(villages),
		.coded = true,
		.code_prefix = "TH-"},
	{.name = "recognitions",
		.label = "Quyết định công nhận",
		.table = "recognition",
		COLUMNS(recognitions),
		.coded = true,
		.code_prefix = "CN-"},
	{.name = "village_years",
		.label = "Số liệu làng nghề theo năm",
		.table = "village_year",
		COLUMNS(village_years),
		.key_says_nothing = true},
	{.name = "establishments",
		.label = "Cơ sở sản xuất",
		.table = "establishment",
		COLUMNS(establishments),
		.coded = true,
		.code_prefix = "CS-"},
	{.name = "products",
		.label = "Sản phẩm",
		.table = "product",
		COLUMNS(products),
		.coded = true,
		.code_prefix = "SP-"},
	{.name = "ip_rights",
		.label = "Quyền sở hữu trí tuệ",
		.table = "ip_right",
		COLUMNS(ip_rights)},
	{.name = "zones",
		.label = "Vùng nguyên liệu",
		.table = "zone",
		COLUMNS(zones),
		.coded = true,
		.code_prefix = "VNL-"},
	{.name = "projects",
		.label = "Dự án",
		.table = "project",
		COLUMNS(projects),
		.coded = true,
		.code_prefix = "DA-"},
	{.name = "activities",
		.label = "Hoạt động",
		.table = "activity",
		COLUMNS(activities),
		.coded = true,
		.code_prefix = "HD-"},
	{.name = "difficulties",
		.label = "Khó khăn, vướng mắc",
		.table = "difficulty",
		COLUMNS(difficulties),
		.coded = true,
		.code_prefix = "KK-"},
	{.name = "submissions",
		.label = "Báo cáo, văn bản đã nộp",
		.table = "submission",
		COLUMNS(submissions)},
	{.name = "figures", .label = "Số liệu chỉ tiêu", .table = "figure", COLUMNS(figures)},
};

const size_t register_kind_count = sizeof register_kinds / sizeof register_kinds[0];

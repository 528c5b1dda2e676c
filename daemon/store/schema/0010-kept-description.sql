-- What the plugin said of itself when the findings were made (JSON, rules/describe.h): while another file in its place
-- fails, its alerts are told in these words. NULL: kept before there was this column.
ALTER TABLE kept_findings ADD COLUMN description TEXT;

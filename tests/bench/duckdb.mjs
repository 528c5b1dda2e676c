// duckdb.mjs DATABASE SCRIPT: runs the statements of a file in DuckDB, on one thread, and prints the rows as the sqlite3
// shell does. The package is installed by the bench into build/, for it alone.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
const [database, script, modules] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(`${modules}/`)("@duckdb/node-api");

const instance = await DuckDBInstance.create(database, { threads: "1" });
const connection = await instance.connect();
for (const statement of readFileSync(script, "utf8").split(/;\s*$/m)) {
	if (!statement.replace(/^--.*$/gm, "").trim())
		continue;
	const rows = await connection.runAndReadAll(statement);
	const lines = rows.getRows().map((row) => row.map((v) => v ?? "").join("|") + "\n");
	process.stdout.write(lines.join(""));
}
connection.closeSync();
instance.closeSync();

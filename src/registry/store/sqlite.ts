/** Opens the database: node:sqlite where the runtime has it, better-sqlite3 where it has not. */
import { Kysely, type SqliteDatabase, SqliteDialect } from "kysely";
import { Problem } from "../../problem.ts";
import type { RegistryDatabase } from "./database.ts";
import { noteChange, openLookup } from "./lookup.ts";
import { migrations } from "./migrations.ts";
import type { Database } from "./schema.ts";
import { storable } from "./text.ts";

/**
 * Opens (and creates or migrates) the registry's database. Several processes may have the same file open.
 * @param file absolute path, or `:memory:`
 * @throws Problem `not_configured` when the runtime has no SQLite, or when a newer version made the database
 */
export async function openSqlite(file: string): Promise<RegistryDatabase> {
  const driver = await openDriver(file);
  try {
    driver.exec("PRAGMA busy_timeout=10000");
    useWriteAheadLog(driver);
    driver.exec("PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-32000");
    migrate(driver);
  } catch (error) {
    driver.close();
    throw error;
  }
  // What is in memory has no second connection.
  const reader = file === ":memory:" ? undefined : await openDriver(file);
  const lookup = reader ? openLookup(reader, 10_000) : openLookup(driver, 0);
  const database: SqliteDatabase = {
    prepare: withCachedStatements(driver),
    close() {
      reader?.close();
      driver.close();
    },
  };
  const db = new Kysely<Database>({ dialect: new SqliteDialect({ database }) });
  // Here a transaction takes the write lock at its start, so there is never another one.
  return Object.assign(db, { lookup, atomically: (act) => db.transaction().execute(act) } satisfies Extra);
}

type Extra = Pick<RegistryDatabase, "lookup" | "atomically">;

type Driver = SqliteDatabase & { exec(sql: string): void };

async function openDriver(file: string): Promise<Driver> {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  // Before 22.13 node:sqlite is absent or behind a flag.
  if (major > 22 || (major === 22 && minor >= 13)) return openBuiltIn(file);
  try {
    const { default: BetterSqlite } = (await import("better-sqlite3" as string)) as {
      default: new (file: string) => Driver;
    };
    return new BetterSqlite(file);
  } catch (cause) {
    throw new Problem(
      "not_configured",
      `The local registry needs SQLite, and Node ${process.versions.node} has none built in.`,
      "Use Node 22.13 or later, or run `npm install better-sqlite3@12`.",
      { cause },
    );
  }
}

function openBuiltIn(file: string): Driver {
  const { DatabaseSync } = loadQuietly();
  const database = new DatabaseSync(file);
  return {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        reader: /^\s*(select|with|pragma|explain)\b|\breturning\b/i.test(sql),
        all: (parameters) => statement.all(...(parameters as never[])),
        run: (parameters) => statement.run(...(parameters as never[])),
        iterate: (parameters) => statement.iterate(...(parameters as never[])),
      };
    },
  };
}

/** Until 24 Node warns when it is loaded that it is experimental; hosts show a server's stderr as its faults. */
function loadQuietly(): typeof import("node:sqlite") {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** Two processes that do this at once can see SQLITE_BUSY: for this one statement SQLite does not wait. */
function useWriteAheadLog(driver: Driver): void {
  for (let attempt = 1; ; attempt++) {
    try {
      driver.exec("PRAGMA journal_mode=WAL");
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
    }
  }
}

/** All or nothing, and by one process: who comes second waits for the lock and finds it done. */
function migrate(driver: Driver): void {
  if (version(driver) === migrations.length) return;
  driver.exec("BEGIN IMMEDIATE");
  try {
    const from = version(driver);
    if (from > migrations.length) {
      throw new Problem(
        "not_configured",
        `The registry's data was written by a newer version (${from}, and this one knows ${migrations.length}).`,
        "Use the newer version, or another folder.",
      );
    }
    for (const statement of migrations.slice(from).flat())
      driver.exec(typeof statement === "string" ? statement : statement.sqlite);
    driver.exec(`PRAGMA user_version=${migrations.length}`);
    driver.exec("COMMIT");
  } catch (error) {
    driver.exec("ROLLBACK");
    throw error;
  }
}

function version(driver: Driver): number {
  const [row] = driver.prepare("PRAGMA user_version").all([]) as { user_version: number }[];
  return row?.user_version ?? 0;
}

/** More different statements than any of ours; what would be above it comes from lists of varying length. */
const statementLimit = 500;

/**
 * Compiles a statement once. And a transaction takes the write lock at its start: with SQLite's default, one that
 * reads first and writes later fails at once (SQLITE_BUSY_SNAPSHOT) when another process has written in between,
 * however long the time-out.
 */
function withCachedStatements(driver: Driver): SqliteDatabase["prepare"] {
  const statements = new Map<string, ReturnType<SqliteDatabase["prepare"]>>();
  return (sql) => {
    noteChange();
    const known = statements.get(sql);
    if (known) return known;
    if (statements.size >= statementLimit) statements.clear();
    const prepared = withStorableText(driver.prepare(sql === "begin" ? "begin immediate" : sql));
    statements.set(sql, prepared);
    return prepared;
  };
}

function withStorableText(
  statement: ReturnType<SqliteDatabase["prepare"]>,
): ReturnType<SqliteDatabase["prepare"]> {
  return {
    reader: statement.reader,
    all: (parameters) => statement.all(storable(parameters)),
    run: (parameters) => statement.run(storable(parameters)),
    iterate: (parameters) => statement.iterate(storable(parameters)),
  };
}

"""The loads that are measured, each with what it is measured against.

A reference is a command that somebody would write by hand. It fills the table `theirs` as the flow fills `ours`, and both
must hold the same rows in the end.
"""

import dataclasses
import shlex

from rows import COLUMNS, DUPLICATE, NAMES, WRONG

LIST = ", ".join(NAMES)
SET = ", ".join(f"{name} = EXCLUDED.{name}" for name in NAMES[1:])


@dataclasses.dataclass
class Case:
    name: str
    mode: str
    # What the flow reads; of several references the first one says what the result must be.
    source: str
    # Name, command and limit: at most this part of what the reference takes.
    references: list
    has_key: bool = False
    # Whether the tables hold the rows of rows.csv before.
    is_filled: bool = False
    # Which rows of `theirs` must be in `ours`, and only those.
    expected: str = "true"

    @property
    def files(self):
        return [file for file in ["rows.csv", self.source] if "." in file and "/" not in file]


def copy(file):
    return f"\\copy theirs FROM '{file}' (FORMAT csv, HEADER)"


def psql(*commands):
    """All commands in one psql, in one transaction."""
    arguments = ["-1"] + [argument for command in commands for argument in ("-c", command)]
    return lambda bench: bench.server.psql("bench", *arguments)


def by_temporary_table(file, conflict):
    return psql(
        "CREATE TEMPORARY TABLE s (LIKE theirs) ON COMMIT DROP", copy(file).replace("theirs", "s"),
        f"INSERT INTO theirs ({LIST}) SELECT {LIST} FROM s ON CONFLICT (id) {conflict}")


def piped(bench):
    """From one database to the other, by COPY's binary format."""
    out = bench.server.psql("origin", "-c", "COPY rows TO STDOUT (FORMAT binary)")
    into = bench.server.psql("bench", "-c", "COPY theirs FROM STDIN (FORMAT binary)")
    return ["/bin/sh", "-c", f"{shlex.join(out)} | {shlex.join(into)}"]


def duckdb(bench):
    dsn = f"dbname=bench user=postgres host={bench.server.folder}"
    return [bench.options.duckdb, bench.script("duckdb_load.py"), "rows.csv", dsn, "theirs"]


CASES = [
    Case("insert, no index", "insert", "rows.csv", [
        ("\\copy", psql(copy("rows.csv")), 0.45), ("DuckDB", duckdb, 0.75)]),
    Case("insert, primary key", "insert", "rows.csv", [("\\copy", psql(copy("rows.csv")), 0.70)], has_key=True),
    Case("truncate_insert, primary key", "truncate_insert", "rows.csv", [
        ("TRUNCATE + \\copy", psql("TRUNCATE theirs", copy("rows.csv")), 0.70)], has_key=True, is_filled=True),
    Case("upsert of a delta", "upsert", "delta.csv", [
        ("ON CONFLICT DO UPDATE", by_temporary_table("delta.csv", f"DO UPDATE SET {SET}"), 0.40)],
        has_key=True, is_filled=True),
    Case("insert_ignore, 1 % wrong", "insert_ignore", "wrong.csv", [
        ("\\copy of the clean file", psql(copy("rows.csv")), 0.75)], expected=f"id % 100 <> {WRONG}"),
    Case("insert_ignore, 1 % duplicates", "insert_ignore", "duplicates.csv", [
        ("ON CONFLICT DO NOTHING", by_temporary_table("duplicates.csv", "DO NOTHING"), 1.0)], has_key=True),
    Case("PostgreSQL to PostgreSQL", "insert", "origin/rows", [("COPY (binary), piped", piped, 1.0)]),
    Case("the same database", "insert", "bench/base", [("COPY (binary), piped", piped, 0.6)]),
    Case("JSON lines", "insert", "rows.jsonl", [("\\copy of the same CSV", psql(copy("rows.csv")), 0.6)]),
]
# Which are loaded to see how much memory they take: a way each that rows go.
OF_MEMORY = ["insert, no index", "upsert of a delta", "insert_ignore, 1 % wrong", "JSON lines"]
MOST_MEGABYTES = 64


def project(case):
    """The manifest of the case's flow."""
    if "/" in case.source:
        database, table = case.source.split("/")
        source = f"{{authorizer: {database}, table: public.{table}}}"
    else:
        source = f"{{path: {case.source}}}"
    columns = ", ".join(f'{name}: "{type}"' for name, type in COLUMNS)
    key = "key: [id], " if case.mode == "upsert" else ""
    return f"""\
authorizers:
  bench: {{url: {{env: BENCH_URL}}}}
  origin: {{url: {{env: ORIGIN_URL}}}}
destinations:
  bench: {{authorizer: bench, defaultSchema: public}}
flows:
  ours: {{source: {source}, destination: bench, writeMode: {case.mode}, {key}columns: {{{columns}}}}}
"""


def table(name, has_key):
    columns = ", ".join(f"{name} {type}" for name, type in COLUMNS)
    return f"CREATE TABLE {name} ({columns}{', PRIMARY KEY (id)' if has_key else ''});\n"


assert DUPLICATE > 11, "the key of an earlier row"

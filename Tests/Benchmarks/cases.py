"""The loads that are measured, each with what it is measured against.

A reference is a command that somebody would write by hand. It fills the table `theirs` as the flow fills `ours`, and both
must hold the same rows in the end.
"""

import dataclasses
import shlex

from rows import COLUMNS, DUPLICATE, NAMES, WORDS, WRONG

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
    # What the flow says besides, in place of its columns too.
    more: str = ""
    # Other files that are read.
    others: tuple = ()
    # Which rows of `theirs` must be in `ours`, and only those.
    expected: str = "true"

    @property
    def files(self):
        return [file for file in ["rows.csv", self.source, *self.others] if "." in file and "/" not in file]


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


# Three sources, two joins, a filter, ten rules: as a flow, and as one would write it by hand.
STEPS = """
    sources: {rows: {path: rows.csv}, quantities: {path: quantities.csv}, days: {path: days.csv}},
    transform: [
      {name: labelled, join: {left: rows, right: quantities, on: {quantity: quantity}, take: {label: label}}},
      {name: dated, join: {left: labelled, right: days, type: left, on: {ordered_on: day}, take: {quarter: quarter}}},
      {name: large, filter: {from: dated, where: [{column: amount, is: ">=", value: 1000}]}}],
    quality: [
      {column: id, rule: not_null}, {column: id, rule: unique}, {column: amount, rule: between, min: 0, max: 1000000},
      {column: email, rule: matches, pattern: "^[^@]+@[^@]+$"}, {column: quantity, rule: not_zero, action: warn},
      {column: note, rule: in, values: [WORDS]}, {column: comment, rule: not_null, action: warn},
      {column: ordered_on, rule: between, min: 2015-01-01}, {rule: row_count, min: 1},
      {column: amount, rule: anomaly, sensitivity: 3, action: warn}],
    columns: {COLUMNS}""".replace("WORDS", ", ".join(WORDS)).replace("{COLUMNS}", "{" + ", ".join(
        f'{name}: {{type: "{type}", from: {({"note": "label", "comment": "quarter"}).get(name, name)}}}'
        for name, type in COLUMNS) + "}")
TAKEN = ", ".join({"note": "q.label AS note", "comment": "d.quarter AS comment"}.get(name, f"r.{name}") for name in NAMES)
BY_HAND = psql(
    "SET LOCAL work_mem = '256MB'",
    "CREATE TEMPORARY TABLE r (LIKE theirs) ON COMMIT DROP", copy("rows.csv").replace("theirs", "r"),
    "CREATE TEMPORARY TABLE q (quantity bigint, label text) ON COMMIT DROP", copy("quantities.csv").replace("theirs", "q"),
    "CREATE TEMPORARY TABLE d (day date, quarter text) ON COMMIT DROP", copy("days.csv").replace("theirs", "d"),
    f"""CREATE TEMPORARY TABLE s ON COMMIT DROP AS SELECT {TAKEN} FROM r JOIN q USING (quantity)
      LEFT JOIN d ON d.day = r.ordered_on WHERE r.amount >= 1000""",
    f"""SELECT count(*), count(*) FILTER (WHERE id IS NULL), count(id) - count(DISTINCT id),
        count(*) FILTER (WHERE amount < 0 OR amount > 1000000), count(*) FILTER (WHERE email !~ '^[^@]+@[^@]+$'),
        count(*) FILTER (WHERE quantity = 0), count(*) FILTER (WHERE note NOT IN ({", ".join(f"'{w}'" for w in WORDS)})),
        count(*) FILTER (WHERE comment IS NULL), count(*) FILTER (WHERE ordered_on < '2015-01-01'),
        count(*) FILTER (WHERE amount::float8 < b.l - 3 * (b.h - b.l) OR amount::float8 > b.h + 3 * (b.h - b.l))
      FROM s, (SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY amount::float8) AS l,
        percentile_cont(0.75) WITHIN GROUP (ORDER BY amount::float8) AS h FROM s) b""",
    f"INSERT INTO theirs ({LIST}) SELECT {LIST} FROM s")

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
    Case("three sources, two joins, a filter, ten rules", "insert", "rows.csv", [("by hand", BY_HAND, 1.25)], more=STEPS,
        others=("quantities.csv", "days.csv")),
    Case("JSON lines", "insert", "rows.jsonl", [("\\copy of the same CSV", psql(copy("rows.csv")), 0.6)]),
]
# Which are loaded to see how much memory they take: a way each that rows go.
OF_MEMORY = ["insert, no index", "upsert of a delta", "insert_ignore, 1 % wrong", "JSON lines",
    "three sources, two joins, a filter, ten rules"]
MOST_MEGABYTES = 64


def project(case):
    """The manifest of the case's flow."""
    if "/" in case.source:
        database, table = case.source.split("/")
        source = f"{{authorizer: {database}, table: public.{table}}}"
    else:
        source = f"{{path: {case.source}}}"
    columns = ", ".join(f'{name}: "{type}"' for name, type in COLUMNS)
    fields = case.more or f"columns: {{{columns}}}"
    source = "" if case.others else f"source: {source}, "
    key = "key: [id], " if case.mode == "upsert" else ""
    return f"""\
authorizers:
  bench: {{url: {{env: BENCH_URL}}}}
  origin: {{url: {{env: ORIGIN_URL}}}}
destinations:
  bench: {{authorizer: bench, defaultSchema: public}}
flows:
  ours: {{{source}destination: bench, writeMode: {case.mode}, {key}{fields}}}
"""


def table(name, has_key):
    columns = ", ".join(f"{name} {type}" for name, type in COLUMNS)
    return f"CREATE TABLE {name} ({columns}{', PRIMARY KEY (id)' if has_key else ''});\n"


assert DUPLICATE > 11, "the key of an earlier row"

#!/usr/bin/env python3
"""Measures loads, each beside what one would write by hand, in turns.

    load.py [ROWS] [--runs N] [--only CASE,...] [--tool PATH] [--duckdb PYTHON]
    load.py --memory [ROWS ...] [--only CASE,...] [--tool PATH]

Builds the tool for release, starts a PostgreSQL server of its own, and prints a table in Markdown. Without a number it
is 1,000,000 rows. What is timed is `sluice run`, from its start to its end; before each run the tables are emptied (or
filled as they were) and the server's buffers written out, and after it the rows are compared with what the reference
wrote: a load that is fast and wrong ends the benchmark.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from cases import CASES, MOST_MEGABYTES, OF_MEMORY, project, table
from measure import HERE, Measure, built, run_python
from server import Server


class Benchmark:
    def __init__(self, options, folder):
        self.options, self.folder = options, pathlib.Path(folder)
        self.server = Server(self.folder / "server")
        self.environment = {"BENCH_URL": self.server.url("bench"), "ORIGIN_URL": self.server.url("origin")}

    def script(self, name):
        return str(HERE / name)

    # Preparing

    def write_files(self, rows, names):
        """Writes the files that are not there yet."""
        missing = [name for name in dict.fromkeys(names) if not (self.folder / name).exists()]
        if missing:
            run_python("rows.py", rows, self.folder, "--only", ",".join(missing))

    def prepare(self, case):
        """Databases and tables for the case, and its flow, applied."""
        script = self.folder / "tables.sql"
        copied = f"\\copy {{}} FROM '{self.folder / 'rows.csv'}' (FORMAT csv, HEADER)\n"
        base = case.is_filled or case.source == "bench/base"
        script.write_text(
            table("ours", case.has_key) + table("theirs", case.has_key)
            + (table("base", False) + copied.format("base") + "ANALYZE base;\n" if base else ""))
        self.server.create("bench", script)
        script.write_text(table("rows", False) + (copied.format("rows") + "ANALYZE rows;\n" if "/" in case.source else ""))
        self.server.create("origin", script)
        for file in self.folder.glob("sluice.state.json*"):
            file.unlink()
        (self.folder / "project.yaml").write_text(project(case))
        self.sluice_once("apply", "--yes", "--quiet")

    def sluice_once(self, *arguments):
        done = subprocess.run(
            [self.options.tool, *arguments], cwd=self.folder, env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"sluice {' '.join(arguments)}:\n{done.stdout}{done.stderr}")

    def reset(self, case):
        """The tables as they are before a load, with nothing left for the server to do."""
        for name in ["ours", "theirs"]:
            self.sql(f"TRUNCATE {name}")
            if case.is_filled:
                self.sql(f"INSERT INTO {name} TABLE base")
            self.sql(f"VACUUM (ANALYZE) {name}")
        self.sql("TRUNCATE _sluice_loads")
        self.sql("CHECKPOINT")

    def sql(self, statement):
        """Runs a statement; the first row that it gives."""
        done = subprocess.run(
            self.server.psql("bench", "-At", "-c", statement), check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    # Measuring

    def sluice(self):
        return self.timed([self.options.tool, "run", "ours", "--quiet"])

    def timed(self, command):
        before = self.server.processor()
        measure = Measure(command, self.folder, self.environment)
        measure.all_processor = measure.processor + self.server.processor() - before
        return measure

    def content(self, name, condition="true"):
        """How many rows, and a sum that differs where any value does."""
        return self.sql(
            f"SELECT count(*), sum(hashtextextended(t::text, 0)::numeric) FROM {name} t WHERE {condition}")

    def compare(self, case, table):
        self.write_files(self.options.rows[0], case.files)
        self.prepare(case)
        references = [reference for reference in case.references if self.has(reference)]
        expected = self.expected(case, references[0], table)
        measures = {name: [] for name in [None] + [name for name, _, _ in references]}
        for _ in range(self.options.runs):
            self.reset(case)
            measures[None].append(self.sluice())
            if self.content("ours") != expected:
                raise SystemExit(f"{case.name}: {self.content('ours')} is not what it must be, {expected}")
            for name, command, _ in references:
                self.reset(case)
                measures[name].append(self.timed(command(self)))
        for name, _, limit in references:
            table.compared(case, self.options.rows[0], measures[None], name, measures[name], limit)

    def has(self, reference):
        return reference[0] != "DuckDB" or self.options.duckdb

    def expected(self, case, reference, table):
        """What must be in the table, by a run of the reference that warms up the caches, too."""
        self.reset(case)
        self.timed(reference[1](self))
        content = self.content("theirs", case.expected)
        if content.startswith("0|"):
            raise SystemExit(f"{case.name}: {reference[0]} has written nothing")
        return content

    def memory(self, case, rows, table):
        self.write_files(rows, case.files)
        self.prepare(case)
        self.reset(case)
        measure = self.sluice()
        most = "ok" if measure.memory <= MOST_MEGABYTES else "MISSED"
        table.row(case.name, f"{rows:,}", f"{measure.wall:.2f}", f"{measure.memory:.0f}", MOST_MEGABYTES, most)


class Table:
    """Rows of figures, printed as they come."""

    def __init__(self, *columns):
        self.missed = False
        self.row(*columns)
        self.row(":--", *["--:"] * (len(columns) - 1))

    def row(self, *cells):
        print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)

    def compared(self, case, rows, ours, name, theirs, limit):
        def median(measures, figure):
            return statistics.median(getattr(measure, figure) for measure in measures)

        wall, other = median(ours, "wall"), median(theirs, "wall")
        least = min(m.wall for m in ours) / min(m.wall for m in theirs)
        processor = median(ours, "all_processor") / median(theirs, "all_processor")
        memory = max(measure.memory for measure in ours)
        verdict = "ok" if wall / other <= limit else "MISSED"
        self.row(
            case.name, f"{wall:.2f}", f"{name}: {other:.2f}", f"{wall / other:.2f}", limit, verdict, f"{least:.2f}",
            f"{processor:.2f}", f"{median(ours, 'processor'):.2f}",
            f"{memory:.0f}{'' if memory <= MOST_MEGABYTES else ' MISSED'}")


def find_duckdb(python):
    """`python` where it can load by DuckDB."""
    done = subprocess.run(
        [python, HERE / "duckdb_load.py", "--check"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    if done.returncode:
        print(f"(Without DuckDB: {python} cannot load it or its extension for PostgreSQL.)\n")
        return None
    print(f"(DuckDB {done.stdout.strip()})\n")
    return python


def main(given, folder):
    wanted = given.only.split(";") if given.only else OF_MEMORY if given.memory else [case.name for case in CASES]
    unknown = set(wanted) - {case.name for case in CASES}
    if unknown:
        raise SystemExit(f"no case {', '.join(unknown)}; there are: {'; '.join(case.name for case in CASES)}")
    cases = [case for case in CASES if case.name in wanted]
    benchmark = Benchmark(given, folder)
    try:
        if given.memory:
            table = Table("case", "rows", "seconds", "MB", "at most", "")
            for rows in given.rows:
                for case in cases:
                    benchmark.memory(case, rows, table)
                for file in pathlib.Path(folder).glob("*.csv"):
                    file.unlink()
                for file in pathlib.Path(folder).glob("*.jsonl"):
                    file.unlink()
        else:
            table = Table(
                f"{given.rows[0]:,} rows", "seconds", "reference", "ratio", "at most", "", "of the least", "of CPU",
                "CPU, client", "MB")
            for case in cases:
                benchmark.compare(case, table)
    finally:
        benchmark.server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int, nargs="*")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help="cases, with a semicolon between them")
    parser.add_argument("--memory", action="store_true", help="the memory that loads of several sizes take")
    parser.add_argument("--tool", help="a tool that is built already")
    parser.add_argument("--duckdb", default=sys.executable, help="a Python that has duckdb and its extension")
    given = parser.parse_args()
    given.rows = given.rows or ([100_000, 10_000_000] if given.memory else [1_000_000])
    given.tool = os.path.abspath(given.tool or built())
    given.duckdb = None if given.memory else find_duckdb(given.duckdb)
    # A socket's path has at most 107 bytes, so not the usual temporary folder.
    with tempfile.TemporaryDirectory(prefix="sluice-bench-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        main(given, folder)

#!/usr/bin/env python3
"""Measures validate, plan and apply at several sizes, next to psql and to Terraform.

    plan.py [FLOWS ...] [--runs N] [--only PHASE,...] [--tool PATH] [--no-terraform] [--limit SECONDS]

Builds the tool for release, starts a PostgreSQL server of its own, and prints a table in Markdown. Without sizes they
are 100, 1,000 and 10,000 flows. Each figure is the median of the runs, but for those of apply, which is done on a new
database each time.
"""

import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile

from measure import Measure, built, run_python
from server import Relay, Server


class Table:
    """Rows of figures, printed as they come."""

    def __init__(self):
        self.row("flows", "command", "seconds", "least", "CPU", "MB", "round trips", "statements")
        self.row(*["--:", ":--"] + ["--:"] * 6)

    def row(self, *cells):
        print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)

    def measured(self, flows, command, measures, counts=None):
        self.row(
            f"{flows:,}", command, f"{statistics.median(m.wall for m in measures):.3f}",
            f"{min(m.wall for m in measures):.3f}", f"{statistics.median(m.processor for m in measures):.3f}",
            f"{max(m.memory for m in measures):.0f}", counts.trips if counts else "", counts.statements if counts else "")


class Benchmark:
    def __init__(self, options, folder):
        self.options, self.folder = options, pathlib.Path(folder)
        self.server = Server(self.folder / "server")
        self.relay = Relay(self.server, self.folder / "relay")
        self.table = Table()

    def measure(self, size):
        project = self.folder / f"project-{size}"
        terraform = self.folder / f"terraform-{size}"
        run_python("generate.py", size, project, "--terraform", terraform)
        self.sluice(size, project)
        if not self.options.no_terraform and shutil.which("terraform"):
            self.terraform(size, terraform)
        shutil.rmtree(project)
        shutil.rmtree(terraform)

    def sluice(self, size, project):
        tool, runs = self.options.tool, self.options.runs
        environment = {"DATABASE_URL": self.server.url("bench")}

        def repeated(name, *arguments):
            if self.wants(name):
                measures = [Measure([tool, *arguments], project, environment) for _ in range(runs)]
                self.table.measured(size, name, measures, self.counted(project, *arguments))

        repeated("validate", "validate")
        self.server.create("bench", project / "schemas.sql")
        repeated("first plan", "plan")
        if self.wants("psql"):
            self.psql(size, project, environment)
        if self.wants("apply"):
            measures = []
            for _ in range(self.apply_runs(size)):
                self.forget(project)
                measures.append(Measure([tool, "apply", "--yes", "--quiet"], project, environment))
            self.forget(project)
            counts = self.counted(project, "apply", "--yes", "--quiet")
            self.table.measured(size, "apply", measures, counts)
        else:
            Measure([tool, "apply", "--yes", "--quiet"], project, environment)
        self.server.analyze("bench")
        repeated("no-op plan", "plan")

    def wants(self, phase):
        return not self.options.only or phase in self.options.only.split(",")

    def apply_runs(self, size):
        """Minutes each at 10,000 flows: one run says enough."""
        return 1 if size >= 5_000 else min(3, self.options.runs)

    def forget(self, project):
        """Back to an empty database and no state."""
        for file in project.glob("sluice.state.json*"):
            file.unlink()
        self.server.create("bench", project / "schemas.sql")

    def counted(self, project, *arguments):
        """Runs a command once more, through the relay."""
        self.relay.reset()
        Measure([self.options.tool, *arguments], project, {"DATABASE_URL": self.server.url("bench", self.relay.folder)})
        return self.relay.counts

    def psql(self, size, project, environment):
        """psql with the same statements in the same transactions: one a flow, and one a ledger."""
        plan, script = project / "plan.json", project / "psql.sql"
        with open(plan, "w") as file:
            command = [self.options.tool, "plan", "--output", "json"]
            subprocess.run(command, cwd=project, env={**os.environ, **environment}, stdout=file, check=True)
        run_python("psql_script.py", plan, script)
        measures = []
        for _ in range(self.apply_runs(size)):
            self.server.create("bench", project / "schemas.sql")
            measures.append(Measure(self.server.psql("bench", "-f", str(script))))
        self.table.measured(size, "psql, the same DDL", measures)
        self.server.create("bench", project / "schemas.sql")

    def terraform(self, size, folder):
        environment = {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        Measure(["terraform", "init"], folder, environment)
        for name, arguments, runs in [
            ("validate", ["validate"], self.options.runs),
            ("first plan", ["plan", "-input=false"], self.options.runs),
            ("apply", ["apply", "-input=false", "-auto-approve"], 1),
            ("no-op plan", ["plan", "-input=false"], self.options.runs),
        ]:
            # Minutes each at 10,000 resources: one run says enough.
            runs = 1 if size >= 5_000 else runs
            try:
                limit = self.options.limit
                measures = [Measure(["terraform", *arguments], folder, environment, limit) for _ in range(runs)]
                self.table.measured(size, f"terraform {name}", measures)
            except TimeoutError:
                self.table.row(f"{size:,}", f"terraform {name}", f"> {limit}", "", "", "", "", "")
                if name == "apply":
                    return


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("flows", type=int, nargs="*", default=[100, 1_000, 10_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", help="some of: validate,first plan,psql,apply,no-op plan")
    parser.add_argument("--tool", help="a tool that is built already")
    parser.add_argument("--no-terraform", action="store_true")
    parser.add_argument("--limit", type=int, default=600, help="how many seconds Terraform may take for a command")
    given = parser.parse_args()
    given.tool = os.path.abspath(given.tool or built())
    # A socket's path has at most 107 bytes, so not the usual temporary folder.
    with tempfile.TemporaryDirectory(prefix="sluice-bench-", dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        benchmark = Benchmark(given, folder)
        try:
            for size in given.flows:
                benchmark.measure(size)
        finally:
            benchmark.server.stop()

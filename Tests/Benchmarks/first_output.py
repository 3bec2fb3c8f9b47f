#!/usr/bin/env python3
"""Measures how long each command takes until it shows something, on an ordinary project.

    first_output.py [--flows N] [--runs N] [--tool PATH]

Builds the tool for release, starts a PostgreSQL server of its own, applies and loads a project of 20 flows, and prints a
table in Markdown: milliseconds until the first byte on standard output or standard error (median and least), on a terminal
and into a pipe, and those of the whole command into a pipe, on the clock and of the processor.
"""

import argparse
import os
import pathlib
import pty
import select
import statistics
import subprocess
import tempfile
import time

from measure import built
from server import Server

COMMANDS = [
    "--version", "--help", "validate", "plan --offline", "plan", "check", "status", "grants", "preview flow_1",
    "run flow_1", "apply --yes", "state list", "state show flow/flow_1", "explain flow.writeMode", "json-schema",
    "report --format mermaid", "report", "import data/1.csv --name another",
]


def project(folder, flows):
    """Flows of CSV files, a table each."""
    data = folder / "data"
    data.mkdir(parents=True)
    lines = ["authorizers: {wh: {url: {env: DATABASE_URL}}}", "destinations: {wh: {authorizer: wh, defaultSchema: public}}",
             "flows:"]
    for number in range(1, flows + 1):
        (data / f"{number}.csv").write_text("id,name,total\n" + "".join(f"{n},name {n},{n}.50\n" for n in range(100)))
        lines.append(f"  flow_{number}: {{source: {{path: data/{number}.csv}}, destination: wh, writeMode: upsert, key: [id]}}")
    (folder / "shop.yaml").write_text("\n".join(lines) + "\n")


def has_more(reading):
    """Reads what there is; false at the end, which on a terminal is an error."""
    try:
        return os.read(reading, 1 << 16)
    except OSError:
        return b""


def measure(command, folder, environment, on_terminal=False):
    """Seconds until the first output, until the end, and of the processor."""
    reading, writing = pty.openpty() if on_terminal else os.pipe()
    start = time.monotonic()
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, stdout=writing, stderr=writing)
    os.close(writing)
    select.select([reading], [], [])
    first = time.monotonic() - start
    while has_more(reading):
        pass
    os.close(reading)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}: exit {process.returncode}")
    return first, time.monotonic() - start, usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flows", type=int, default=20)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--tool", type=pathlib.Path)
    options = parser.parse_args()
    tool = (options.tool or built()).resolve()
    with tempfile.TemporaryDirectory(prefix="first-", dir="/tmp") as name:
        os.chmod(name, 0o755)
        server = Server(pathlib.Path(name) / "server")
        try:
            folder = pathlib.Path(name) / "project"
            project(folder, options.flows)
            environment = {"DATABASE_URL": server.url("postgres")}
            measure([tool, "run", "--apply", "--yes"], folder, environment)
            print("| command | on a terminal, ms: median | least | into a pipe: median | least | whole: median | CPU |")
            print("| :-- | --: | --: | --: | --: | --: | --: |")
            for command in COMMANDS:
                words = [tool, *command.split()]
                seen = [measure(words, folder, environment, on_terminal=True)[0] for _ in range(options.runs)]
                first, whole, cpu = zip(*[measure(words, folder, environment) for _ in range(options.runs)])
                cells = [
                    statistics.median(seen), min(seen), statistics.median(first), min(first), statistics.median(whole),
                    statistics.median(cpu)]
                print(f"| {command} | " + " | ".join(f"{cell * 1000:.1f}" for cell in cells) + " |", flush=True)
        finally:
            server.stop()


main()

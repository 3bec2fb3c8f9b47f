#!/usr/bin/env python3
"""Writes a project of N flows on one authorizer, and the same number of Terraform resources.

    generate.py FLOWS FOLDER [--terraform FOLDER] [--seed SEED]

The same arguments give the same bytes. The authorizer connects to DATABASE_URL; `schemas.sql` in the project makes the
schemas that the flows load into, once there is an empty database.
"""

import argparse
import json
import pathlib
import random

FLOWS_PER_FILE = 100
SCHEMAS = ["public", "sales", "finance", "logistics"]
SUBJECTS = ["orders", "payments", "customers", "shipments", "invoices", "visits", "returns", "stock", "prices", "leads"]
TEAMS = ["commerce", "finance", "logistics", "marketing", "support"]

# What a column may be: its name, its type as people write it, and values for the file.
IDENTITIES = [
    ("id", "bigint", lambda r, row: str(row + 1)),
    ("reference", "uuid", lambda r, row: f"{r.getrandbits(32):08x}-0000-4000-8000-{row:012x}"),
    ("number", "int", lambda r, row: str(row * 7)),
]
ATTRIBUTES = [
    ("name", "text", lambda r, row: r.choice(["Alfa", "Beta, Ltd.", "Gama", "Delta"])),
    ("code", "varchar(12)", lambda r, row: f"C-{r.randrange(10_000):04}"),
    ("amount", "numeric(12,2)", lambda r, row: f"{r.randrange(1_000_000) / 100:.2f}"),
    ("rate", "double precision", lambda r, row: f"{r.random():.6f}"),
    ("quantity", "integer", lambda r, row: str(r.randrange(500))),
    ("position", "smallint", lambda r, row: str(r.randrange(100))),
    ("active", "boolean", lambda r, row: r.choice(["true", "false"])),
    ("ordered_on", "date", lambda r, row: f"2024-{r.randrange(12) + 1:02}-{r.randrange(28) + 1:02}"),
    ("created_at", "timestamptz", lambda r, row: f"2024-05-{r.randrange(28) + 1:02} 08:30:00+00"),
    ("changed_at", "timestamp", lambda r, row: f"2024-06-{r.randrange(28) + 1:02} 17:45:00"),
    ("attributes", "jsonb", lambda r, row: '{"a": 1}'),
    ("country", "char(2)", lambda r, row: r.choice(["CZ", "SK", "DE"])),
    ("note", "text", lambda r, row: r.choice(["", "fragile", 'says "hello"'])),
]
COLUMNS = 8
SHAPES = 20
ROWS = 40


def quoted(value):
    return '"' + value.replace('"', '""') + '"' if any(c in value for c in ',"\n') else value


def shapes(rng):
    """The forms that tables have; many flows share one, and its file."""
    return [[rng.choice(IDENTITIES)] + rng.sample(ATTRIBUTES, COLUMNS - 1) for _ in range(SHAPES)]


def data(rng, columns):
    lines = [",".join(name for name, _, _ in columns)]
    lines += [",".join(quoted(value(rng, row)) for _, _, value in columns) for row in range(ROWS)]
    return "\n".join(lines) + "\n"


def flow(rng, number, shape, columns):
    subject = rng.choice(SUBJECTS)
    name = f"{subject}_{number:05}"
    key = columns[0][0]
    mode = rng.choices(["insert", "upsert", "truncate_insert", "insert_ignore"], [35, 30, 25, 10])[0]
    lines = [f"  {name}:"]
    if rng.random() < 0.3:
        lines.append(f"    description: The {subject} of branch {number}")
    lines.append(f"    labels: {{team: {rng.choice(TEAMS)}, tier: {rng.choice(['gold', 'silver'])}}}")
    if rng.random() < 0.8:
        lines.append(f"    source: {{path: ../data/shape-{shape:02}.csv}}")
    else:
        lines += [
            "    source:",
            f"      path: ../data/shape-{shape:02}.csv",
            "      format: csv",
            '      csv: {delimiter: ",", null: ""}',
        ]
    lines.append("    destination: warehouse")
    schema = rng.choice(SCHEMAS)
    if schema != "public":
        lines.append(f"    table: {schema}.{name}")
    lines.append(f"    writeMode: {mode}")
    if mode == "upsert" or (mode == "insert" and rng.random() < 0.5):
        lines.append(f"    key: [{key}]")
    lines.append("    columns:")
    for position, (column, type, _) in enumerate(columns):
        draw = rng.random()
        if position > 0 and draw < 0.15:
            lines.append(f'      {column}: {{type: "{type}", nullable: false}}')
        elif type == "integer" and draw < 0.5:
            lines.append(f"      {column}: {{type: {type}, default: 0}}")
        else:
            lines.append(f"      {column}: {type}")
    if rng.random() < 0.2:
        lines.append(f'    schedule: "{rng.randrange(60)} {rng.randrange(24)} * * *"')
    return name, lines


def write_sluice(folder, flows, rng):
    for part in ["data", "flows"]:
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "connections.yaml").write_text(
        "authorizers:\n  warehouse: {url: {env: DATABASE_URL}}\n"
        "destinations:\n  warehouse: {authorizer: warehouse, defaultSchema: public}\n"
    )
    (folder / "schemas.sql").write_text(
        "".join(f"CREATE SCHEMA {schema};\n" for schema in SCHEMAS if schema != "public")
    )
    tables = shapes(rng)
    for shape, columns in enumerate(tables):
        (folder / f"data/shape-{shape:02}.csv").write_text(data(rng, columns))
    resources = []
    for start in range(0, flows, FLOWS_PER_FILE):
        lines = ["flows:"]
        for number in range(start, min(start + FLOWS_PER_FILE, flows)):
            shape = rng.randrange(SHAPES)
            name, text = flow(rng, number, shape, tables[shape])
            lines += text
            resources.append((name, tables[shape]))
        (folder / f"flows/batch-{start // FLOWS_PER_FILE:04}.yaml").write_text("\n".join(lines) + "\n")
    return resources


def write_terraform(folder, resources):
    """The same tables as `terraform_data`, the resource that needs no provider and does nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(resources), FLOWS_PER_FILE):
        lines = []
        for name, columns in resources[start : start + FLOWS_PER_FILE]:
            lines += [f'resource "terraform_data" "{name}" {{', "  input = {", f'    table = "{name}"']
            lines += [f"    {column} = {json.dumps(type)}" for column, type, _ in columns]
            lines += ["  }", "}"]
        (folder / f"batch-{start // FLOWS_PER_FILE:04}.tf").write_text("\n".join(lines) + "\n")


def generate(flows, folder, terraform=None, seed=1):
    resources = write_sluice(pathlib.Path(folder), flows, random.Random(seed))
    if terraform:
        write_terraform(pathlib.Path(terraform), resources)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("flows", type=int)
    parser.add_argument("folder")
    parser.add_argument("--terraform", metavar="FOLDER")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    generate(given.flows, given.folder, given.terraform, given.seed)

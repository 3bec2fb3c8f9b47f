#!/usr/bin/env python3
"""Loads a CSV file of rows.py into a table by DuckDB's extension for PostgreSQL.

    duckdb_load.py --check
    duckdb_load.py FILE DSN TABLE

Both are Python packages: duckdb, and duckdb-extensions with duckdb-extension-postgres-scanner, or the extension as
`INSTALL postgres` brings it.
"""

import sys

import duckdb

from rows import COLUMNS


def connect():
    database = duckdb.connect()
    try:
        database.execute("LOAD postgres_scanner")
    except duckdb.Error:
        from duckdb_extensions import import_extension

        import_extension("postgres_scanner", con=database)
        database.execute("LOAD postgres_scanner")
    return database


def main(file, dsn, table):
    database = connect()
    columns = ", ".join(f"'{name}': '{type}'" for name, type in COLUMNS)
    database.execute("SET TimeZone = 'UTC'")
    database.execute(f"ATTACH '{dsn}' AS pg (TYPE postgres)")
    # Quoted and empty is the empty string, as for PostgreSQL.
    database.execute(
        f"INSERT INTO pg.public.{table} SELECT * FROM read_csv('{file}', header = true, auto_detect = false, "
        f"delim = ',', quote = '\"', escape = '\"', allow_quoted_nulls = false, columns = {{{columns}}})")


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        print(connect().execute("SELECT version()").fetchone()[0])
    else:
        main(*sys.argv[1:])

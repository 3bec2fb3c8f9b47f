#!/usr/bin/env python3
"""Writes what a plan would run as a script for psql: one transaction a step.

    psql_script.py PLAN.json SCRIPT.sql
"""

import json
import sys

# What the tool sets in each transaction, psql sets once.
SETTINGS = "SET search_path = pg_catalog; SET lock_timeout = '5s';\n"

with open(sys.argv[1]) as plan, open(sys.argv[2], "w") as script:
    script.write(SETTINGS)
    for step in json.load(plan)["steps"]:
        if step["statements"]:
            script.write("\n".join(["BEGIN;", *step["statements"], "COMMIT;"]) + "\n")

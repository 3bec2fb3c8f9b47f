#!/usr/bin/env python3
"""Writes the rows that loads are measured with.

    rows.py ROWS FOLDER [--only FILE,...] [--seed SEED]

    rows.csv          ROWS rows of ten columns, about 130 bytes each
    rows.jsonl        the same rows
    delta.csv         as many: a tenth is new, a tenth has changed, the rest is equal
    wrong.csv         the rows, one in a hundred with a value that does not fit its column
    duplicates.csv    the rows, one in a hundred with the key of an earlier row
    quantities.csv    1,000 quantities, each with a label
    days.csv          the days of eleven years, one in seven left out, each with its quarter

The same arguments give the same bytes. A row is a function of its number, so that no file needs another one.
"""

import argparse
import json
import pathlib

COLUMNS = [
    ("id", "bigint"), ("note", "text"), ("email", "text"), ("amount", "numeric(12,2)"), ("quantity", "integer"),
    ("active", "boolean"), ("ordered_on", "date"), ("created_at", "timestamptz"), ("remark", "text"),
    ("comment", "text"),
]
NAMES = [name for name, _ in COLUMNS]
# Which row of a hundred is wrong, and which has another one's key.
WRONG, DUPLICATE = 37, 41

WORDS = "amber birch cedar delta ember fjord grove hazel ivory jade kiosk lemon maple north ocean pearl quartz".split()
FIRST = "anna boris carla david emil fatima george hana ivan julia karel lenka milan nora otto petra".split()
LAST = "adams becker cohen dvorak evans fischer garcia horak ito jansen kowalski lopez muller novak olsen".split()
AWKWARD = [
    'says "hello"', "a, b, and c", "two\nlines", "CRLF\r\ninside", "tab\there", "back\\slash", "žluťoučký kůň", "😀 smile",
    '"quoted"', "plain", "none", "semi;colon", "it's", "ends with a space ", "日本語", "50 %",
]


def quoted(text):
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') or not text else text


REMARKS = [f"{a} {n}" for n in range(64) for a in AWKWARD]
REMARKS_CSV = [quoted(text) for text in REMARKS]
REMARKS_JSON = [json.dumps(text, ensure_ascii=False) for text in REMARKS]
NOTES = [f"{a} {b}" for a in WORDS for b in WORDS]
# NULL, the empty string, which is something else, and text.
COMMENTS = [None] * 96 + [""] * 4 + [f"{a} {b}" for a in WORDS for b in WORDS[:12]]
COMMENTS_CSV = ["" if text is None else quoted(text) for text in COMMENTS]
COMMENTS_JSON = ["null" if text is None else json.dumps(text) for text in COMMENTS]
PEOPLE = [f"{a}.{b}" for a in FIRST for b in LAST]
DATES = [f"{year}-{month:02}-{day:02}" for year in range(2015, 2026) for month in range(1, 13) for day in range(1, 29)]
MINUTES = [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)]
MASK = (1 << 64) - 1


def mixed(number, seed):
    """64 bits that look random, of a row's number (splitmix64)."""
    z = (number * 0x9E3779B97F4A7C15 + seed) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def line(id, bits, amount=None, quantity=None, date=None):
    cents = bits % 100_000_003
    half = bits >> 27
    return (
        f"{id},{NOTES[half % 289]} {half % 9973},{PEOPLE[bits % 240]}{id}@mail.test,"
        f"{amount or f'{cents // 100}.{cents % 100:02}'},{quantity or half % 1000},{'true' if bits & 64 else 'false'},"
        f"{date or DATES[half % 3696]},{DATES[cents % 3696]} {MINUTES[half % 1440]}:{cents % 60:02}.{half % 1000:03}+00,"
        f"{REMARKS_CSV[bits % 1024]},{COMMENTS_CSV[half % 304]}\n")


def json_line(id, bits):
    cents = bits % 100_000_003
    half = bits >> 27
    return (
        f'{{"id":{id},"note":"{NOTES[half % 289]} {half % 9973}","email":"{PEOPLE[bits % 240]}{id}@mail.test",'
        f'"amount":{cents // 100}.{cents % 100:02},"quantity":{half % 1000},"active":{"true" if bits & 64 else "false"},'
        f'"ordered_on":"{DATES[half % 3696]}",'
        f'"created_at":"{DATES[cents % 3696]} {MINUTES[half % 1440]}:{cents % 60:02}.{half % 1000:03}+00",'
        f'"remark":{REMARKS_JSON[bits % 1024]},"comment":{COMMENTS_JSON[half % 304]}}}\n')


def plain(rows, seed):
    for id in range(1, rows + 1):
        yield line(id, mixed(id, seed))


def as_json(rows, seed):
    for id in range(1, rows + 1):
        yield json_line(id, mixed(id, seed))


def delta(rows, seed):
    new = rows // 10
    for id in range(1, rows - new + 1):
        # One in nine of nine tenths.
        yield line(id, mixed(id, seed + 1 if id % 9 == 4 else seed))
    for id in range(rows + 1, rows + new + 1):
        yield line(id, mixed(id, seed))


def wrong(rows, seed):
    faults = [{"amount": "12.x5"}, {"quantity": "many"}, {"date": "2024-02-30"}, {"quantity": "3000000000"}]
    for id in range(1, rows + 1):
        fault = faults[id // 100 % len(faults)] if id % 100 == WRONG else {}
        yield line(id, mixed(id, seed), **fault)


def duplicates(rows, seed):
    for id in range(1, rows + 1):
        yield line(id - 11 if id % 100 == DUPLICATE else id, mixed(id, seed))


def quantities(rows, seed):
    for quantity in range(1000):
        yield f"{quantity},{WORDS[mixed(quantity, seed) % 16]}\n"


def days(rows, seed):
    for number, date in enumerate(DATES):
        if number % 7:
            yield f"{date},Q{(int(date[5:7]) + 2) // 3}\n"


HEADERS = {"quantities.csv": "quantity,label\n", "days.csv": "day,quarter\n"}
FILES = {"quantities.csv": quantities, "days.csv": days, "rows.csv": plain, "rows.jsonl": as_json, "delta.csv": delta, "wrong.csv": wrong, "duplicates.csv": duplicates}


def generate(rows, folder, files=FILES, seed=1):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in files:
        with open(folder / name, "w", encoding="utf-8", newline="") as file:
            if name.endswith(".csv"):
                file.write(HEADERS.get(name) or ",".join(NAMES) + "\n")
            file.writelines(FILES[name](rows, seed))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int)
    parser.add_argument("folder")
    parser.add_argument("--only", help=f"some of: {','.join(FILES)}")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    generate(given.rows, given.folder, given.only.split(",") if given.only else FILES, given.seed)

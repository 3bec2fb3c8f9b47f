"""Checks that the documents in files are what a JSON Schema says of them: documents.py SCHEMA FILE...

A file that ends in `.jsonl` has a document on each line. The schemas allow members that they do not describe, as such may
be added; these documents must have none, so that a member which is new is described too.
"""

import json
import pathlib
import sys

import jsonschema


def closed(schema):
    """The schema without room for members that it does not describe."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(value) for key, value in schema.items()}
    if "properties" in inner and inner.get("additionalProperties") is True:
        inner["additionalProperties"] = False
    return inner


def documents(path):
    text = path.read_text()
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    return [json.loads(text)]


def main():
    schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validators = [jsonschema.Draft7Validator(each) for each in (schema, closed(schema))]
    count = 0
    for name in sys.argv[2:]:
        for document in documents(pathlib.Path(name)):
            count += 1
            for validator in validators:
                for error in validator.iter_errors(document):
                    path = "/".join(str(part) for part in error.absolute_path)
                    causes = [f"\n    {each.message[:300]}" for each in error.context]
                    sys.exit(f"{name}: {path}: {error.message[:1000]}{''.join(causes)}")
    if count == 0:
        sys.exit("there was no document")


main()

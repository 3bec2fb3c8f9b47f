"""Checks the schemas of manifests by themselves, and those of the kinds beside the examples: kinds.py ROOT

Every example and default of a field must be what the field's own schema wants, and every resource of the examples what
the schema of its kind wants.
"""

import json
import pathlib
import sys

import jsonschema
import yaml

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from agreement import CoreLoader, value  # noqa: E402

KINDS = ["authorizer", "tunnel", "source", "destination", "flow"]


def parts(schema, path=""):
    """The schema and those that stand in it, with their paths."""
    yield path, schema
    for word in ("properties", "definitions"):
        for name, inner in schema.get(word, {}).items():
            yield from parts(inner, f"{path}/{name}")
    for word in ("anyOf", "allOf"):
        for inner in schema.get(word, []):
            yield from parts(inner, path)
    for word in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(word), dict):
            yield from parts(schema[word], f"{path}/{word}")


def within(schema):
    """The problems of its own examples and defaults."""
    for path, part in parts(schema):
        for example in part.get("examples", []) + ([part["default"]] if "default" in part else []):
            # What a state holds of a default may be in another form, as the one for a list of columns is.
            own = {"definitions": schema["definitions"], **part}
            for error in jsonschema.Draft7Validator(own).iter_errors(example):
                yield f"{path}: {json.dumps(example)}: {error.message[:200]}"


def main(root):
    root = pathlib.Path(root)
    problems = []
    schemas = {}
    for name in ["manifest", "sluice"] + KINDS:
        schema = json.loads((root / "schemas" / f"{name}.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        problems += [f"{name}.schema.json: {problem}" for problem in within(schema)]
        schemas[name] = jsonschema.Draft7Validator(schema)
    count = 0
    others = root / "examples" / "ci"
    for path in sorted((root / "examples").rglob("*.y*ml")):
        if path.name == "sluice.yaml" or others in path.parents:
            continue
        for document in yaml.compose_all(path.read_text(), Loader=CoreLoader):
            maps = value(document, set()) if document else {}
            for kind in KINDS:
                for name, resource in (maps.get(f"{kind}s") or {}).items():
                    count += 1
                    problems += [
                        f"{path}: {kind}/{name}: {error.message[:200]}" for error in schemas[kind].iter_errors(resource)
                    ]
                    if schemas[kind].is_valid({**resource, "colour": "blue"}):
                        problems.append(f"{path}: {kind}/{name}: a field that there is not is accepted")
    print("\n".join(problems) or f"{count} resources agree")
    return 1 if problems or count < 20 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Compares the JSON Schemas with what is expected of manifests: those named on the command line, under a root.

A line of a manifest that carries `# error: code` must make the schema refuse the manifest, all other such lines taken
out; with all of them taken out, the schema must accept it. Codes that a schema cannot express, and lines marked
`(not in schema)`, are left aside.
"""

import json
import pathlib
import re
import sys

import jsonschema
import yaml

EXPRESSIBLE = {
    "invalid-name", "invalid-type", "invalid-value", "missing-field", "name-too-long",
    "plain-text-secret", "range-syntax", "unknown-field", "wrong-type",
}
# What is wrong with the text itself: there is nothing to validate.
SYNTAX = {
    "alias-expansion", "complex-key", "duplicate-key", "invalid-character", "invalid-utf8", "too-deep",
    "unknown-anchor", "unknown-tag", "yaml-syntax",
}


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, where PyYAML has 1.1's."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in [
    ("null", r"^(~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(true|True|TRUE|false|False|FALSE)$", list("tTfF")),
    ("int", r"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", list("-+0123456789")),
    ("float", r"^([-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$",
     list("-+.0123456789")),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


def scalar(node):
    kind, text = node.tag.rsplit(":", 1)[-1], node.value
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int":
        return int(text[2:], 8) if text.startswith("0o") else int(text, 16) if text.startswith("0x") else int(text)
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan")) if kind == "float" else text


def value(node, dropped):
    """The node's value without what stands on one of the lines in `dropped` and nowhere else."""
    def drops(start, end):
        return start.start_mark.line == end.end_mark.line and start.start_mark.line in dropped

    if isinstance(node, yaml.ScalarNode):
        return scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [value(item, dropped) for item in node.value if not drops(item, item)]
    return {key.value: value(item, dropped) for key, item in node.value if not drops(key, item)}


def expectations(text):
    found = {}
    for index, line in enumerate(text.split("\n")):
        mark = re.search(r"# error: (.*)$", line)
        if mark:
            found[index] = (set(re.findall(r"[a-z0-9-]+", mark[1].split("(")[0])), "(not in schema)" in mark[1])
    return found


def check(path, validator):
    text = path.read_bytes().decode("utf-8", "replace")
    expected = expectations(text)
    if any(codes & SYNTAX for codes, _ in expected.values()):
        return
    for document in yaml.compose_all(text, Loader=CoreLoader):
        if document is None:
            continue
        first, last = document.start_mark.line, document.end_mark.line
        lines = {line for line in expected if first <= line <= last}
        if not isinstance(document, yaml.MappingNode):
            if validator.is_valid(value(document, set())):
                yield f"{path}: accepts what is no map"
            continue
        for error in validator.iter_errors(value(document, lines)):
            yield f"{path}: refuses what is right: {'.'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for line in sorted(lines):
            codes, isAside = expected[line]
            accepts = validator.is_valid(value(document, lines - {line}))
            if codes & EXPRESSIBLE and not isAside and accepts:
                yield f"{path}:{line + 1}: accepts what is wrong: {', '.join(sorted(codes))}"


def main(root, *folders):
    root = pathlib.Path(root)
    validators = {}
    for name in ["manifest", "sluice"]:
        schema = json.loads((root / "schemas" / f"{name}.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        validators[name] = jsonschema.Draft7Validator(schema)
    # What configures CI is YAML of others.
    others = root / "examples" / "ci"
    files = sorted(path for folder in folders for path in (root / folder).rglob("*.y*ml") if others not in path.parents)
    problems = []
    for path in files:
        try:
            problems += check(path, validators["sluice" if path.name == "sluice.yaml" else "manifest"])
        except yaml.YAMLError as error:
            problems.append(f"{path}: {error}")
    print("\n".join(problems) or f"{len(files)} files agree")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

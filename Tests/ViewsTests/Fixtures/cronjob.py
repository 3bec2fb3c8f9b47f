"""Checks objects for Kubernetes: cronjob.py FILE prints what is wrong with the YAML documents of FILE.

The schema is written down from the one that Kubernetes publishes (batch/v1, CronJob; members that are left out are not
exported), with the rules of the server that no schema has: names, labels, time zones.
"""

import json
import pathlib
import sys
import zoneinfo

import jsonschema
import yaml


class Strict(yaml.SafeLoader):
    """YAML in which no key may come twice."""


def mapping(loader, node):
    keys = [loader.construct_object(key) for key, _ in node.value]
    if len(set(keys)) < len(keys):
        raise ValueError(f"a key comes twice in {keys}")
    return {loader.construct_object(key): loader.construct_object(value, deep=True) for key, value in node.value}


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)

schema = json.loads((pathlib.Path(__file__).parent / "cronjob.schema.json").read_text())
jsonschema.Draft7Validator.check_schema(schema)
documents = list(yaml.load_all(pathlib.Path(sys.argv[1]).read_text(), Strict))
problems = []
for document in documents:
    for error in jsonschema.Draft7Validator(schema).iter_errors(document):
        problems.append(f"{list(error.absolute_path)}: {error.message}")
    zone = document["spec"]["timeZone"]
    if zone not in zoneinfo.available_timezones():
        problems.append(f"there is no time zone {zone}")
names = [document["metadata"]["name"] for document in documents]
if len(set(names)) < len(names):
    problems.append(f"names come twice: {names}")
print("\n".join(problems) or json.dumps(documents))
sys.exit(1 if problems else 0)

#!/usr/bin/env python3
"""Writes the manual page sluice(1), made of what `sluice --experimental-dump-help` prints: manual.py VERSION DAY < help.json"""
import json
import sys


def escape(text):
    """Text as troff takes it; lines of an indented example keep their ends."""
    lines = []
    for line in text.replace("\\", "\\e").replace("-", "\\-").split("\n"):
        bare = line.strip()
        if line.startswith(" ") and bare:
            lines.append(".br")
        if not bare:
            lines.append(".sp")
            continue
        lines.append("\\&" + bare if bare[0] in ".'" else bare)
    return "\n".join(lines)


def spelled(argument):
    """An argument as the summary of a command shows it."""
    name = argument.get("valueName", "")
    if argument["kind"] == "positional":
        text = f"<{name}>" + ("..." if argument["isRepeating"] else "")
        return f"[{text}]" if argument["isOptional"] else text
    return names(argument)


def names(argument):
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    text = ", ".join(dashes[name["kind"]] + name["name"] for name in argument["names"])
    return f"{text} <{argument.get('valueName', 'value')}>" if argument["kind"] == "option" else text


def described(argument):
    words = [argument.get("abstract", "")]
    if argument.get("allValues"):
        words.append("Values: " + ", ".join(argument["allValues"]) + ".")
    if argument.get("defaultValue"):
        words.append(f"(default: {argument['defaultValue']})")
    return " ".join(word for word in words if word)


def arguments(command):
    return [argument for argument in command.get("arguments", []) if argument.get("shouldDisplay", True)]


def commands(command, path=()):
    """All commands below `command`, depth first, each with its full name."""
    for child in command.get("subcommands", []):
        if child["commandName"] == "help" or not child.get("shouldDisplay", True):
            continue
        name = (*path, child["commandName"])
        yield " ".join(name), child
        yield from commands(child, name)


def options(command, common):
    lines = []
    for argument in arguments(command):
        if names_of(argument) not in common:
            lines += [".TP", f"\\fB{escape(spelled(argument))}\\fR", escape(described(argument))]
    return lines


def names_of(argument):
    return names(argument) if argument["kind"] != "positional" else None


def main():
    tool = json.load(sys.stdin)["command"]
    every = list(commands(tool))
    leaves = [command for _, command in every if not command.get("subcommands")]
    # What most commands take is said once.
    counts = {}
    for command in leaves:
        for argument in arguments(command):
            if argument["kind"] != "positional":
                counts.setdefault(names(argument), []).append(argument)
    common = {name for name, found in counts.items() if len(found) > len(leaves) / 2}

    lines = [
        f'.TH SLUICE 1 "{sys.argv[2]}" "sluice {sys.argv[1]}"',
        ".SH NAME",
        "sluice \\- " + escape(tool["abstract"].rstrip(".")),
        ".SH SYNOPSIS",
        ".B sluice",
        "\\fIcommand\\fR [\\fIargument\\fR ...] [\\fIoption\\fR ...]",
        ".SH DESCRIPTION",
        escape(tool.get("discussion", "")),
        ".SH COMMANDS",
    ]
    for name, command in every:
        if command.get("subcommands"):
            continue
        positional = [spelled(argument) for argument in arguments(command) if argument["kind"] == "positional"]
        lines += [".SS " + '"' + escape(" ".join(["sluice", name, *positional])) + '"', escape(command["abstract"])]
        if command.get("discussion"):
            lines += [".PP", escape(command["discussion"])]
        lines += options(command, common)
    lines += [".SH OPTIONS", "Most commands take these too:"]
    for name in sorted(common, key=lambda name: name.lstrip("-").lower()):
        lines += [".TP", f"\\fB{escape(name)}\\fR", escape(described(counts[name][0]))]
    lines += [
        ".SH EXIT STATUS",
        "0 done, 1 failed or blocked, 2 changes (with \\-\\-detailed\\-exitcode), 64 wrong usage, 130 interrupted.",
        ".SH ENVIRONMENT",
        ".TP", "SLUICE_ENV", "The environment, as \\-\\-env says it.",
        ".TP", "SLUICE_VAR_\\fIname\\fR", "A variable's value, where neither \\-\\-var nor the environment has one.",
        ".TP", "NO_COLOR", "Where it is not empty, there are no colours.",
        ".SH FILES",
        ".TP", "sluice.yaml", "The project's settings, variables and environments.",
        ".TP", "sluice.state.json", "What was applied; of an environment, sluice.\\fINAME\\fR.state.json.",
        ".TP", "\\&.sluice/", "Rejects, and what belongs to the sandbox; may be wiped.",
    ]
    print("\n".join(lines))


main()

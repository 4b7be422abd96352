"""Read reports as GitHub does: SARIF against its schema, workflow commands by their rules."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from jsonschema import Draft4Validator

from tests.support.tiny_campaign import REPO


@dataclass(frozen=True)
class WorkflowCommand:
    name: str
    properties: dict[str, str]
    message: str


def parse_workflow_command(line: str) -> WorkflowCommand:
    """Parse one workflow command as GitHub's runner does: split properties at ``,`` and ``=``, then unescape."""
    matched = re.fullmatch(r"::([a-z]+) ([^\r\n]*?)::([^\r\n]*)", line)
    assert matched, line
    name, properties, message = matched.groups()
    pairs = dict(pair.split("=", 1) for pair in properties.split(","))
    return WorkflowCommand(
        name,
        {key: unescape_workflow_text(value, True) for key, value in pairs.items()},
        unescape_workflow_text(message, False),
    )


def unescape_workflow_text(text: str, is_property: bool) -> str:
    """Undo GitHub's escapes; properties have two more than messages."""
    chars = {"%0D": "\r", "%0A": "\n"} | ({"%3A": ":", "%2C": ","} if is_property else {})
    for escaped, char in chars.items():
        text = text.replace(escaped, char)
    return text.replace("%25", "%")


@cache
def sarif_validator() -> Draft4Validator:
    return Draft4Validator(json.loads((REPO / "tests/fixtures/sarif-2.1.0.schema.json").read_text("utf-8")))


def check_sarif(log: dict[str, Any]) -> None:
    """Check a log against the standard's schema, and for what the schema cannot express.

    GitHub requires a location, and a result's rule id must be that of its rule index.
    """
    assert [f"{error.json_path}: {error.message}" for error in sarif_validator().iter_errors(log)] == []
    for run in log["runs"]:
        rules = run["tool"]["driver"]["rules"]
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
            assert result["locations"]

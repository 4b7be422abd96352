"""JSON Schemas for editors: they accept every file of the campaign and reject what ``check`` rejects."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

ROOT = Path(__file__).resolve().parents[3]
# Where the campaign has its files of each kind.
FILES = {
    "campaign": ["campaign.yaml"],
    "brand": ["brand/brand.yaml"],
    "channels": ["brand/channels.yaml", "src/assetgen/catalogue/channels/*.yaml"],
    "printers": ["brand/printers.yaml"],
    "message": ["brand/messages/*.yaml"],
    "partner": ["partners/*/partner.yaml"],
    "template": ["templates/*/template.yaml"],
}


def files(kind: str) -> list[str]:
    found = (sorted(ROOT.glob(pattern)) for pattern in FILES[kind])
    return [path.relative_to(ROOT).as_posix() for paths in found for path in paths]


@cache
def schema(kind: str) -> dict[str, Any]:
    """Return a schema as the command ``schema`` prints it."""
    command = [sys.executable, "-m", "assetgen", "schema", kind]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    parsed: dict[str, Any] = json.loads(result.stdout)
    return parsed


class EditorLoader(yaml.SafeLoader):
    """YAML 1.2, as editors read it: only true and false are booleans (not on, off, yes or no), and a date is text."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
EditorLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def read(path: str) -> Any:
    return yaml.load((ROOT / path).read_text("utf-8"), EditorLoader)


def schema_errors(value: object, kind: str) -> list[str]:
    """Return the errors of a value against a schema, each with its place."""
    validator = Draft202012Validator(schema(kind), format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


@pytest.mark.parametrize("kind", FILES)
def test_schema_has_a_dialect_a_title_and_a_type(kind: str) -> None:
    found = schema(kind)

    assert found["$schema"].startswith("https://json-schema.org/draft/2020-12/")
    assert found["title"]
    assert found["type"] == "object"


@pytest.mark.each(("kind", "path"), lambda: [(kind, path) for kind in FILES for path in files(kind)])
def test_schema_accepts_the_files_of_the_campaign(kind: str, path: str) -> None:
    assert schema_errors(read(path), kind) == []


@pytest.mark.parametrize("kind", ["campaign", "brand", "message", "partner", "template"])
def test_schema_rejects_an_unknown_key(kind: str) -> None:
    invalid = {**read(files(kind)[0]), "colour_of_monday": "red"}

    assert schema_errors(invalid, kind)


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("partner", "name", None),
        ("partner", "role", "boss"),
        ("partner", "tracking", "always"),
        ("partner", "messages", "worried"),
        ("campaign", "slug", 7),
        ("brand", "palette", []),
        ("message", "accent", 3),
    ],
)
def test_schema_rejects_a_value_that_check_rejects(kind: str, key: str, value: object) -> None:
    invalid = {**read(files(kind)[0]), key: value}

    assert schema_errors(invalid, kind), key


def test_schema_rejects_a_missing_key() -> None:
    partner = read(files("partner")[0])
    del partner["name"]

    assert "$: 'name' is a required property" in schema_errors(partner, "partner")

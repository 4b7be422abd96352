"""The copy of this repository's campaign as its YAML files have it, read once per process when a test needs it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from assetgen.loading.messages import MessageFiles
from assetgen.loading.yaml.campaign_folder import read_yaml
from tests.support.tiny_campaign import REPO

ACCENT_BY_MESSAGE = {
    "worried": "apricot",
    "online": "cyan",
    "loved-one": "rose",
    "know-the-line": "yellow",
    "workforce": "leaf",
}


def read_campaign_yaml(file: str) -> Any:
    return yaml.safe_load((REPO / file).read_text(encoding="utf-8"))


@cache
def brand_data() -> dict[str, Any]:
    data: dict[str, Any] = read_campaign_yaml("brand/brand.yaml")
    return data


@cache
def messages_data() -> dict[str, Any]:
    """Return the data of each message by id; one that extends another message holds what it takes from it."""
    ids = sorted(path.stem for path in (REPO / "brand/messages").glob("*.yaml"))
    files = MessageFiles(cache(lambda name: read_yaml(REPO, f"brand/messages/{name}.yaml")), ids)
    return {name: files.read_merged(name).data for name in ids}


@cache
def partners_data() -> dict[str, Any]:
    paths = sorted((REPO / "partners").glob("*/partner.yaml"))
    return {path.parent.name: read_campaign_yaml(path.relative_to(REPO).as_posix()) for path in paths}


@cache
def longest_placeholder_values() -> dict[str, str]:
    """Return the longest value that each placeholder can be filled with."""
    facts = brand_data()["facts"]
    return {
        "number": facts["number"]["display"],
        "address": facts["address"]["display"],
        "link": facts["address"]["url"] + "?r=12345",
        "partner": max((partner["name"] for partner in partners_data().values()), key=len),
    }


def texts_of(value: object) -> Iterator[str]:
    """Yield every text in a value of a YAML file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item)


each_message = pytest.mark.each("message", messages_data, ids=str)
each_partner = pytest.mark.each("partner", partners_data, ids=str)

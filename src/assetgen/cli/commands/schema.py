"""``assetgen schema``: the JSON Schema of a config file, for editors."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from assetgen.cli.streams import encodable


class Kind(StrEnum):
    """The kinds of file that a person writes."""

    CAMPAIGN = "campaign"
    BRAND = "brand"
    MESSAGE = "message"
    PARTNER = "partner"
    CHANNELS = "channels"
    PRINTERS = "printers"
    TEMPLATE = "template"


def schema(kind: Annotated[Kind, typer.Argument(metavar="KIND", help="The kind of file.")]) -> None:
    """Print the JSON Schema of a config file: give it to your editor to check and complete as you type."""
    from assetgen.schema.campaign_files import json_schema

    typer.echo(encodable(json.dumps(json_schema(kind.value), indent=2, ensure_ascii=False), "json"))

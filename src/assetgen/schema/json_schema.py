"""Build the JSON Schema of each kind of file, for editors that validate and complete as the user types."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from assetgen.schema.brand_file import BrandFile, PrinterFile
from assetgen.schema.campaign_file import CampaignFile
from assetgen.schema.channel_file import ChannelFile
from assetgen.schema.fields import LOCALE
from assetgen.schema.message_file import BY_LOCALE, EXTENDS, AltText, Headline, MessageCopy, MessageFile
from assetgen.schema.partner_file import PartnerFile
from assetgen.schema.template_file import TemplateFile

KINDS: dict[str, type[BaseModel]] = {
    "campaign": CampaignFile,
    "brand": BrandFile,
    "message": MessageFile,
    "partner": PartnerFile,
    "template": TemplateFile,
}

# Files that map ids to rows of one schema.
ROWS: dict[str, type[BaseModel]] = {"channels": ChannelFile, "printers": PrinterFile}


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file: a key of ``KINDS`` or ``ROWS``."""
    if kind in ROWS:
        row = ROWS[kind].model_json_schema()
        definitions = row.pop("$defs", {})
        body: dict[str, Any] = {
            "title": f"{kind.capitalize()}File",
            "type": "object",
            "additionalProperties": row,
            "$defs": definitions,
        }
    elif kind == "message":
        body = _message_schema()
    else:
        body = KINDS[kind].model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **body}


def _message_schema() -> dict[str, Any]:
    """Return the schema of a message. A message with ``extends`` may leave out the required keys."""
    body = MessageFile.model_json_schema()
    body["patternProperties"] = body["properties"].pop(BY_LOCALE)["patternProperties"]
    required_parts = {"headline": Headline, "alt": AltText}
    for model in (MessageCopy, *required_parts.values()):
        del body["$defs"][model.__name__]["required"]
    complete = {
        "required": [*required_parts],
        "properties": {part: {"required": ["short"]} for part in required_parts},
    }
    without_base = {"required": ["accent"], "patternProperties": {LOCALE: complete}}
    return {**body, "required": [], "anyOf": [without_base, {"required": [EXTENDS]}]}

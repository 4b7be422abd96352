"""The field types that the file models share: ids, words, locales, figures, dates, inks."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, PydanticUseDefault, core_schema

# What a pattern asks for, in the words of a hint. The patterns are those of JSON Schema.
ID, LOCALE = r"^[a-z0-9][a-z0-9-]*$", r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
EMAIL, COLOUR = r"^[^@\s]+@[^@\s]+\.[^@\s]+$", r"^#[0-9A-Fa-f]{6}$"
TEL, URL = r"^\+[0-9]{7,15}$", r"^https://[^\s]+$"
PARAMETER, WORD_KEY = r"^[a-z][a-z0-9_]{0,15}$", r"^[a-z][a-z0-9_]*$"
FORMS = {
    ID: "small letters a to z, digits and hyphens, a letter or digit first",
    LOCALE: "a language, and a country where it matters: en-GB, cy",
    EMAIL: "an e-mail address: name@example.org",
    COLOUR: 'a # and six digits or letters a to f, in quotes: "#10262C"',
    TEL: "a plus, the country and the number without spaces: +448081000900",
    URL: "https:// and a host: https://www.example.org/",
    PARAMETER: "small letters, digits and _, a letter first, at most 16",
    WORD_KEY: "small letters, digits and _, a letter first",
}

# The key under which a message's locales are gathered for the schema; no file has it.
BY_LOCALE = "by_locale"
LIKE = "like"
"""The key by which a message names the one whose values it takes where it has none of its own."""

Id = Annotated[str, StringConstraints(pattern=ID)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
BLANKS = re.compile(r"[ \t\r\n]+")


def _on_one_line(value: Any) -> Any:
    """Read words that stand on several lines as one: what is drawn is broken by the tool."""
    return BLANKS.sub(" ", value) if isinstance(value, str) else value


Line = Annotated[
    str,
    BeforeValidator(_on_one_line),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=5000),
]
Locale = Annotated[str, StringConstraints(pattern=LOCALE)]
Percent = Annotated[float, Field(ge=0, le=100)]
Inks = Annotated[tuple[Percent, ...], Field(min_length=4, max_length=4)]
Share = Annotated[float, Field(ge=-1, le=2)]
Medium = Literal["social", "display", "dooh", "workplace", "email", "print", "ooh", "press"]
Tier = Literal["long", "short", "tiny"]
Tracking = Literal["none", "campaign", "partner", "channel"]
Required = Literal["number", "address", "promise", "partner"]
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
LOCALE_KEY = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Strict(BaseModel):
    """A mapping whose unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


class OrNull:
    """Let a key be null as well, and keep that: the value is None until another file's value takes its place."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.nullable_schema(handler(source))


class UnsetByNull:
    """Let a key be null as well, and read that as if the key were not there: the value is the default."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_default_of_null, handler(source))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"type": "null"}]}


def _default_of_null(value: Any) -> Any:
    if value is None:
        raise PydanticUseDefault
    return value


def _plain_date(value: Any) -> Any:
    """Refuse what is no date as people write it: a bare figure would be taken for seconds since 1970."""
    if value is None or isinstance(value, date) or (isinstance(value, str) and ISO_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "not a date")


Date = Annotated[date, BeforeValidator(_plain_date)]


def _alone(value: Any) -> Any:
    """Read a word that stands alone as a map of one: ``""`` is every channel of which no glob speaks."""
    return {"": value} if isinstance(value, str) else value


_ID_SCHEMA = {"type": "string", "pattern": ID}
TemplateChoice = Annotated[
    dict[str, Id],
    BeforeValidator(_alone),
    WithJsonSchema({"anyOf": [_ID_SCHEMA, {"type": "object", "additionalProperties": _ID_SCHEMA}]}),
]
Background = Literal["dark", "light"]
_GROUND_SCHEMA = {"enum": ["dark", "light"]}
GroundChoice = Annotated[
    dict[str, Background],
    BeforeValidator(_alone),
    WithJsonSchema({"anyOf": [_GROUND_SCHEMA, {"type": "object", "additionalProperties": _GROUND_SCHEMA}]}),
]
PictureChoice = TemplateChoice
PrinterChoice = TemplateChoice


class PictureFile(Strict):
    """A picture: its file in ``brand/images``, the point that stays in view, what it says to who cannot see it."""

    file: Words
    focus: Annotated[tuple[Annotated[float, Field(ge=0, le=1)], ...], Field(min_length=2, max_length=2)] = (
        Field(default=(0.5, 0.5))
    )
    alt: Line | None = None
    light: Id | None = None


# An editor that reads YAML 1.2 takes on and off for words.
OnOff = Annotated[bool, WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["on", "off"]}]})]


Stock = Literal["coated", "uncoated", "newsprint"]
LogoInks = dict[Annotated[str, StringConstraints(pattern=COLOUR)], Inks]


class ColourFile(Strict):
    """One colour: sRGB for screens, inks in per cent (cyan, magenta, yellow, black) for each stock it is printed on."""

    srgb: Annotated[str, StringConstraints(pattern=COLOUR)]
    coated: Inks | None = None
    uncoated: Inks | None = None
    newsprint: Inks | None = None


class ConditionFile(Strict):
    """One printing condition (``brand.yaml``, ``press``): its registered name, its profile in ``brand/profiles``."""

    condition: Annotated[Line, Field(max_length=60)] | None = None
    info: Annotated[Line, Field(max_length=120)] | None = None
    profile: Words | None = None
    ink_limit: Annotated[float, Field(ge=100, le=400)] | None = None


class PrinterFile(Strict):
    """One printer of ``brand/printers.yaml``: how it wants the files that it prints."""

    name: Annotated[Line, Field(max_length=60)]
    marks: OnOff = False
    bleed_mm: Annotated[float, Field(gt=0, le=20)] | None = None
    variant: Literal["x4", "x1a"] | None = None
    conditions: dict[Stock, ConditionFile] = Field(default={})
    naming: Annotated[Words, Field(max_length=120)] | None = None
    source: Words | None = None

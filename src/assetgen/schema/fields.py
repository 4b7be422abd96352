"""The field types that the file models share: ids, words, locales, figures, dates, inks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, PydanticUseDefault, core_schema

from assetgen.findings import NOWHERE, Place, Written

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


class OfOneKind:
    """Read a tuple of fixed length as a list of so many entries of one kind, and speak of it so."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        kinds = get_args(source)
        entry = handler.generate_schema(kinds[0])
        return core_schema.tuple_schema(
            [entry], variadic_item_index=0, min_length=len(kinds), max_length=len(kinds)
        )


Inks = Annotated[tuple[Percent, Percent, Percent, Percent], OfOneKind]
Share = Annotated[float, Field(ge=-1, le=2)]
Tracking = Literal["none", "campaign", "partner", "channel"]
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Strict(BaseModel):
    """A mapping whose unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Text:
    """Words that a person wrote, and where they stand."""

    text: str
    place: Place = NOWHERE

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Dated:
    """A day, and its place in the campaign's files."""

    day: date
    place: Place = NOWHERE


class PlacedValue:
    """Read a value by the type given, and keep its place: ``Annotated[Text, PlacedValue(Line)]``."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
            return value if isinstance(value, source) else source(check(value), _place_of(value))

        return core_schema.no_info_wrap_validator_function(read, handler.generate_schema(self.kind))


def _place_of(value: Any) -> Place:
    return value.place if isinstance(value, Written) else NOWHERE


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
Day = Annotated[Dated, PlacedValue(Date)]
PlacedLine = Annotated[Text, PlacedValue(Line)]
ShortLine = Annotated[Text, PlacedValue(Annotated[Line, Field(max_length=60)])]
Name = Annotated[Line, Field(max_length=120)]


def _alone(value: Any) -> Any:
    """Read a word that stands alone as a map of one: ``""`` is every channel of which no glob speaks."""
    return {"": value} if isinstance(value, str) else value


def _word_or_map(word: dict[str, Any]) -> WithJsonSchema:
    """Return the JSON Schema of a choice: a word that stands alone, or a map to such words."""
    return WithJsonSchema({"anyOf": [word, {"type": "object", "additionalProperties": word}]})


TemplateChoice = Annotated[
    dict[str, Id], BeforeValidator(_alone), _word_or_map({"type": "string", "pattern": ID})
]
Background = Literal["dark", "light"]
BackgroundChoice = Annotated[
    dict[str, Background], BeforeValidator(_alone), _word_or_map({"enum": ["dark", "light"]})
]
PictureChoice = TemplateChoice
PrinterChoice = TemplateChoice


# An editor that reads YAML 1.2 takes on and off for words.
OnOff = Annotated[bool, WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["on", "off"]}]})]

Length = Annotated[float, Field(gt=0, le=20000)]
PageSize = Annotated[tuple[Length, Length], OfOneKind]
Within = Annotated[float, Field(ge=0, le=1)]
PointShares = Annotated[tuple[Within, Within], OfOneKind]


class Contact(Strict):
    """A person or an office to write to."""

    name: Words | None = Field(default=None, description="The name.")
    email: Annotated[str, StringConstraints(pattern=EMAIL)] | None = Field(
        default=None, description="The e-mail address."
    )

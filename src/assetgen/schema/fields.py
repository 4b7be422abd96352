"""Field types that the schemas share: ids, text, locales, numbers, dates and inks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import (
    AfterValidator,
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

from assetgen.findings import NO_PLACE, Place, PlacedString

# Patterns in the syntax of JSON Schema. FORMS describes what each one accepts, for hints.
ID, LOCALE = r"^[a-z0-9][a-z0-9-]*$", r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
EMAIL, COLOUR = r"^[^@\s]+@[^@\s]+\.[^@\s]+$", r"^#[0-9A-Fa-f]{6}$"
TEL, URL = r"^(\+[0-9]{7,15}|[0-9]{3,8})$", r"^https://[^\s]+$"
PARAMETER, LABEL_KEY = r"^[a-z][a-z0-9_]{0,15}$", r"^[a-z][a-z0-9_]*$"
PATTERN_DESCRIPTIONS = {
    ID: "lower-case letters a to z, digits and hyphens, starting with a letter or digit",
    LOCALE: "a language, with a country if it matters: en-GB, cy",
    EMAIL: "an email address: name@example.org",
    COLOUR: 'a # and six digits or letters a to f, in quotes: "#10262C"',
    TEL: "a plus, the country code and the number without spaces (+448081000900), or a short code (116123)",
    URL: "https:// and a host: https://www.example.org/",
    PARAMETER: "lower-case letters, digits and _, starting with a letter, at most 16 characters",
    LABEL_KEY: "lower-case letters, digits and _, starting with a letter",
}

Id = Annotated[str, StringConstraints(pattern=ID)]
NonEmptyText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
WHITESPACE = re.compile(r"[ \t\r\n]+")


def _join_lines(value: Any) -> Any:
    """Replace line breaks and repeated blanks by one blank: the layout breaks lines itself."""
    return WHITESPACE.sub(" ", value) if isinstance(value, str) else value


OneLineText = Annotated[
    str,
    BeforeValidator(_join_lines),
    StringConstraints(strip_whitespace=True, min_length=1, max_length=5000),
]
Locale = Annotated[str, StringConstraints(pattern=LOCALE)]


def is_font_role(key: str) -> bool:
    """Return whether a key of a brand's ``fonts`` is a role, such as ``text``, rather than a language or locale."""
    return re.fullmatch(LOCALE, key) is None


Percent = Annotated[float, Field(ge=0, le=100)]


class FixedLengthList:
    """Validate a tuple of fixed length as a list of one type.

    Errors and the JSON Schema then describe one list of fixed length, instead of separate fields.
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        types = get_args(source)
        entry = handler.generate_schema(types[0])
        return core_schema.tuple_schema(
            [entry], variadic_item_index=0, min_length=len(types), max_length=len(types)
        )


Inks = Annotated[tuple[Percent, Percent, Percent, Percent], FixedLengthList]
Srgb = Annotated[str, StringConstraints(pattern=COLOUR), AfterValidator(str.upper)]
Share = Annotated[float, Field(ge=-1, le=2)]
Tracking = Literal["none", "campaign", "partner", "channel"]
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class StrictModel(BaseModel):
    """Base class of the schemas: immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, allow_inf_nan=False)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with other values. Raises TypeError for a name that is not a field; pydantic ignores it."""
        if unknown := set(update or ()) - set(type(self).model_fields):
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        return super().model_copy(update=update, deep=deep)


class InkedModel(StrictModel):
    """A colour's inks for each stock: cyan, magenta, yellow and black, in per cent."""

    coated: Inks | None = Field(
        default=None, description="The inks on coated stock: four numbers, in per cent."
    )
    uncoated: Inks | None = Field(
        default=None, description="The inks on uncoated stock: four numbers, in per cent."
    )
    newsprint: Inks | None = Field(
        default=None, description="The inks on newsprint: four numbers, in per cent."
    )

    def inks(self, stock: str) -> Inks | None:
        """Return the inks for a stock (``coated``, ``uncoated`` or ``newsprint``), or None if there are none."""
        return {"coated": self.coated, "uncoated": self.uncoated, "newsprint": self.newsprint}[stock]


@dataclass(frozen=True, slots=True)
class PlacedText:
    """Text from a file, with its place. ``marked`` is the text with its line break marks, if it has any."""

    text: str
    place: Place = NO_PLACE
    marked: str = ""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class PlacedDate:
    """A date from a file, with its place."""

    day: date
    place: Place = NO_PLACE


class PlacedValue:
    """Validate a value as another type and keep its place: ``Annotated[Text, PlacedValue(Line)]``."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
            return value if isinstance(value, source) else source(check(value), _place_of(value))

        return core_schema.no_info_wrap_validator_function(read, handler.generate_schema(self.kind))


def _place_of(value: Any) -> Place:
    return value.place if isinstance(value, PlacedString) else NO_PLACE


class KeepNull:
    """Allow null for a key and keep it as None, until the value of another file replaces it."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.nullable_schema(handler(source))


class NullIsDefault:
    """Allow null for a key and treat it as a missing key: the value is the default."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_use_default_for_null, handler(source))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [handler(schema), {"type": "null"}]}


def _use_default_for_null(value: Any) -> Any:
    if value is None:
        raise PydanticUseDefault
    return value


def _check_date(value: Any) -> Any:
    """Accept only YYYY-MM-DD: pydantic would read a plain number as seconds since 1970."""
    if value is None or isinstance(value, date) or (isinstance(value, str) and ISO_DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "not a date")


Date = Annotated[date, BeforeValidator(_check_date)]
Day = Annotated[PlacedDate, PlacedValue(Date)]
PlacedLine = Annotated[PlacedText, PlacedValue(OneLineText)]
# In copy that is set in lines, `|` between two words is a good place to end a line; `~` keeps two words together.
GOOD_BREAK, KEPT_SPACE = "|", "~"
_MARK = re.compile(rf"\s+{re.escape(GOOD_BREAK)}(?=\s)")
_KEPT = re.compile(rf"(?<=\S){KEPT_SPACE}(?=\S)")


def split_break_marks(marked: str) -> tuple[str, tuple[int, ...]]:
    """Return a text without its ``|`` marks, and the number of words before each mark."""
    pieces = _MARK.split(marked)
    counts = [len([word for word in piece.split(" ") if word]) for piece in pieces[:-1]]
    return "".join(pieces), tuple(accumulate(counts))


def _read_break_marks(text: PlacedText) -> PlacedText:
    marked = _KEPT.sub("\N{NO-BREAK SPACE}", text.text)
    clean, breaks = split_break_marks(marked)
    return PlacedText(clean, text.place, marked if breaks else "")


BreakMarks = AfterValidator(_read_break_marks)
ShortLine = Annotated[PlacedText, PlacedValue(Annotated[OneLineText, Field(max_length=60)])]
ShortCopy = Annotated[ShortLine, BreakMarks]
Name = Annotated[OneLineText, Field(max_length=120)]


def _as_map(value: Any) -> Any:
    """Return a single id as a map with the key ``""``, which applies to channels that no glob matches."""
    return {"": value} if isinstance(value, str) else value


def _single_or_map_schema(value: dict[str, Any]) -> WithJsonSchema:
    """Return the JSON Schema of a choice: a single value, or a map from globs to values."""
    return WithJsonSchema({"anyOf": [value, {"type": "object", "additionalProperties": value}]})


TemplateChoice = Annotated[
    dict[str, Id], BeforeValidator(_as_map), _single_or_map_schema({"type": "string", "pattern": ID})
]
Background = Literal["dark", "light"]
BackgroundChoice = Annotated[
    dict[str, Background], BeforeValidator(_as_map), _single_or_map_schema({"enum": ["dark", "light"]})
]
PictureChoice = TemplateChoice
PrinterChoice = TemplateChoice


# Editors that read YAML 1.2 treat on and off as strings.
OnOff = Annotated[bool, WithJsonSchema({"anyOf": [{"type": "boolean"}, {"enum": ["on", "off"]}]})]

Length = Annotated[float, Field(gt=0, le=20000)]
PageSize = Annotated[tuple[Length, Length], FixedLengthList]
UnitShare = Annotated[float, Field(ge=0, le=1)]
PointShares = Annotated[tuple[UnitShare, UnitShare], FixedLengthList]


class Contact(StrictModel):
    """A person or office to contact."""

    name: NonEmptyText | None = Field(default=None, description="The name.")
    email: Annotated[str, StringConstraints(pattern=EMAIL)] | None = Field(
        default=None, description="The email address."
    )

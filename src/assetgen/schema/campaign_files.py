"""The file models of ``campaign.yaml``, ``brand.yaml``, messages, channels and partners.

Every scalar arrives as the words that stand in the file; these models give it its type. Keys that are
not here are errors. ``assetgen schema KIND`` prints the JSON Schema of each, for editors.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from assetgen.schema.fields import (
    BY_LOCALE,
    EMAIL,
    LIKE,
    LOCALE,
    PARAMETER,
    TEL,
    URL,
    WORD_KEY,
    Background,
    ColourFile,
    ConditionFile,
    Date,
    GroundChoice,
    Id,
    Line,
    Locale,
    LogoInks,
    Medium,
    OnOff,
    PictureChoice,
    PictureFile,
    PrinterChoice,
    PrinterFile,
    Required,
    Stock,
    Strict,
    TemplateChoice,
    Tier,
    Tracking,
    Words,
)
from assetgen.schema.template_file import TemplateFile


class LogoFile(Strict):
    """A partner's logo: a file beside ``partner.yaml``, and what it says to somebody who cannot see it."""

    file: Words
    alt: Line
    dark: Words | None = None
    mono: Words | None = None
    min_width_mm: Annotated[float, Field(ge=0, le=1000)] = 0.0
    clear: Annotated[float, Field(ge=0, le=2)] = 0.0
    permission_until: Date | None = None
    inks: LogoInks = Field(default={})


class ContactFile(Strict):
    """Who answers questions about a partner's pack."""

    name: Words | None = None
    email: Annotated[str, StringConstraints(pattern=EMAIL)] | None = None


class ExtraFile(Strict):
    """A size of the partner's own, made like a channel of the catalogue: px for screens, mm (trim) for print."""

    id: Words
    like: Id
    size: Annotated[tuple[Annotated[float, Field(gt=0, le=20000)], ...], Field(min_length=2, max_length=2)]
    name: Annotated[Line, Field(max_length=60)] | None = None


class PartnerFile(Strict):
    """``partners/<partner>/partner.yaml``: all but ``name`` may be left out."""

    name: Annotated[Line, Field(max_length=120)]
    short_name: Annotated[Line, Field(max_length=60)] | None = None
    role: Literal["lead", "joint", "supporting"] = "supporting"
    logo: LogoFile | None = None
    with_: tuple[Words, ...] = Field(default=(), alias="with")
    messages: Annotated[tuple[Words, ...], Field(min_length=1)] | None = None
    locales: Annotated[tuple[Locale, ...], Field(min_length=1)] | None = None
    channels: Annotated[tuple[Words, ...], Field(min_length=1)] | None = None
    template: TemplateChoice = Field(default={})
    ground: GroundChoice = Field(default={})
    picture: PictureChoice = Field(default={})
    printer: PrinterChoice = Field(default={})
    local_line: dict[Locale, Annotated[Line, Field(max_length=60)]] = Field(default={})
    tracking: Tracking | None = None
    contact: ContactFile = ContactFile()
    extra: tuple[ExtraFile, ...] = Field(default=())
    embargo: Date | None = None
    valid_until: Date | None = None
    approved_by: Annotated[Line, Field(max_length=120)] | None = None


AskedKey = Literal[
    "id", "name", "short_name", "role", "messages", "channels", "locales", "template", "ground", "local_line",
    "tracking", "with", "logo", "contact_name", "contact_email", "extra",
]  # fmt: skip


class RequestsFile(Strict):
    """How the export of a web form is read: which column holds what, and what its answers mean."""

    columns: dict[AskedKey, Line] = Field(default={})
    values: dict[AskedKey, dict[str, Line]] = Field(default={})


class CampaignFile(Strict):
    """``campaign.yaml``: what is built."""

    name: Line
    slug: Annotated[Id, Field(max_length=20)]
    edition: Line
    released: Date
    messages: Annotated[tuple[Words, ...], Field(min_length=1)]
    locales: Annotated[tuple[Locale, ...], Field(min_length=1)]
    channels: Annotated[tuple[Words, ...], Field(min_length=1)]
    template: TemplateChoice
    ground: GroundChoice = Field(default={})
    picture: PictureChoice = Field(default={})
    printer: PrinterChoice = Field(default={})
    tracking: Tracking = "none"
    approval: Literal["none", "required"] = "none"
    embargo: Date | None = None
    valid_until: Date | None = None
    requests: RequestsFile = RequestsFile()
    contact: ContactFile | None = None


class NumberFile(Strict):
    """The helpline's number as people read it, and as a telephone dials it (E.164)."""

    display: Line
    tel: Annotated[str, StringConstraints(pattern=TEL)]


class AddressFile(Strict):
    """The helpline's site as people read it, and as a browser opens it."""

    display: Words
    url: Annotated[str, StringConstraints(pattern=URL, max_length=200)]


class AlsoFile(Strict):
    """Numbers and hosts that may stand beside the facts, such as 999."""

    numbers: tuple[Words, ...] = Field(default=())
    hosts: tuple[Words, ...] = Field(default=())


class ConfirmedFile(Strict):
    """Whose word the facts rest on, since when, and when they are to be asked again."""

    by: Words | None = None
    on: Date | None = None
    review_by: Date | None = None


class FactsFile(Strict):
    """The locked facts."""

    name: Line
    number: NumberFile
    address: AddressFile
    promise: Annotated[dict[Locale, Line], Field(min_length=1)]
    hosts: Annotated[tuple[Words, ...], Field(min_length=1)]
    also: AlsoFile = AlsoFile()
    confirmed: ConfirmedFile = ConfirmedFile()


class AllowFile(Strict):
    """What partners may choose, as globs."""

    messages: tuple[Words, ...] = Field(default=("*",))
    channels: tuple[Words, ...] = Field(default=("*",))
    templates: tuple[Words, ...] = Field(default=("*",))
    tracking: tuple[Tracking, ...] = Field(default=("none", "campaign", "partner", "channel"))
    extra: Annotated[int, Field(ge=0, le=50)] = 6


class LinkFile(Strict):
    """How a tracked link looks."""

    style: Literal["code", "utm"] = "code"
    parameter: Annotated[str, StringConstraints(pattern=PARAMETER)] = "r"


class BrandFile(Strict):
    """``brand/brand.yaml``: facts, palette, type, fixed words, what partners may choose."""

    led_by: Line
    palette: Annotated[dict[Id, ColourFile], Field(min_length=1)]
    fonts: dict[Words, Words]
    words: dict[Locale, dict[Annotated[str, StringConstraints(pattern=WORD_KEY)], Line]]
    pictures: dict[Id, PictureFile] = Field(default={})
    allow: AllowFile = AllowFile()
    link: LinkFile = LinkFile()
    press: dict[Stock, ConditionFile] = Field(default={})
    facts: FactsFile


class HeadlineFile(Strict):
    """The headline in up to three lengths."""

    long: Annotated[Line, Field(max_length=90)] | None = None
    short: Annotated[Line, Field(max_length=60)]
    tiny: Annotated[Line, Field(max_length=30)] | None = None


class BodyFile(Strict):
    """The body in up to two lengths."""

    long: Annotated[Line, Field(max_length=400)] | None = None
    short: Annotated[Line, Field(max_length=120)] | None = None


class ActionFile(Strict):
    """The line that stands before the number."""

    short: Annotated[Line, Field(max_length=60)] | None = None


class AltFile(Strict):
    """What the picture says to somebody who cannot see it: short (120 characters) and long."""

    short: Line
    long: Line | None = None


class PostsFile(Strict):
    """The words of a post, by network."""

    facebook: Words | None = None
    instagram: Words | None = None
    x: Words | None = None
    linkedin: Words | None = None
    whatsapp: Words | None = None


class MessageWordsFile(Strict):
    """A message in one locale."""

    headline: HeadlineFile
    body: BodyFile = BodyFile()
    action: ActionFile = ActionFile()
    alt: AltFile
    posts: PostsFile = PostsFile()
    source: Line | None = None
    reviewed: bool = False


class MessageFile(Strict):
    """``brand/messages/<message>.yaml``: an accent, and the words in each locale under its tag.

    ``like`` names the message from which everything is taken that stands not here.
    """

    like: Id | None = None
    accent: Id
    template: TemplateChoice = Field(default={})
    ground: GroundChoice = Field(default={})
    picture: PictureChoice = Field(default={})
    by_locale: Annotated[dict[Locale, MessageWordsFile], Field(min_length=1)]


class SafeCircleFile(Strict):
    """A safe area that is a centred circle."""

    circle: Annotated[float, Field(gt=0)]


Insets = Annotated[tuple[Annotated[float, Field(ge=0)], ...], Field(min_length=4, max_length=4)]
Length = Annotated[float, Field(gt=0, le=20000)]


class CopyFile(Strict):
    """The tiers of copy that a channel takes, best first."""

    headline: tuple[Tier, ...] | None = None
    body: tuple[Literal["long", "short"], ...] | None = None
    action: tuple[Literal["short"], ...] | None = None


class JoinsFile(Strict):
    """Where sheets meet, from the left and from the top."""

    x: tuple[Length, ...] = Field(default=())
    y: tuple[Length, ...] = Field(default=())


class ChannelFile(Strict):
    """One channel of the catalogue or of ``brand/channels.yaml``. px for screens, mm (trim) for print."""

    name: Words
    medium: Medium
    size: Annotated[tuple[Length, ...], Field(min_length=2, max_length=2)] | None = None
    shape: Id | None = None
    safe: Insets | SafeCircleFile | None = None
    keep_clear: tuple[Insets, ...] = Field(default=())
    bleed_mm: Annotated[float, Field(ge=0, le=100)] | None = None
    scale: Annotated[float, Field(gt=0, le=1)] = 1.0
    ppi: Annotated[int, Field(ge=10, le=2400)] | None = None
    format: Literal["png", "jpg", "webp", "pdf"] | None = None
    max_bytes: Annotated[int, Field(ge=1000)] | None = None
    advised_bytes: Annotated[int, Field(ge=1000)] | None = None
    colour: Literal["srgb", "cmyk-coated", "cmyk-uncoated", "cmyk-news", "cmyk-large"] | None = None
    template: Id | None = None
    ground: Background | None = None
    view_m: Annotated[float, Field(gt=0, le=1000)] = 0.4
    read_m: Annotated[float, Field(gt=0, le=1000)] | None = None
    scan_m: Annotated[float, Field(gt=0, le=100)] | None = None
    px_mm: Annotated[float, Field(gt=0, le=1000)] | None = None
    requires: tuple[Required, ...] | None = None
    qr: OnOff | None = None
    copy_: CopyFile = Field(default=CopyFile(), alias="copy")
    per: Literal["message", "partner"] = "message"
    deliverables: tuple[Literal["office", "mono", "sheet-a4", "sheet-sra3"], ...] = Field(default=())
    joins: JoinsFile = JoinsFile()
    source: Words
    checked_on: Date | None = None
    provisional: bool = False
    notes: Words | None = None
    ask_owner: Words | None = None


KINDS: dict[str, type[BaseModel]] = {
    "campaign": CampaignFile,
    "brand": BrandFile,
    "message": MessageFile,
    "partner": PartnerFile,
    "template": TemplateFile,
}

# Files that hold rows of one form, by id.
ROWS: dict[str, type[BaseModel]] = {"channels": ChannelFile, "printers": PrinterFile}


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file (``campaign``, ``brand``, ``message``, ``partner``,
    ``template``, ``channels``, ``printers``)."""
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
    """Return the schema of a message; one that is like another may leave out what is needed of the others."""
    body = MessageFile.model_json_schema()
    body["patternProperties"] = body["properties"].pop(BY_LOCALE)["patternProperties"]
    parts = {"headline": HeadlineFile, "alt": AltFile}
    for model in (MessageWordsFile, *parts.values()):
        del body["$defs"][model.__name__]["required"]
    whole = {"required": [*parts], "properties": {part: {"required": ["short"]} for part in parts}}
    alone = {"required": ["accent"], "patternProperties": {LOCALE: whole}}
    return {**body, "required": [], "anyOf": [alone, {"required": [LIKE]}]}

"""The form of each file that a person writes: keys, types, bounds. The only place with pydantic.

Every scalar arrives as the words that stand in the file; these models give it its type. Keys that are
not here are errors. ``assetgen schema KIND`` prints the JSON Schema of each, for editors.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Percent = Annotated[float, Field(ge=0, le=100)]
Inks = Annotated[list[Percent], Field(min_length=4, max_length=4)]
Share = Annotated[float, Field(ge=-1, le=2)]
Medium = Literal["social", "display", "dooh", "workplace", "email", "print", "ooh", "press"]
Ground = Literal["dark", "light"]
Tier = Literal["long", "short", "tiny"]
Tracking = Literal["none", "campaign", "partner", "channel"]
Required = Literal["number", "address", "promise", "partner"]
LOCALE_KEY = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class Strict(BaseModel):
    """A mapping whose unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


def _template_choice(value: Any) -> Any:
    """Read one design as the design for channels of which the catalogue names none."""
    return {"": value} if isinstance(value, str) else value


TemplateChoice = Annotated[dict[str, Id], BeforeValidator(_template_choice)]


class CampaignFile(Strict):
    """``campaign.yaml``: what is built."""

    name: Words
    slug: Annotated[Id, Field(max_length=20)]
    edition: Words
    released: date
    messages: Annotated[list[Words], Field(min_length=1)]
    locales: Annotated[list[Locale], Field(min_length=1)]
    channels: Annotated[list[Words], Field(min_length=1)]
    template: TemplateChoice
    tracking: Tracking = "none"


class LogoFile(Strict):
    """A partner's logo: a file beside ``partner.yaml``, and what it says to somebody who cannot see it."""

    file: Words
    alt: Words


class ContactFile(Strict):
    """Who answers questions about a partner's pack."""

    name: Words | None = None
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")] | None = None


class PartnerFile(Strict):
    """``partners/<partner>/partner.yaml``: all but ``name`` may be left out."""

    name: Annotated[Words, Field(max_length=120)]
    short_name: Annotated[Words, Field(max_length=60)] | None = None
    role: Literal["lead", "joint", "supporting"] = "supporting"
    logo: LogoFile | None = None
    with_: list[Words] = Field(default=[], alias="with")
    messages: Annotated[list[Words], Field(min_length=1)] | None = None
    locales: Annotated[list[Locale], Field(min_length=1)] | None = None
    channels: Annotated[list[Words], Field(min_length=1)] | None = None
    template: TemplateChoice | None = None
    local_line: dict[Locale, Annotated[Words, Field(max_length=60)]] = {}
    tracking: Tracking | None = None
    contact: ContactFile = ContactFile()


class ColourFile(Strict):
    """One colour: sRGB for screens, inks in per cent (cyan, magenta, yellow, black) for each stock."""

    srgb: Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
    coated: Inks
    uncoated: Inks
    newsprint: Inks


class NumberFile(Strict):
    """The helpline's number as people read it, and as a telephone dials it (E.164)."""

    display: Words
    tel: Annotated[str, StringConstraints(pattern=r"^\+[0-9]{7,15}$")]


class AddressFile(Strict):
    """The helpline's site as people read it, and as a browser opens it."""

    display: Words
    url: Annotated[str, StringConstraints(pattern=r"^https://[^\s]+$", max_length=200)]


class AlsoFile(Strict):
    """Numbers and hosts that may stand beside the facts, such as 999."""

    numbers: list[Words] = []
    hosts: list[Words] = []


class ConfirmedFile(Strict):
    """Whose word the facts rest on, since when, and when they are to be asked again."""

    by: Words | None = None
    on: date | None = None
    review_by: date | None = None


class FactsFile(Strict):
    """The locked facts."""

    name: Words
    number: NumberFile
    address: AddressFile
    promise: Annotated[dict[Locale, Words], Field(min_length=1)]
    hosts: Annotated[list[Words], Field(min_length=1)]
    also: AlsoFile = AlsoFile()
    confirmed: ConfirmedFile = ConfirmedFile()


class AllowFile(Strict):
    """What partners may choose, as globs."""

    messages: list[Words] = ["*"]
    channels: list[Words] = ["*"]
    templates: list[Words] = ["*"]
    tracking: list[Tracking] = ["none", "campaign", "partner", "channel"]


class LinkFile(Strict):
    """How a tracked link looks."""

    style: Literal["code", "utm"] = "code"
    parameter: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,15}$")] = "r"


class BrandFile(Strict):
    """``brand/brand.yaml``: facts, palette, type, fixed words, what partners may choose."""

    led_by: Words
    palette: Annotated[dict[Id, ColourFile], Field(min_length=1)]
    fonts: dict[Words, Words]
    words: dict[Locale, dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")], Words]]
    allow: AllowFile = AllowFile()
    link: LinkFile = LinkFile()
    facts: FactsFile


class HeadlineFile(Strict):
    """The headline in up to three lengths."""

    long: Annotated[Words, Field(max_length=90)] | None = None
    short: Annotated[Words, Field(max_length=60)]
    tiny: Annotated[Words, Field(max_length=30)] | None = None


class BodyFile(Strict):
    """The body in up to two lengths."""

    long: Annotated[Words, Field(max_length=400)] | None = None
    short: Annotated[Words, Field(max_length=120)] | None = None


class ActionFile(Strict):
    """The line that stands before the number."""

    short: Annotated[Words, Field(max_length=60)] | None = None


class AltFile(Strict):
    """What the picture says to somebody who cannot see it: short (120 characters) and long."""

    short: Words
    long: Words | None = None


class PostsFile(Strict):
    """The words of a post, by network."""

    facebook: Words | None = None
    instagram: Words | None = None
    x: Words | None = None
    linkedin: Words | None = None


class MessageWordsFile(Strict):
    """A message in one locale."""

    headline: HeadlineFile
    body: BodyFile = BodyFile()
    action: ActionFile = ActionFile()
    alt: AltFile
    posts: PostsFile = PostsFile()
    source: Words | None = None
    reviewed: bool = False


class MessageFile(Strict):
    """``brand/messages/<message>.yaml``: an accent, and the words in each locale under its tag."""

    accent: Id
    locales: Annotated[dict[Locale, MessageWordsFile], Field(min_length=1)]


class SafeCircleFile(Strict):
    """A safe area that is a centred circle."""

    circle: Annotated[float, Field(gt=0)]


Insets = Annotated[list[Annotated[float, Field(ge=0)]], Field(min_length=4, max_length=4)]
Length = Annotated[float, Field(gt=0, le=20000)]


class CopyFile(Strict):
    """The tiers of copy that a channel takes, best first."""

    headline: list[Tier] | None = None
    body: list[Literal["long", "short"]] | None = None
    action: list[Literal["short"]] | None = None


class JoinsFile(Strict):
    """Where sheets meet, from the left and from the top."""

    x: list[Length] = []
    y: list[Length] = []


class ChannelFile(Strict):
    """One channel of the catalogue or of ``brand/channels.yaml``. px for screens, mm (trim) for print."""

    name: Words
    medium: Medium
    size: Annotated[list[Length], Field(min_length=2, max_length=2)] | None = None
    shape: Id | None = None
    safe: Insets | SafeCircleFile | None = None
    keep_clear: list[Insets] = []
    bleed_mm: Annotated[float, Field(ge=0, le=100)] | None = None
    scale: Annotated[float, Field(gt=0, le=1)] = 1.0
    ppi: Annotated[int, Field(ge=10, le=2400)] | None = None
    format: Literal["png", "jpg", "gif", "webp", "pdf"] | None = None
    max_bytes: Annotated[int, Field(ge=1000)] | None = None
    advised_bytes: Annotated[int, Field(ge=1000)] | None = None
    colour: Literal["srgb", "cmyk-coated", "cmyk-uncoated", "cmyk-news", "cmyk-large"] | None = None
    template: Id | None = None
    ground: Ground | None = None
    view_m: Annotated[float, Field(gt=0, le=1000)] = 0.4
    read_m: Annotated[float, Field(gt=0, le=1000)] | None = None
    scan_m: Annotated[float, Field(gt=0, le=100)] | None = None
    px_mm: Annotated[float, Field(gt=0, le=1000)] | None = None
    requires: list[Required] | None = None
    qr: bool | None = None
    copy_: CopyFile = Field(default=CopyFile(), alias="copy")
    per: Literal["message", "partner"] = "message"
    deliverables: list[Id] = []
    joins: JoinsFile = JoinsFile()
    source: Words
    checked_on: date | None = None
    provisional: bool = False
    notes: Words | None = None
    ask_owner: Words | None = None


Box = Annotated[list[Share], Field(min_length=4, max_length=4)]
Ratio = Annotated[float, Field(ge=0, le=10)]


class PartFile(Strict):
    """How one part of a design is set; see ``campaign/arrangement.py`` for each key."""

    say: list[Id] | None = None
    weights: list[Annotated[int, Field(ge=100, le=900)]] | None = None
    leading: Annotated[float, Field(ge=0.7, le=3)] | None = None
    tracking: Annotated[float, Field(ge=-0.2, le=0.5)] | None = None
    most: Ratio | None = None
    of: Id | None = None
    good: Ratio | None = None
    lines: Annotated[int, Field(ge=1, le=12)] | None = None
    measure_em: Annotated[float, Field(gt=1, le=200)] | None = None
    gap: Ratio | None = None
    clear: Ratio | None = None
    optional: bool | None = None


class RegionFile(Strict):
    """A box in shares of the live area, and the parts that stand in it, from the top."""

    box: Box
    column: Annotated[list[Id | list[Id]], Field(min_length=1)]
    anchor: Literal["top", "middle", "bottom"] = "top"


class OpeningFile(Strict):
    """The door and its light: see ``campaign/arrangement.py``."""

    kind: Literal["floor", "corner", "bar"]
    door: Annotated[list[Share], Field(min_length=3, max_length=3)]
    drop: Share = 0.0
    least_drop: Share = 0.0
    lift: Share = 0.03
    spread: Share = 0.1
    leaf: Share = 0.08
    foot_x: Share = 0.0
    clear: Ratio = 0.45
    head: Share | None = None
    threshold: Share | None = None


class FootFile(Strict):
    """The partner foot: a band of paper along the bottom of the page."""

    most: Ratio = 0.04
    share: Ratio = 0.3
    imprint: bool = True
    name: bool = True


class ShapeFile(Strict):
    """One arrangement: regions, the opening, the foot, and what differs from the design's own parts."""

    like: Words | None = None
    call: RegionFile | None = None
    words: RegionFile | None = None
    opening: OpeningFile | None = None
    foot: FootFile | None = None
    parts: dict[Id, PartFile] = {}
    call_on: Literal["light", "field"] | None = None
    margin: Annotated[float, Field(ge=0, le=0.3)] | None = None


class TemplateFile(Strict):
    """``templates/<template>/template.yaml``: a design's description and its arrangements by shape."""

    name: Words
    about: Words
    grounds: Annotated[list[Ground], Field(min_length=1)]
    parts: dict[Id, PartFile]
    shapes: Annotated[dict[Words, ShapeFile], Field(min_length=1)]


KINDS: dict[str, type[BaseModel]] = {
    "campaign": CampaignFile,
    "brand": BrandFile,
    "message": MessageFile,
    "partner": PartnerFile,
    "template": TemplateFile,
}


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a kind of file (``campaign``, ``brand``, ``message``, ``partner``,
    ``template``, ``channels``)."""
    if kind == "channels":
        row = ChannelFile.model_json_schema()
        definitions = row.pop("$defs", {})
        body: dict[str, Any] = {"type": "object", "additionalProperties": row, "$defs": definitions}
    elif kind == "message":
        body = MessageFile.model_json_schema()
        words = body["properties"].pop("locales")["additionalProperties"]
        body["required"] = ["accent"]
        body["patternProperties"] = {f"^{LOCALE_KEY.pattern}$": words}
    else:
        body = KINDS[kind].model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **body}

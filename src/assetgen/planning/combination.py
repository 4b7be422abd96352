"""A combination of partner, message, channel and locale, from which one asset is planned, and what is chosen for it.

Chosen are its template, layout, background, picture and copy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.channels import NOTHING, chosen
from assetgen.loading.copy_rules.facts import fill
from assetgen.loading.model import USUAL_TEMPLATE, Brand, Campaign, Channel, Message, Partner, Template
from assetgen.loading.printers import Printer
from assetgen.planning.asset import Asset, Page, Rect, WordSet
from assetgen.planning.qr_codes import link_for
from assetgen.schema.fields import Text
from assetgen.schema.message_file import MessageWords
from assetgen.schema.template_file import CODE, Arrangement, column_names, column_parts
from assetgen.units import PX_PER_MM

MAX_NAME_LENGTH = 140


def named_for(channel: Channel, message_id: str) -> str:
    """Return what stands for the message in an asset's id and name."""
    return "all" if channel.per == "partner" else message_id


def asset_id(partner_id: str, message: str, channel: Channel, locale: str) -> str:
    """Return an asset's id: ``partner/message/channel[.variant]/locale``."""
    form = f".{channel.variant}" if channel.variant else ""
    return f"{partner_id}/{message}/{channel.id}{form}/{locale}"


def asset_path(slug: str, partner_id: str, message: str, channel: Channel, locale: str) -> str:
    """Return an asset's path below ``out/``: stable from build to build, ASCII, a name of at most 140 characters."""
    form = f"_{channel.variant}" if channel.variant else ""
    usual = f"{slug}_{partner_id}_{message}_{channel.id}{form}_{locale}"
    fields = {
        "campaign": slug,
        "partner": partner_id,
        "message": message,
        "channel": channel.id,
        "form": form,
    }
    sizes = {"width_mm": f"{channel.width:g}", "height_mm": f"{channel.height:g}"}
    own = channel.printer.named({**fields, **sizes, "locale": locale}) if channel.printer else None
    name = f"{own or usual}.{channel.format}"
    if len(name) > MAX_NAME_LENGTH:
        raise CampaignError(
            Finding("bad-id", f"file name of {len(name)} characters: {name}", "shorten an id")
        )
    return f"{partner_id}/{locale}/{channel.medium}/{name}"


def page_for(channel: Channel) -> Page:
    """Return the page of a channel: (trim + bleed) × scale in print, one CSS px a pixel on screens.

    The live area of a round channel is the square inside its circle.
    """
    unit = PX_PER_MM * channel.scale if channel.is_print else 1.0
    width, height = channel.width * unit, channel.height * unit

    def scaled(rect: Rect) -> Rect:
        x, y, w, h = rect
        return x * unit, y * unit, w * unit, h * unit

    return Page(
        width_px=width,
        height_px=height,
        bleed_px=channel.bleed_mm * unit if channel.is_print else 0.0,
        live=_live(channel, unit),
        keep_clear=tuple(scaled(rect) for rect in channel.keep_clear),
        panel_joins_x=tuple(x * unit for x in channel.panel_joins.x),
        panel_joins_y=tuple(y * unit for y in channel.panel_joins.y),
        px_per_unit=unit,
    )


def _live(channel: Channel, unit: float) -> Rect:
    if channel.safe_circle is not None:
        side = channel.safe_circle / 2**0.5
        return (channel.width - side) / 2 * unit, (channel.height - side) / 2 * unit, side * unit, side * unit
    top, right, bottom, left = channel.insets
    return (
        left * unit,
        top * unit,
        (channel.width - left - right) * unit,
        (channel.height - top - bottom) * unit,
    )


@dataclass(frozen=True)
class Combination:
    """What an asset combines. ``channel`` is the variant that is made: the main form, ``office``, a sheet."""

    campaign: Campaign
    partner: Partner
    message: Message
    channel: Channel
    template: Template
    locale: str

    @property
    def named(self) -> str:
        """The word for the message in the asset's id and path."""
        return named_for(self.channel, self.message.id)

    @property
    def id(self) -> str:
        """The asset's id."""
        return asset_id(self.partner.id, self.named, self.channel, self.locale)

    @property
    def path(self) -> str:
        """The asset's path below ``out/``. Raises CampaignError where it would be too long."""
        return asset_path(self.campaign.file.slug, self.partner.id, self.named, self.channel, self.locale)

    @property
    def copy(self) -> MessageWords:
        """The message's copy in this locale."""
        return self.message.file.locales[self.locale]

    @cached_property
    def link(self) -> str:
        """The address that the asset's code, or a click on it, opens."""
        return link_for(self.campaign, self.partner.id, self.channel.id)

    @cached_property
    def page(self) -> Page:
        """The page that is laid out, in CSS px."""
        return page_for(self.channel)

    @cached_property
    def values(self) -> dict[str, str]:
        """The value of each placeholder that copy may hold."""
        facts = self.campaign.brand.facts
        return {
            "number": facts.number.display,
            "address": facts.address.display,
            "link": self.link,
            "partner": self.partner.file.name.text,
        }


# What an arrangement's parts must say where the channel requires it; the partner stands in the foot.
SAID_BY_PARTS = ("number", "address", "promise")


def template_for(channel: Channel, campaign: Campaign, message: Message | None, partner: Partner) -> str:
    """Return the design of a channel: the partner's choice, else the message's, else the campaign's.

    What a map names counts over the catalogue; a word that stands alone counts where the catalogue names
    no design. ``message`` is None where its file cannot be read.
    """
    choices = [partner.file.template, message.file.template if message else {}, campaign.file.template]
    word, is_particular = chosen(choices, channel)
    return word if word and is_particular else channel.template or word or USUAL_TEMPLATE


def background_for(
    channel: Channel, campaign: Campaign, message: Message, partner: Partner, template: Template
) -> str:
    """Return the background of a channel: the partner's choice, else the message's, the campaign's, the catalogue's.

    Where the design cannot draw it, its first one.
    """
    choices = [partner.file.background, message.file.background, campaign.file.background]
    background = chosen(choices, channel)[0] or channel.background
    return background if background in template.file.backgrounds else template.file.backgrounds[0]


def picture_for(
    channel: Channel, campaign: Campaign, message: Message, partner: Partner, background: str
) -> str | None:
    """Return the picture of a channel: the partner's choice, else the message's, else the campaign's; or None.

    On light background the one that the brand names in its place.
    """
    choices = [partner.file.picture, message.file.picture, campaign.file.picture]
    name = chosen(choices, channel)[0]
    if name is None or name == NOTHING:
        return None
    picture = campaign.brand.pictures[name]
    return picture.file.light if picture.file.light and background == "light" else name


def printer_for(channel: Channel, campaign: Campaign, partner: Partner) -> Printer | None:
    """Return who prints a channel: the partner's choice, else the campaign's; None for nobody in particular.

    Newspapers and outdoor sites print by their own rules, which their channels have: only print is ordered.
    """
    if channel.medium != "print":
        return None
    name = chosen([partner.file.printer, campaign.file.printer], channel)[0]
    return campaign.brand.printers.get(name or NOTHING)


def ordered(channel: Channel, printer: Printer | None) -> Channel:
    """Return the channel as its printer wants it; a channel without a bleed gets none."""
    if printer is None:
        return channel
    bleed_mm = printer.file.bleed_mm if printer.file.bleed_mm and channel.bleed_mm else channel.bleed_mm
    return channel.model_copy(update={"printer": printer, "bleed_mm": bleed_mm})


def arrangement_keys(channel_id: str, shape: str, medium: str, has_code: bool) -> tuple[str, ...]:
    """Return the names under which an arrangement is looked up, the most particular first."""
    keys = [channel_id]
    if has_code:
        keys += [f"{shape}/{medium}+code", f"{shape}+code"]
    return (*keys, f"{shape}/{medium}", shape)


def arrangement_key(channel: Channel, template: Template) -> str | None:
    """Return the name of the most particular arrangement that answers the channel, or None."""
    usual = arrangement_keys(channel.id, channel.shape, channel.medium, channel.qr)
    own, *others = usual
    keys = (own, channel.arranged_like, *others) if channel.arranged_like else usual
    return next((key for key in keys if key in template.arrangements), None)


def roles_said(arrangement: Arrangement) -> frozenset[str]:
    """Return the roles whose words an arrangement has a part for."""
    names = (*column_parts(arrangement.cta), *column_parts(arrangement.copy_))
    return frozenset(role for name in names for role in arrangement.parts[name].roles)


def design_faults(channel: Channel, template: Template, brand: Brand, locale: str) -> tuple[Finding, ...]:
    """Return why a design cannot make this channel.

    It has no arrangement, or one that leaves out what it must hold, or sets words in a weight that the
    family of the locale has no face for: the engine would draw another in silence.
    """
    key = arrangement_key(channel, template)
    if key is None:
        text = f"{template.file.name} has no arrangement for the shape {channel.shape}"
        return (Finding("template", text, f"add {channel.shape}: under shapes:", template.place),)
    arrangement = template.arrangements[key]
    if arrangement.cta is None:
        text = f"{template.file.name}'s {key} has no call: no place for the number"
        hint = f"add call: {{box: [0, 0.5, 1, 0.5], column: [number, address]}} under {key}:"
        return (Finding("template", text, hint, template.place),)
    said = roles_said(arrangement)
    faults = [
        Finding(
            "template",
            f"{template.file.name}'s {key} does not say the {role}, which {channel.id} requires",
            f"add a part that says it to cta: or copy: under {key}:",
            template.place,
        )
        for role in SAID_BY_PARTS
        if role in channel.requires and role not in said
    ]
    if channel.qr and CODE not in column_names(arrangement.cta):
        text = f"{template.file.name}'s {key} has no place for the code, which {channel.id} has"
        hint = f"put code beside other parts of call: under {key}: [address, promise, code]"
        faults.append(Finding("template", text, hint, template.place))
    return (*faults, *_weight_faults(arrangement, template, brand, locale))


def _weight_faults(
    arrangement: Arrangement, template: Template, brand: Brand, locale: str
) -> Iterator[Finding]:
    family = brand.family(locale)
    weights = {face.weight for face in brand.faces if face.family == family and not face.italic}
    for name in (*column_parts(arrangement.cta), *column_parts(arrangement.copy_)):
        for weight in sorted(set(arrangement.parts[name].weights) - weights):
            text = f"{template.file.name} sets the {name} in weight {weight}, of which {family} has no face"
            hint = f"weights of {family}: {', '.join(map(str, sorted(weights)))}"
            yield Finding("font-missing", text, hint, template.place)


def picture_warnings(campaign: Campaign, assets: Iterable[Asset]) -> Iterator[Finding]:
    """Yield a warning for each channel whose picture is chosen by name, in one file, while its design has no place.

    A glob is taken as it is meant: wherever there is a place.
    """
    shown = list(assets)
    by_partner, by_message = defaultdict[str, list[Asset]](list), defaultdict[str, list[Asset]](list)
    for one in shown:
        by_partner[one.partner].append(one)
        by_message[one.message or ""].append(one)
    yield from _unseen(campaign.file.picture, Place("campaign.yaml"), shown)
    for partner in campaign.partners.values():
        yield from _unseen(partner.file.picture, partner.place, by_partner[partner.id])
    for message in campaign.messages.values():
        yield from _unseen(message.file.picture, message.place, by_message[message.id])


def _unseen(choice: Mapping[str, str], place: Place, assets: list[Asset]) -> Iterator[Finding]:
    for word, name in choice.items():
        there = [one for one in assets if one.channel == word]
        if name == NOTHING or not there or any(one.picture for one in there):
            continue
        text = f"{word} shows no picture, though {name} is chosen: {there[0].template} has no place for one there"
        hint = f'choose a design that has: template: {{"{word}": window}}'
        yield Finding("template", text, hint, place, Severity.WARNING)


NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
# Between a campaign's name and what follows the brand's name in it: "Stop It Now! – Staffordshire".
NAME_JOINTS = " ,;:.·|/-–—"


def word_sets(made_of: Combination, arrangement: Arrangement | None) -> tuple[WordSet, ...]:
    """Return the words by role for each choice of tiers that the channel takes, best first.

    For each headline the bodies follow in their order, then none: a body is the first thing to go. Roles
    that the arrangement has no part for are left out, so that nothing is promised that cannot be drawn.
    """
    campaign, partner, channel = made_of.campaign, made_of.partner, made_of.channel
    brand, locale, words = campaign.brand, made_of.locale, made_of.copy
    shown = {**made_of.values, "number": brand.facts.number.display.replace(" ", NO_BREAK_SPACE)}
    said = roles_said(arrangement) if arrangement else None

    def is_said(role: str) -> bool:
        return said is None or role in said

    always = {role: text for role, text in _facts(brand, locale, shown).items() if is_said(role)}
    places: dict[str, Place] = {}
    if has_foot(channel, arrangement):
        always["partner"], places["partner"] = partner.file.name.text, partner.file.name.place
        always["imprint"] = "\n".join(_imprint(campaign, arrangement, locale))
    called = _called_for(made_of)
    if called and is_said(called[0]):
        role, text = called
        always[role], places[role] = fill(text.text, shown), text.place
    headlines: list[str] = [tier for tier in channel.copy_.headline if tier in words.headline]
    bodies = [tier for tier in channel.copy_.body if tier in words.body] if is_said("body") else []
    if not is_said("headline"):
        return (WordSet("none/none", always, places),)
    sets = []
    for headline in headlines or list(words.headline.given())[:1]:
        for body in (*bodies, None):
            chosen = {"headline": words.headline[headline], **({"body": words.body[body]} if body else {})}
            sets.append(
                WordSet(
                    f"{headline}/{body or 'none'}",
                    {**always, **{role: fill(text.text, shown) for role, text in chosen.items()}},
                    {**places, **{role: text.place for role, text in chosen.items()}},
                )
            )
    return tuple(sets)


def has_foot(channel: Channel, arrangement: Arrangement | None) -> bool:
    """Say whether the partners are to stand on a channel: it requires them, or the design always shows them."""
    return "partner" in channel.requires or (arrangement is not None and arrangement.footer.always)


def _facts(brand: Brand, locale: str, shown: Mapping[str, str]) -> dict[str, str]:
    facts = brand.facts
    return {
        "number": shown["number"],
        "address": facts.address.display,
        "promise": facts.promise[locale],
        "name": facts.name,
    }


def _called_for(made_of: Combination) -> tuple[str, Text] | None:
    """Return the role and words of the line before the number: the partner's own, else the message's."""
    channel, words = made_of.channel, made_of.copy
    local = made_of.partner.file.local_line.get(made_of.locale)
    if local and channel.copy_.action:
        return "local", local
    action = next((words.action[tier] for tier in channel.copy_.action if tier in words.action), None)
    return ("action", action) if action else None


def _imprint(campaign: Campaign, arrangement: Arrangement | None, locale: str) -> list[str]:
    """Return the foot's small lines: the partners' label, then the national lead and the edition."""
    fixed = campaign.brand.file.labels[locale]
    lines = [fixed["partnership"]]
    if arrangement is None or arrangement.footer.imprint:
        lines += [
            f"{fixed['led_by']} {campaign.brand.file.led_by}",
            f"{fixed['edition']} {campaign.file.edition}",
        ]
    return lines


def fixed_texts(made_of: Combination) -> dict[str, str]:
    """Return the words that a template may use in any tier, by dotted name.

    ``campaign.place`` is what follows the brand's name in the campaign's: an area, or nothing.
    """
    campaign, partner, locale = made_of.campaign, made_of.partner, made_of.locale
    brand, facts = campaign.brand, campaign.brand.facts
    local = partner.file.local_line.get(locale)
    place = campaign.file.name.removeprefix(facts.name) if campaign.file.name.startswith(facts.name) else ""
    return {
        **{f"labels.{name}": text for name, text in brand.file.labels[locale].items()},
        "facts.name": facts.name,
        "facts.number": facts.number.display.replace(" ", NO_BREAK_SPACE),
        "facts.address": facts.address.display,
        "facts.promise": facts.promise[locale],
        "campaign.name": campaign.file.name,
        "campaign.place": place.strip(NAME_JOINTS),
        "campaign.edition": campaign.file.edition,
        "brand.led_by": brand.file.led_by,
        "partner.name": partner.file.name.text,
        "partner.short_name": partner.short_name.text,
        "partner.local_line": fill(local.text, made_of.values) if local else "",
        "message.source": made_of.copy.source.text if made_of.copy.source else "",
    }

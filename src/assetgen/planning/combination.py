"""A combination of partner, message, channel, template and locale, from which one asset is planned.

The functions choose the template, layout, background, picture, printer and copy of the asset.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.channels import NO_CHOICE, resolve_choice
from assetgen.loading.copy_rules.facts import fill_placeholders
from assetgen.loading.model import DEFAULT_TEMPLATE, Brand, CampaignModel, Channel, Message, Partner, Template
from assetgen.loading.printers import Printer
from assetgen.planning.asset import Asset, CopySet, Page, Rect
from assetgen.planning.qr_codes import link_for
from assetgen.schema.fields import PlacedText, split_break_marks
from assetgen.schema.message_file import MessageCopy
from assetgen.schema.template_file import QR_CODE, ShapeLayout, column_names, column_parts
from assetgen.units import PX_PER_MM

MAX_NAME_LENGTH = 140


def message_part_of_id(channel: Channel, message_id: str) -> str:
    """Return the message in an asset's id and file name; ``all`` if the channel has one asset for each partner."""
    return "all" if channel.per == "partner" else message_id


def asset_id(partner_id: str, message: str, channel: Channel, locale: str) -> str:
    """Return an asset's id: ``partner/message/channel[.variant]/locale``."""
    variant = f".{channel.variant}" if channel.variant else ""
    return f"{partner_id}/{message}/{channel.id}{variant}/{locale}"


def asset_path(slug: str, partner_id: str, message: str, channel: Channel, locale: str) -> str:
    """Return the path of an asset below ``out/``. It is ASCII, and the same in every build.

    Raises CampaignError if the file name has over 140 characters.
    """
    variant = f"_{channel.variant}" if channel.variant else ""
    default = f"{slug}_{partner_id}_{message}_{channel.id}{variant}_{locale}"
    fields = {
        "campaign": slug,
        "partner": partner_id,
        "message": message,
        "channel": channel.id,
        "form": variant,
    }
    sizes = {"width_mm": f"{channel.width:g}", "height_mm": f"{channel.height:g}"}
    by_printer = channel.printer.file_name({**fields, **sizes, "locale": locale}) if channel.printer else None
    name = f"{by_printer or default}.{channel.format}"
    if len(name) > MAX_NAME_LENGTH:
        text = f"the file name has {len(name)} characters; the limit is {MAX_NAME_LENGTH}: {name}"
        raise CampaignError(Finding("bad-id", text, "shorten an id"))
    return f"{partner_id}/{locale}/{channel.medium}/{name}"


def page_for(channel: Channel) -> Page:
    """Return the page of a channel in CSS px: trim and bleed × scale in print, one CSS px for each pixel on screens.

    The live area of a round channel is the square inside its safe circle.
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
    """The values from which one asset is planned. ``channel`` is the channel's main form or one of its variants."""

    campaign: CampaignModel
    partner: Partner
    message: Message
    channel: Channel
    template: Template
    locale: str

    @property
    def message_part(self) -> str:
        """The part of the asset's id and path that names the message."""
        return message_part_of_id(self.channel, self.message.id)

    @property
    def id(self) -> str:
        """The asset's id."""
        return asset_id(self.partner.id, self.message_part, self.channel, self.locale)

    @property
    def path(self) -> str:
        """The asset's path below ``out/``. Raises CampaignError if the file name is too long."""
        return asset_path(
            self.campaign.file.slug, self.partner.id, self.message_part, self.channel, self.locale
        )

    @property
    def copy(self) -> MessageCopy:
        """The message's copy in this locale."""
        return self.message.file.locales[self.locale]

    @cached_property
    def link(self) -> str:
        """The web address that the asset's QR code, or a click on the asset, opens."""
        return link_for(self.campaign, self.partner.id, self.channel.id)

    @cached_property
    def page(self) -> Page:
        """The page of the asset, in CSS px."""
        return page_for(self.channel)

    @cached_property
    def values(self) -> dict[str, str]:
        """The value of each placeholder that copy may contain."""
        values = self.campaign.brand.facts.placeholder_values(self.partner.file.name.text)
        return {**values, "link": self.link} if "link" in values else values


# Roles that the parts of a layout must show if the channel requires them. The partner is in the footer.
REQUIRED_ROLES_OF_PARTS = ("number", "address", "promise")


def template_for(channel: Channel, campaign: CampaignModel, message: Message | None, partner: Partner) -> str:
    """Return the id of a channel's template: the partner's choice, else the message's, else the campaign's.

    A choice by glob takes precedence over the catalogue. A single name for all channels is used only if the catalogue
    names no template. ``message`` is None if its file has a fault.
    """
    choices = [partner.file.template, message.file.template if message else {}, campaign.file.template]
    name, is_by_glob = resolve_choice(choices, channel)
    return name if name and is_by_glob else channel.template or name or DEFAULT_TEMPLATE


def background_for(
    channel: Channel, campaign: CampaignModel, message: Message, partner: Partner, template: Template
) -> str:
    """Return a channel's background as chosen by the partner, else the message, the campaign or the catalogue.

    If the template does not have it, return the template's first background.
    """
    choices = [partner.file.background, message.file.background, campaign.file.background]
    background = resolve_choice(choices, channel)[0] or channel.background
    return background if background in template.file.backgrounds else template.file.backgrounds[0]


def picture_for(
    channel: Channel, campaign: CampaignModel, message: Message, partner: Partner, background: str
) -> str | None:
    """Return a channel's picture: the partner's choice, else the message's, else the campaign's, else None.

    On a light background, return that picture's light version if the brand has one.
    """
    choices = [partner.file.picture, message.file.picture, campaign.file.picture]
    name = resolve_choice(choices, channel)[0]
    if name is None or name == NO_CHOICE:
        return None
    picture = campaign.brand.pictures[name]
    return picture.file.light if picture.file.light and background == "light" else name


def printer_for(channel: Channel, campaign: CampaignModel, partner: Partner) -> Printer | None:
    """Return a channel's printer: the partner's choice, else the campaign's. None if none is chosen.

    Only channels of the medium print have one. Newspapers and outdoor sites have their own printing rules, which are
    values of their channels.
    """
    if channel.medium != "print":
        return None
    name = resolve_choice([partner.file.printer, campaign.file.printer], channel)[0]
    return campaign.brand.printers.get(name or NO_CHOICE)


def apply_printer(channel: Channel, printer: Printer | None) -> Channel:
    """Return the channel with its printer, and with the printer's bleed if the channel has a bleed."""
    if printer is None:
        return channel
    bleed_mm = printer.file.bleed_mm if printer.file.bleed_mm and channel.bleed_mm else channel.bleed_mm
    return channel.model_copy(update={"printer": printer, "bleed_mm": bleed_mm})


def layout_names(channel_id: str, shape: str, medium: str, has_code: bool) -> tuple[str, ...]:
    """Return the names under which a layout is looked up, the most specific first."""
    keys = [channel_id]
    if has_code:
        keys += [f"{shape}/{medium}+code", f"{shape}+code"]
    return (*keys, f"{shape}/{medium}", shape)


def find_layout_name(channel: Channel, template: Template) -> str | None:
    """Return the name of the template's most specific layout for the channel; None if it has none."""
    names = layout_names(channel.id, channel.shape, channel.medium, channel.qr)
    by_id, *others = names
    keys = (by_id, channel.same_layout_as, *others) if channel.same_layout_as else names
    return next((key for key in keys if key in template.layouts), None)


def roles_shown(arrangement: ShapeLayout) -> frozenset[str]:
    """Return the roles for which a layout has a part."""
    names = (*column_parts(arrangement.cta), *column_parts(arrangement.copy_))
    return frozenset(role for name in names for role in arrangement.parts[name].roles)


def check_template(
    channel: Channel, template: Template, missing_roles: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Return a finding for each reason why a template cannot be used for a channel.

    ``missing_roles`` are the roles of facts that the service does not have: no layout needs to show them.

    Either the template has no layout for the channel, or the layout lacks required content.
    """
    key = find_layout_name(channel, template)
    if key is None:
        text = f"{template.file.name} has no layout for the shape {channel.shape}"
        return (Finding("template", text, f"add {channel.shape}: under shapes:", template.place),)
    arrangement = template.layouts[key]
    if arrangement.cta is None:
        text = f"the layout {key} of {template.file.name} has no cta:, so the number has no place"
        hint = f"add cta: {{box: [0, 0.5, 1, 0.5], column: [number, address]}} under {key}:"
        return (Finding("template", text, hint, template.place),)
    shown_roles = roles_shown(arrangement)
    faults = [
        Finding(
            "template",
            f"the layout {key} of {template.file.name} does not show the {role}, which {channel.id} requires",
            f"add a part with the role {role} to cta: or copy: under {key}:",
            template.place,
        )
        for role in REQUIRED_ROLES_OF_PARTS
        if role in channel.requires and role not in (*shown_roles, *missing_roles)
    ]
    if channel.qr and "address" not in missing_roles and QR_CODE not in column_names(arrangement.cta):
        text = f"the layout {key} of {template.file.name} has no place for the QR code of {channel.id}"
        hint = (
            f"add code beside other parts in the column of cta: under {key}, such as [address, promise, code]"
        )
        faults.append(Finding("template", text, hint, template.place))
    return tuple(faults)


def picture_warnings(campaign: CampaignModel, assets: Iterable[Asset]) -> Iterator[Finding]:
    """Yield a warning for each channel whose picture is chosen by its id, but whose layout has no place for a picture.

    A choice by glob is not reported: it applies only to layouts with a place.
    """
    shown = list(assets)
    by_partner, by_message = defaultdict[str, list[Asset]](list), defaultdict[str, list[Asset]](list)
    for one in shown:
        by_partner[one.partner].append(one)
        by_message[one.message or ""].append(one)
    yield from _unused_pictures(campaign.file.picture, Place("campaign.yaml"), shown)
    for partner in campaign.partners.values():
        yield from _unused_pictures(partner.file.picture, partner.place, by_partner[partner.id])
    for message in campaign.messages.values():
        yield from _unused_pictures(message.file.picture, message.place, by_message[message.id])


def _unused_pictures(choice: Mapping[str, str], place: Place, assets: list[Asset]) -> Iterator[Finding]:
    for channel_id, name in choice.items():
        found = [one for one in assets if one.channel == channel_id]
        if name == NO_CHOICE or not found or any(one.picture for one in found):
            continue
        text = f"{channel_id} does not show the picture {name}: its template {found[0].template} has no place for it"
        hint = (
            f'choose a template with a place for a picture, for example template: {{"{channel_id}": window}}'
        )
        yield Finding("template", text, hint, place, Severity.WARNING)


NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
# Characters between the brand's name and the area in the name of a campaign: "Stop It Now! – Staffordshire".
NAME_SEPARATORS = " ,;:.·|/-–—"


def build_copy_sets(combination: Combination, arrangement: ShapeLayout | None) -> tuple[CopySet, ...]:
    """Return the copy by role for each choice of copy lengths that the channel allows, best first.

    For each headline there is one choice with each body, then one without a body: the body is dropped first. Roles
    for which the layout has no part are left out.
    """
    campaign, partner, channel = combination.campaign, combination.partner, combination.channel
    brand, locale, copy = campaign.brand, combination.locale, combination.copy
    values = combination.values
    if brand.facts.number:
        values = {**values, "number": brand.facts.number_text.replace(" ", NO_BREAK_SPACE)}
    shown_roles = roles_shown(arrangement) if arrangement else None

    def is_shown(role: str) -> bool:
        return shown_roles is None or role in shown_roles

    always = {role: text for role, text in _fact_texts(brand, locale, values).items() if is_shown(role)}
    places: dict[str, Place] = {}
    breaks: dict[str, tuple[int, ...]] = {}
    if has_footer(channel, arrangement):
        always["partner"], places["partner"] = partner.file.name.text, partner.file.name.place
        always["imprint"] = "\n".join(_imprint_lines(campaign, arrangement, locale))
    line = _line_before_number(combination)
    if line and is_shown(line[0]):
        role, text = line
        always[role], places[role] = fill_placeholders(text.text, values), text.place
        breaks |= _good_breaks({role: text}, values)
    headlines: list[str] = [length for length in channel.copy_.headline if length in copy.headline]
    bodies = [length for length in channel.copy_.body if length in copy.body] if is_shown("body") else []
    if not is_shown("headline"):
        return (CopySet("none/none", always, places, breaks),)
    sets = []
    for headline in headlines or list(copy.headline.given())[:1]:
        for body in (*bodies, None):
            texts = {"headline": copy.headline[headline], **({"body": copy.body[body]} if body else {})}
            sets.append(
                CopySet(
                    f"{headline}/{body or 'none'}",
                    {
                        **always,
                        **{role: fill_placeholders(text.text, values) for role, text in texts.items()},
                    },
                    {**places, **{role: text.place for role, text in texts.items()}},
                    {**breaks, **_good_breaks(texts, values)},
                )
            )
    return tuple(sets)


def _good_breaks(texts: Mapping[str, PlacedText], values: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """Return, for each role whose text has marks, the numbers of words after which a line should end."""
    return {
        role: split_break_marks(fill_placeholders(text.marked, values))[1]
        for role, text in texts.items()
        if text.marked
    }


def has_footer(channel: Channel, arrangement: ShapeLayout | None) -> bool:
    """Return whether an asset shows the partners: the channel requires them, or the layout always has a footer."""
    return "partner" in channel.requires or (arrangement is not None and arrangement.footer.always)


def _fact_texts(brand: Brand, locale: str, values: Mapping[str, str]) -> dict[str, str]:
    facts = brand.facts
    texts = {
        "number": values.get("number", ""),
        "address": facts.address_text,
        "promise": facts.promise_in(locale),
        "name": facts.name,
    }
    return {role: text for role, text in texts.items() if text}


def _line_before_number(combination: Combination) -> tuple[str, PlacedText] | None:
    """Return (role, text) of the line before the number: the local line, else the action, else None."""
    channel, copy = combination.channel, combination.copy
    local = combination.partner.file.local_line.get(combination.locale)
    if local and channel.copy_.action:
        return "local", local
    action = next((copy.action[length] for length in channel.copy_.action if length in copy.action), None)
    return ("action", action) if action else None


def _imprint_lines(campaign: CampaignModel, arrangement: ShapeLayout | None, locale: str) -> list[str]:
    """Return the small lines of the footer: the label of the partners, then the national lead and the edition."""
    labels = campaign.brand.file.labels[locale]
    lines = [labels["partnership"]]
    if arrangement is None or arrangement.footer.imprint:
        led_by = campaign.brand.file.led_by
        lines += [f"{labels['led_by']} {led_by}"] if led_by else []
        lines.append(f"{labels['edition']} {campaign.file.edition}")
    return lines


def fixed_texts(combination: Combination) -> dict[str, str]:
    """Return the texts that do not depend on the copy lengths, by the dotted names that templates use.

    ``campaign.place`` is the part of the campaign's name after the brand's name: an area, or nothing.
    """
    campaign, partner, locale = combination.campaign, combination.partner, combination.locale
    brand, facts = campaign.brand, campaign.brand.facts
    local = partner.file.local_line.get(locale)
    place = campaign.file.name.removeprefix(facts.name) if campaign.file.name.startswith(facts.name) else ""
    return {
        **{f"labels.{name}": text for name, text in brand.file.labels[locale].items()},
        "facts.name": facts.name,
        "facts.number": facts.number_text.replace(" ", NO_BREAK_SPACE),
        "facts.address": facts.address_text,
        "facts.promise": facts.promise_in(locale),
        "campaign.name": campaign.file.name,
        "campaign.place": place.strip(NAME_SEPARATORS),
        "campaign.edition": campaign.file.edition,
        "brand.led_by": brand.file.led_by or "",
        "partner.name": partner.file.name.text,
        "partner.short_name": partner.short_name.text,
        "partner.local_line": fill_placeholders(local.text, combination.values) if local else "",
        "message.source": combination.copy.source.text if combination.copy.source else "",
    }

"""The design of an asset: whose choice it is, which arrangement answers the channel, what that says and lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from assetgen.findings import Finding
from assetgen.loading.choices import NOTHING, chosen
from assetgen.loading.model import USUAL_TEMPLATE, Brand, Campaign, Channel, Message, Partner, Template
from assetgen.loading.printers import Printer
from assetgen.loading.templates.layouts import CODE, Arrangement, arrangement_keys, column_names, column_parts

# What an arrangement's parts must say where the channel requires it; the partner stands in the foot.
SAID_BY_PARTS = ("number", "address", "promise")


def template_for(channel: Channel, campaign: Campaign, message: Message | None, partner: Partner) -> str:
    """Return the design of a channel: the partner's choice, else the message's, else the campaign's.

    What a map names counts over the catalogue; a word that stands alone counts where the catalogue names
    no design. ``message`` is None where its file cannot be read.
    """
    choices = [partner.template, message.template if message else {}, campaign.template]
    word, is_particular = chosen(choices, channel)
    return word if word and is_particular else channel.template or word or USUAL_TEMPLATE


def ground_for(
    channel: Channel, campaign: Campaign, message: Message, partner: Partner, template: Template
) -> str:
    """Return the ground of a channel: the partner's choice, else the message's, the campaign's, the catalogue's.

    Where the design cannot draw it, its first one.
    """
    choices = [partner.ground, message.ground, campaign.ground]
    ground = chosen(choices, channel)[0] or channel.ground
    return ground if ground in template.grounds else template.grounds[0]


def picture_for(
    channel: Channel, campaign: Campaign, message: Message, partner: Partner, ground: str
) -> str | None:
    """Return the picture of a channel: the partner's choice, else the message's, else the campaign's; or None.

    On light ground the one that the brand names in its place.
    """
    choices = [partner.picture, message.picture, campaign.picture]
    name = chosen(choices, channel)[0]
    if name is None or name == NOTHING:
        return None
    picture = campaign.brand.pictures[name]
    return picture.light if picture.light and ground == "light" else name


def printer_for(channel: Channel, campaign: Campaign, partner: Partner) -> Printer | None:
    """Return who prints a channel: the partner's choice, else the campaign's; None for nobody in particular.

    Newspapers and outdoor sites print by their own rules, which their channels have: only print is ordered.
    """
    if channel.medium != "print":
        return None
    name = chosen([partner.printer, campaign.printer], channel)[0]
    return campaign.brand.printers.get(name or NOTHING)


def ordered(channel: Channel, printer: Printer | None) -> Channel:
    """Return the channel as its printer wants it; a channel without a bleed gets none."""
    if printer is None:
        return channel
    bleed_mm = printer.bleed_mm if printer.bleed_mm and channel.bleed_mm else channel.bleed_mm
    return replace(channel, printer=printer, bleed_mm=bleed_mm)


def arrangement_key(channel: Channel, template: Template) -> str | None:
    """Return the name of the most particular arrangement that answers the channel, or None."""
    usual = arrangement_keys(channel.id, channel.shape, channel.medium, channel.qr)
    own, *others = usual
    keys = (own, channel.arranged_like, *others) if channel.arranged_like else usual
    return next((key for key in keys if key in template.arrangements), None)


def roles_said(arrangement: Arrangement) -> frozenset[str]:
    """Return the roles whose words an arrangement has a part for."""
    names = (*column_parts(arrangement.call), *column_parts(arrangement.words))
    return frozenset(role for name in names for role in arrangement.parts[name].say)


def design_faults(channel: Channel, template: Template, brand: Brand, locale: str) -> tuple[Finding, ...]:
    """Return why a design cannot make this channel.

    It has no arrangement, or one that leaves out what it must hold, or sets words in a weight that the
    family of the locale has no face for: the engine would draw another in silence.
    """
    key = arrangement_key(channel, template)
    if key is None:
        text = f"{template.name} has no arrangement for the shape {channel.shape}"
        return (Finding("template", text, f"add {channel.shape}: under shapes:", template.place),)
    arrangement = template.arrangements[key]
    if arrangement.call is None:
        text = f"{template.name}'s {key} has no call: no place for the number"
        hint = f"add call: {{box: [0, 0.5, 1, 0.5], column: [number, address]}} under {key}:"
        return (Finding("template", text, hint, template.place),)
    said = roles_said(arrangement)
    faults = [
        Finding(
            "template",
            f"{template.name}'s {key} does not say the {role}, which {channel.id} requires",
            f"add a part that says it to call: or words: under {key}:",
            template.place,
        )
        for role in SAID_BY_PARTS
        if role in channel.requires and role not in said
    ]
    if channel.qr and CODE not in column_names(arrangement.call):
        text = f"{template.name}'s {key} has no place for the code, which {channel.id} has"
        hint = f"put code beside other parts of call: under {key}: [address, promise, code]"
        faults.append(Finding("template", text, hint, template.place))
    return (*faults, *_weight_faults(arrangement, template, brand, locale))


def _weight_faults(
    arrangement: Arrangement, template: Template, brand: Brand, locale: str
) -> Iterator[Finding]:
    family = brand.family(locale)
    weights = {face.weight for face in brand.faces if face.family == family and not face.italic}
    for name in (*column_parts(arrangement.call), *column_parts(arrangement.words)):
        for weight in sorted(set(arrangement.parts[name].weights) - weights):
            text = f"{template.name} sets the {name} in weight {weight}, of which {family} has no face"
            hint = f"weights of {family}: {', '.join(map(str, sorted(weights)))}"
            yield Finding("font-missing", text, hint, template.place)

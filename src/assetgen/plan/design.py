"""The design of an asset: which of its arrangements answers the channel, what that can say, what it lacks."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.campaign.arrangement import CODE, Arrangement, arrangement_keys, column_names, column_parts
from assetgen.campaign.model import Brand, Channel, Template
from assetgen.findings import Finding

# What an arrangement's parts must say where the channel requires it; the partner stands in the foot.
SAID_BY_PARTS = ("number", "address", "promise")


def arrangement_key(channel: Channel, template: Template) -> str | None:
    """Return the name of the most particular arrangement that answers the channel, or None."""
    keys = arrangement_keys(channel.id, channel.shape, channel.medium, channel.qr)
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

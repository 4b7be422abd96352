"""Read ``partners/<partner>/partner.yaml``: the partner, its choices and its custom sizes.

A custom size inherits every requirement of the channel that it is based on. Bleed and a safe area in mm allow for
cutting tolerances: they stay, and only the safe area shrinks on a smaller sheet. A safe area in px and areas to keep
clear are shares of a screen: they scale with the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assetgen.catalogue.page_sizes import SHAPE_NAMES, shape_of
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.channels import (
    channel_names_like,
    check_picture_choice,
    check_printer_choice,
    check_template_choice,
    match_channels,
    match_ids,
    matches,
    not_allowed_finding,
)
from assetgen.loading.copy_rules.facts import check_copy, check_name
from assetgen.loading.model import Brand, Channel, Logo, Message, Partner, check_embargo_before_expiry
from assetgen.loading.yaml.campaign_folder import read_yaml
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import check_id, did_you_mean, validate_document
from assetgen.schema.campaign_file import CampaignFile
from assetgen.schema.channel_file import SafeCircle
from assetgen.schema.fields import PlacedText
from assetgen.schema.partner_file import CustomSize, PartnerFile
from assetgen.units import MAX_PIXELS

# Limits of a custom size. Beyond them, the channel's viewing distances and minimum sizes no longer suit the page.
MAX_AREA_FACTOR = 4.0
MAX_RATIO = 12.0
MIN_SIDE_PX = 50
# 14,400 units of 1/72 in: the largest side of a PDF page (ISO 32000-1, annex C).
MAX_PAGE_MM = 5080.0
MIN_SAFE_MM = 3.0
# Uploaded adverts fill the width of a phone, however many pixels they have.
PHONE_WIDTH_MM = 65.0
# Two ratios within 3 % of each other count as the same.
RATIO_TOLERANCE = 0.03


def read_custom_sizes(
    file: PartnerFile, document: YamlDocument, known: ValidationContext
) -> tuple[dict[str, Channel], list[Finding]]:
    """Return a partner's custom sizes as channels by id, and a finding for each fault in them."""
    channels: dict[str, Channel] = {}
    findings: list[Finding] = []
    max_count = known.brand.file.allow.custom_sizes
    if len(file.custom_sizes) > max_count:
        text = f"custom_sizes has {len(file.custom_sizes)} sizes; the brand allows {max_count}"
        hint = "remove some, or raise allow.custom_sizes in brand/brand.yaml"
        findings.append(Finding("bad-value", text, hint, document.place("custom_sizes", max_count)))
    allowed_templates = set(known.allowed("templates", known.template_ids))
    for index, custom in enumerate(file.custom_sizes):
        faults = list(_faults(custom, index, document, known))
        if custom.id in channels:
            place = document.place("custom_sizes", index, "id")
            text = f"two custom sizes have the id {custom.id}"
            faults.append(Finding("duplicate-id", text, "give each size its own id", place))
        findings += faults
        if not faults:
            channel = resize_channel(known.channels[custom.based_on], custom)
            template = channel.template if channel.template in allowed_templates else None
            place = document.place("custom_sizes", index)
            channels[custom.id] = channel.model_copy(update={"template": template, "place": place})
    return channels, findings


def resize_channel(base: Channel, custom: CustomSize) -> Channel:
    """Return the channel for a custom size, based on a channel of the catalogue."""
    width, height = custom.size
    unit = "mm" if base.is_print else "px"
    x_scale, y_scale = width / base.width, height / base.height
    has_same_ratio = abs(x_scale / y_scale - 1) <= RATIO_TOLERANCE
    px_mm = base.px_mm
    if px_mm and abs(px_mm * base.width - PHONE_WIDTH_MM) < 0.1:
        px_mm = round(PHONE_WIDTH_MM / width, 6)
    shape = shape_of(width / height) if base.shape in SHAPE_NAMES else base.shape
    return base.model_copy(
        update={
            "id": custom.id,
            "name": custom.name or f"{base.name}, {width:g} × {height:g} {unit}",
            "size": custom.size,
            "shape": base.shape if has_same_ratio else shape,
            "safe": _safe_area(base, width, height),
            "keep_clear": tuple(
                (x * x_scale, y * y_scale, w * x_scale, h * y_scale) for x, y, w, h in base.keep_clear
            ),
            "px_mm": px_mm,
            "source": f"based on {base.id}",
            "based_on": base.id,
            "same_layout_as": base.id if has_same_ratio else None,
        }
    )


def _safe_area(base: Channel, width: float, height: float) -> tuple[float, ...] | SafeCircle:
    """Return the safe area of a channel that is resized to ``width`` by ``height``."""
    if isinstance(base.safe, SafeCircle):
        scale = min(width, height) / min(base.width, base.height)
        return SafeCircle.model_construct(circle=base.safe.circle * scale)
    top, right, bottom, left = base.safe
    if not base.is_print:
        x_scale, y_scale = width / base.width, height / base.height
        return round(top * y_scale), round(right * x_scale), round(bottom * y_scale), round(left * x_scale)
    shrink = min(1.0, min(width, height) / min(base.width, base.height))

    def shrink_inset(inset: float) -> float:
        return max(min(inset, MIN_SAFE_MM), round(inset * shrink, 1))

    return shrink_inset(top), shrink_inset(right), shrink_inset(bottom), shrink_inset(left)


def _faults(
    custom: CustomSize, index: int, document: YamlDocument, known: ValidationContext
) -> Iterator[Finding]:
    """Yield a finding for each reason why a custom size cannot be used."""
    id_place = document.place("custom_sizes", index, "id")
    base_place = document.place("custom_sizes", index, "based_on")
    yield from check_id("channel", custom.id, id_place)
    if custom.id in known.channels or custom.id in known.ask_owner:
        text = f"the channel {custom.id} already exists"
        yield Finding("duplicate-id", text, "give this size a different id", id_place)
    if custom.based_on in known.ask_owner:
        yield known.no_fixed_size(custom.based_on, base_place)
    elif custom.based_on not in known.channels:
        hint = did_you_mean(custom.based_on, known.channels)
        yield Finding("unknown-id", f"no such channel: {custom.based_on}", hint, base_place)
    elif not known.allowed("channels", [custom.based_on]):
        yield known.refusal("channels", custom.based_on, base_place)
    else:
        place = document.place("custom_sizes", index, "size")
        for text, hint in _check_size(known.channels[custom.based_on], custom):
            yield Finding("bad-value", f"{custom.id}: {text}", hint, place)


def _check_size(base: Channel, custom: CustomSize) -> Iterator[tuple[str, str]]:
    """Yield (message, hint) for each reason why a channel cannot have a custom size."""
    width, height = custom.size
    unit = "mm" if base.is_print else "px"
    size = f"{width:g} × {height:g} {unit}"
    area_factor = width * height / (base.width * base.height)
    if base.panel_joins.x or base.panel_joins.y:
        yield (
            f"{base.id} cannot be resized: its sheets meet at fixed panel joins",
            "ask the media owner where the sheets of this size meet, then add a channel in brand/channels.yaml",
        )
    if not base.is_print and (width % 1 or height % 1):
        yield "size must be in whole pixels", "round it"
    if not base.is_print and min(width, height) < MIN_SIDE_PX:
        yield f"{size} is too small for copy", f"make each side at least {MIN_SIDE_PX} px"
    if not base.is_print and width * height > MAX_PIXELS:
        hint = f"make it smaller: at most {MAX_PIXELS / 1e6:g} million pixels are allowed"
        yield f"size is {width * height / 1e6:g} million pixels", hint
    if base.is_print and (max(width, height) + 2 * base.bleed_mm) * base.scale > MAX_PAGE_MM:
        yield f"{size} is larger than a PDF page can be", f"use at most {MAX_PAGE_MM:g} mm with its bleed"
    if max(width / height, height / width) > MAX_RATIO:
        yield f"{size} is too long and narrow", f"make one side at most {MAX_RATIO:g} times the other"
    if not 1 / MAX_AREA_FACTOR <= area_factor <= MAX_AREA_FACTOR:
        base_size = f"{base.id} ({base.width:g} × {base.height:g} {unit})"
        limits = f"between a quarter and {MAX_AREA_FACTOR:g} times the channel's area is allowed"
        yield (
            f"{size} differs too much from {base_size}",
            f"base it on a channel nearer to this size: {limits}",
        )
    channel = resize_channel(base, custom)
    top, right, bottom, left = channel.insets
    if left + right >= width or top + bottom >= height:
        yield (
            f"the safe area of {base.id} leaves no room for words on {size}",
            "choose a larger size, or a different channel",
        )


BRACKETED = re.compile(r"\s*[(\[].*?[)\]]")
# The footer has room for four logos: the partner's own and three more.
MAX_LOGOS = 4


@dataclass(frozen=True, slots=True)
class ValidationContext:
    """The campaign, its brand and all known ids (also of broken files), against which partner files are checked.

    ``ask_owner`` has the channels that cannot be built without the media owner's template.
    """

    campaign: CampaignFile
    campaign_document: YamlDocument
    brand: Brand
    messages: Mapping[str, Message]
    message_ids: Sequence[str]
    template_ids: Sequence[str]
    channels: Mapping[str, Channel]
    ask_owner: Mapping[str, Channel]
    partner_ids: Sequence[str]

    def every_channel(self) -> list[Channel]:
        """Return the channels that can be built, then those that need the media owner's template."""
        return [*self.channels.values(), *self.ask_owner.values()]

    def match_globs(self, kind: str, globs: Iterable[str]) -> tuple[str, ...]:
        """Return the ids that globs match. ``kind`` is ``messages`` or ``channels`` (those that can be built)."""
        if kind == "channels":
            return match_channels(globs, self.channels.values())
        return match_ids(globs, self.message_ids)

    def allowed(self, kind: str, ids: Iterable[str]) -> tuple[str, ...]:
        """Return those of the ids that the brand allows. ``kind`` is a key of ``allow``, such as ``templates``."""
        globs: tuple[str, ...] = getattr(self.brand.file.allow, kind)
        mediums = {c.id: c.medium for c in self.channels.values()} if kind == "channels" else {}
        return tuple(i for i in ids if any(matches(glob, i, mediums.get(i)) for glob in globs))

    def check_allowed(self, kind: str, globs: Sequence[str], document: YamlDocument) -> list[Finding]:
        """Return a finding for each glob in a file's list that matches only ids that the brand does not allow."""
        return [
            self.refusal(kind, glob, document.place(kind, index))
            for index, glob in enumerate(globs)
            if (match_globs := self.match_globs(kind, [glob])) and not self.allowed(kind, match_globs)
        ]

    def check_messages(self, globs: Sequence[str], document: YamlDocument) -> list[Finding]:
        """Return a finding for each glob in a file's list that matches no message."""
        if not self.message_ids:
            hint = "write one with: assetgen new message NAME"
            text = "the campaign has no messages: brand/messages is empty"
            return [Finding("missing-file", text, hint, document.place("messages"))]
        return [
            unknown_id_finding("message", glob, self.message_ids, document.place("messages", index))
            for index, glob in enumerate(globs)
            if not match_ids([glob], self.message_ids)
        ]

    def check_channels(
        self, globs: Sequence[str], document: YamlDocument, custom_sizes: Iterable[Channel] = ()
    ) -> list[Finding]:
        """Return a finding for each glob in a file's list that matches no channel or names one without a fixed size.

        ``custom_sizes`` are further channels that the globs may match.
        """
        found, every = [], [*self.every_channel(), *custom_sizes]
        for index, glob in enumerate(globs):
            place = document.place("channels", index)
            if not match_channels([glob], every):
                found.append(unknown_id_finding("channel", glob, channel_names_like(glob, every), place))
            elif glob in self.ask_owner:
                found.append(self.no_fixed_size(glob, place))
        return found

    def check_choices(self, file: CampaignFile | PartnerFile, document: YamlDocument) -> list[Finding]:
        """Return a finding for each fault in a file's choices of templates, pictures and printers."""
        brand = self.brand
        return [
            *check_template_choice(file.template, document, self.template_ids, brand.file.allow),
            *check_picture_choice(file.picture, document, brand.pictures),
            *check_printer_choice(file.printer, document, brand.printers),
        ]

    def no_fixed_size(self, channel_id: str, place: Place) -> Finding:
        """Return the finding for a channel that cannot be built without the media owner's template."""
        text = f"{channel_id} has no fixed size: {self.ask_owner[channel_id].ask_owner}"
        hint = "ask the media owner for the template, then add a channel in brand/channels.yaml"
        return Finding("unknown-id", text, hint, place)

    def refusal(self, kind: str, value: str, place: Place) -> Finding:
        """Return the finding for a value that the brand does not allow. ``kind`` is a key of ``allow``."""
        return not_allowed_finding(getattr(self.brand.file.allow, kind), value, place)


def unknown_id_finding(kind: str, name: str, known: Iterable[str], place: Place) -> Finding:
    """Return the finding for a name that is not known. The hint suggests the nearest known one."""
    return Finding("unknown-id", f"no such {kind}: {name}", did_you_mean(name, known), place)


def read_partner(root: Path, partner_id: str, known: ValidationContext) -> Partner:
    """Read a partner. Raises CampaignError with every fault of its files."""
    document, file, logo, findings = _read_files(root, partner_id)
    custom_sizes, faults = read_custom_sizes(file, document, known)
    findings += faults
    reader = _Choices(document, file, known, findings, custom_sizes)
    companions = reader.companions(partner_id)
    messages, locales, channels = reader.messages(), reader.locales(), reader.channels()
    findings += known.check_choices(file, document)
    tracking = reader.tracking()
    name = file.name
    partner = Partner(
        id=partner_id,
        file=file,
        short_name=file.short_name
        or PlacedText(BRACKETED.sub("", name.text).strip() or name.text, name.place),
        logo=logo,
        alongside=companions,
        messages=messages,
        locales=locales,
        channels=channels,
        tracking=tracking,
        place=document.place(),
        files={document.file: document.sha256} | (logo.files if logo else {}),
        custom_sizes=custom_sizes,
    )
    findings += check_embargo_before_expiry(file.embargo, file.valid_until)
    names = [name, partner.short_name]
    if file.logo:
        names.append(PlacedText(file.logo.alt, document.place("logo", "alt")))
    for text in names:
        findings += check_name(text, known.brand.facts)
    for text in file.local_line.values():
        findings += check_copy(text, known.brand.facts, name.text)
    if findings:
        raise CampaignError(dict.fromkeys(findings))
    return partner


def validate_partner_files(root: Path, partner_id: str) -> None:
    """Validate a partner's files as far as possible without a brand. Raises CampaignError with every fault."""
    *_, findings = _read_files(root, partner_id)
    if findings:
        raise CampaignError(findings)


def _read_files(root: Path, partner_id: str) -> tuple[YamlDocument, PartnerFile, Logo | None, list[Finding]]:
    """Return a partner's document, its validated file, its logo, and a finding for each fault of the logo.

    Raises CampaignError with the faults of ``partner.yaml``.
    """
    document = read_yaml(root, f"partners/{partner_id}/partner.yaml")
    file = validate_document(PartnerFile, document)
    if file.logo is None:
        return document, file, None, []
    # Most partners have no logo, so the import is delayed until one has.
    from assetgen.loading.artwork.logos import read_partner_logo

    logo, findings = read_partner_logo(root, partner_id, file.logo, document)
    return document, file, logo, findings


@dataclass(frozen=True, slots=True)
class _Choices:
    """Resolves a partner's choices to ids that exist and that the brand allows. Adds a finding for each fault."""

    document: YamlDocument
    file: PartnerFile
    known: ValidationContext
    findings: list[Finding]
    custom_sizes: Mapping[str, Channel]

    def _source(self, key: str) -> tuple[Sequence[str], YamlDocument]:
        """Return the list under a key, from the partner's file or else ``campaign.yaml``, and that file's document."""
        own: Sequence[str] | None = getattr(self.file, key)
        if own is not None:
            return own, self.document
        defaults: Sequence[str] = getattr(self.known.campaign, key)
        return defaults, self.known.campaign_document

    def messages(self) -> tuple[str, ...]:
        globs, document = self._source("messages")
        self.findings.extend(self.known.check_messages(globs, document))
        return self._allowed("messages", globs)

    def channels(self) -> tuple[str, ...]:
        globs, document = self._source("channels")
        self.findings.extend(self.known.check_channels(globs, document, self.custom_sizes.values()))
        # Custom sizes are always built, whether or not a glob of channels matches them.
        return (*self._allowed("channels", globs), *self.custom_sizes)

    def _allowed(self, kind: str, globs: Sequence[str]) -> tuple[str, ...]:
        """Return the matching ids that the brand allows.

        Add a finding for each glob in the partner's own file that matches only ids that the brand does not allow.
        """
        own: Sequence[str] = getattr(self.file, kind) or ()
        self.findings.extend(self.known.check_allowed(kind, own, self.document))
        return self.known.allowed(kind, self.known.match_globs(kind, globs))

    def locales(self) -> tuple[str, ...]:
        locales, document = self._source("locales")
        match_globs = []
        for index, locale in enumerate(locales):
            missing, place = missing_in_locale(locale, self.known.brand), document.place("locales", index)
            if missing and document is not self.document:
                continue  # Already reported for campaign.yaml.
            if missing:
                self.findings.append(missing_in_locale_finding(missing, locale, place))
            elif self._has_no_message(locale):
                known = {tag for message in self.known.messages.values() for tag in message.file.locales}
                hint = did_you_mean(locale, known)
                self.findings.append(Finding("unknown-id", f"no message has copy in {locale}", hint, place))
            else:
                match_globs.append(locale)
        return tuple(dict.fromkeys(match_globs))

    def _has_no_message(self, locale: str) -> bool:
        """Return whether no message exists in a locale. False if any message has a fault: it may have the locale."""
        if len(self.known.messages) < len(self.known.message_ids) or not self.known.message_ids:
            return False
        return not any(locale in message.file.locales for message in self.known.messages.values())

    def tracking(self) -> str:
        tracking = self.file.tracking or self.known.campaign.tracking
        if self.file.tracking and not self.known.allowed("tracking", [tracking]):
            place = self.document.place("tracking")
            self.findings.append(self.known.refusal("tracking", f"tracking: {tracking}", place))
        return tracking

    def companions(self, partner_id: str) -> tuple[str, ...]:
        names = [name for name in dict.fromkeys(self.file.alongside) if name != partner_id]
        for index, name in enumerate(self.file.alongside):
            if name not in self.known.partner_ids:
                place = self.document.place("alongside", index)
                self.findings.append(unknown_id_finding("partner", name, self.known.partner_ids, place))
        if len(names) > MAX_LOGOS - 1:
            text, place = "alongside names more than three partners", self.document.place("alongside")
            hint = "name at most three; the footer has room for four logos, this partner's included"
            self.findings.append(Finding("bad-value", text, hint, place))
        return tuple(names)


def missing_in_locale(locale: str, brand: Brand) -> str | None:
    """Return what the brand lacks in a locale, ``labels`` or ``promise``, or None if it has both."""
    if locale not in brand.file.labels:
        return "labels"
    if brand.facts.promise and locale not in brand.facts.promise:
        return "promise"
    return None


def missing_in_locale_finding(missing: str, locale: str, place: Place) -> Finding:
    """Return the finding for a locale for which the brand has no labels or no promise."""
    hint = f"add {missing} in {locale} to brand/brand.yaml"
    return Finding("unknown-id", f"the brand has no {missing} in {locale}", hint, place)

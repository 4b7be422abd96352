"""Read ``partners/<partner>/partner.yaml``: who the partner is, what it takes, and its own sizes.

All that the channel demands is taken over. Of lengths, what stands for a tolerance of cutting (bleed, safe area in
mm) is kept, and made less only on a smaller sheet; what is a share of a screen (safe area in px, a face to keep
clear of) goes with the page.
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
    chosen_channels,
    chosen_ids,
    known_channel_words,
    matches,
    picture_faults,
    printer_faults,
    refusal,
    template_faults,
)
from assetgen.loading.copy_rules.facts import check_name, check_words
from assetgen.loading.model import Brand, Channel, Logo, Message, Partner, no_day_left
from assetgen.loading.yaml.campaign_folder import read_yaml
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import bind, check_id, did_you_mean
from assetgen.schema.campaign_file import CampaignFile
from assetgen.schema.channel_file import SafeCircle
from assetgen.schema.fields import Text
from assetgen.schema.partner_file import CustomSize, PartnerFile
from assetgen.units import MAX_PIXELS

# Beyond these the distances and sizes of type of the channel do not fit the page any more.
MAX_TIMES_AREA = 4.0
MAX_RATIO = 12.0
MIN_SIDE_PX = 50
# A PDF page has at most 14,400 units of 1/72 in a side (ISO 32000-1, annex C).
MAX_PAGE_MM = 5080.0
MIN_SAFE_MM = 3.0
# Uploaded adverts of free size are seen as wide as a phone, whatever their pixels.
PHONE_MM = 65.0
SAME_RATIO = 0.03


def extra_channels(
    file: PartnerFile, document: YamlDocument, known: Known
) -> tuple[dict[str, Channel], list[Finding]]:
    """Return a partner's own channels by id, and why others are refused."""
    channels: dict[str, Channel] = {}
    findings: list[Finding] = []
    most = known.brand.file.allow.custom_sizes
    if len(file.custom_sizes) > most:
        text = f"custom_sizes: {len(file.custom_sizes)} asked for, and the brand allows {most}"
        hint = "leave some out, or ask for more in brand/brand.yaml: allow.custom_sizes"
        findings.append(Finding("bad-value", text, hint, document.place("custom_sizes", most)))
    designs = set(known.allowed("templates", known.template_ids))
    for at, wanted in enumerate(file.custom_sizes):
        faults = list(_faults(wanted, at, document, known))
        if wanted.id in channels:
            place = document.place("custom_sizes", at, "id")
            text = f"two sizes are called {wanted.id}"
            faults.append(Finding("duplicate-id", text, "give each an id of its own", place))
        findings += faults
        if not faults:
            made = made_like(known.channels[wanted.based_on], wanted)
            template = made.template if made.template in designs else None
            place = document.place("custom_sizes", at)
            channels[wanted.id] = made.model_copy(update={"template": template, "place": place})
    return channels, findings


def made_like(like: Channel, wanted: CustomSize) -> Channel:
    """Return a channel of another size that is made like one of the catalogue."""
    width, height = wanted.size
    unit = "mm" if like.is_print else "px"
    across, down = width / like.width, height / like.height
    is_as_long = abs(across / down - 1) <= SAME_RATIO
    px_mm = like.px_mm
    if px_mm and abs(px_mm * like.width - PHONE_MM) < 0.1:
        px_mm = round(PHONE_MM / width, 6)
    shape = shape_of(width / height) if like.shape in SHAPE_NAMES else like.shape
    return like.model_copy(
        update={
            "id": wanted.id,
            "name": wanted.name or f"{like.name}, {width:g} × {height:g} {unit}",
            "size": wanted.size,
            "shape": like.shape if is_as_long else shape,
            "safe": _safe(like, width, height),
            "keep_clear": tuple(
                (x * across, y * down, w * across, h * down) for x, y, w, h in like.keep_clear
            ),
            "px_mm": px_mm,
            "source": f"made like {like.id}",
            "based_on": like.id,
            "arranged_like": like.id if is_as_long else None,
        }
    )


def _safe(like: Channel, width: float, height: float) -> tuple[float, ...] | SafeCircle:
    """Return the safe area on the new page."""
    if isinstance(like.safe, SafeCircle):
        times = min(width, height) / min(like.width, like.height)
        return SafeCircle.model_construct(circle=like.safe.circle * times)
    top, right, bottom, left = like.safe
    if not like.is_print:
        across, down = width / like.width, height / like.height
        return round(top * down), round(right * across), round(bottom * down), round(left * across)
    less = min(1.0, min(width, height) / min(like.width, like.height))

    def kept(inset: float) -> float:
        return max(min(inset, MIN_SAFE_MM), round(inset * less, 1))

    return kept(top), kept(right), kept(bottom), kept(left)


def _faults(wanted: CustomSize, at: int, document: YamlDocument, known: Known) -> Iterator[Finding]:
    """Yield why a size cannot be had."""
    at_id, at_like = document.place("custom_sizes", at, "id"), document.place("custom_sizes", at, "based_on")
    yield from check_id("channel", wanted.id, at_id)
    if wanted.id in known.channels or wanted.id in known.ask_owner:
        text = f"there is a channel {wanted.id} already"
        yield Finding("duplicate-id", text, "give this size an id of its own", at_id)
    if wanted.based_on in known.ask_owner:
        yield known.no_fixed_size(wanted.based_on, at_like)
    elif wanted.based_on not in known.channels:
        hint = did_you_mean(wanted.based_on, known.channels)
        yield Finding("unknown-id", f"no such channel: {wanted.based_on}", hint, at_like)
    elif not known.allowed("channels", [wanted.based_on]):
        yield known.refusal("channels", wanted.based_on, at_like)
    else:
        place = document.place("custom_sizes", at, "size")
        for text, hint in _of_size(known.channels[wanted.based_on], wanted):
            yield Finding("bad-value", f"{wanted.id}: {text}", hint, place)


def _of_size(like: Channel, wanted: CustomSize) -> Iterator[tuple[str, str]]:
    """Yield (what is wrong, hint) with a size."""
    width, height = wanted.size
    unit = "mm" if like.is_print else "px"
    said = f"{width:g} × {height:g} {unit}"
    times = width * height / (like.width * like.height)
    if like.panel_joins.x or like.panel_joins.y:
        yield (
            f"{like.id} is made of sheets that join",
            "ask the site's owner where the sheets of this size meet",
        )
    if not like.is_print and (width % 1 or height % 1):
        yield "size is in whole pixels", "round it"
    if not like.is_print and min(width, height) < MIN_SIDE_PX:
        yield f"{said} is too small for words", f"at least {MIN_SIDE_PX} px a side"
    if not like.is_print and width * height > MAX_PIXELS:
        yield f"size is {width * height / 1e6:g} million pixels", f"at most {MAX_PIXELS / 1e6:g} million"
    if like.is_print and (max(width, height) + 2 * like.bleed_mm) * like.scale > MAX_PAGE_MM:
        yield f"{said} is larger than a PDF page can be", f"at most {MAX_PAGE_MM:g} mm with its bleed"
    if max(width / height, height / width) > MAX_RATIO:
        yield f"{said} is too long for its height", f"one side is at most {MAX_RATIO:g} times the other"
    if not 1 / MAX_TIMES_AREA <= times <= MAX_TIMES_AREA:
        own = f"{like.id} has {like.width:g} × {like.height:g} {unit}"
        hint = f"choose a channel nearer to it: at most {MAX_TIMES_AREA:g} times the area, at least a quarter"
        yield f"{said} is no size for something like {like.id}", f"{own}; {hint}"
    made = made_like(like, wanted)
    top, right, bottom, left = made.insets
    if left + right >= width or top + bottom >= height:
        yield (
            f"the safe area of {like.id} leaves no room on {said}",
            "choose a larger size, or another channel",
        )


IN_BRACKETS = re.compile(r"\s*[(\[].*?[)\]]")
# A foot has room for four logos: the partner's own and three beside it.
MAX_TOGETHER = 4


@dataclass(frozen=True, slots=True)
class Known:
    """What a partner may name: all that the campaign and the brand hold, broken messages and designs too."""

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
        """Return the channels that are built, then those that need their owner's template."""
        return [*self.channels.values(), *self.ask_owner.values()]

    def chosen(self, kind: str, words: Iterable[str]) -> tuple[str, ...]:
        """Return the ids that words choose, of ``messages`` or of the ``channels`` that are built."""
        if kind == "channels":
            return chosen_channels(words, self.channels.values())
        return chosen_ids(words, self.message_ids)

    def allowed(self, kind: str, ids: Iterable[str]) -> tuple[str, ...]:
        """Return those that the brand allows, of a kind that ``allow`` knows."""
        words: tuple[str, ...] = getattr(self.brand.file.allow, kind)
        mediums = {c.id: c.medium for c in self.channels.values()} if kind == "channels" else {}
        return tuple(i for i in ids if any(matches(word, i, mediums.get(i)) for word in words))

    def refused_words(self, kind: str, words: Sequence[str], document: YamlDocument) -> list[Finding]:
        """Return a finding for each word of a file's list of which the brand allows nothing."""
        return [
            self.refusal(kind, word, document.place(kind, index))
            for index, word in enumerate(words)
            if (chosen := self.chosen(kind, [word])) and not self.allowed(kind, chosen)
        ]

    def unknown_messages(self, words: Sequence[str], document: YamlDocument) -> list[Finding]:
        """Return a finding for each word of a file's list that chooses no message."""
        return [
            unknown("message", word, self.message_ids, document.place("messages", index))
            for index, word in enumerate(words)
            if not chosen_ids([word], self.message_ids)
        ]

    def unknown_channels(
        self, words: Sequence[str], document: YamlDocument, extra: Iterable[Channel] = ()
    ) -> list[Finding]:
        """Return a finding for each word of a file's list that chooses no channel, or one without a fixed size."""
        found, every = [], [*self.every_channel(), *extra]
        for index, word in enumerate(words):
            place = document.place("channels", index)
            if not chosen_channels([word], every):
                found.append(unknown("channel", word, known_channel_words(word, every), place))
            elif word in self.ask_owner:
                found.append(self.no_fixed_size(word, place))
        return found

    def choice_faults(self, file: CampaignFile | PartnerFile, document: YamlDocument) -> list[Finding]:
        """Return the faults of a file's own templates, pictures and printers."""
        brand = self.brand
        return [
            *template_faults(file.template, document, self.template_ids, brand.file.allow),
            *picture_faults(file.picture, document, brand.pictures),
            *printer_faults(file.printer, document, brand.printers),
        ]

    def no_fixed_size(self, channel_id: str, place: Place) -> Finding:
        """Return the finding for a channel that needs its owner's template."""
        text = f"{channel_id} has no fixed size: {self.ask_owner[channel_id].ask_owner}"
        hint = "ask its owner for the template, then add a channel in brand/channels.yaml"
        return Finding("unknown-id", text, hint, place)

    def refusal(self, kind: str, word: str, place: Place) -> Finding:
        """Return the finding for something that the brand does not allow."""
        return refusal(getattr(self.brand.file.allow, kind), word, place)


def unknown(kind: str, word: str, known: Iterable[str], place: Place) -> Finding:
    """Return the finding for a word that names nothing there is of a kind."""
    return Finding("unknown-id", f"no such {kind}: {word}", did_you_mean(word, known), place)


def read_partner(root: Path, partner_id: str, known: Known) -> Partner:
    """Return a partner; raises CampaignError with every fault of its files."""
    document, file, logo, findings = _read_files(root, partner_id)
    extra, faults = extra_channels(file, document, known)
    findings += faults
    reader = _Choices(document, file, known, findings, extra)
    companions = reader.companions(partner_id)
    messages, locales, channels = reader.messages(), reader.locales(), reader.channels()
    findings += known.choice_faults(file, document)
    tracking = reader.tracking()
    name = file.name
    partner = Partner(
        id=partner_id,
        file=file,
        short_name=file.short_name or Text(IN_BRACKETS.sub("", name.text).strip() or name.text, name.place),
        logo=logo,
        alongside=companions,
        messages=messages,
        locales=locales,
        channels=channels,
        tracking=tracking,
        place=document.place(),
        files={document.file: document.sha256} | (logo.files if logo else {}),
        custom_sizes=extra,
    )
    findings += no_day_left(file.embargo, file.valid_until)
    names = [name, partner.short_name]
    if file.logo:
        names.append(Text(file.logo.alt, document.place("logo", "alt")))
    for text in names:
        findings += check_name(text, known.brand.facts)
    for text in file.local_line.values():
        findings += check_words(text, known.brand.facts, name.text)
    if findings:
        raise CampaignError(dict.fromkeys(findings))
    return partner


def check_partner_form(root: Path, partner_id: str) -> None:
    """Raise CampaignError with every fault of a partner's files that shows without a brand."""
    *_, findings = _read_files(root, partner_id)
    if findings:
        raise CampaignError(findings)


def _read_files(root: Path, partner_id: str) -> tuple[YamlDocument, PartnerFile, Logo | None, list[Finding]]:
    """Return a partner's file, its logo and the faults of its logo; raises CampaignError for those of the file."""
    document = read_yaml(root, f"partners/{partner_id}/partner.yaml")
    file = bind(PartnerFile, document)
    if file.logo is None:
        return document, file, None, []
    # Most partners have no logo: what reads one is loaded for those that do.
    from assetgen.loading.artwork.logos import read_partner_logo

    logo, findings = read_partner_logo(root, partner_id, file.logo, document)
    return document, file, logo, findings


@dataclass(frozen=True, slots=True)
class _Choices:
    """A partner's choices, each resolved against what there is and what the brand allows."""

    document: YamlDocument
    file: PartnerFile
    known: Known
    findings: list[Finding]
    extra: Mapping[str, Channel]

    def _source(self, key: str) -> tuple[Sequence[str], YamlDocument]:
        """Return a list of words and the document that it stands in: the partner's own, else the campaign's."""
        own: Sequence[str] | None = getattr(self.file, key)
        if own is not None:
            return own, self.document
        defaults: Sequence[str] = getattr(self.known.campaign, key)
        return defaults, self.known.campaign_document

    def messages(self) -> tuple[str, ...]:
        words, document = self._source("messages")
        self.findings.extend(self.known.unknown_messages(words, document))
        return self._allowed("messages", words)

    def channels(self) -> tuple[str, ...]:
        words, document = self._source("channels")
        self.findings.extend(self.known.unknown_channels(words, document, self.extra.values()))
        # Who asks for a size of its own gets it, named among its channels or not.
        return (*self._allowed("channels", words), *self.extra)

    def _allowed(self, kind: str, words: Sequence[str]) -> tuple[str, ...]:
        """Return what the brand allows; a word of the partner's own of which it allows nothing is a finding."""
        own: Sequence[str] = getattr(self.file, kind) or ()
        self.findings.extend(self.known.refused_words(kind, own, self.document))
        return self.known.allowed(kind, self.known.chosen(kind, words))

    def locales(self) -> tuple[str, ...]:
        words, document = self._source("locales")
        chosen = []
        for index, locale in enumerate(words):
            missing, place = missing_in_locale(locale, self.known.brand), document.place("locales", index)
            if missing and document is not self.document:
                continue  # said once, of the campaign's own list
            if missing:
                self.findings.append(not_in_locale(missing, locale, place))
            elif self._is_unspoken(locale):
                known = {tag for message in self.known.messages.values() for tag in message.file.locales}
                hint = did_you_mean(locale, known)
                self.findings.append(Finding("unknown-id", f"no message in {locale}", hint, place))
            else:
                chosen.append(locale)
        return tuple(dict.fromkeys(chosen))

    def _is_unspoken(self, locale: str) -> bool:
        """Say whether no message is in a locale; while one cannot be read, nobody knows."""
        if len(self.known.messages) < len(self.known.message_ids):
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
                self.findings.append(unknown("partner", name, self.known.partner_ids, place))
        if len(names) > MAX_TOGETHER - 1:
            text, place = "more than four partners together", self.document.place("alongside")
            self.findings.append(Finding("bad-value", text, "name at most three", place))
        return tuple(names)


def missing_in_locale(locale: str, brand: Brand) -> str | None:
    """Return what of the brand is not there in a locale."""
    if locale not in brand.file.labels:
        return "words"
    if locale not in brand.facts.promise:
        return "promise"
    return None


def not_in_locale(missing: str, locale: str, place: Place) -> Finding:
    """Return the finding for what of the brand is not there in a locale."""
    hint = f"add {missing} in {locale} to brand/brand.yaml"
    return Finding("unknown-id", f"the brand has no {missing} in {locale}", hint, place)

"""Read a campaign: every file once, every fault in one run, then frozen values.

A fault in ``campaign.yaml`` or in the brand stops everything (CampaignError). A fault in one message,
design or partner stops that one alone.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.brand import read_brand, with_printers
from assetgen.loading.channels import (
    Catalogue,
    built_in_documents,
    chosen_channels,
    known_channel_words,
    read_catalogue,
)
from assetgen.loading.copy_rules.facts import check_own_words
from assetgen.loading.messages import MessageFiles, check_form, read_message
from assetgen.loading.model import (
    USUAL_TEMPLATE,
    Brand,
    Campaign,
    Channel,
    Message,
    Partner,
    Template,
    no_day_left,
)
from assetgen.loading.partners import (
    Known,
    check_partner_form,
    missing_in_locale,
    not_in_locale,
    read_partner,
    unknown,
)
from assetgen.loading.printers import FILE as PRINTERS
from assetgen.loading.templates.template_files import Designs
from assetgen.loading.yaml.campaign_folder import (
    campaign_folder,
    folders,
    partner_folders,
    read_yaml,
    yaml_files,
)
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import bind, check_id, did_you_mean, legal_only, nearest
from assetgen.schema.campaign_file import CampaignFile
from assetgen.schema.fields import Text

Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class GatheredThings(Generic[Thing]):
    """What was read of one kind: those that are sound, and every legal id, sound or not, in order."""

    sound: dict[str, Thing]
    ids: list[str]

    @property
    def broken(self) -> frozenset[str]:
        """Return the ids whose files have a fault."""
        return frozenset(self.ids) - frozenset(self.sound)


@dataclass(slots=True)
class Gathering:
    """The findings so far. Reading goes on after a fault, so that one run says them all."""

    findings: list[Finding] = field(default_factory=list)

    def take(self, read: Callable[[], Thing]) -> Thing | None:
        """Return what ``read`` gives; where it raises, keep its findings and return None."""
        try:
            return read()
        except CampaignError as error:
            self.findings += error.findings
            return None

    def take_noted(self, read: Callable[[], tuple[Thing, list[Finding]]]) -> Thing | None:
        """Return what ``read`` gives beside its notes, and keep those; None where it raises."""
        pair = self.take(read)
        if pair is None:
            return None
        self.findings += pair[1]
        return pair[0]

    def each(
        self, kind: str, places: Mapping[str, Place], read: Callable[[str], Thing]
    ) -> GatheredThings[Thing]:
        """Read each thing of a kind; a name that is no legal id is a finding and is not read."""
        ids, faults = legal_only(kind, places)
        self.findings += faults
        sound: dict[str, Thing] = {}
        for name in ids:
            try:
                sound[name] = read(name)
            except CampaignError as error:
                self.findings += error.findings
        return GatheredThings(sound, ids)

    def distinct(self) -> tuple[Finding, ...]:
        """Return the findings in the order in which they were made, each once."""
        return tuple(dict.fromkeys(self.findings))


IS_PATTERN = re.compile(r"[*?\[]")
# More than "other" is like "together": a design that comes later is no slip of one that is there.
MIN_OF_A_SLIP = 0.8


def asks_for_nothing() -> tuple[CampaignFile, YamlDocument]:
    """Return defaults that choose nothing, to read partners by while ``campaign.yaml`` is broken."""
    file = CampaignFile.model_construct(
        name="", slug="", edition="", released=date.min, messages=(), locales=(), channels=(), template={}
    )
    return file, YamlDocument("campaign.yaml", {}, "", {(): (1, 1)}, {})


def check_defaults(known: Known) -> list[Finding]:
    """Return the faults of ``campaign.yaml`` that its form does not show: ids of what is not there, or not allowed."""
    file, document = known.campaign, known.campaign_document
    found = check_id("slug", file.slug, document.place("slug"))
    found += check_own_words(Text(file.name, document.place("name")), known.brand.facts)
    found += known.unknown_messages(file.messages, document)
    found += known.unknown_channels(file.channels, document)
    found += no_day_left(file.embargo, file.valid_until)
    found += known.refused_words("messages", file.messages, document)
    found += known.refused_words("channels", file.channels, document)
    found += known.choice_faults(file, document)
    if not {"", "*"} & set(file.template) and (why := _no_usual_template(known)):
        hint = 'add "*": and the id of a design'
        found.append(Finding("bad-value", f"template: {why}", hint, document.place("template")))
    if not known.allowed("tracking", [file.tracking]):
        found.append(known.refusal("tracking", f"tracking: {file.tracking}", document.place("tracking")))
    for index, locale in enumerate(file.locales):
        missing, place = missing_in_locale(locale, known.brand), document.place("locales", index)
        if missing == "words":
            found.append(unknown("locale", locale, known.brand.file.labels, place))
        elif missing:
            found.append(not_in_locale(missing, locale, place))
    return found


def check_allow(known: Known, brand_document: YamlDocument) -> list[Finding]:
    """Return a finding for each word of the brand's ``allow`` that means nothing there is.

    Messages and designs may come later: of those a pattern is left alone, and a design that is near none.
    """
    every, allow = known.every_channel(), known.brand.file.allow
    found = []

    def unknown(kind: str, index: int, word: str, hint: str | None) -> None:
        text = f"allow: no such {kind.removesuffix('s')}: {word}"
        found.append(Finding("unknown-id", text, hint, brand_document.place("allow", kind, index)))

    for index, word in enumerate(allow.messages):
        if not IS_PATTERN.search(word) and word not in known.message_ids:
            unknown("messages", index, word, did_you_mean(word, known.message_ids))
    for index, word in enumerate(allow.channels):
        if word != "*" and not chosen_channels([word], every):
            mediums = [f"{channel.medium}/*" for channel in every]
            words = mediums if word.endswith("/*") else known_channel_words(word, every)
            unknown("channels", index, word, did_you_mean(word, words))
    for index, word in enumerate(allow.templates):
        if word not in known.template_ids and nearest(word, known.template_ids, MIN_OF_A_SLIP):
            unknown("templates", index, word, did_you_mean(word, known.template_ids))
    return found


def _no_usual_template(known: Known) -> str | None:
    """Return why channels of which nobody names a design have none."""
    if USUAL_TEMPLATE not in known.template_ids:
        return "no design for the other channels"
    if not known.allowed("templates", [USUAL_TEMPLATE]):
        return f"the brand does not allow {USUAL_TEMPLATE} for the other channels"
    return None


MESSAGES, OWN_CHANNELS = "brand/messages", "brand/channels.yaml"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A campaign that can be planned, and the findings of its parts that cannot, with notes and warnings."""

    campaign: Campaign
    findings: tuple[Finding, ...]
    known: Known
    """What a partner may name: whoever asks for a new one is judged by it."""


@dataclass(frozen=True, slots=True)
class _Background:
    """What everything else rests on. None where it has a fault, which then keeps all from being planned."""

    document: YamlDocument | None
    file: CampaignFile | None
    brand_document: YamlDocument | None
    brand: Brand | None
    own_channels: YamlDocument | None
    printers: YamlDocument | None
    catalogue: Catalogue
    is_sound: bool


@dataclass(frozen=True, slots=True)
class _Listed:
    """The names in the campaign's folders, each with its place; ``is_whole``: all could be looked into."""

    messages: dict[str, Place]
    templates: dict[str, Place]
    partners: dict[str, Place]
    is_whole: bool


def load_campaign(root: Path, partners: Collection[str] | None = None) -> Loaded:
    """Read the campaign in a folder; of its partners only these, where some are named.

    Raises CampaignError, with every fault of every file, where ``campaign.yaml`` or the brand is wrong.
    """
    root = campaign_folder(root)
    found = Gathering()
    background = _read_background(root, found)
    listed = _list(root, found)
    facts = background.brand.facts if background.brand else None
    designs = found.each("template", listed.templates, Designs(root, listed.templates, facts).read)
    brand, files = background.brand, _message_files(root, listed)
    if brand is None or not listed.is_whole:
        # Without a brand their YAML, keys and values can be checked all the same.
        found.each("message", listed.messages, lambda name: check_form(files.whole(name)))
        found.each("partner", listed.partners, lambda name: check_partner_form(root, name))
        raise CampaignError(found.distinct())
    messages = found.each(
        "message", listed.messages, lambda name: read_message(files.whole(name), name, brand, designs.ids)
    )
    known = _known(background, brand, messages, designs, listed)
    asked = listed.partners if partners is None else {name: listed.partners[name] for name in partners}
    read = found.each("partner", asked, lambda name: read_partner(root, name, known))
    faults = (
        check_allow(known, background.brand_document)
        if background.brand_document and background.is_sound
        else []
    )
    faults += check_defaults(known) if background.file else []
    faults += _designs_not_to_be_had(background.own_channels, known)
    if background.file is None or not background.is_sound or faults:
        raise CampaignError(dict.fromkeys([*faults, *found.findings]))
    unread = set(asked) - set(read.sound)
    held = unread | _with_held(read.sound, unread, found.findings)
    documents = (background.document, background.brand_document, background.own_channels, background.printers)
    campaign = Campaign(
        root=root,
        file=background.file,
        brand=brand,
        messages=messages.sound,
        templates=designs.sound,
        channels=_with_designs_to_be_had(known),
        ask_owner=tuple(background.catalogue.ask_owner.values()),
        partners={name: partner for name, partner in read.sound.items() if name not in held},
        unreadable_partners=frozenset(held),
        broken_messages=messages.broken,
        broken_templates=designs.broken,
        files={one.file: one.sha256 for one in documents if one},
    )
    return Loaded(campaign, found.distinct(), known)


def _list(root: Path, found: Gathering) -> _Listed:
    """Return what the folders hold; of one that cannot be looked into nothing could be planned."""
    messages = found.take(lambda: yaml_files(root, MESSAGES))
    templates = found.take(lambda: folders(root, "templates", "template.yaml"))
    partners = found.take(lambda: partner_folders(root))
    is_whole = None not in (messages, templates, partners)
    return _Listed(messages or {}, templates or {}, partners or {}, is_whole)


def _read_background(root: Path, found: Gathering) -> _Background:
    document = found.take(lambda: read_yaml(root, "campaign.yaml"))
    brand_document = found.take(lambda: read_yaml(root, "brand/brand.yaml"))
    file = found.take(lambda: bind(CampaignFile, document)) if document else None
    brand = found.take_noted(lambda: read_brand(root, brand_document)) if brand_document else None
    before = len(found.findings)
    own, printers = _read_optional(root, OWN_CHANNELS, found), _read_optional(root, PRINTERS, found)
    if brand and printers:
        sound, given = brand, printers
        brand = found.take_noted(lambda: with_printers(root, sound, given))
    documents = built_in_documents()
    catalogue, faults = read_catalogue((*documents, own) if own else documents)
    found.findings += faults
    for channel_id in own.data if own else ():
        found.findings += check_id("channel", channel_id, own.key_place(channel_id)) if own else []
    is_sound = len(found.findings) == before
    return _Background(document, file, brand_document, brand, own, printers, catalogue, is_sound)


def _read_optional(root: Path, name: str, found: Gathering) -> YamlDocument | None:
    """Return a file that a campaign may go without."""
    if not os.path.lexists(root / name):
        return None
    return found.take(lambda: read_yaml(root, name, may_be_empty=True))


def _known(
    background: _Background,
    brand: Brand,
    messages: GatheredThings[Message],
    designs: GatheredThings[Template],
    listed: _Listed,
) -> Known:
    """Return what a partner may name."""
    file, document = background.file, background.document
    if file is None or document is None:
        # The partners' own files are checked all the same; of what they leave out nothing is known.
        file, document = asks_for_nothing()
    return Known(
        campaign=file,
        campaign_document=document,
        brand=brand,
        messages=messages.sound,
        message_ids=messages.ids,
        template_ids=designs.ids,
        channels=background.catalogue.channels,
        ask_owner=background.catalogue.ask_owner,
        partner_ids=sorted(listed.partners),
    )


def _message_files(root: Path, listed: _Listed) -> MessageFiles:
    """Return the messages' files, each of which is read once however many are like it."""
    ids, _ = legal_only("message", listed.messages)
    return MessageFiles(cache(lambda name: read_yaml(root, f"{MESSAGES}/{name}.yaml")), ids)


def _designs_not_to_be_had(own_channels: YamlDocument | None, known: Known) -> list[Finding]:
    """Return a finding for each design that ``brand/channels.yaml`` names and that is not there, or not allowed."""
    findings: list[Finding] = []
    if own_channels is None:
        return findings
    for channel_id, row in own_channels.data.items():
        template_id = row.get("template") if isinstance(row, dict) else None
        place = own_channels.place(channel_id, "template")
        if not isinstance(template_id, str):
            continue
        if template_id not in known.template_ids:
            hint = did_you_mean(template_id, known.template_ids)
            findings.append(Finding("unknown-id", f"no such template: {template_id}", hint, place))
        elif not known.allowed("templates", [template_id]):
            findings.append(known.refusal("templates", template_id, place))
    return findings


def _with_designs_to_be_had(known: Known) -> dict[str, Channel]:
    """Return the channels; a built-in one whose design this campaign does not have takes the campaign's."""
    to_be_had = set(known.allowed("templates", known.template_ids))
    return {
        name: channel if channel.template in to_be_had else channel.model_copy(update={"template": None})
        for name, channel in known.channels.items()
    }


def _with_held(partners: Mapping[str, Partner], unread: set[str], findings: list[Finding]) -> set[str]:
    """Return the partners whose foot would lack somebody: they name one who cannot be read, or who waits so."""
    waiting: set[str] = set()
    while True:
        held = unread | waiting
        lost_by = {
            name: [other for other in partner.alongside if other in held]
            for name, partner in partners.items()
            if name not in held
        }
        more = {name: lost for name, lost in lost_by.items() if lost}
        if not more:
            return waiting
        for name, lost in more.items():
            text = f"{name} stands with {', '.join(lost)}, whose own files cannot be read"
            if lost[0] in waiting:
                text = f"{name} stands with {', '.join(lost)}, who cannot be drawn yet"
            hint = f"mend {lost[0]}, or leave it out of with"
            findings.append(Finding("stale", text, hint, partners[name].place))
        waiting |= set(more)

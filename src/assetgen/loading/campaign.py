"""Read a campaign folder into frozen values: read each file once, and report all faults in one run.

A fault in ``campaign.yaml`` or in the brand raises CampaignError. A fault in one message, template or partner
excludes only that item.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Generic, TypeVar

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.loading.brand import add_printers, read_brand
from assetgen.loading.channels import (
    Catalogue,
    built_in_documents,
    channel_names_like,
    match_channels,
    read_catalogue,
)
from assetgen.loading.copy_rules.facts import check_brand_copy
from assetgen.loading.messages import MessageFiles, read_message, validate_message
from assetgen.loading.model import (
    DEFAULT_TEMPLATE,
    Brand,
    CampaignModel,
    Channel,
    Message,
    Partner,
    Template,
    check_embargo_before_expiry,
)
from assetgen.loading.partners import (
    ValidationContext,
    missing_in_locale,
    missing_in_locale_finding,
    read_partner,
    unknown_id_finding,
    validate_partner_files,
)
from assetgen.loading.printers import PRINTERS_FILE as PRINTERS
from assetgen.loading.templates.template_files import TemplateReader
from assetgen.loading.yaml.brand_folder import brand_folder
from assetgen.loading.yaml.campaign_folder import (
    list_folders,
    list_partner_folders,
    list_yaml_files,
    read_yaml,
    resolve_campaign_folder,
)
from assetgen.loading.yaml.document import YamlDocument
from assetgen.loading.yaml.file_validation import (
    check_id,
    did_you_mean,
    most_similar,
    split_valid_ids,
    validate_document,
)
from assetgen.schema.campaign_file import CampaignFile
from assetgen.schema.fields import PlacedText

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class ReadItems(Generic[Item]):
    """The items of one kind, such as all messages: ``valid`` has those without a fault, ``ids`` all well-formed ids."""

    valid: dict[str, Item]
    ids: list[str]

    @property
    def broken(self) -> frozenset[str]:
        """Return the ids whose files have a fault."""
        return frozenset(self.ids) - frozenset(self.valid)


@dataclass(slots=True)
class FindingCollector:
    """Collects findings while reading continues, so that one run reports all faults."""

    findings: list[Finding] = field(default_factory=list)

    def read(self, reader: Callable[[], Item]) -> Item | None:
        """Call ``reader`` and return its result. If it raises CampaignError, keep its findings and return None."""
        try:
            return reader()
        except CampaignError as error:
            self.findings += error.findings
            return None

    def read_with_findings(self, reader: Callable[[], tuple[Item, list[Finding]]]) -> Item | None:
        """Call a reader that returns a result and findings. Keep the findings, and return the result.

        If it raises CampaignError, keep its findings and return None.
        """
        pair = self.read(reader)
        if pair is None:
            return None
        self.findings += pair[1]
        return pair[0]

    def read_each(
        self, kind: str, places: Mapping[str, Place], reader: Callable[[str], Item]
    ) -> ReadItems[Item]:
        """Read each item of a kind. A name that is not a legal id becomes a finding and is not read."""
        ids, faults = split_valid_ids(kind, places)
        self.findings += faults
        valid: dict[str, Item] = {}
        for name in ids:
            try:
                valid[name] = reader(name)
            except CampaignError as error:
                self.findings += error.findings
        return ReadItems(valid, ids)

    def unique_findings(self) -> tuple[Finding, ...]:
        """Return the findings without duplicates, in the order in which they were found."""
        return tuple(dict.fromkeys(self.findings))


GLOB_CHARACTERS = re.compile(r"[*?\[]")
# The brand may allow a template that does not exist yet. Only a near match counts as a misspelling of an existing
# one. "other" and "together" are already alike enough for the usual limit, so this limit is higher.
MIN_MISSPELLING_LIKENESS = 0.8


def empty_defaults() -> tuple[CampaignFile, YamlDocument]:
    """Return campaign defaults that choose nothing, for reading partners while ``campaign.yaml`` is invalid."""
    file = CampaignFile.model_construct(
        name="", slug="", edition="", released=date.min, messages=(), locales=(), channels=(), template={}
    )
    return file, YamlDocument("campaign.yaml", {}, "", {(): (1, 1)}, {})


def check_defaults(known: ValidationContext) -> list[Finding]:
    """Return a finding for each value of ``campaign.yaml`` that the schema cannot check.

    These are unknown ids, choices that the brand does not allow, foreign numbers and addresses in the name, and an
    expiry before the end of the embargo.
    """
    file, document = known.campaign, known.campaign_document
    found = check_id("slug", file.slug, document.place("slug"))
    found += check_brand_copy(PlacedText(file.name, document.place("name")), known.brand.facts)
    found += known.check_messages(file.messages, document)
    found += known.check_channels(file.channels, document)
    found += check_embargo_before_expiry(file.embargo, file.valid_until)
    found += known.check_allowed("messages", file.messages, document)
    found += known.check_allowed("channels", file.channels, document)
    found += known.check_choices(file, document)
    if not {"", "*"} & set(file.template) and (why := _why_no_default_template(known)):
        hint = 'add "*": with the id of the default template'
        found.append(Finding("bad-value", f"template: {why}", hint, document.place("template")))
    if not known.allowed("tracking", [file.tracking]):
        found.append(known.refusal("tracking", f"tracking: {file.tracking}", document.place("tracking")))
    for index, locale in enumerate(file.locales):
        missing, place = missing_in_locale(locale, known.brand), document.place("locales", index)
        if missing == "labels":
            found.append(unknown_id_finding("locale", locale, known.brand.file.labels, place))
        elif missing:
            found.append(missing_in_locale_finding(missing, locale, place))
    return found


def check_allow(known: ValidationContext, brand_document: YamlDocument) -> list[Finding]:
    """Return a finding for each entry in the brand's ``allow`` that matches nothing.

    A message or template may be added later. So a glob for messages is not reported, and a template is reported
    only if it looks like a misspelling of an existing one.
    """
    every, allow = known.every_channel(), known.brand.file.allow
    found = []

    def unknown(kind: str, index: int, word: str, hint: str | None) -> None:
        text = f"allow names a {kind.removesuffix('s')} that does not exist: {word}"
        found.append(Finding("unknown-id", text, hint, brand_document.place("allow", kind, index)))

    for index, word in enumerate(allow.messages):
        if not GLOB_CHARACTERS.search(word) and word not in known.message_ids:
            unknown("messages", index, word, did_you_mean(word, known.message_ids))
    for index, word in enumerate(allow.channels):
        if word != "*" and not match_channels([word], every):
            mediums = [f"{channel.medium}/*" for channel in every]
            words = mediums if word.endswith("/*") else channel_names_like(word, every)
            unknown("channels", index, word, did_you_mean(word, words))
    for index, word in enumerate(allow.templates):
        if word not in known.template_ids and most_similar(
            word, known.template_ids, MIN_MISSPELLING_LIKENESS
        ):
            unknown("templates", index, word, did_you_mean(word, known.template_ids))
    return found


def _why_no_default_template(known: ValidationContext) -> str | None:
    """Return why the default template cannot be used for the other channels; None if it can."""
    if DEFAULT_TEMPLATE not in known.template_ids:
        return "no template for the other channels"
    if not known.allowed("templates", [DEFAULT_TEMPLATE]):
        return f"the brand does not allow {DEFAULT_TEMPLATE} for the other channels"
    return None


# Names in the brand's folder.
MESSAGES, OWN_CHANNELS, BRAND_FILE = "messages", "channels.yaml", "brand.yaml"


@dataclass(frozen=True, slots=True)
class LoadedCampaign:
    """A campaign that can be planned, and the findings on it: faults of excluded parts, warnings and notes."""

    campaign: CampaignModel
    findings: tuple[Finding, ...]
    context: ValidationContext
    """What a partner may choose from. Requests for new partners are validated against it."""


@dataclass(frozen=True, slots=True)
class _BaseFiles:
    """The files that everything else depends on. A value is None if its file has a fault or does not exist.

    ``is_valid`` is False if the channels or the printers have a fault.
    """

    document: YamlDocument | None
    file: CampaignFile | None
    brand_document: YamlDocument | None
    brand: Brand | None
    own_channels: YamlDocument | None
    printers: YamlDocument | None
    catalogue: Catalogue
    is_valid: bool


@dataclass(frozen=True, slots=True)
class _FolderNames:
    """The names in the campaign's folders, each with its place. ``is_complete`` is False if a folder is unreadable."""

    messages: dict[str, Place]
    templates: dict[str, Place]
    partners: dict[str, Place]
    is_complete: bool


def load_campaign(root: Path, partners: Collection[str] | None = None) -> LoadedCampaign:
    """Read the campaign in a folder.

    Args:
        root: The campaign folder.
        partners: The ids of the partners to read. Each must exist in the campaign. None reads all partners.

    Raises:
        CampaignError: ``campaign.yaml`` or the brand has a fault. The error has the findings of all files.
    """
    root = resolve_campaign_folder(root)
    collector = FindingCollector()
    base = _read_base_files(root, collector)
    names = _list_folders(root, collector)
    templates = collector.read_each(
        "template", names.templates, TemplateReader(root, names.templates, base.brand).read
    )
    brand, files = base.brand, _message_files(root, names)
    if brand is None or not names.is_complete:
        # YAML, keys and values can be checked without a brand.
        collector.read_each("message", names.messages, lambda name: validate_message(files.read_merged(name)))
        collector.read_each("partner", names.partners, lambda name: validate_partner_files(root, name))
        raise CampaignError(collector.unique_findings())
    messages = collector.read_each(
        "message",
        names.messages,
        lambda name: read_message(files.read_merged(name), name, brand, templates.ids),
    )
    known = _known(base, brand, messages, templates, names)
    selected = names.partners if partners is None else {name: names.partners[name] for name in partners}
    read = collector.read_each("partner", selected, lambda name: read_partner(root, name, known))
    if partners is None and not read.broken:
        used = {name for partner in read.valid.values() for name in partner.messages}
        collector.findings = _excuse_unused_messages(collector.findings, files, used)
    faults = check_allow(known, base.brand_document) if base.brand_document and base.is_valid else []
    faults += check_defaults(known) if base.file else []
    faults += _check_own_channel_templates(base.own_channels, known)
    if base.file is None or not base.is_valid or faults:
        raise CampaignError(dict.fromkeys([*faults, *collector.findings]))
    unread = set(selected) - set(read.valid)
    excluded = unread | _find_waiting_partners(read.valid, unread, collector.findings)
    documents = (base.document, base.brand_document, base.own_channels, base.printers)
    campaign = CampaignModel(
        root=root,
        file=base.file,
        brand=brand,
        messages=messages.valid,
        templates=templates.valid,
        channels=_channels_with_available_templates(known),
        ask_owner=tuple(base.catalogue.ask_owner.values()),
        partners={name: partner for name, partner in read.valid.items() if name not in excluded},
        unreadable_partners=frozenset(excluded),
        broken_messages=messages.broken,
        broken_templates=templates.broken,
        files={one.file: one.sha256 for one in documents if one},
    )
    return LoadedCampaign(campaign, collector.unique_findings(), known)


def _list_folders(root: Path, collector: FindingCollector) -> _FolderNames:
    """Return the names in the campaign's folders. A folder that cannot be listed becomes a finding."""
    messages = collector.read(lambda: list_yaml_files(root, f"{brand_folder(root)}/{MESSAGES}"))
    templates = collector.read(lambda: list_folders(root, "templates", "template.yaml"))
    partners = collector.read(lambda: list_partner_folders(root))
    is_complete = None not in (messages, templates, partners)
    return _FolderNames(messages or {}, templates or {}, partners or {}, is_complete)


def _read_base_files(root: Path, collector: FindingCollector) -> _BaseFiles:
    document = collector.read(lambda: read_yaml(root, "campaign.yaml"))
    folder = brand_folder(root)
    brand_document = collector.read(lambda: read_yaml(root, f"{folder}/{BRAND_FILE}"))
    file = collector.read(lambda: validate_document(CampaignFile, document)) if document else None
    brand = collector.read_with_findings(lambda: read_brand(root, brand_document)) if brand_document else None
    before = len(collector.findings)
    own, printers = (_read_optional(root, f"{folder}/{name}", collector) for name in (OWN_CHANNELS, PRINTERS))
    if brand and printers:
        valid_brand, printers_document = brand, printers
        brand = collector.read_with_findings(lambda: add_printers(root, valid_brand, printers_document))
    documents = built_in_documents()
    catalogue, faults = read_catalogue((*documents, own) if own else documents)
    collector.findings += faults
    for channel_id in own.data if own else ():
        collector.findings += check_id("channel", channel_id, own.key_place(channel_id)) if own else []
    is_valid = len(collector.findings) == before
    return _BaseFiles(document, file, brand_document, brand, own, printers, catalogue, is_valid)


def _read_optional(root: Path, name: str, collector: FindingCollector) -> YamlDocument | None:
    """Return an optional file of the campaign; None if it does not exist or has a fault."""
    if not os.path.lexists(root / name):
        return None
    return collector.read(lambda: read_yaml(root, name, may_be_empty=True))


def _known(
    base: _BaseFiles,
    brand: Brand,
    messages: ReadItems[Message],
    templates: ReadItems[Template],
    names: _FolderNames,
) -> ValidationContext:
    """Return the choices and ids against which partner files are checked."""
    file, document = base.file, base.document
    if file is None or document is None:
        # Partner files can still be checked, except for the keys that they leave to campaign.yaml.
        file, document = empty_defaults()
    return ValidationContext(
        campaign=file,
        campaign_document=document,
        brand=brand,
        messages=messages.valid,
        message_ids=messages.ids,
        template_ids=templates.ids,
        channels=base.catalogue.channels,
        ask_owner=base.catalogue.ask_owner,
        partner_ids=sorted(names.partners),
    )


def _message_files(root: Path, names: _FolderNames) -> MessageFiles:
    """Return a reader of the message files. It reads each file once, even if several messages extend it."""
    ids, _ = split_valid_ids("message", names.messages)
    folder = f"{brand_folder(root)}/{MESSAGES}"
    return MessageFiles(cache(lambda name: read_yaml(root, f"{folder}/{name}.yaml")), ids, folder)


def _excuse_unused_messages(
    findings: Iterable[Finding], files: MessageFiles, used: Iterable[str]
) -> list[Finding]:
    """Return the findings, with the errors of messages that no partner uses as warnings.

    ``used`` are the ids of the messages in use. The messages that they extend are in use too.
    """
    paths = files.paths_of(used)

    def is_excused(finding: Finding) -> bool:
        file = finding.place.file or ""
        return finding.is_error and file.startswith(f"{files.folder}/") and file not in paths

    return [
        replace(finding, severity=Severity.WARNING, text=f"{finding.text} (no partner uses this message)")
        if is_excused(finding)
        else finding
        for finding in findings
    ]


def _check_own_channel_templates(
    own_channels: YamlDocument | None, known: ValidationContext
) -> list[Finding]:
    """Return a finding for each template in ``brand/channels.yaml`` that does not exist or is not allowed."""
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


def _channels_with_available_templates(known: ValidationContext) -> dict[str, Channel]:
    """Return the channels. A template that does not exist or is not allowed is removed from its channel.

    Such a channel then uses the campaign's choice.
    """
    available = set(known.allowed("templates", known.template_ids))
    return {
        name: channel if channel.template in available else channel.model_copy(update={"template": None})
        for name, channel in known.channels.items()
    }


def _find_waiting_partners(
    partners: Mapping[str, Partner], unread: set[str], findings: list[Finding]
) -> set[str]:
    """Return the partners that cannot be planned because of a partner in their ``alongside``. Add a finding for each.

    The other partner's files cannot be read, or the other partner cannot be planned for the same reason.
    """
    waiting: set[str] = set()
    while True:
        excluded = unread | waiting
        missing_by_partner = {
            name: [other for other in partner.alongside if other in excluded]
            for name, partner in partners.items()
            if name not in excluded
        }
        blocked = {name: missing for name, missing in missing_by_partner.items() if missing}
        if not blocked:
            return waiting
        for name, missing in blocked.items():
            text = f"{name} is shown alongside {', '.join(missing)}, whose files cannot be read"
            if missing[0] in waiting:
                text = f"{name} is shown alongside {', '.join(missing)}, which cannot be built either"
            hint = f"correct the files of {missing[0]}, or remove {missing[0]} from `alongside`"
            findings.append(Finding("stale", text, hint, partners[name].place))
        waiting |= set(blocked)

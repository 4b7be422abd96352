"""Reading a campaign: every file once, every fault at once, then frozen values.

A fault in ``campaign.yaml`` or in the brand stops everything (CampaignError). A fault in one message,
design or partner stops that one alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from assetgen.campaign.binding import bind
from assetgen.campaign.brand import read_brand
from assetgen.campaign.channels import Catalogue, built_in_documents, read_catalogue
from assetgen.campaign.ids import check_id, legal_only
from assetgen.campaign.messages import read_message
from assetgen.campaign.model import AskOwner, Brand, Campaign, Channel, Message, Partner, Template
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.partners import Known, read_partner
from assetgen.campaign.reading import Document, read_document
from assetgen.campaign.schema import CampaignFile
from assetgen.campaign.selection import chosen_channels, chosen_ids
from assetgen.campaign.templates import read_template
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

Thing = TypeVar("Thing")
MAX_YAML_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """A campaign that can be planned, and the findings of its parts that cannot, with notes and warnings."""

    campaign: Campaign
    findings: tuple[Finding, ...]


def load_campaign(root: Path) -> Loaded:
    """Read the campaign in a folder.

    Raises CampaignError, with every fault of every file, where ``campaign.yaml`` or the brand is wrong.
    """
    root = root.resolve()
    findings: list[Finding] = []
    document, file = _read_campaign_file(root, findings)
    brand_document, brand = _read_brand_file(root, findings)
    catalogue, own_channels = _catalogue(root, findings)
    if document is None or file is None or brand is None or brand_document is None:
        raise CampaignError(dict.fromkeys(findings))
    parts = _read_parts(root, file, document, brand, catalogue, findings)
    held = parts.unread | _with_held(parts.partners, parts.unread, findings)
    campaign = Campaign(
        root=root,
        name=file.name,
        slug=file.slug,
        edition=file.edition,
        released=file.released,
        locales=tuple(file.locales),
        template=file.template,
        tracking=file.tracking,
        brand=brand,
        messages=parts.messages,
        templates=parts.templates,
        channels=catalogue.channels,
        ask_owner=tuple(catalogue.ask_owner.values()),
        partners={name: partner for name, partner in parts.partners.items() if name not in held},
        unreadable_partners=frozenset(held),
        broken_messages=parts.broken_messages,
        broken_templates=parts.broken_templates,
        files={one.file: one.sha256 for one in (document, brand_document, *own_channels)},
    )
    return Loaded(campaign, tuple(dict.fromkeys(findings)))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The things of which one may be broken and the others go on."""

    templates: Mapping[str, Template]
    messages: Mapping[str, Message]
    partners: Mapping[str, Partner]
    broken_templates: frozenset[str]
    broken_messages: frozenset[str]
    unread: frozenset[str]


def _read_campaign_file(root: Path, findings: list[Finding]) -> tuple[Document | None, CampaignFile | None]:
    document = _gather(findings, lambda: _document(root, "campaign.yaml"))
    if document is None:
        return None, None
    return document, _gather(findings, lambda: bind(CampaignFile, document))


def _read_brand_file(root: Path, findings: list[Finding]) -> tuple[Document | None, Brand | None]:
    document = _gather(findings, lambda: _document(root, "brand/brand.yaml"))
    if document is None:
        return None, None
    read = _gather(findings, lambda: read_brand(root, document))
    if read is None:
        return document, None
    findings += read[1]
    return document, read[0]


def _read_parts(
    root: Path,
    file: CampaignFile,
    document: Document,
    brand: Brand,
    catalogue: Catalogue,
    findings: list[Finding],
) -> _Parts:
    """Read designs, messages and partners. Raises CampaignError, with all findings, for faults of campaign.yaml."""
    templates, template_ids = _each(
        findings,
        "template",
        _folders(root, "templates", "template.yaml"),
        lambda name: read_template(root, name, brand.facts)[0],
    )
    messages, message_ids = _each(
        findings,
        "message",
        {
            path.stem: Place(f"brand/messages/{path.name}")
            for path in sorted((root / "brand/messages").glob("*.yaml"))
        },
        lambda name: read_message(_document(root, f"brand/messages/{name}.yaml"), name, brand),
    )
    places = _folders(root, "partners", "partner.yaml")
    known = Known(
        campaign=file,
        campaign_document=document,
        brand=brand,
        messages=messages,
        message_ids=message_ids,
        template_ids=template_ids,
        channels=catalogue.channels,
        ask_owner=catalogue.ask_owner,
        partner_ids=sorted(places),
    )
    fatal = _check_campaign(known)
    partners, _ = _each(findings, "partner", places, lambda name: read_partner(root, name, known))
    if fatal:
        raise CampaignError(dict.fromkeys([*fatal, *findings]))
    return _Parts(
        templates,
        messages,
        partners,
        frozenset(template_ids) - frozenset(templates),
        frozenset(message_ids) - frozenset(messages),
        frozenset(places) - frozenset(partners),
    )


def _gather(findings: list[Finding], read: Callable[[], Thing]) -> Thing | None:
    """Return what ``read`` gives; where it raises, keep its findings and return None."""
    try:
        return read()
    except CampaignError as error:
        findings += error.findings
        return None


def _each(
    findings: list[Finding], kind: str, places: Mapping[str, Place], read: Callable[[str], Thing]
) -> tuple[dict[str, Thing], list[str]]:
    """Read each thing of a kind; return those that are sound, and every id, sound or not."""
    ids, faults = legal_only(kind, places)
    findings += faults
    things = {}
    for name in ids:
        thing = _gather(findings, lambda name=name: read(name))  # type: ignore[misc]
        if thing is not None:
            things[name] = thing
    return things, ids


def _document(root: Path, name: str) -> Document:
    path = root / name
    if not path.is_file():
        raise CampaignError(
            Finding("missing-file", f"file not found: {name}", _campaign_hint(name), Place(name))
        )
    if path.stat().st_size > MAX_YAML_BYTES:
        raise CampaignError(Finding("too-large", f"over {MAX_YAML_BYTES} bytes", None, Place(name)))
    return read_document(path.read_bytes(), name)


def _campaign_hint(name: str) -> str | None:
    return (
        "go to the campaign's folder (assetgen -C DIR), or make one: assetgen init DIR"
        if name == "campaign.yaml"
        else None
    )


def _folders(root: Path, parent: str, file: str) -> dict[str, Place]:
    """Return the folders below ``parent``, each with the place of its main file."""
    folder = root / parent
    if not folder.is_dir():
        return {}
    names = sorted(
        entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith(".")
    )
    return {name: Place(f"{parent}/{name}/{file}") for name in names}


def _catalogue(root: Path, findings: list[Finding]) -> tuple[Catalogue, list[Document]]:
    documents, own = built_in_documents(), []
    if (root / "brand/channels.yaml").is_file():
        document = _gather(findings, lambda: _document(root, "brand/channels.yaml"))
        own = [document] if document else []
    catalogue, faults = read_catalogue(documents + own)
    for document in own:
        for channel_id in document.data:
            faults += check_id("channel", channel_id, document.key_place(channel_id))
    findings += faults
    return catalogue, own


def _check_campaign(known: Known) -> list[Finding]:
    """Return the faults of the campaign's own lists: they are everybody's defaults."""
    file, document = known.campaign, known.campaign_document
    found = check_id("slug", file.slug, document.place("slug"))

    def unknown(kind: str, word: str, ids: list[str], *path: str | int) -> None:
        hint = did_you_mean(word, ids)
        found.append(Finding("unknown-id", f"no such {kind}: {word}", hint, document.place(*path)))

    for index, word in enumerate(file.messages):
        if not chosen_ids([word], known.message_ids):
            unknown("message", word, list(known.message_ids), "messages", index)
    every: list[Channel | AskOwner] = [*known.channels.values(), *known.ask_owner.values()]
    for index, word in enumerate(file.channels):
        if not chosen_channels([word], every):
            unknown("channel", word, [channel.id for channel in every], "channels", index)
    for pattern, template_id in file.template.items():
        if template_id not in known.template_ids:
            unknown(
                "template", template_id, list(known.template_ids), "template", *([pattern] if pattern else [])
            )
    for index, locale in enumerate(file.locales):
        if locale not in known.brand.words:
            unknown("locale", locale, list(known.brand.words), "locales", index)
    return found


def _with_held(
    partners: Mapping[str, Partner], held: frozenset[str], findings: list[Finding]
) -> frozenset[str]:
    """Return the partners whose foot would lack somebody: those that name a partner who cannot be read."""
    waiting = set()
    for name, partner in partners.items():
        lost = [other for other in partner.with_ if other in held]
        if lost:
            waiting.add(name)
            text = f"{name} stands with {', '.join(lost)}, whose own files cannot be read"
            findings.append(Finding("stale", text, f"mend {lost[0]}, or leave it out of with", partner.place))
    return frozenset(waiting)

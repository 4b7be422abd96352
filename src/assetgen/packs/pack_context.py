"""The content of a pack: its sections, its files of ``out/``, and every value that its pages and tables show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from assetgen.colour import contrast, relative_luminance
from assetgen.loading.colour_roles import INK, PAPER
from assetgen.loading.copy_rules.facts import fill_placeholders
from assetgen.loading.messages import NETWORKS
from assetgen.loading.model import Brand, CampaignModel, Channel, Partner
from assetgen.manifest.entry import Entry, FinishedAsset, read_finished
from assetgen.planning.asset import ReleaseDate
from assetgen.planning.qr_codes import link_for
from assetgen.planning.variants import MONO, OFFICE
from assetgen.schema.fields import PlacedText
from assetgen.schema.message_file import MessageCopy


@dataclass(frozen=True, slots=True)
class PackSection:
    """One section of a pack: a numbered folder, and a part that ``--part`` selects by ``id``."""

    id: str
    folder: str
    name: str
    mediums: tuple[str, ...]
    about: str


SECTIONS = (
    PackSection(
        "print", "01-print", "Print", ("print",), "Posters, leaflets, cards: PDF files for a printer."
    ),
    PackSection(
        "social", "02-social", "Social media", ("social",), "Pictures to post. Their texts are in posts.csv."
    ),
    PackSection(
        "adverts", "03-adverts", "Digital adverts", ("display",), "Banners for websites and ad networks."
    ),
    PackSection(
        "screens", "04-screens", "Screens", ("dooh", "workplace"), "For screens in the street and at work."
    ),
    PackSection("email", "05-email", "Email", ("email",), "Banners and signatures."),
    PackSection("qr", "06-qr", "QR codes", ("qr",), "The QR code alone, for your own pages."),
    PackSection("copy", "07-copy", "Words", (), "The same messages as plain text, to paste."),
    PackSection(
        "outdoor", "08-outdoor", "Outdoor", ("ooh",), "Billboards, buses, stations: for the media owner."
    ),
    PackSection("press", "09-press", "Press", ("press",), "Adverts for newspapers and magazines."),
    PackSection("radio", "10-radio", "Radio", ("radio",), "Scripts."),
)
SECTION_BY_ID = {use.id: use for use in SECTIONS}
SECTION_BY_MEDIUM = {medium: use for use in SECTIONS for medium in use.mediums}
COPY_SECTION = SECTION_BY_ID["copy"]
# Sections whose files go to a printer or a media owner, with the job ticket. Files for an office printer do not.
PRINT_SECTIONS = frozenset({"print", "outdoor", "press"})
CLICK_SECTIONS = frozenset({"adverts", "email"})


@dataclass(frozen=True, slots=True)
class PackFile(FinishedAsset):
    """One finished file of a pack.

    ``path`` is its path below ``out/``, ``packed_path`` its path in the pack, ``section`` the id of its section.
    """

    channel: str
    locale: str
    packed_path: str
    section: str

    @property
    def size(self) -> str:
        """Return the final size as text: ``210 × 297 mm``."""
        return f"{self.spec.width:g} × {self.spec.height:g} {self.spec.unit}"

    @property
    def is_for_printer(self) -> bool:
        """Say whether the file goes to a printer or a media owner. A file for an office printer does not."""
        return self.section in PRINT_SECTIONS and self.variant != OFFICE

    @property
    def is_round(self) -> bool:
        """Say whether the file is shown as a circle: die-cut, or cropped by an app."""
        return self.spec.safe_circle is not None and self.spec.sheet is None

    @property
    def name(self) -> str:
        """Return the file's name without its folder."""
        return self.packed_path.rpartition("/")[2]


def read_pack_files(entries: Iterable[Entry]) -> tuple[PackFile, ...]:
    """Return the files of these manifest entries, sorted by their paths in the pack.

    Raises ValueError (with a message for the user) for an entry that cannot be packed.
    """
    return tuple(sorted(map(_read_pack_file, entries), key=lambda pack_file: pack_file.packed_path))


def _read_pack_file(entry: Entry) -> PackFile:
    asset = read_finished(entry.values())  # so that a pack's manifest can be read again by its receiver
    if asset.medium not in SECTION_BY_MEDIUM or asset.channel is None:
        raise ValueError(f"{asset.id} has no medium or channel that belongs in a pack")
    locale = asset.spec.locale
    pack_values = {
        "channel": asset.channel,
        "locale": locale,
        "packed_path": packed_path(asset.path, asset.medium, locale),
        "section": SECTION_BY_MEDIUM[asset.medium].id,
    }
    return PackFile(**{field.name: getattr(asset, field.name) for field in fields(asset)} | pack_values)


def packed_path(path: str, medium: str, locale: str) -> str:
    """Return the path that a file of ``out/`` gets in a pack: section, language (none for a QR code), name."""
    folder, name = SECTION_BY_MEDIUM[medium].folder, path.rpartition("/")[2]
    return f"{folder}/{name}" if medium == "qr" else f"{folder}/{locale}/{name}"


# The channels whose picture goes with a network's post, best first. Its other channels (stories, covers) are not posts.
POST_CHANNELS = {
    "facebook": ("fb-feed-portrait", "fb-feed-square", "fb-link-share"),
    "instagram": ("ig-portrait-4x5", "ig-portrait-3x4", "ig-square"),
    "x": ("x-landscape", "x-square"),
    "linkedin": ("linkedin-landscape", "linkedin-square", "linkedin-portrait"),
    "whatsapp": ("whatsapp-share", "whatsapp-status"),
}

# What pages and tables call a variant.
VARIANT_NAMES = {OFFICE: "for an office printer", MONO: "in black alone"}
# WCAG 2.2, 1.4.3: the minimum for text of any size.
MIN_CONTRAST = 4.5
# Networks that accept no post without a picture.
WITH_PICTURE_ONLY = frozenset({"instagram"})


@dataclass(frozen=True, slots=True)
class Post:
    """One post: its text, ready to paste, and its picture.

    ``image`` is the picture's path in the pack ('' for none), ``also`` are paths of the network's other pictures.
    """

    network: str
    message: str
    locale: str
    text: str
    image: str
    alt: str
    also: tuple[str, ...]
    is_draft: bool
    needs_picture: bool


@dataclass(frozen=True, slots=True)
class PackCopy:
    """One message's copy in one locale, ready to paste. ``texts`` are pairs of a label and a text."""

    message: str
    locale: str
    texts: tuple[tuple[str, str], ...]
    is_draft: bool


@dataclass(frozen=True, slots=True)
class PackStyle:
    """The brand's colours and font family for the pages: a dark colour, a light colour and an accent."""

    dark: str
    light: str
    accent: str
    family: str


@dataclass(frozen=True, slots=True)
class PackChannel:
    """The values of a channel that a pack shows.

    ``stock_channel`` is the id of the channel that decides the suggested stock: for a partner's custom size the channel
    that it is based on, else the channel itself.
    """

    name: str
    notes: str
    is_provisional: bool
    stock_channel: str


@dataclass(frozen=True, slots=True)
class PackContext:
    """The pack context: everything that one partner's pack contains and shows.

    ``number`` and ``address`` are empty if the service has none. ``promises`` maps a locale to the promise.
    ``facts_words`` names the facts that it has: "number, address and promise", and the same with "or".
    ``release_dates`` are the release dates of all its files.
    ``entries_sha256`` is the hash of the files' manifest entries.
    """

    campaign: str
    slug: str
    edition: str
    released: date
    partner: str
    partner_name: str
    owner: str
    number: str
    address: str
    url: str
    promises: Mapping[str, str]
    facts_words: tuple[str, str]
    is_confirmed: bool
    review_by: date | None
    ask_name: str | None
    ask_email: str | None
    style: PackStyle
    files: tuple[PackFile, ...]
    posts: tuple[Post, ...]
    copies: tuple[PackCopy, ...]
    channels: Mapping[str, PackChannel]
    printers: Mapping[str, str]
    """The name of each printer by its id."""
    release_dates: tuple[ReleaseDate, ...]
    entries_sha256: str

    @property
    def promise(self) -> str:
        """Return the promise in the pack's first language, or an empty string if the service makes none."""
        return next(iter(self.promises.values()), "")

    @property
    def locales(self) -> tuple[str, ...]:
        """Return the languages of the pack."""
        return tuple(dict.fromkeys(pack_file.locale for pack_file in self.files if pack_file.section != "qr"))

    @property
    def drafts(self) -> tuple[str, ...]:
        """Return the pack's languages whose translation has not been reviewed."""
        return tuple(dict.fromkeys(one.locale for one in self.copies if one.is_draft))

    def channel_name(self, pack_file: PackFile) -> str:
        """Return the name of a file's channel, with its variant."""
        channel = self.channels.get(pack_file.channel)
        if pack_file.section == "qr":
            return f"QR code: {channel.name}" if channel else "QR code"
        name = channel.name if channel else pack_file.channel
        if pack_file.spec.sheet:
            return f"{name}, {len(pack_file.spec.sheet.cells)} on {pack_file.spec.sheet.paper}"
        return (
            f"{name}, {VARIANT_NAMES.get(pack_file.variant, pack_file.variant)}"
            if pack_file.variant
            else name
        )

    def channel_notes(self, pack_file: PackFile) -> str:
        """Return the notes of a file's channel for people who use the file; '' if it has none."""
        return self.channels[pack_file.channel].notes if pack_file.channel in self.channels else ""

    def last_day(self) -> date | None:
        """Return the last day on which the whole pack may be shown; None if no end is set.

        It is the earliest end of any file, and of the permission for any logo.
        """
        ends = [
            release_date.day
            for release_date in self.release_dates
            if release_date.kind in ("valid_until", "permission_until")
        ]
        return date.fromisoformat(min(ends)) if ends else None


def make_pack_context(campaign: CampaignModel, partner_id: str, entries: Sequence[Entry]) -> PackContext:
    """Return the pack context for a partner's manifest entries.

    Raises ValueError (with a message for the user) for an entry that cannot be packed.
    """
    partner, brand, facts = campaign.partners[partner_id], campaign.brand, campaign.brand.facts
    pack_files = read_pack_files(entries)
    used = sorted({pack_file.channel for pack_file in pack_files if pack_file.section != "qr"})
    messages = [
        name for name in partner.messages if any(pack_file.message == name for pack_file in pack_files)
    ] or [name for name in partner.messages if name in campaign.messages]
    return PackContext(
        campaign=campaign.file.name,
        slug=campaign.file.slug,
        edition=campaign.file.edition,
        released=campaign.file.released,
        partner=partner_id,
        partner_name=partner.file.name.text,
        owner=facts.name,
        number=facts.number_text,
        address=facts.address_text,
        url=facts.url,
        promises=dict(facts.promise),
        facts_words=(facts.words_for("and"), facts.words_for("or")),
        is_confirmed=bool(facts.confirmed.by),
        review_by=review_by.day if (review_by := facts.confirmed.review_by) else None,
        ask_name=campaign.file.contact.name,
        ask_email=campaign.file.contact.email,
        style=_pack_style(brand, campaign.messages[messages[0]].file.accent if messages else None),
        files=pack_files,
        posts=tuple(_posts(campaign, partner, messages, pack_files)),
        copies=tuple(_wordings(campaign, partner, messages)),
        channels={name: _medium(campaign.channel(partner_id, name)) for name in used},
        printers={one.id: one.file.name for one in brand.printers.values()},
        release_dates=_release_dates(campaign, pack_files),
        entries_sha256=hashlib.sha256(b"\n".join(sorted(entry.line for entry in entries))).hexdigest(),
    )


def _medium(channel: Channel) -> PackChannel:
    return PackChannel(channel.name, channel.notes or "", channel.provisional, channel.based_on or channel.id)


def _release_dates(campaign: CampaignModel, pack_files: Iterable[PackFile]) -> tuple[ReleaseDate, ...]:
    """Return the release dates of these files, sorted by kind and day, with their owners' names instead of ids."""
    release_dates = {release_date for pack_file in pack_files for release_date in pack_file.release_dates}
    owners = {release_date.of: campaign.partners.get(release_date.of) for release_date in release_dates}
    named = (
        replace(
            release_date, of=owner.file.name.text if (owner := owners[release_date.of]) else release_date.of
        )
        for release_date in release_dates
    )
    return tuple(
        sorted(named, key=lambda release_date: (release_date.kind, release_date.day, release_date.of))
    )


def _pack_style(brand: Brand, accent: str | None) -> PackStyle:
    palette = {name: colour.srgb for name, colour in brand.palette.colours.items()}
    dark, light = palette[INK], palette[PAPER]
    accent_srgb = palette.get(accent or "", light)
    # The pages have text in the accent on the dark colour, and in the dark colour on the accent.
    ratio = contrast(relative_luminance(accent_srgb), relative_luminance(dark))
    return PackStyle(dark, light, accent_srgb if ratio >= MIN_CONTRAST else light, brand.file.fonts["text"])


def _messages_by_locale(
    campaign: CampaignModel, partner: Partner, messages: Iterable[str]
) -> Iterable[tuple[str, str, MessageCopy]]:
    """Yield (message, locale, copy) for each message and each of the partner's locales that the message has."""
    for message in messages:
        for locale in partner.locales:
            words = campaign.messages[message].file.locales.get(locale)
            if words is not None:
                yield message, locale, words


def _values(campaign: CampaignModel, partner: Partner, channel: str | None) -> dict[str, str]:
    values = campaign.brand.facts.placeholder_values(partner.file.name.text)
    return {**values, "link": link_for(campaign, partner.id, channel)} if "link" in values else values


def _posts(
    campaign: CampaignModel, partner: Partner, messages: Iterable[str], pack_files: tuple[PackFile, ...]
) -> Iterable[Post]:
    for message, locale, words in _messages_by_locale(campaign, partner, messages):
        own_files = [
            pack_file
            for pack_file in pack_files
            if pack_file.message == message and pack_file.locale == locale
        ]
        for network in (name for name in NETWORKS if name in words.posts):
            first, others = _pictures(network, own_files)
            values = _values(campaign, partner, first.channel if first else None)
            yield Post(
                network=NETWORKS[network].name,
                message=message,
                locale=locale,
                text=fill_placeholders(words.posts[network].text, values),
                image=first.packed_path if first else "",
                alt=first.alt if first else "",
                also=tuple(pack_file.packed_path for pack_file in others),
                is_draft=not words.reviewed,
                needs_picture=network in WITH_PICTURE_ONLY,
            )


def _pictures(network: str, pack_files: Iterable[PackFile]) -> tuple[PackFile | None, list[PackFile]]:
    """Return the picture for a network's post (None if there is none), and the network's other pictures."""
    order = POST_CHANNELS[network]
    # A network's adverts are booked, not posted, so they are in a different section.
    social = [pack_file for pack_file in pack_files if pack_file.section == "social"]
    of_network = [
        pack_file for pack_file in social if pack_file.channel.startswith(NETWORKS[network].channel_prefix)
    ]
    for_posts = sorted(
        (pack_file for pack_file in of_network if pack_file.channel in order),
        key=lambda pack_file: order.index(pack_file.channel),
    )
    others = sorted(
        (pack_file for pack_file in of_network if pack_file.channel not in order),
        key=lambda pack_file: pack_file.packed_path,
    )
    return (for_posts[0], [*for_posts[1:], *others]) if for_posts else (None, others)


def _wordings(campaign: CampaignModel, partner: Partner, messages: Iterable[str]) -> Iterable[PackCopy]:
    values = _values(campaign, partner, None)
    for message, locale, words in _messages_by_locale(campaign, partner, messages):
        texts = [*_lengths("Headline", words.headline.given()), *_lengths("Text", words.body.given())]
        texts += _lengths("What to do", words.action.given())
        texts += [
            (f"Post for {NETWORKS[name].name}", post.text) for name, post in words.posts.given().items()
        ]
        texts += [("Picture description, short", words.alt_short.text)]
        texts += [("Picture description, long", words.alt_long.text)]
        if words.source:
            texts.append(("Source of the figures", words.source.text))
        filled = tuple((label, fill_placeholders(text, values).strip()) for label, text in texts)
        yield PackCopy(message, locale, filled, not words.reviewed)


def _lengths(label: str, by_length: Mapping[str, PlacedText]) -> list[tuple[str, str]]:
    """Return (label, text) for each different text. If there are several, each label names its copy length."""
    texts: dict[str, str] = {}
    for length, text in by_length.items():
        texts.setdefault(text.text, length)
    return [(f"{label}, {length}" if len(texts) > 1 else label, text) for text, length in texts.items()]

"""What a pack holds of ``out/`` and all that it says, in plain values."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date

from assetgen.colour import contrast, relative_luminance
from assetgen.loading.copy_rules.facts import fill
from assetgen.loading.messages import NETWORKS
from assetgen.loading.model import Brand, Campaign, Channel, Partner
from assetgen.manifest.entry import Entry, FinishedAsset, read_finished
from assetgen.planning.asset import Term
from assetgen.planning.qr_codes import link_for
from assetgen.planning.variants import MONO, OFFICE
from assetgen.schema.fields import Text
from assetgen.schema.message_file import MessageWords


@dataclass(frozen=True, slots=True)
class Use:
    """One numbered folder of a pack, and one of its parts: ``--part`` names it by ``id``."""

    id: str
    folder: str
    name: str
    mediums: tuple[str, ...]
    about: str


USES = (
    Use("print", "01-print", "Print", ("print",), "Posters, leaflets, cards: PDF files for a printer."),
    Use("social", "02-social", "Social media", ("social",), "Pictures to post; the words are in posts.csv."),
    Use("adverts", "03-adverts", "Digital adverts", ("display",), "Banners for websites and ad networks."),
    Use("screens", "04-screens", "Screens", ("dooh", "workplace"), "For screens in the street and at work."),
    Use("email", "05-email", "Email", ("email",), "Banners and signatures."),
    Use("qr", "06-qr", "QR codes", ("qr",), "The code alone, for a page of your own."),
    Use("copy", "07-copy", "Words", (), "The same messages as plain text, to paste."),
    Use("outdoor", "08-outdoor", "Outdoor", ("ooh",), "Billboards, buses, stations: for the media owner."),
    Use("press", "09-press", "Press", ("press",), "Adverts for newspapers and magazines."),
    Use("radio", "10-radio", "Radio", ("radio",), "Scripts."),
)
USE_OF = {use.id: use for use in USES}
USE_OF_MEDIUM = {medium: use for use in USES for medium in use.mediums}
COPY = USE_OF["copy"]
# Whose files go to a printer or a media owner, with the job ticket (but for those for an office printer).
PRINTED = frozenset({"print", "outdoor", "press"})
CLICKED = frozenset({"adverts", "email"})


@dataclass(frozen=True, slots=True)
class Good(FinishedAsset):
    """One finished file: ``path`` is below ``out/``, ``packed`` below the pack, ``use`` the id of its folder there."""

    channel: str
    locale: str
    packed: str
    use: str

    @property
    def size(self) -> str:
        """Return the final size as a person reads it."""
        return f"{self.spec.width:g} × {self.spec.height:g} {self.spec.unit}"

    @property
    def is_for_printer(self) -> bool:
        """Say whether the file goes to a printer or a media owner; what an office printer takes does not."""
        return self.use in PRINTED and self.variant != OFFICE

    @property
    def is_round(self) -> bool:
        """Say whether the file is seen as a circle: punched out by a die, or cropped by an app."""
        return self.spec.safe_circle is not None and self.spec.sheet is None

    @property
    def name(self) -> str:
        """Return the file's name."""
        return self.packed.rpartition("/")[2]


def read_goods(entries: Iterable[Entry]) -> tuple[Good, ...]:
    """Return the assets of some entries, by their paths in the pack. Raises ValueError, in words."""
    return tuple(sorted(map(_read_good, entries), key=lambda good: good.packed))


def _read_good(entry: Entry) -> Good:
    asset = read_finished(entry.values())  # what its reader will ask of it is asked before it is sent
    if asset.medium not in USE_OF_MEDIUM or asset.channel is None:
        raise ValueError(f"{asset.id} is of no medium or channel that a pack has")
    locale = asset.spec.locale
    of_a_pack = {
        "channel": asset.channel,
        "locale": locale,
        "packed": packed_path(asset.path, asset.medium, locale),
        "use": USE_OF_MEDIUM[asset.medium].id,
    }
    return Good(**{one.name: getattr(asset, one.name) for one in fields(asset)} | of_a_pack)


def packed_path(path: str, medium: str, locale: str) -> str:
    """Return where a file of ``out/`` stands in a pack: its use, its language (a code alone has none), its name."""
    folder, name = USE_OF_MEDIUM[medium].folder, path.rpartition("/")[2]
    return f"{folder}/{name}" if medium == "qr" else f"{folder}/{locale}/{name}"


# Which of a network's pictures goes with a post, best first. Its others (stories, covers) are no posts.
POSTED = {
    "facebook": ("fb-feed-portrait", "fb-feed-square", "fb-link-share"),
    "instagram": ("ig-portrait-4x5", "ig-portrait-3x4", "ig-square"),
    "x": ("x-landscape", "x-square"),
    "linkedin": ("linkedin-landscape", "linkedin-square", "linkedin-portrait"),
    "whatsapp": ("whatsapp-share", "whatsapp-status"),
}

# What a person calls a further form of a file.
FORMS = {OFFICE: "for an office printer", MONO: "in black alone"}
# WCAG 2.2, 1.4.3: for text of any size.
MIN_CONTRAST = 4.5
# Networks that take no words without a picture.
WITH_PICTURE_ONLY = frozenset({"instagram"})


@dataclass(frozen=True, slots=True)
class Post:
    """One post: the words as they are pasted, the picture that goes with it (its path in the pack, '' for none)."""

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
class Wording:
    """One message's words in one locale, to paste: (what it is, the words)."""

    message: str
    locale: str
    words: tuple[tuple[str, str], ...]
    is_draft: bool


@dataclass(frozen=True, slots=True)
class Look:
    """The brand's colours and type, as the pages use them: ``dark`` and ``light`` stand out from each other."""

    dark: str
    light: str
    accent: str
    family: str


@dataclass(frozen=True, slots=True)
class Medium:
    """What a pack says of a channel. ``like`` is the channel of the catalogue that tells its stock: its own id, or
    that of which a partner's own size is made."""

    name: str
    notes: str
    is_provisional: bool
    like: str


@dataclass(frozen=True, slots=True)
class Brief:
    """One partner's pack. ``promises`` maps a locale to words; ``terms`` are the days that bind any of its files."""

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
    is_confirmed: bool
    review_by: date | None
    ask_name: str | None
    ask_email: str | None
    look: Look
    goods: tuple[Good, ...]
    posts: tuple[Post, ...]
    wordings: tuple[Wording, ...]
    channels: Mapping[str, Medium]
    printers: Mapping[str, str]
    """What a printer is called, by its id."""
    terms: tuple[Term, ...]
    entries_sha256: str

    @property
    def locales(self) -> tuple[str, ...]:
        """Return the languages of the pack."""
        return tuple(dict.fromkeys(good.locale for good in self.goods if good.use != "qr"))

    @property
    def drafts(self) -> tuple[str, ...]:
        """Return the languages whose words nobody has reviewed, as far as they are in the pack."""
        return tuple(dict.fromkeys(one.locale for one in self.wordings if one.is_draft))

    def channel_name(self, good: Good) -> str:
        """Return what a person calls the place where a file appears."""
        place = self.channels.get(good.channel)
        if good.use == "qr":
            return f"QR code: {place.name}" if place else "QR code"
        name = place.name if place else good.channel
        if good.spec.sheet:
            return f"{name}, {len(good.spec.sheet.cells)} on {good.spec.sheet.paper}"
        return f"{name}, {FORMS.get(good.variant, good.variant)}" if good.variant else name

    def channel_notes(self, good: Good) -> str:
        """Return what whoever uses a file has to know of its place; '' for nothing."""
        return self.channels[good.channel].notes if good.channel in self.channels else ""

    def last_day(self) -> date | None:
        """Return the last day on which all of the pack may be shown: the earliest end, logos' permissions too."""
        ends = [term.day for term in self.terms if term.kind in ("valid_until", "permission_until")]
        return date.fromisoformat(min(ends)) if ends else None


def make_brief(campaign: Campaign, partner_id: str, entries: Sequence[Entry]) -> Brief:
    """Return what a partner's pack says of its entries in the manifest. Raises ValueError, in words."""
    partner, brand, facts = campaign.partners[partner_id], campaign.brand, campaign.brand.facts
    goods = read_goods(entries)
    used = sorted({good.channel for good in goods if good.use != "qr"})
    messages = [name for name in partner.messages if any(good.message == name for good in goods)] or [
        name for name in partner.messages if name in campaign.messages
    ]
    return Brief(
        campaign=campaign.file.name,
        slug=campaign.file.slug,
        edition=campaign.file.edition,
        released=campaign.file.released,
        partner=partner_id,
        partner_name=partner.file.name.text,
        owner=facts.name,
        number=facts.number.display,
        address=facts.address.display,
        url=facts.address.url,
        promises=dict(facts.promise),
        is_confirmed=bool(facts.confirmed.by),
        review_by=review_by.day if (review_by := facts.confirmed.review_by) else None,
        ask_name=campaign.file.contact.name,
        ask_email=campaign.file.contact.email,
        look=_look(brand, campaign.messages[messages[0]].file.accent if messages else None),
        goods=goods,
        posts=tuple(_posts(campaign, partner, messages, goods)),
        wordings=tuple(_wordings(campaign, partner, messages)),
        channels={name: _medium(campaign.channel(partner_id, name)) for name in used},
        printers={one.id: one.file.name for one in brand.printers.values()},
        terms=_terms(campaign, goods),
        entries_sha256=hashlib.sha256(b"\n".join(sorted(entry.line for entry in entries))).hexdigest(),
    )


def _medium(channel: Channel) -> Medium:
    return Medium(channel.name, channel.notes or "", channel.provisional, channel.based_on or channel.id)


def _terms(campaign: Campaign, goods: Iterable[Good]) -> tuple[Term, ...]:
    """Return the days that bind any of these files, by kind and day; whose they are by name."""
    known = {term for good in goods for term in good.terms}
    owners = {term.of: campaign.partners.get(term.of) for term in known}
    named = (replace(term, of=one.file.name.text if (one := owners[term.of]) else term.of) for term in known)
    return tuple(sorted(named, key=lambda term: (term.kind, term.day, term.of)))


def _look(brand: Brand, accent: str | None) -> Look:
    colours = sorted((one.srgb for one in brand.file.palette.values()), key=relative_luminance)
    names = {name: one.srgb for name, one in brand.file.palette.items()}
    # The design board's names where the brand has them: ink is the field, paper the background.
    dark, light = names.get("ink", colours[0]), names.get("paper", colours[-1])
    wanted = names.get(accent or "", light)
    # Words stand in the accent on the dark, and in the dark on the accent.
    ratio = contrast(relative_luminance(wanted), relative_luminance(dark))
    return Look(dark, light, wanted if ratio >= MIN_CONTRAST else light, brand.file.fonts["text"])


def _spoken(
    campaign: Campaign, partner: Partner, messages: Iterable[str]
) -> Iterable[tuple[str, str, MessageWords]]:
    for message in messages:
        for locale in partner.locales:
            words = campaign.messages[message].file.locales.get(locale)
            if words is not None:
                yield message, locale, words


def _values(campaign: Campaign, partner: Partner, channel: str | None) -> dict[str, str]:
    facts = campaign.brand.facts
    return {
        "number": facts.number.display,
        "address": facts.address.display,
        "link": link_for(campaign, partner.id, channel),
        "partner": partner.file.name.text,
    }


def _posts(
    campaign: Campaign, partner: Partner, messages: Iterable[str], goods: tuple[Good, ...]
) -> Iterable[Post]:
    for message, locale, words in _spoken(campaign, partner, messages):
        mine = [good for good in goods if good.message == message and good.locale == locale]
        for network in (name for name in NETWORKS if name in words.posts):
            first, others = _pictures(network, mine)
            values = _values(campaign, partner, first.channel if first else None)
            yield Post(
                network=NETWORKS[network].name,
                message=message,
                locale=locale,
                text=fill(words.posts[network].text, values),
                image=first.packed if first else "",
                alt=first.alt if first else "",
                also=tuple(good.packed for good in others),
                is_draft=not words.reviewed,
                needs_picture=network in WITH_PICTURE_ONLY,
            )


def _pictures(network: str, goods: Iterable[Good]) -> tuple[Good | None, list[Good]]:
    """Return the picture of one message that goes with a network's post, and the network's other ones."""
    order = POSTED[network]
    # An advert of the network's is placed by whoever pays for it, not posted.
    posts = [good for good in goods if good.use == "social"]
    mine = [good for good in posts if good.channel.startswith(NETWORKS[network].channels)]
    posted = sorted(
        (good for good in mine if good.channel in order), key=lambda good: order.index(good.channel)
    )
    rest = sorted((good for good in mine if good.channel not in order), key=lambda good: good.packed)
    return (posted[0], [*posted[1:], *rest]) if posted else (None, rest)


def _wordings(campaign: Campaign, partner: Partner, messages: Iterable[str]) -> Iterable[Wording]:
    values = _values(campaign, partner, None)
    for message, locale, words in _spoken(campaign, partner, messages):
        said = [*_tiers("Headline", words.headline.given()), *_tiers("Text", words.body.given())]
        said += _tiers("What to do", words.action.given())
        said += [(f"Post for {NETWORKS[name].name}", one.text) for name, one in words.posts.given().items()]
        said += [("Picture description, short", words.alt_short.text)]
        said += [("Picture description, long", words.alt_long.text)]
        if words.source:
            said.append(("Source of the figures", words.source.text))
        filled = tuple((what, fill(text, values).strip()) for what, text in said)
        yield Wording(message, locale, filled, not words.reviewed)


def _tiers(what: str, tiers: Mapping[str, Text]) -> list[tuple[str, str]]:
    """Return the texts of some lengths, those that say the same just once; the length is named where there are more."""
    texts: dict[str, str] = {}
    for tier, text in tiers.items():
        texts.setdefault(text.text, tier)
    return [(f"{what}, {tier}" if len(texts) > 1 else what, text) for text, tier in texts.items()]

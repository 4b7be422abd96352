"""Other campaigns that could be this one tomorrow: another template, background or accent, partners, languages.

Each is the shipped campaign with a few values changed. Names and words are invented, and promise nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from assetgen.findings import NOWHERE
from assetgen.loading.artwork.logos import cut_to_ink, read_logo_file
from assetgen.loading.model import Campaign, Partner
from assetgen.schema.brand_file import HelplineAddress, HelplineNumber
from assetgen.schema.fields import Text
from assetgen.schema.message_file import Action, Body, Headline, MessageWords
from assetgen.schema.partner_file import LogoFile
from tests.support.campaigns import altered

World = Callable[[Campaign], Campaign]
USUAL_LOCALE = "en-GB"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "logos"
ACCENTS = ("apricot", "cyan", "rose", "yellow", "leaf", "warm", "honey")
# As long as a partner's name may be, and names that short names, brackets and signs make odd.
LONG = (
    "Royal Borough of East and West Harbour, Upper Rivers and Lower Rivers Local Safeguarding Children "
    "Partnership (South)",
    "Northern Lakes Multidisciplinary Safeguarding Partnership and Neighbourhood Commissioning Collaborative",
    "We at the top of the hill who do what we can for each of you in the big old town by the sea",
)
ODD = (
    "St Aldate’s & All Saints’ Trust",
    "Cyngor Sir Glan-yr-Afon",
    "Łódź–Harbour Friends",
    "H",
    "4 Rivers 24/7",
)
LOGOS = ("harbour.svg", "lantern.svg", "meadow.svg")


def _for_partners(change: Callable[[int, Partner], Partner], campaign: Campaign) -> Campaign:
    """Return the campaign with each partner changed; a change is told its place in the row."""
    partners = {name: change(at, one) for at, (name, one) in enumerate(sorted(campaign.partners.items()))}
    return altered(campaign, partners=partners)


def _designed(template: str, background: str) -> World:
    """Set all that partners choose in one design, on one background."""
    chosen = {"template": {"*": template}, "background": {"*": background}}
    return partial(_for_partners, lambda _, one: altered(one, **chosen))


def _accented(accent: str, campaign: Campaign) -> Campaign:
    messages = {name: altered(one, accent=accent) for name, one in campaign.messages.items()}
    return altered(campaign, messages=messages)


def _named(names: tuple[str, ...]) -> World:
    """Give the partners these names in turn, long and short alike."""

    def change(at: int, one: Partner) -> Partner:
        name = Text(names[at % len(names)])
        return altered(one, name=name, short_name=one.short_name if len(name.text) > 40 else name)

    return partial(_for_partners, change)


def _together(count: int, campaign: Campaign) -> Campaign:
    """Put so many other partners beside each in the foot."""
    every = sorted(campaign.partners)

    def change(at: int, one: Partner) -> Partner:
        others = [every[(at + step) % len(every)] for step in range(1, count + 1)]
        return altered(one, alongside=tuple(others))

    return _for_partners(change, campaign)


def _with_logos(campaign: Campaign) -> Campaign:
    """Give each partner an invented logo, read as a partner's own is."""

    def change(at: int, one: Partner) -> Partner:
        path = FIXTURES / LOGOS[at % len(LOGOS)]
        rules = LogoFile(file=path.name, alt=one.file.name.text)
        logo = read_logo_file(path, f"partners/{one.id}/{path.name}", rules, NOWHERE)
        return altered(one, logo=cut_to_ink(logo))

    return _for_partners(change, campaign)


def _words(headline: str, body: str, action: str) -> Mapping[str, Headline | Body | Action]:
    """Return a message's words: shorter tiers are the beginning of the longer ones."""
    short = " ".join(headline.split()[:3])
    return {
        "headline": Headline(long=Text(headline), short=Text(short), tiny=Text(short)),
        "body": Body(long=Text(body), short=Text(body.split(". ", maxsplit=1)[0])),
        "action": Action(short=Text(action)),
    }


def _said(locale: str, headline: str, body: str, action: str, promise: str = "", more: str = "") -> World:
    """Let every message say these words in a locale; ``more`` are the fixed words, parted by strokes."""

    def change(campaign: Campaign) -> Campaign:
        brand = campaign.brand
        own = brand.file.labels[USUAL_LOCALE]
        fixed = dict(zip(own, more.split("|"), strict=True)) if more else own
        promises = {**brand.facts.promise, locale: promise or brand.facts.promise[USUAL_LOCALE]}
        facts = altered(brand.facts, promise=promises)
        brand = altered(brand, labels={**brand.file.labels, locale: fixed}, facts=facts)

        def told(words: MessageWords) -> MessageWords:
            return altered(words, **_words(headline, body, action))

        messages = {
            name: altered(one, locales={locale: told(one.file.locales[USUAL_LOCALE])})
            for name, one in campaign.messages.items()
        }
        said = altered(campaign, brand=brand, messages=messages)
        return _for_partners(lambda _, one: altered(one, locales=(locale,), local_line={}), said)

    return change


def _with_figures(campaign: Campaign) -> Campaign:
    headline = "Talk. Listen. Then talk again: “it’s” easier – isn’t it?"
    body = (
        "Open 9.30am–5pm, Monday–Friday, from 10.05.2026 (e.g. 00:00–23:59). In 2026/27, 1 in 4 asked £1,850,000 "
        "questions; 24/7 answers, 100% calm."
    )
    return _said(USUAL_LOCALE, headline, body, "Ring, or don’t. It’s 1–2–3 easy…")(campaign)


def _facts(display: str, tel: str, address: str, campaign: Campaign) -> Campaign:
    """Give the brand another number and address."""
    facts = campaign.brand.facts
    changed = altered(
        facts,
        number=HelplineNumber(display=display, tel=tel),
        address=HelplineAddress(display=address, url=f"https://{address}/"),
        hosts=(address,),
    )
    return altered(campaign, brand=altered(campaign.brand, facts=changed))


WORLDS: Mapping[str, World] = {
    "": lambda campaign: campaign,
    **{
        f"{template}-{background}": _designed(template, background)
        for template in ("beacon", "plain", "quiet", "together", "window")
        for background in ("dark", "light")
    },
    **{f"accent-{accent}": partial(_accented, accent) for accent in ACCENTS},
    "long-names": _named(LONG),
    "odd-names": _named(ODD),
    "alone": partial(_together, 0),
    "four": partial(_together, 3),
    "logos": _with_logos,
    "figures": _with_figures,
    "four-long": lambda campaign: _together(3, _named(LONG)(campaign)),
    "logos-four": lambda campaign: _together(3, _with_logos(campaign)),
    "terse": _said(USUAL_LOCALE, "Stop?", "Talk.", "Call"),
    # Numbers and addresses that are set aside for examples.
    "facts-long": partial(
        _facts, "0808 157 0123", "+448081570123", "www.harbour-and-upper-rivers.example.org"
    ),
    "facts-short": partial(_facts, "116 123", "+44116123", "a.example.org"),
    "facts-abroad": partial(_facts, "01 888 0123", "+35318880123", "www.example.ie"),
    "cy": _said(
        "cy",
        "Oes rhywbeth ar eich meddwl ŵŷ?",
        "Gallwch siarad â rhywun heddiw. Mae’r sgwrs yn gyfrinachol.",
        "Ffoniwch yn gyfrinachol",
        "Cyfrinachol a dienw",
        "Ffoniwch|Sganiwch neu ffoniwch|neu|Mewn partneriaeth â|Dan arweiniad|Rhifyn|Ffynhonnell",
    ),
    "pl": _said(
        "pl",
        "Coś cię niepokoi? Porozmawiaj, zanim będzie gorzej.",
        "Możesz zadzwonić już dziś. Źródło pomocy jest bliżej, niż myślisz.",
        "Zadzwoń poufnie",
        "Poufnie i anonimowo",
        "Zadzwoń|Zeskanuj lub zadzwoń|lub|We współpracy z|Prowadzone przez|Wydanie|Źródło",
    ),
    "ro": _said(
        "ro",
        "Vă îngrijorează ceva? Vorbiți cu cineva.",
        "Puteți suna astăzi. Discuția rămâne între noi, și începe când doriți.",
        "Sunați în încredere",
        "Confidențial și anonim",
        "Sunați|Scanați sau sunați|sau|În parteneriat cu|Condus de|Ediția|Sursa",
    ),
    "tr": _said(
        "tr",
        "Konuşmak ister misiniz? İçiniz rahatlar.",
        "Bugün arayabilirsiniz. Görüşme gizlidir, sığındığınız yer güvenlidir.",
        "Gizlilikle arayın",
        "Gizli ve isimsiz",
        "Arayın|Tarayın veya arayın|veya|İş birliğiyle|Yöneten|Baskı|Kaynak",
    ),
    # Words in Latin letters on a page from right to left: the brand has no face for another script yet.
    "ur": _said(
        "ur",
        "Kisi se baat karna chahte hain",
        "Aaj hi baat kar sakte hain",
        "Aaj hi raazdari se call karein",
        "Raazdari aur gumnaami",
        "Call|Scan ya call|ya|Ke saath|Qayadat|Edition|Source",
    ),
}


def locale_of(world: str) -> str:
    """Return the locale of a world's assets: its name, where it is a language's."""
    return world if len(world) == 2 else USUAL_LOCALE

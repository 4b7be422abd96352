"""Scenarios: the shipped campaign with a different template, background, accent, partners or language.

Each changes a few values. Its names and texts are invented, and promise nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from assetgen.findings import NO_PLACE
from assetgen.loading.artwork.logos import crop_to_ink, read_logo_file
from assetgen.loading.model import CampaignModel, Partner
from assetgen.schema.brand_file import ServiceAddress, ServiceNumber
from assetgen.schema.fields import PlacedText
from assetgen.schema.message_file import Action, Body, Headline, MessageCopy
from assetgen.schema.partner_file import LogoFile
from tests.support.example_campaign import with_values

Scenario = Callable[[CampaignModel], CampaignModel]
DEFAULT_LOCALE = "en-GB"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "logos"
ACCENTS = ("apricot", "cyan", "rose", "yellow", "leaf", "warm", "honey")
# Names as long as a partner's may be, and names that are unusual: brackets, symbols, accents, one letter.
LONG_NAMES = (
    "Royal Borough of East and West Harbour, Upper Rivers and Lower Rivers Local Safeguarding Children "
    "Partnership (South)",
    "Northern Lakes Multidisciplinary Safeguarding Partnership and Neighbourhood Commissioning Collaborative",
    "We at the top of the hill who do what we can for each of you in the big old town by the sea",
)
UNUSUAL_NAMES = (
    "St Aldate’s & All Saints’ Trust",
    "Cyngor Sir Glan-yr-Afon",
    "Łódź–Harbour Friends",
    "H",
    "4 Rivers 24/7",
)
LOGOS = ("harbour.svg", "lantern.svg", "meadow.svg")


def _change_partners(change: Callable[[int, Partner], Partner], campaign: CampaignModel) -> CampaignModel:
    """Return the campaign with each partner changed; the change gets the index of the partner."""
    partners = {
        name: change(index, one) for index, (name, one) in enumerate(sorted(campaign.partners.items()))
    }
    return with_values(campaign, partners=partners)


def _in_template(template: str, background: str) -> Scenario:
    """Use one template and one background for every asset."""
    choices = {"template": {"*": template}, "background": {"*": background}}
    return partial(_change_partners, lambda _, one: with_values(one, **choices))


def _with_accent(accent: str, campaign: CampaignModel) -> CampaignModel:
    messages = {name: with_values(one, accent=accent) for name, one in campaign.messages.items()}
    return with_values(campaign, messages=messages)


def _with_names(names: tuple[str, ...]) -> Scenario:
    """Give the partners these names in turn; a name of up to 40 letters is their short name too."""

    def change(index: int, one: Partner) -> Partner:
        name = PlacedText(names[index % len(names)])
        return with_values(one, name=name, short_name=one.short_name if len(name.text) > 40 else name)

    return partial(_change_partners, change)


def _with_joint_partners(count: int, campaign: CampaignModel) -> CampaignModel:
    """Put this many other partners beside each one in the footer."""
    ids = sorted(campaign.partners)

    def change(index: int, one: Partner) -> Partner:
        others = [ids[(index + step) % len(ids)] for step in range(1, count + 1)]
        return with_values(one, alongside=tuple(others))

    return _change_partners(change, campaign)


def _with_logos(campaign: CampaignModel) -> CampaignModel:
    """Give each partner an invented logo, read as a partner's logo file is."""

    def change(index: int, one: Partner) -> Partner:
        path = FIXTURES / LOGOS[index % len(LOGOS)]
        rules = LogoFile(file=path.name, alt=one.file.name.text)
        logo = read_logo_file(path, f"partners/{one.id}/{path.name}", rules, NO_PLACE)
        return with_values(one, logo=crop_to_ink(logo))

    return _change_partners(change, campaign)


def _copy(headline: str, body: str, action: str) -> Mapping[str, Headline | Body | Action]:
    """Return a message's copy: the shorter lengths are the beginning of the longer ones."""
    short = " ".join(headline.split()[:3])
    return {
        "headline": Headline(long=PlacedText(headline), short=PlacedText(short), tiny=PlacedText(short)),
        "body": Body(long=PlacedText(body), short=PlacedText(body.split(". ", maxsplit=1)[0])),
        "action": Action(short=PlacedText(action)),
    }


def _with_copy(
    locale: str, headline: str, body: str, action: str, promise: str = "", labels: str = ""
) -> Scenario:
    """Give every message the same copy in one locale; ``labels`` are separated by ``|``, in the brand's order."""

    def change(campaign: CampaignModel) -> CampaignModel:
        brand = campaign.brand
        default_labels = brand.file.labels[DEFAULT_LOCALE]
        new_labels = dict(zip(default_labels, labels.split("|"), strict=True)) if labels else default_labels
        promises = {**brand.facts.promise, locale: promise or brand.facts.promise[DEFAULT_LOCALE]}
        facts = with_values(brand.facts, promise=promises)
        brand = with_values(brand, labels={**brand.file.labels, locale: new_labels}, facts=facts)

        def with_new_copy(words: MessageCopy) -> MessageCopy:
            return with_values(words, **_copy(headline, body, action))

        messages = {
            name: with_values(one, locales={locale: with_new_copy(one.file.locales[DEFAULT_LOCALE])})
            for name, one in campaign.messages.items()
        }
        changed = with_values(campaign, brand=brand, messages=messages)
        return _change_partners(lambda _, one: with_values(one, locales=(locale,), local_line={}), changed)

    return change


def _with_figures(campaign: CampaignModel) -> CampaignModel:
    headline = "Talk. Listen. Then talk again: “it’s” easier – isn’t it?"
    body = (
        "Open 9.30am–5pm, Monday–Friday, from 10.05.2026 (e.g. 00:00–23:59). In 2026/27, 1 in 4 asked £1,850,000 "
        "questions; 24/7 answers, 100% calm."
    )
    return _with_copy(DEFAULT_LOCALE, headline, body, "Ring, or don’t. It’s 1–2–3 easy…")(campaign)


def _with_facts(display: str, tel: str, address: str, campaign: CampaignModel) -> CampaignModel:
    """Give the brand a different number and address."""
    facts = campaign.brand.facts
    changed = with_values(
        facts,
        number=ServiceNumber(display=display, tel=tel),
        address=ServiceAddress(display=address, url=f"https://{address}/"),
        hosts=(address,),
    )
    return with_values(campaign, brand=with_values(campaign.brand, facts=changed))


SCENARIOS: Mapping[str, Scenario] = {
    "": lambda campaign: campaign,
    **{
        f"{template}-{background}": _in_template(template, background)
        for template in ("beacon", "plain", "quiet", "together", "window", "people")
        for background in ("dark", "light")
    },
    **{f"accent-{accent}": partial(_with_accent, accent) for accent in ACCENTS},
    "long-names": _with_names(LONG_NAMES),
    "unusual-names": _with_names(UNUSUAL_NAMES),
    "no-joint-partner": partial(_with_joint_partners, 0),
    "four-partners": partial(_with_joint_partners, 3),
    "logos": _with_logos,
    "numbers-in-copy": _with_figures,
    "four-long-names": lambda campaign: _with_joint_partners(3, _with_names(LONG_NAMES)(campaign)),
    "four-logos": lambda campaign: _with_joint_partners(3, _with_logos(campaign)),
    "short-copy": _with_copy(DEFAULT_LOCALE, "Stop?", "Talk.", "Call"),
    # Numbers and addresses that are reserved for examples.
    "facts-long": partial(
        _with_facts, "0808 157 0123", "+448081570123", "www.harbour-and-upper-rivers.example.org"
    ),
    "facts-short": partial(_with_facts, "116 123", "+44116123", "a.example.org"),
    "facts-abroad": partial(_with_facts, "01 888 0123", "+35318880123", "www.example.ie"),
    "cy": _with_copy(
        "cy",
        "Oes rhywbeth ar eich meddwl ŵŷ?",
        "Gallwch siarad â rhywun heddiw. Mae’r sgwrs yn gyfrinachol.",
        "Ffoniwch yn gyfrinachol",
        "Cyfrinachol a dienw",
        "Ffoniwch|Sganiwch neu ffoniwch|neu|Mewn partneriaeth â|Dan arweiniad|Rhifyn|Ffynhonnell",
    ),
    "pl": _with_copy(
        "pl",
        "Coś cię niepokoi? Porozmawiaj, zanim będzie gorzej.",
        "Możesz zadzwonić już dziś. Źródło pomocy jest bliżej, niż myślisz.",
        "Zadzwoń poufnie",
        "Poufnie i anonimowo",
        "Zadzwoń|Zeskanuj lub zadzwoń|lub|We współpracy z|Prowadzone przez|Wydanie|Źródło",
    ),
    "ro": _with_copy(
        "ro",
        "Vă îngrijorează ceva? Vorbiți cu cineva.",
        "Puteți suna astăzi. Discuția rămâne între noi, și începe când doriți.",
        "Sunați în încredere",
        "Confidențial și anonim",
        "Sunați|Scanați sau sunați|sau|În parteneriat cu|Condus de|Ediția|Sursa",
    ),
    "tr": _with_copy(
        "tr",
        "Konuşmak ister misiniz? İçiniz rahatlar.",
        "Bugün arayabilirsiniz. Görüşme gizlidir, sığındığınız yer güvenlidir.",
        "Gizlilikle arayın",
        "Gizli ve isimsiz",
        "Arayın|Tarayın veya arayın|veya|İş birliğiyle|Yöneten|Baskı|Kaynak",
    ),
    # Latin letters on a right-to-left page: the brand has no font for other scripts yet.
    "ur": _with_copy(
        "ur",
        "Kisi se baat karna chahte hain",
        "Aaj hi baat kar sakte hain",
        "Aaj hi raazdari se call karein",
        "Raazdari aur gumnaami",
        "Call|Scan ya call|ya|Ke saath|Qayadat|Edition|Source",
    ),
}


def locale_of(scenario: str) -> str:
    """Return the locale of a scenario's assets: its name if that is a language."""
    return scenario if len(scenario) == 2 else DEFAULT_LOCALE

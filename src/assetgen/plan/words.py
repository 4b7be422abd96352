"""What an asset says: its words by role, for each choice of tiers that its channel takes and its design can say."""

from __future__ import annotations

from collections.abc import Mapping

from assetgen.findings import Place
from assetgen.loading.copy_rules.facts import fill
from assetgen.loading.model import Brand, Campaign, Channel, MessageWords, Partner, Text
from assetgen.loading.templates.layouts import Arrangement
from assetgen.plan.asset import WordSet
from assetgen.plan.design import roles_said

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
# Between a campaign's name and what follows the brand's name in it: "Stop It Now! – Staffordshire".
NAME_JOINTS = " ,;:.·|/-–—"


def word_sets(
    channel: Channel,
    arrangement: Arrangement | None,
    words: MessageWords,
    partner: Partner,
    campaign: Campaign,
    locale: str,
    values: Mapping[str, str],
) -> tuple[WordSet, ...]:
    """Return the words by role for each choice of tiers that the channel takes, best first.

    For each headline the bodies follow in their order, then none: a body is the first thing to go. Roles
    that the arrangement has no part for are left out, so that nothing is promised that cannot be drawn.
    """
    brand = campaign.brand
    shown = {**values, "number": brand.facts.number.replace(" ", NO_BREAK_SPACE)}
    said = roles_said(arrangement) if arrangement else None

    def is_said(role: str) -> bool:
        return said is None or role in said

    always = {role: text for role, text in _facts(brand, locale, shown).items() if is_said(role)}
    places: dict[str, Place] = {}
    if has_foot(channel, arrangement):
        always["partner"], places["partner"] = partner.name.text, partner.name.place
        always["imprint"] = "\n".join(_imprint(campaign, arrangement, locale))
    called = _called_for(channel, words, partner, locale)
    if called and is_said(called[0]):
        role, text = called
        always[role], places[role] = fill(text.text, shown), text.place
    headlines = [tier for tier in channel.copy.headline if tier in words.headline]
    bodies = [tier for tier in channel.copy.body if tier in words.body] if is_said("body") else []
    if not is_said("headline"):
        return (WordSet("none/none", always, places),)
    sets = []
    for headline in headlines or [next(iter(words.headline))]:
        for body in (*bodies, None):
            chosen = {"headline": words.headline[headline], **({"body": words.body[body]} if body else {})}
            sets.append(
                WordSet(
                    f"{headline}/{body or 'none'}",
                    {**always, **{role: fill(text.text, shown) for role, text in chosen.items()}},
                    {**places, **{role: text.place for role, text in chosen.items()}},
                )
            )
    return tuple(sets)


def has_foot(channel: Channel, arrangement: Arrangement | None) -> bool:
    """Say whether the partners are to stand on a channel: it requires them, or the design always shows them."""
    return "partner" in channel.requires or (arrangement is not None and arrangement.foot.always)


def _facts(brand: Brand, locale: str, shown: Mapping[str, str]) -> dict[str, str]:
    facts = brand.facts
    return {
        "number": shown["number"],
        "address": facts.address,
        "promise": facts.promise[locale],
        "name": facts.name,
    }


def _called_for(
    channel: Channel, words: MessageWords, partner: Partner, locale: str
) -> tuple[str, Text] | None:
    """Return the role and words of the line before the number: the partner's own, else the message's."""
    local = partner.local_line.get(locale)
    if local and channel.copy.action:
        return "local", local
    action = next((words.action[tier] for tier in channel.copy.action if tier in words.action), None)
    return ("action", action) if action else None


def _imprint(campaign: Campaign, arrangement: Arrangement | None, locale: str) -> list[str]:
    """Return the foot's small lines: the partners' label, then the national lead and the edition."""
    fixed = campaign.brand.words[locale]
    lines = [fixed["partnership"]]
    if arrangement is None or arrangement.foot.imprint:
        lines += [f"{fixed['led_by']} {campaign.brand.led_by}", f"{fixed['edition']} {campaign.edition}"]
    return lines


def fixed_texts(
    campaign: Campaign, partner: Partner, locale: str, words: MessageWords, values: Mapping[str, str]
) -> dict[str, str]:
    """Return the words that a template may use in any tier, by dotted name.

    ``campaign.place`` is what follows the brand's name in the campaign's: an area, or nothing.
    """
    brand, facts = campaign.brand, campaign.brand.facts
    local = partner.local_line.get(locale)
    place = campaign.name.removeprefix(facts.name) if campaign.name.startswith(facts.name) else ""
    return {
        **{f"words.{name}": text for name, text in brand.words[locale].items()},
        "facts.name": facts.name,
        "facts.number": facts.number.replace(" ", NO_BREAK_SPACE),
        "facts.address": facts.address,
        "facts.promise": facts.promise[locale],
        "campaign.name": campaign.name,
        "campaign.place": place.strip(NAME_JOINTS),
        "campaign.edition": campaign.edition,
        "brand.led_by": brand.led_by,
        "partner.name": partner.name.text,
        "partner.short_name": partner.short_name.text,
        "partner.local_line": fill(local.text, values) if local else "",
        "message.source": words.source.text if words.source else "",
    }

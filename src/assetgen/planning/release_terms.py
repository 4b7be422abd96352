"""Release terms: the days that limit when an asset may be shown.

The plan collects them; ``judged`` gets the day from its caller. A build never asks for a day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from assetgen.findings import Finding, Severity
from assetgen.loading.model import Campaign, Partner
from assetgen.planning.asset import FootMark, Term

CAMPAIGN, FACTS = "the campaign", "the facts"


def terms_of(campaign: Campaign, partner: Partner, foot: Iterable[FootMark] = ()) -> tuple[Term, ...]:
    """Return the days that bind an asset of a partner: the campaign's, its own, those of the logos in its foot."""
    logos = [campaign.partners[mark.partner] for mark in foot if mark.logo_url is not None]
    known = (
        ("embargo", CAMPAIGN, campaign.file.embargo),
        ("valid_until", CAMPAIGN, campaign.file.valid_until),
        ("embargo", partner.id, partner.file.embargo),
        ("valid_until", partner.id, partner.file.valid_until),
        *(("permission_until", one.id, one.logo.rules.permission_until) for one in logos if one.logo),
        ("review_by", FACTS, campaign.brand.facts.confirmed.review_by),
    )
    return tuple(Term(kind, said.day.isoformat(), of, said.place) for kind, of, said in known if said)


def judged(terms: Iterable[Term], on: date, *, refusing: bool = False) -> list[Finding]:
    """Return what these days say on a day, each once, however many assets they bind.

    ``refusing``: what may not be shown on that day is an error, as it is for a pack; else it is only told.
    """
    return [finding for term in dict.fromkeys(terms) for finding in _said(term, on, refusing=refusing)]


def _said(term: Term, on: date, *, refusing: bool) -> Iterator[Finding]:
    day = date.fromisoformat(term.day)
    if term.kind == "embargo" and on < day:
        severity = Severity.ERROR if refusing else Severity.NOTE
        text = f"{term.of} is under embargo until {term.day}; asked of {on}"
        yield Finding("embargo", text, f"show nothing of it before {term.day}", term.place, severity)
    elif term.kind == "valid_until" and on > day:
        severity = Severity.ERROR if refusing else Severity.WARNING
        text = f"{term.of} was valid until {term.day}; asked of {on}"
        hint = "ask whoever set the day for a later one, or take its files down"
        yield Finding("expired", text, hint, term.place, severity)
    elif term.kind == "permission_until" and on > day:
        severity = Severity.ERROR if refusing else Severity.WARNING
        text = f"the permission to show {term.of}'s logo ended on {term.day}; asked of {on}"
        hint = "ask the logo's owner again, then set permission_until; without logo: its name stands there"
        yield Finding("expired", text, hint, term.place, severity)
    elif term.kind == "review_by" and on > day:
        text = f"{term.of} were to be confirmed again by {term.day}; asked of {on}"
        hint = "ask the helpline's owner, then set facts.confirmed: on and review_by"
        yield Finding("review-due", text, hint, term.place, Severity.WARNING)

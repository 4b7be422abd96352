"""Days: who sets them, what holds on a day, who asks, and that a build never knows which day it is."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assetgen as package
from assetgen.building.fingerprint import recipe_digest
from assetgen.findings import Severity
from assetgen.loading.campaign import load_campaign
from assetgen.manifest.entry import NotRead, read_terms
from assetgen.planning.asset import TERM_KINDS, Asset, Term, judged
from assetgen.planning.planner import plan_assets
from tests.support.campaigns import (
    PARTNER,
    PARTNER_FILE,
    add_partner,
    append,
    at,
    edit,
    errors_of,
    make_campaign,
)
from tests.support.command import assetgen
from tests.support.factories import make_asset
from tests.support.wording import Wording

SOURCE = Path(package.__file__).parent
POSTER, STORY = (f"{PARTNER}/worried/{channel}/en-GB" for channel in ("poster-a4", "ig-story"))
LAST = date(2027, 3, 31)
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#123456" d="M0 0H40V20H0Z"/></svg>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_campaign(tmp_path / "campaign")


def planned(root: Path) -> dict[str, Asset]:
    loaded = load_campaign(root)
    assert [finding.as_text() for finding in loaded.findings if finding.is_error] == []
    return plan_assets(loaded.campaign).by_id()


def told(said: str, code: str) -> list[str]:
    """Return the lines that end in a code."""
    return [line for line in said.splitlines() if line.endswith(code)]


def codes(terms: tuple[Term, ...], on: date) -> list[str]:
    return [finding.code for finding in judged(terms, on, refusing=True)]


# -- what a day means -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "before", "on_it", "after"),
    [
        ("embargo", ["embargo"], [], []),
        ("valid_until", [], [], ["expired"]),
        ("permission_until", [], [], ["expired"]),
        ("review_by", [], [], ["review-due"]),
    ],
)
def test_an_embargo_ends_on_its_day_and_the_others_hold_through_theirs(
    kind: str, before: list[str], on_it: list[str], after: list[str]
) -> None:
    terms = (Term(kind, LAST.isoformat(), "acme"),)
    days = [LAST - timedelta(1), LAST, LAST + timedelta(1)]

    assert [codes(terms, day) for day in days] == [before, on_it, after]


def test_what_is_refused_of_a_pack_is_only_told_by_check_and_verify() -> None:
    after, before = LAST + timedelta(1), LAST - timedelta(1)
    over, early = Term("valid_until", "2027-03-31", "acme"), Term("embargo", "2027-03-31", "acme")
    due = Term("review_by", "2027-03-31", "the facts")

    def said(term: Term, on: date) -> list[Severity]:
        return [
            finding.severity
            for refusing in (True, False)
            for finding in judged([term], on, refusing=refusing)
        ]

    assert said(over, after) == [Severity.ERROR, Severity.WARNING]
    assert said(early, before) == [Severity.ERROR, Severity.NOTE]
    assert said(due, after) == [Severity.WARNING, Severity.WARNING]


def test_a_day_that_binds_many_assets_is_told_once(wording: Wording) -> None:
    term = Term("valid_until", "2027-03-31", "acme")

    (finding,) = judged([term] * 200, date(2027, 4, 2))

    assert finding.code == "expired"
    assert wording == finding.text


@given(st.sampled_from(TERM_KINDS), st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(-400, 400))
def test_once_over_always_over(kind: str, day: date, away: int) -> None:
    terms = (Term(kind, day.isoformat(), "acme"),)
    now, later = codes(terms, day + timedelta(away)), codes(terms, day + timedelta(away + 1))

    assert later == [] if kind == "embargo" and not now else len(later) >= len(now) or kind == "embargo"


# -- who sets one ---------------------------------------------------------------------------------


def test_the_campaign_s_and_the_partner_s_days_bind_all_their_assets(root: Path) -> None:
    append(root, "campaign.yaml", "valid_until: 2027-03-31")
    append(root, "campaign.yaml", "embargo: 2026-12-01")
    append(root, PARTNER_FILE, "valid_until: 2027-01-31")
    add_partner(root, "other", "name: Other\nchannels: [poster-a4]\n")

    own, others = planned(root)[POSTER], planned(root)["other/worried/poster-a4/en-GB"]

    both = [("embargo", "2026-12-01", "the campaign"), ("valid_until", "2027-03-31", "the campaign")]
    assert [(one.kind, one.day, one.of) for one in others.terms] == both
    assert [(one.kind, one.day, one.of) for one in own.terms] == [
        *both, ("valid_until", "2027-01-31", PARTNER),
    ]  # fmt: skip
    assert str(own.terms[-1].place) == at(root, PARTNER_FILE, "2027-01-31")


def test_a_logo_s_permission_binds_the_assets_that_show_it(root: Path) -> None:
    (root / f"partners/{PARTNER}/mark.svg").write_text(LOGO, "utf-8")
    text = (root / PARTNER_FILE).read_text("utf-8").split("logo:")[0]
    (root / PARTNER_FILE).write_text(
        f"{text}\nlogo: {{file: mark.svg, alt: DetectedRegion, permission_until: 2026-12-31}}\n"
        "channels: [poster-a4, ig-story]\n",
        "utf-8",
    )
    add_partner(root, "other", f"name: Other\nchannels: [poster-a4]\nalongside: [{PARTNER}]\n")

    assets = planned(root)

    bound = {one.id for one in assets.values() if any(term.kind == "permission_until" for term in one.terms)}
    assert {POSTER, "other/worried/poster-a4/en-GB"} <= bound
    assert STORY not in bound, "nobody's logo stands in a story"
    assert all("logo.alt" not in term.of for one in assets.values() for term in one.terms)


def test_a_time_that_is_over_before_it_begins_is_refused(root: Path, wording: Wording) -> None:
    append(root, PARTNER_FILE, "embargo: 2027-02-01\nvalid_until: 2027-01-31")
    append(root, "campaign.yaml", "embargo: 2027-02-01\nvalid_until: 2027-01-31")

    said = errors_of(root)

    told = {
        place: words
        for place, _, words in (one.partition(": error: ") for one in said)
        if "[bad-value]" in words and "embargo" in words
    }
    assert set(told) == {at(root, file, "2027-01-31") for file in ("campaign.yaml", PARTNER_FILE)}
    assert wording == sorted(told.values())


@pytest.mark.parametrize("word", ["soon", "1800000000", "2027-02-30", "[2027-01-01]"])
def test_what_is_no_day_is_refused_with_its_place(root: Path, word: str) -> None:
    append(root, PARTNER_FILE, f"embargo: {word}")

    (said,) = errors_of(root)

    assert said.startswith(f"{PARTNER_FILE}:")
    assert "embargo" in said
    assert "[bad-value]" in said


# -- who asks -------------------------------------------------------------------------------------


def test_check_asks_of_the_day_that_is_named(root: Path, wording: Wording) -> None:
    append(root, PARTNER_FILE, "valid_until: 2027-01-31")
    append(root, PARTNER_FILE, "embargo: 2026-12-01")

    early = assetgen("check", "--date", "2026-11-30", folder=root)
    over = assetgen("check", "--date", "2027-02-01", folder=root)
    strict = assetgen("check", "--date", "2027-02-01", "--strict", folder=root)
    between = assetgen("check", "--date", "2027-01-01", "--strict", folder=root)

    place = at(root, PARTNER_FILE, "2027-01-31")
    assert (early.returncode, over.returncode, strict.returncode, between.returncode) == (0, 0, 1, 0)
    assert "expired" not in between.stderr
    (soon,), (late,) = told(early.stderr, "[embargo]"), told(over.stderr, "[expired]")
    assert ": note: " in soon
    assert late.startswith(f"{place}: warning: ")
    assert wording == [one.partition(": ")[2] for one in (soon, late)]


@pytest.mark.parametrize("word", ["2027-2-1", "2027-02-30", "tomorrow", ""])
def test_a_word_that_is_no_day_is_a_call_that_is_wrong(root: Path, word: str) -> None:
    assert assetgen("check", "--date", word, folder=root).returncode == 2


def test_verify_asks_the_manifest_and_a_day_that_changes_reaches_it_without_drawing(
    root: Path, wording: Wording
) -> None:
    append(root, PARTNER_FILE, "valid_until: 2027-01-31")
    words = ("build", "-c", "ig-square", "-m", "worried", "--format", "json")
    first = json.loads(assetgen(*words, folder=root).stdout)
    file = next((root / "out").rglob("*ig-square*"))
    before = file.read_bytes()

    over = assetgen("verify", "--date", "2027-02-01", folder=root)
    edit(root, PARTNER_FILE, "2027-01-31", "2027-06-30")
    again = json.loads(assetgen(*words, folder=root).stdout)
    longer = assetgen("verify", "--date", "2027-02-01", folder=root)

    assert first["built"] > 0
    (late,) = told(over.stderr, "[expired]")
    assert ": warning: " in late
    assert wording == late.partition(": ")[2]
    assert (over.returncode, longer.returncode) == (0, 0)
    assert (again["built"], file.read_bytes()) == (0, before)
    assert "expired" not in longer.stderr


# -- what never asks ------------------------------------------------------------------------------

# How a file was written, and how long a thing took, are no day: time_ns and monotonic are left alone.
CLOCKS = {
    *(f"{kind}.{name}" for kind in ("date", "datetime", "dt") for name in ("today", "now", "utcnow")),
    *(f"time.{name}" for name in ("time", "localtime", "gmtime", "strftime", "ctime")),
}


def below_the_command_line() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*.py")) if (SOURCE / "cli") not in path.parents]


@pytest.mark.each("path", below_the_command_line, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_floor_below_the_command_line_asks_for_the_day(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))

    asked = [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]
    asked += [
        f"time.{name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for name in node.names
    ]

    assert CLOCKS.isdisjoint(asked)


def test_the_command_line_does_ask_in_one_place() -> None:
    users = [path for path in (SOURCE / "cli").rglob("*.py") if "date.today()" in path.read_text("utf-8")]

    assert [path.name for path in users] == ["session.py"]


def test_no_pixel_rests_on_a_day() -> None:
    asset = make_asset("acme/worried/ig-story/en-GB")
    bound = replace(asset, terms=(Term("valid_until", "2027-03-31", "acme"),))

    assert recipe_digest(bound, ()) == recipe_digest(asset, ())


# -- what a manifest says -------------------------------------------------------------------------


def test_days_of_a_manifest_come_back_as_they_went_in() -> None:
    term = Term("valid_until", "2027-03-31", "acme")

    assert read_terms(json.loads(json.dumps([term.as_dict()]))) == (term,)


@pytest.mark.parametrize(
    "value",
    [
        {"kind": "valid_until"},
        [{"kind": "valid_until", "day": "2027-03-31"}],
        [{"kind": "forever", "day": "2027-03-31", "of": "acme"}],
        [{"kind": "embargo", "day": "20270331", "of": "acme"}],
        [{"kind": "embargo", "day": "2027-02-30", "of": "acme"}],
        [{"kind": "embargo", "day": 20270331, "of": "acme"}],
        [{"kind": "embargo", "day": "2027-03-31", "of": "acme", "more": 1}],
    ],
)
def test_days_that_are_none_are_not_read(value: object) -> None:
    with pytest.raises(NotRead):
        read_terms(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["kind", "day", "of", "place", "x"]), inner, max_size=5)
    ),
)


@given(JSON)
def test_whatever_stands_there_is_read_or_refused(value: object) -> None:
    try:
        terms = read_terms(value)
    except NotRead:
        return
    assert all(term.kind in TERM_KINDS and date.fromisoformat(term.day) for term in terms)

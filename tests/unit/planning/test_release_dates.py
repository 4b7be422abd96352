"""Release dates: the meaning of embargo, expiry and review dates, and where they are set.

Only the command line reads the clock: no build depends on the day.
"""

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
from assetgen.building.fingerprint import value_fingerprint
from assetgen.findings import Severity
from assetgen.manifest.entry import InvalidEntry, read_release_dates
from assetgen.planning.asset import RELEASE_DATE_KINDS, ReleaseDate, check_release_dates
from tests.support.command_line import run_assetgen
from tests.support.example_campaign import (
    PARTNER,
    PARTNER_FILE,
    add_partner,
    append_line,
    campaign_errors,
    make_campaign,
    planned_assets,
    position_of,
    replace_in_file,
)
from tests.support.factories import make_asset
from tests.support.wording import Wording

SOURCE = Path(package.__file__).parent
POSTER, STORY = (f"{PARTNER}/worried/{channel}/en-GB" for channel in ("poster-a4", "ig-story"))
LAST = date(2027, 3, 31)
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#123456" d="M0 0H40V20H0Z"/></svg>'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return make_campaign(tmp_path / "campaign")


def lines_ending_in(output: str, code: str) -> list[str]:
    """Return the lines that end in a code."""
    return [line for line in output.splitlines() if line.endswith(code)]


def codes(terms: tuple[ReleaseDate, ...], on: date) -> list[str]:
    return [finding.code for finding in check_release_dates(terms, on, as_errors=True)]


# What a date means


@pytest.mark.parametrize(
    ("kind", "before", "on_it", "after"),
    [
        ("embargo", ["embargo"], [], []),
        ("valid_until", [], [], ["expired"]),
        ("permission_until", [], [], ["expired"]),
        ("review_by", [], [], ["review-due"]),
    ],
)
def test_embargo_ends_on_its_date_and_expiry_starts_on_the_day_after_its_date(
    kind: str, before: list[str], on_it: list[str], after: list[str]
) -> None:
    terms = (ReleaseDate(kind, LAST.isoformat(), "acme"),)
    days = [LAST - timedelta(1), LAST, LAST + timedelta(1)]

    assert [codes(terms, day) for day in days] == [before, on_it, after]


def test_expiry_and_embargo_are_errors_only_for_packs() -> None:
    after, before = LAST + timedelta(1), LAST - timedelta(1)
    expired, embargoed = (
        ReleaseDate("valid_until", "2027-03-31", "acme"),
        ReleaseDate("embargo", "2027-03-31", "acme"),
    )
    review_due = ReleaseDate("review_by", "2027-03-31", "the facts")

    def severities(term: ReleaseDate, on: date) -> list[Severity]:
        return [
            finding.severity
            for refusing in (True, False)
            for finding in check_release_dates([term], on, as_errors=refusing)
        ]

    assert severities(expired, after) == [Severity.ERROR, Severity.WARNING]
    assert severities(embargoed, before) == [Severity.ERROR, Severity.NOTE]
    assert severities(review_due, after) == [Severity.WARNING, Severity.WARNING]


def test_date_shared_by_many_assets_is_reported_once(wording: Wording) -> None:
    term = ReleaseDate("valid_until", "2027-03-31", "acme")

    (finding,) = check_release_dates([term] * 200, date(2027, 4, 2))

    assert finding.code == "expired"
    assert wording == finding.text


DAYS = st.integers(1, 4000).map(timedelta)


@given(st.sampled_from(RELEASE_DATE_KINDS), st.dates(date(2020, 1, 1), date(2040, 1, 1)), DAYS, DAYS)
def test_embargo_holds_on_every_earlier_day_and_expiry_on_every_later_day(
    kind: str, day: date, before: timedelta, after: timedelta
) -> None:
    terms = (ReleaseDate(kind, day.isoformat(), "acme"),)

    counts = len(codes(terms, day - before)), len(codes(terms, day + after))

    assert counts == ((1, 0) if kind == "embargo" else (0, 1))


# Where dates are set


def test_dates_of_campaign_and_partner_apply_to_all_their_assets(root: Path) -> None:
    append_line(root, "campaign.yaml", "valid_until: 2027-03-31")
    append_line(root, "campaign.yaml", "embargo: 2026-12-01")
    append_line(root, PARTNER_FILE, "valid_until: 2027-01-31")
    add_partner(root, "other", "name: Other\nchannels: [poster-a4]\n")

    own, others = planned_assets(root)[POSTER], planned_assets(root)["other/worried/poster-a4/en-GB"]

    both = [("embargo", "2026-12-01", "the campaign"), ("valid_until", "2027-03-31", "the campaign")]
    assert [(one.kind, one.day, one.of) for one in others.release_dates] == both
    assert [(one.kind, one.day, one.of) for one in own.release_dates] == [
        *both, ("valid_until", "2027-01-31", PARTNER),
    ]  # fmt: skip
    assert str(own.release_dates[-1].place) == position_of(root, PARTNER_FILE, "2027-01-31")


def test_logo_permission_applies_only_to_assets_that_show_the_logo(root: Path) -> None:
    (root / f"partners/{PARTNER}/mark.svg").write_text(LOGO, "utf-8")
    text = (root / PARTNER_FILE).read_text("utf-8").split("logo:")[0]
    (root / PARTNER_FILE).write_text(
        f"{text}\nlogo: {{file: mark.svg, alt: Crest, permission_until: 2026-12-31}}\n"
        "channels: [poster-a4, ig-story]\n",
        "utf-8",
    )
    add_partner(root, "other", f"name: Other\nchannels: [poster-a4]\nalongside: [{PARTNER}]\n")

    assets = planned_assets(root)

    with_term = {
        one.id
        for one in assets.values()
        if any(term.kind == "permission_until" for term in one.release_dates)
    }
    assert {POSTER, "other/worried/poster-a4/en-GB"} <= with_term
    assert STORY not in with_term, "a story shows no logo"
    assert all("logo.alt" not in term.of for one in assets.values() for term in one.release_dates)


def test_expiry_before_the_embargo_is_an_error(root: Path, wording: Wording) -> None:
    append_line(root, PARTNER_FILE, "embargo: 2027-02-01\nvalid_until: 2027-01-31")
    append_line(root, "campaign.yaml", "embargo: 2027-02-01\nvalid_until: 2027-01-31")

    errors = {
        place: text
        for place, _, text in (one.partition(": error: ") for one in campaign_errors(root))
        if "[bad-value]" in text and "embargo" in text
    }
    assert set(errors) == {position_of(root, file, "2027-01-31") for file in ("campaign.yaml", PARTNER_FILE)}
    assert wording == sorted(errors.values())


@pytest.mark.parametrize("word", ["soon", "1800000000", "2027-02-30", "[2027-01-01]"])
def test_invalid_date_is_refused_with_its_place(root: Path, word: str) -> None:
    append_line(root, PARTNER_FILE, f"embargo: {word}")

    (error,) = campaign_errors(root)

    assert error.startswith(f"{PARTNER_FILE}:")
    assert "embargo" in error
    assert "[bad-value]" in error


# Commands that compare dates with a day


def test_check_uses_the_date_of_its_option(root: Path, wording: Wording) -> None:
    append_line(root, PARTNER_FILE, "valid_until: 2027-01-31")
    append_line(root, PARTNER_FILE, "embargo: 2026-12-01")

    embargoed = run_assetgen("check", "--date", "2026-11-30", folder=root)
    expired = run_assetgen("check", "--date", "2027-02-01", folder=root)
    strict = run_assetgen("check", "--date", "2027-02-01", "--strict", folder=root)
    between = run_assetgen("check", "--date", "2027-01-01", "--strict", folder=root)

    place = position_of(root, PARTNER_FILE, "2027-01-31")
    assert (embargoed.returncode, expired.returncode, strict.returncode, between.returncode) == (0, 0, 1, 0)
    assert "expired" not in between.stderr
    (embargo_line,), (expired_line,) = (
        lines_ending_in(embargoed.stderr, "[embargo]"),
        lines_ending_in(expired.stderr, "[expired]"),
    )
    assert ": note: " in embargo_line
    assert expired_line.startswith(f"{place}: warning: ")
    assert wording == [one.partition(": ")[2] for one in (embargo_line, expired_line)]


@pytest.mark.parametrize("word", ["2027-2-1", "2027-02-30", "tomorrow", ""])
def test_check_rejects_an_invalid_date_option(root: Path, word: str) -> None:
    assert run_assetgen("check", "--date", word, folder=root).returncode == 2


def test_changed_date_reaches_verify_without_rendering_again(root: Path, wording: Wording) -> None:
    append_line(root, PARTNER_FILE, "valid_until: 2027-01-31")
    command = ("build", "-c", "ig-square", "-m", "worried", "--format", "json")
    first = json.loads(run_assetgen(*command, folder=root).stdout)
    file = next((root / "out").rglob("*ig-square*"))
    before = file.read_bytes()

    expired = run_assetgen("verify", "--date", "2027-02-01", folder=root)
    replace_in_file(root, PARTNER_FILE, "2027-01-31", "2027-06-30")
    again = json.loads(run_assetgen(*command, folder=root).stdout)
    after_extension = run_assetgen("verify", "--date", "2027-02-01", folder=root)

    assert first["built"] > 0
    (expired_line,) = lines_ending_in(expired.stderr, "[expired]")
    assert ": warning: " in expired_line
    assert wording == expired_line.partition(": ")[2]
    assert (expired.returncode, after_extension.returncode) == (0, 0)
    assert (again["built"], file.read_bytes()) == (0, before)
    assert "expired" not in after_extension.stderr


# Code that must not read the clock

# Not forbidden: time_ns and monotonic, which stamp files and measure durations.
CLOCKS = {
    *(f"{kind}.{name}" for kind in ("date", "datetime", "dt") for name in ("today", "now", "utcnow")),
    *(f"time.{name}" for name in ("time", "localtime", "gmtime", "strftime", "ctime")),
}


def below_the_command_line() -> list[Path]:
    return [path for path in sorted(SOURCE.rglob("*.py")) if (SOURCE / "cli") not in path.parents]


@pytest.mark.each("path", below_the_command_line, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_modules_outside_the_command_line_do_not_read_the_clock(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))

    calls = [
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]
    calls += [
        f"time.{name.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for name in node.names
    ]

    assert CLOCKS.isdisjoint(calls)


def test_command_line_reads_the_clock_in_one_module() -> None:
    users = [path for path in (SOURCE / "cli").rglob("*.py") if "date.today()" in path.read_text("utf-8")]

    assert [path.name for path in users] == ["session.py"]


def test_fingerprint_does_not_depend_on_dates() -> None:
    asset = make_asset("acme/worried/ig-story/en-GB")
    with_term = replace(asset, release_dates=(ReleaseDate("valid_until", "2027-03-31", "acme"),))

    assert value_fingerprint(with_term, ()) == value_fingerprint(asset, ())


# Dates in a manifest


def test_release_dates_in_a_manifest_are_read_back_unchanged() -> None:
    term = ReleaseDate("valid_until", "2027-03-31", "acme")

    assert read_release_dates(json.loads(json.dumps([term.as_dict()]))) == (term,)


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
    ids=["not a list", "no owner", "unknown kind", "no dashes", "no such day", "number", "unknown key"],
)
def test_invalid_release_dates_in_a_manifest_are_refused(value: object) -> None:
    with pytest.raises(InvalidEntry):
        read_release_dates(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["kind", "day", "of", "place", "x"]), inner, max_size=5)
    ),
)


@given(JSON)
def test_arbitrary_release_dates_in_a_manifest_are_read_or_refused(value: object) -> None:
    try:
        terms = read_release_dates(value)
    except InvalidEntry:
        return
    assert all(term.kind in RELEASE_DATE_KINDS and date.fromisoformat(term.day) for term in terms)

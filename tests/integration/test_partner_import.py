"""A form's export: good rows become partners, bad ones a line each with row, column, reason; nothing half written."""

from __future__ import annotations

import csv
import json
import re
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from assetgen.errors import CampaignError
from assetgen.intake.form_export import read_sheet
from assetgen.schema.campaign_file import Requests
from tests.support.campaigns import PARTNER, append, make_campaign
from tests.support.command import assetgen as run_command
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#123456" d="M0 0H40V20H0Z"/></svg>'


def assetgen(folder: Path, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return run_command(*words, folder=folder, typed=typed)


def sheet(folder: Path, *rows: list[str], header: str = "name,channels,logo,alongside") -> Path:
    path = folder / "requests.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return path


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    return make_campaign(tmp_path / "campaign")


def numbers(report: str) -> list[int]:
    """Return the numbers of a report's last line: new, changed, unchanged, refused, written."""
    return [int(number) for number in re.findall(r"\d+", report.splitlines()[-1])]


def said(campaign: Path, partner: str) -> dict[str, object]:
    found: dict[str, object] = yaml.safe_load(
        (campaign / f"partners/{partner}/partner.yaml").read_text("utf-8")
    )
    return found


def test_a_good_row_becomes_a_partner_with_its_logo(campaign: Path, wording: Wording) -> None:
    (campaign / "harbour.svg").write_text(SVG)
    path = sheet(campaign, ["Harbour Council", "social/*; poster-a4", "harbour.svg", PARTNER])

    done = assetgen(campaign, "partner", "import", str(path))

    assert done.returncode == 0, done.stderr
    assert "harbour-council" in done.stdout
    assert wording == re.sub(r"\d+", "N", done.stdout)
    assert said(campaign, "harbour-council") == {
        "name": "Harbour Council",
        "logo": {"file": "logo.svg", "alt": "Harbour Council"},
        "alongside": [PARTNER],
        "channels": ["social/*", "poster-a4"],
    }
    assert (campaign / "partners/harbour-council/logo.svg").read_text() == SVG
    assert assetgen(campaign, "check", "-p", "harbour-council").returncode == 0


def test_each_bad_row_is_told_with_row_column_and_reason_and_writes_nothing(
    campaign: Path, wording: Wording
) -> None:
    path = sheet(
        campaign,
        ["Moor Trust", "sociall/*", "", ""],
        ["Hill Trust", "poster-a4", "hill.svg", ""],
        ["", "poster-a4", "", ""],
        ["Vale Trust", "poster-a4", "", "moor-trust"],
        ["Lake Trust", "poster-a4", "", ""],
    )

    done = assetgen(campaign, "partner", "import", str(path))

    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if ": error: " in line]
    codes = ["unknown-id", "missing-file", "bad-value", "stale"]
    assert [line.partition(": ")[0] for line in lines] == [f"requests.csv:{row}" for row in range(2, 6)]
    assert [line.rpartition("[")[2] for line in lines] == [f"{code}]" for code in codes]
    assert wording == lines
    assert sorted(path.name for path in (campaign / "partners").iterdir()) == [PARTNER, "lake-trust"]


def test_running_it_again_does_no_harm_and_shows_what_would_change(campaign: Path, wording: Wording) -> None:
    path = sheet(campaign, ["Lake Trust", "poster-a4", "", ""])
    assert assetgen(campaign, "partner", "import", str(path)).returncode == 0
    before = tree(campaign / "partners")

    again = assetgen(campaign, "partner", "import", str(path))
    sheet(campaign, ["Lake Trust", "poster-a3", "", ""])
    other = assetgen(campaign, "partner", "import", str(path))

    assert numbers(again.stdout) == [0, 0, 1, 0, 0]
    assert "poster-a4 → poster-a3" in other.stdout
    assert wording == [again.stdout, other.stdout]
    assert tree(campaign / "partners") == before
    assert assetgen(campaign, "partner", "import", str(path), "--update").returncode == 0
    assert said(campaign, "lake-trust")["channels"] == ["poster-a3"]


def test_a_dry_run_writes_nothing(campaign: Path) -> None:
    before = tree(campaign)
    path = sheet(campaign, ["Lake Trust", "poster-a4", "", ""])

    done = assetgen(campaign, "partner", "import", str(path), "--dry-run")
    path.unlink()

    assert done.returncode == 0 and 1 in numbers(done.stdout)
    assert tree(campaign) == before


def test_five_hundred_rows_of_which_forty_are_faulty_give_forty_lines(campaign: Path) -> None:
    faulty = set(range(5, 500, 12)[:40])
    rows = [
        [f"Partner {at}", "poster-a5" if at not in faulty else f"poster-a{at}x", "", ""] for at in range(500)
    ]
    path = sheet(campaign, *rows)

    done = assetgen(campaign, "partner", "import", str(path), "--format", "json")

    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert {finding["code"] for finding in report["findings"]} == {"unknown-id"}
    assert [
        (finding["line"], re.findall(r"poster-a\d+x", finding["text"])) for finding in report["findings"]
    ] == [(at + 2, [f"poster-a{at}x"]) for at in sorted(faulty)]
    assert {key: report[key] for key in ("new", "changed", "unchanged", "refused", "written")} == {
        "new": 460, "changed": 0, "unchanged": 0, "refused": 40, "written": 460,
    }  # fmt: skip
    assert len(list((campaign / "partners").iterdir())) == 461


HOSTILE = [
    ['=HYPERLINK("http://evil.example")', "poster-a4", "", ""],
    ["../../etc", "poster-a4", "../../../etc/passwd", ""],
    ["Trust", "poster-a4", "C:\\logo.svg", ""],
    ["<script>alert(1)</script> Trust", "poster-a4", "", ""],
    ["{number}9", "poster-a4", "", ""],
    ["Ring 0161 496 0123", "poster-a4", "", ""],
    ["name: x\nlogo: {file: /etc/passwd, alt: x}", "poster-a4", "", ""],
    ["Trust \u202e900", "poster-a4", "", ""],
    ["&a *a !!python/object:os.system", "poster-a4", "", ""],
    ["x" * 5000, "poster-a4", "", ""],
    ["Bomb", "poster-a4", "bomb.svg", ""],
    ["Large Bomb", "poster-a4", "bomb.png", ""],
    ["Sizes", "poster-a4", "", "", "../../x: pvc-banner 2400x600"],
    ["Sizes Too", "poster-a4", "", "", "pvc-banner 99999x99999"],
]


def png_of_side(side_px: int) -> bytes:
    """Return a small file that says it is a huge picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", side_px, side_px, 8, 6, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_hostile_rows_change_nothing_outside_their_own(campaign: Path) -> None:
    (campaign / "bomb.svg").write_text(
        '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        + SVG.replace("40V", "&b;V")
    )
    (campaign / "bomb.png").write_bytes(png_of_side(60_000))
    header = "name,channels,logo,alongside,custom_sizes"
    path = sheet(campaign, *HOSTILE, ["Lake Trust", "poster-a4", "", ""], header=header)
    before = tree(campaign)

    done = assetgen(campaign, "partner", "import", str(path))

    after = tree(campaign)
    assert "Traceback" not in done.stderr
    assert {name: after.get(name) for name in before} == before
    new = {name for name in set(after) - set(before) if not name.startswith(".assetgen")}
    assert "partners/lake-trust/partner.yaml" in new
    assert all(name.startswith("partners/") and name.count("/") == 2 for name in new)
    for name in new:
        words = yaml.safe_load(after[name])
        assert set(words) == {"name", "channels"}, "a cell is a value, never a key"
    assert assetgen(campaign, "check").returncode == 0


def test_a_form_s_own_columns_and_answers_are_mapped_by_the_campaign(campaign: Path) -> None:
    append(
        campaign,
        "campaign.yaml",
        "requests:\n"
        "  columns: {name: Your organisation, channels: What do you need?}\n"
        '  values: {channels: {Social media: "social/*", A4 posters: poster-a4}}',
    )
    header = "Timestamp,Your organisation,What do you need?"
    path = sheet(campaign, ["1", "Lake Trust", "Social media;A4 posters"], header=header)

    assert assetgen(campaign, "partner", "import", str(path)).returncode == 0
    assert said(campaign, "lake-trust") == {"name": "Lake Trust", "channels": ["social/*", "poster-a4"]}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\x00\xfe", "bad-value"),
        (b"organisation,channels\nA,b\n", "unknown-key"),
        (b"name,name\nA,b\n", "duplicate-id"),
        (b'name,channels\n"A,b\n', "bad-value"),
        (b"", "unknown-key"),
    ],
    ids=["not UTF-8", "no name", "two names", "no CSV", "empty"],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    campaign: Path, content: bytes, code: str, wording: Wording
) -> None:
    path = campaign / "requests.csv"
    path.write_bytes(content)

    done = assetgen(campaign, "partner", "import", str(path))

    assert done.returncode == 2
    assert done.stderr.startswith("requests.csv") and f"[{code}]" in done.stderr
    assert wording == done.stderr


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda words: f"name\n{words}".encode()))
@example("name;channels\nA;b\r\n".encode("utf-16"))
def test_any_bytes_are_rows_or_a_finding(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)

    try:
        read = read_sheet(path, Requests(), path.parent)
    except CampaignError as error:
        assert error.findings
    else:
        assert all(row.number >= 2 for row in read.rows)


# ── partner new


def test_a_new_partner_is_planned_shown_and_written(campaign: Path) -> None:
    done = assetgen(campaign, "partner", "new", "--name", "Lake Trust", "-c", "poster-a4", "--yes")

    assert done.returncode == 0, done.stderr
    assert "assetgen build -p lake-trust" in done.stdout
    assert said(campaign, "lake-trust") == {"name": "Lake Trust", "channels": ["poster-a4"]}


def test_every_fault_of_a_request_is_told_at_once_and_nothing_is_written(
    campaign: Path, wording: Wording
) -> None:
    words = ("--name", "Lake Trust", "-c", "postr-a4", "-m", "worryed", "--with", "nobody", "--yes")
    done = assetgen(campaign, "partner", "new", *words)

    assert done.returncode == 2
    assert done.stderr.count("[unknown-id]") == 3
    assert all(word in done.stderr for word in ("postr-a4", "worryed", "nobody"))
    assert wording == done.stderr
    assert not (campaign / "partners/lake-trust").exists()


def test_without_a_terminal_and_a_name_nobody_is_asked(campaign: Path, wording: Wording) -> None:
    done = assetgen(campaign, "partner", "new")

    assert done.returncode == 2
    assert wording == done.stderr


def test_a_partner_that_is_there_is_left_unless_asked(campaign: Path, wording: Wording) -> None:
    before = tree(campaign / "partners")
    words = ("partner", "new", "--name", "Example County Council", "-c", "poster-a4", "--yes")

    refused = assetgen(campaign, *words)
    assert refused.returncode == 2 and PARTNER in refused.stderr and "[duplicate-id]" in refused.stderr
    assert wording == refused.stderr
    assert tree(campaign / "partners") == before
    assert assetgen(campaign, *words, "--update").returncode == 0
    assert said(campaign, PARTNER)["channels"] == ["poster-a4"]


# ── sizes of its own, and what a form does not ask for


def test_a_size_of_its_own_is_asked_for_in_a_column(campaign: Path) -> None:
    cell = "pvc-banner 2400x600; stall: pvc-banner 1800 × 900 mm"
    path = sheet(campaign, ["Lake Trust", "poster-a4", cell], header="name,channels,custom_sizes")

    done = assetgen(campaign, "partner", "import", str(path))

    assert done.returncode == 0, done.stderr
    assert said(campaign, "lake-trust")["custom_sizes"] == [
        {"id": "pvc-banner-2400x600", "based_on": "pvc-banner", "size": [2400, 600]},
        {"id": "stall", "based_on": "pvc-banner", "size": [1800, 900]},
    ]
    assert assetgen(campaign, "check", "-p", "lake-trust").returncode == 0


def test_a_size_that_cannot_be_had_is_told_with_row_column_and_reason(
    campaign: Path, wording: Wording
) -> None:
    cells = ["a big banner", "pvc-baner 2400x600", "pvc-banner 24000x6", "poster-a4: pvc-banner 2400x600"]
    names = ("Moor", "Hill", "Vale", "Lake")
    path = sheet(
        campaign, *([name, cell] for name, cell in zip(names, cells, strict=True)), header="name,custom_sizes"
    )

    done = assetgen(campaign, "partner", "import", str(path))

    told = [line for line in done.stderr.splitlines() if ": error: " in line]
    assert [line.partition(": ")[0] for line in told if "pvc-banner-24000x6" not in line] == [
        f"requests.csv:{row}" for row in range(2, 6)
    ]
    assert "custom_sizes" in told[0] and "a big banner" in told[0]
    assert wording == told
    assert sorted(path.name for path in (campaign / "partners").iterdir()) == [PARTNER]


KEPT = """\
name: Lake Trust
channels: [poster-a4]
local_line: {en-GB: "By the lake, help is one call away."}
valid_until: 2027-03-31
approved_by: A. Name
custom_sizes: [{id: stall, based_on: pvc-banner, size: [2400, 600]}]
logo: {file: logo.svg, dark: white.svg, alt: The Lake Trust, min_width_mm: 12.5, permission_until: 2027-01-31}
contact: {name: A. Name, email: a@example.org}
"""


def test_an_update_changes_what_the_form_asks_about_and_nothing_else(campaign: Path) -> None:
    own = campaign / "partners/lake-trust"
    own.mkdir()
    (own / "partner.yaml").write_text(KEPT)
    for name in ("logo.svg", "white.svg"):
        (own / name).write_text(SVG)
    path = sheet(campaign, ["Lake Trust", "poster-a3", "B. Name"], header="name,channels,contact_name")

    done = assetgen(campaign, "partner", "import", str(path), "--update")

    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0].strip() for line in done.stdout.splitlines() if " → " in line] == [
        "channels", "contact",
    ]  # fmt: skip
    assert said(campaign, "lake-trust") == {
        **yaml.safe_load(KEPT),
        "channels": ["poster-a3"],
        "contact": {"name": "B. Name", "email": "a@example.org"},
    }
    assert {file.name for file in own.iterdir()} == {"partner.yaml", "logo.svg", "white.svg"}
    assert assetgen(campaign, "check", "-p", "lake-trust").returncode == 0


def test_an_option_of_partner_new_changes_that_alone(campaign: Path) -> None:
    (campaign / "partners/lake-trust").mkdir()
    (campaign / "partners/lake-trust/partner.yaml").write_text(
        "name: Lake Trust\nchannels: [poster-a4]\nmessages: [worried]\n"
    )
    words = ("partner", "new", "--name", "Lake Trust", "--extra", "pvc-banner 2400x600", "--update", "--yes")

    assert assetgen(campaign, *words).returncode == 0
    assert said(campaign, "lake-trust") == {
        "name": "Lake Trust",
        "messages": ["worried"],
        "channels": ["poster-a4"],
        "custom_sizes": [{"id": "pvc-banner-2400x600", "based_on": "pvc-banner", "size": [2400, 600]}],
    }

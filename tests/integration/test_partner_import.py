"""The commands ``partner import`` and ``partner new`` write valid partners and report invalid values."""

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
from assetgen.intake.form_export import read_form_export
from assetgen.schema.campaign_file import FormMapping
from tests.support.command_line import run_assetgen as run_command
from tests.support.example_campaign import PARTNER, append_line, make_campaign
from tests.support.wording import Wording

pytestmark = pytest.mark.commands

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#123456" d="M0 0H40V20H0Z"/></svg>'


def assetgen(folder: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    return run_command(*arguments, folder=folder, stdin=typed)


def write_csv(folder: Path, *rows: list[str], header: str = "name,channels,logo,alongside") -> Path:
    path = folder / "requests.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])
    return path


def read_tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def campaign(tmp_path: Path) -> Path:
    return make_campaign(tmp_path / "campaign")


def counts(report: str) -> list[int]:
    """Return the numbers in the last line of a report: new, changed, unchanged, refused, written."""
    return [int(number) for number in re.findall(r"\d+", report.splitlines()[-1])]


def partner_file(campaign: Path, partner: str) -> dict[str, object]:
    content: dict[str, object] = yaml.safe_load(
        (campaign / f"partners/{partner}/partner.yaml").read_text("utf-8")
    )
    return content


def test_import_creates_a_partner_and_its_logo_from_a_valid_row(campaign: Path, wording: Wording) -> None:
    (campaign / "harbour.svg").write_text(SVG)
    path = write_csv(campaign, ["Harbour Council", "social/*; poster-a4", "harbour.svg", PARTNER])

    result = assetgen(campaign, "partner", "import", str(path))

    assert result.returncode == 0, result.stderr
    assert "harbour-council" in result.stdout
    assert wording == re.sub(r"\d+", "N", result.stdout)
    assert partner_file(campaign, "harbour-council") == {
        "name": "Harbour Council",
        "logo": {"file": "logo.svg", "alt": "Harbour Council"},
        "alongside": [PARTNER],
        "channels": ["social/*", "poster-a4"],
    }
    assert (campaign / "partners/harbour-council/logo.svg").read_text() == SVG
    assert assetgen(campaign, "check", "-p", "harbour-council").returncode == 0


def test_import_reports_each_invalid_row_and_writes_only_valid_ones(campaign: Path, wording: Wording) -> None:
    path = write_csv(
        campaign,
        ["Moor Trust", "sociall/*", "", ""],
        ["Hill Trust", "poster-a4", "hill.svg", ""],
        ["", "poster-a4", "", ""],
        ["Vale Trust", "poster-a4", "", "moor-trust"],
        ["Lake Trust", "poster-a4", "", ""],
    )

    result = assetgen(campaign, "partner", "import", str(path))

    assert result.returncode == 1
    errors = [line for line in result.stderr.splitlines() if ": error: " in line]
    codes = ["unknown-id", "missing-file", "bad-value", "stale"]
    assert [line.partition(": ")[0] for line in errors] == [f"requests.csv:{row}" for row in range(2, 6)]
    assert [line.rpartition("[")[2] for line in errors] == [f"{code}]" for code in codes]
    assert wording == errors
    assert sorted(path.name for path in (campaign / "partners").iterdir()) == [PARTNER, "lake-trust"]


def test_repeated_import_changes_a_partner_only_with_update(campaign: Path, wording: Wording) -> None:
    path = write_csv(campaign, ["Lake Trust", "poster-a4", "", ""])
    assert assetgen(campaign, "partner", "import", str(path)).returncode == 0
    before = read_tree(campaign / "partners")

    unchanged = assetgen(campaign, "partner", "import", str(path))
    write_csv(campaign, ["Lake Trust", "poster-a3", "", ""])
    changed = assetgen(campaign, "partner", "import", str(path))

    assert counts(unchanged.stdout) == [0, 0, 1, 0, 0]
    assert "poster-a4 → poster-a3" in changed.stdout
    assert wording == [unchanged.stdout, changed.stdout]
    assert read_tree(campaign / "partners") == before
    assert assetgen(campaign, "partner", "import", str(path), "--update").returncode == 0
    assert partner_file(campaign, "lake-trust")["channels"] == ["poster-a3"]


def test_import_dry_run_writes_nothing(campaign: Path) -> None:
    before = read_tree(campaign)
    path = write_csv(campaign, ["Lake Trust", "poster-a4", "", ""])

    result = assetgen(campaign, "partner", "import", str(path), "--dry-run")
    path.unlink()

    assert result.returncode == 0 and 1 in counts(result.stdout)
    assert read_tree(campaign) == before


def test_import_of_500_rows_reports_each_of_40_invalid_ones(campaign: Path) -> None:
    invalid = set(range(5, 500, 12)[:40])
    rows = [
        [f"Partner {at}", "poster-a5" if at not in invalid else f"poster-a{at}x", "", ""] for at in range(500)
    ]
    path = write_csv(campaign, *rows)

    result = assetgen(campaign, "partner", "import", str(path), "--format", "json")

    report = json.loads(result.stdout)
    assert result.returncode == 1
    assert {finding["code"] for finding in report["findings"]} == {"unknown-id"}
    assert [
        (finding["line"], re.findall(r"poster-a\d+x", finding["text"])) for finding in report["findings"]
    ] == [(at + 2, [f"poster-a{at}x"]) for at in sorted(invalid)]
    assert {key: report[key] for key in ("new", "changed", "unchanged", "refused", "written")} == {
        "new": 460, "changed": 0, "unchanged": 0, "refused": 40, "written": 460,
    }  # fmt: skip
    assert len(list((campaign / "partners").iterdir())) == 461


HOSTILE_ROWS = [
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


def png_with_declared_side(side_px: int) -> bytes:
    """Return a small PNG whose header declares a huge picture."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    head = struct.pack(">IIBBBBB", side_px, side_px, 8, 6, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_hostile_rows_write_nothing_outside_their_own_partner_folders(campaign: Path) -> None:
    (campaign / "bomb.svg").write_text(
        '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        + SVG.replace("40V", "&b;V")
    )
    (campaign / "bomb.png").write_bytes(png_with_declared_side(60_000))
    header = "name,channels,logo,alongside,custom_sizes"
    path = write_csv(campaign, *HOSTILE_ROWS, ["Lake Trust", "poster-a4", "", ""], header=header)
    before = read_tree(campaign)

    result = assetgen(campaign, "partner", "import", str(path))

    after = read_tree(campaign)
    assert "Traceback" not in result.stderr
    assert {name: after.get(name) for name in before} == before
    new = {name for name in set(after) - set(before) if not name.startswith(".assetgen")}
    assert "partners/lake-trust/partner.yaml" in new
    assert all(name.startswith("partners/") and name.count("/") == 2 for name in new)
    for name in new:
        content = yaml.safe_load(after[name])
        assert set(content) == {"name", "channels"}, "a cell is a value, never a key"
    assert assetgen(campaign, "check").returncode == 0


def test_import_maps_columns_and_answers_as_the_campaign_defines(campaign: Path) -> None:
    append_line(
        campaign,
        "campaign.yaml",
        "requests:\n"
        "  columns: {name: Your organisation, channels: What do you need?}\n"
        '  values: {channels: {Social media: "social/*", A4 posters: poster-a4}}',
    )
    header = "Timestamp,Your organisation,What do you need?"
    path = write_csv(campaign, ["1", "Lake Trust", "Social media;A4 posters"], header=header)

    assert assetgen(campaign, "partner", "import", str(path)).returncode == 0
    assert partner_file(campaign, "lake-trust") == {
        "name": "Lake Trust",
        "channels": ["social/*", "poster-a4"],
    }


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff\x00\xfe", "bad-value"),
        (b"organisation,channels\nA,b\n", "unknown-key"),
        (b"name,name\nA,b\n", "duplicate-id"),
        (b'name,channels\n"A,b\n', "bad-value"),
        (b"", "unknown-key"),
    ],
    ids=["not UTF-8", "no name column", "two name columns", "unclosed quote", "empty file"],
)
def test_import_rejects_an_unreadable_file(
    campaign: Path, content: bytes, code: str, wording: Wording
) -> None:
    path = campaign / "requests.csv"
    path.write_bytes(content)

    result = assetgen(campaign, "partner", "import", str(path))

    assert result.returncode == 2
    assert result.stderr.startswith("requests.csv") and f"[{code}]" in result.stderr
    assert wording == result.stderr


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"name\n{text}".encode()))
@example("name;channels\nA;b\r\n".encode("utf-16"))
def test_arbitrary_bytes_are_read_as_rows_or_reported(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)

    try:
        export = read_form_export(path, FormMapping(), path.parent)
    except CampaignError as error:
        assert error.findings
    else:
        assert all(row.number >= 2 for row in export.rows)


# ── The command partner new


def test_partner_new_writes_the_partner_and_suggests_a_build(campaign: Path) -> None:
    result = assetgen(campaign, "partner", "new", "--name", "Lake Trust", "-c", "poster-a4", "--yes")

    assert result.returncode == 0, result.stderr
    assert "assetgen build -p lake-trust" in result.stdout
    assert partner_file(campaign, "lake-trust") == {"name": "Lake Trust", "channels": ["poster-a4"]}


def test_partner_new_reports_all_errors_together_and_writes_nothing(campaign: Path, wording: Wording) -> None:
    arguments = ("--name", "Lake Trust", "-c", "postr-a4", "-m", "worryed", "--with", "nobody", "--yes")
    result = assetgen(campaign, "partner", "new", *arguments)

    assert result.returncode == 2
    assert result.stderr.count("[unknown-id]") == 3
    assert all(unknown in result.stderr for unknown in ("postr-a4", "worryed", "nobody"))
    assert wording == result.stderr
    assert not (campaign / "partners/lake-trust").exists()


def test_partner_new_requires_a_name_without_a_terminal(campaign: Path, wording: Wording) -> None:
    result = assetgen(campaign, "partner", "new")

    assert result.returncode == 2
    assert wording == result.stderr


def test_partner_new_changes_an_existing_partner_only_with_update(campaign: Path, wording: Wording) -> None:
    before = read_tree(campaign / "partners")
    arguments = ("partner", "new", "--name", "Example County Council", "-c", "poster-a4", "--yes")

    rejected = assetgen(campaign, *arguments)
    assert rejected.returncode == 2 and PARTNER in rejected.stderr and "[duplicate-id]" in rejected.stderr
    assert wording == rejected.stderr
    assert read_tree(campaign / "partners") == before
    assert assetgen(campaign, *arguments, "--update").returncode == 0
    assert partner_file(campaign, PARTNER)["channels"] == ["poster-a4"]


# ── Custom sizes, and updates of existing partners


def test_import_reads_custom_sizes_from_a_column(campaign: Path) -> None:
    cell = "pvc-banner 2400x600; stall: pvc-banner 1800 × 900 mm"
    path = write_csv(campaign, ["Lake Trust", "poster-a4", cell], header="name,channels,custom_sizes")

    result = assetgen(campaign, "partner", "import", str(path))

    assert result.returncode == 0, result.stderr
    assert partner_file(campaign, "lake-trust")["custom_sizes"] == [
        {"id": "pvc-banner-2400x600", "based_on": "pvc-banner", "size": [2400, 600]},
        {"id": "stall", "based_on": "pvc-banner", "size": [1800, 900]},
    ]
    assert assetgen(campaign, "check", "-p", "lake-trust").returncode == 0


def test_import_reports_each_invalid_custom_size(campaign: Path, wording: Wording) -> None:
    cells = ["a big banner", "pvc-baner 2400x600", "pvc-banner 24000x6", "poster-a4: pvc-banner 2400x600"]
    names = ("Moor", "Hill", "Vale", "Lake")
    path = write_csv(
        campaign, *([name, cell] for name, cell in zip(names, cells, strict=True)), header="name,custom_sizes"
    )

    result = assetgen(campaign, "partner", "import", str(path))

    errors = [line for line in result.stderr.splitlines() if ": error: " in line]
    assert [line.partition(": ")[0] for line in errors if "pvc-banner-24000x6" not in line] == [
        f"requests.csv:{row}" for row in range(2, 6)
    ]
    assert "custom_sizes" in errors[0] and "a big banner" in errors[0]
    assert wording == errors
    assert sorted(path.name for path in (campaign / "partners").iterdir()) == [PARTNER]


EXISTING_PARTNER = """\
name: Lake Trust
channels: [poster-a4]
local_line: {en-GB: "By the lake, help is one call away."}
valid_until: 2027-03-31
approved_by: A. Name
custom_sizes: [{id: stall, based_on: pvc-banner, size: [2400, 600]}]
logo: {file: logo.svg, dark: white.svg, alt: The Lake Trust, min_width_mm: 12.5, permission_until: 2027-01-31}
contact: {name: A. Name, email: a@example.org}
"""


def test_import_update_changes_only_values_that_the_form_contains(campaign: Path) -> None:
    own = campaign / "partners/lake-trust"
    own.mkdir()
    (own / "partner.yaml").write_text(EXISTING_PARTNER)
    for name in ("logo.svg", "white.svg"):
        (own / name).write_text(SVG)
    path = write_csv(campaign, ["Lake Trust", "poster-a3", "B. Name"], header="name,channels,contact_name")

    result = assetgen(campaign, "partner", "import", str(path), "--update")

    assert result.returncode == 0, result.stderr
    assert [line.split(":")[0].strip() for line in result.stdout.splitlines() if " → " in line] == [
        "channels", "contact",
    ]  # fmt: skip
    assert partner_file(campaign, "lake-trust") == {
        **yaml.safe_load(EXISTING_PARTNER),
        "channels": ["poster-a3"],
        "contact": {"name": "B. Name", "email": "a@example.org"},
    }
    assert {file.name for file in own.iterdir()} == {"partner.yaml", "logo.svg", "white.svg"}
    assert assetgen(campaign, "check", "-p", "lake-trust").returncode == 0


def test_partner_new_update_changes_only_values_given_as_options(campaign: Path) -> None:
    (campaign / "partners/lake-trust").mkdir()
    (campaign / "partners/lake-trust/partner.yaml").write_text(
        "name: Lake Trust\nchannels: [poster-a4]\nmessages: [worried]\n"
    )
    arguments = (
        "partner",
        "new",
        "--name",
        "Lake Trust",
        "--extra",
        "pvc-banner 2400x600",
        "--update",
        "--yes",
    )

    assert assetgen(campaign, *arguments).returncode == 0
    assert partner_file(campaign, "lake-trust") == {
        "name": "Lake Trust",
        "messages": ["worried"],
        "channels": ["poster-a4"],
        "custom_sizes": [{"id": "pvc-banner-2400x600", "based_on": "pvc-banner", "size": [2400, 600]}],
    }

"""The manifest file: its exact format, and reading it as untrusted input."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from assetgen.errors import CampaignError, MachineError
from assetgen.findings import Severity
from assetgen.manifest.entry import Entry, is_plain_path
from assetgen.manifest.manifest_file import (
    Manifest,
    ManifestHead,
    PackDocument,
    index_manifest,
    manifest_bytes,
    read_listed_assets,
    read_manifest,
    read_whole_manifest,
    write_manifest,
)
from assetgen.planning.asset import Asset
from tests.support.factories import FakeRenderer, fake_content, make_asset, make_spec
from tests.support.wording import Wording

HEADING = ManifestHead("Stop It Now! Staffordshire", "2026.1", {"weasyprint": "70.0", "assetgen": "0.1.0"})
STORY = "acme/worried/ig-story/en-GB"


def entry_of(asset: Asset, fault: str = "") -> Entry:
    rendered = FakeRenderer(faults={asset.id: fault} if fault else {}).render(asset)
    assert rendered.content
    return Entry.of(asset, rendered, rendered.content)


def raw_entry(**changes: Any) -> dict[str, Any]:
    """Return a valid entry as plain values, with other values for some of its keys."""
    entry = json.loads(entry_of(make_asset(STORY)).line)
    assert changes.keys() <= entry.keys()
    return {**entry, **changes}


def write_raw(folder: Path, **changes: Any) -> Path:
    """Write an empty manifest with changes, and return its path."""
    manifest = {"schema": 1, "campaign": "c", "edition": "1", "engine": {}, "assets": [], **changes}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder / "manifest.json"


def test_entry_has_the_documented_keys_in_their_order() -> None:
    entry = json.loads(entry_of(make_asset(STORY)).line)

    assert list(entry) == [
        *("id", "path", "partner", "message", "template", "background", "channel", "variant"),
        *("medium", "locale", "format", "width_px", "height_px", "alt", "alt_long", "link", "click"),
        *("bytes", "sha256", "pixel_sha256", "spec", "regions", "measured", "findings", "terms", "inputs"),
    ]
    content = fake_content(STORY)
    assert (entry["bytes"], entry["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert (entry["width_px"], entry["height_px"]) == (1080, 1920)
    assert entry["spec"]["words"]["long/short"]["number"] == "0808 1000 900"
    assert entry["measured"] == {"tier": "long/short"}
    assert entry["regions"] == []


def test_print_asset_has_millimetres_and_scale() -> None:
    spec = make_spec(width=210.0, height=297.0, unit="mm", bleed_mm=3.0, format="pdf")

    entry = json.loads(entry_of(make_asset(STORY, spec=spec)).line)

    assert {key: entry[key] for key in ("width_mm", "height_mm", "bleed_mm", "scale")} == {
        "width_mm": 210.0,
        "height_mm": 297.0,
        "bleed_mm": 3.0,
        "scale": 1.0,
    }
    assert "width_px" not in entry


def test_inputs_of_planning_and_rendering_are_sorted_together() -> None:
    asset = make_asset(STORY, inputs={"partners/acme/partner.yaml": "2" * 64, "brand/brand.yaml": "1" * 64})

    inputs = json.loads(entry_of(asset).line)["inputs"]

    assert list(inputs) == [
        "brand/brand.yaml",
        "partners/acme/partner.yaml",
        "templates/beacon/template.html",
    ]


def test_findings_in_an_entry_name_their_asset() -> None:
    entry = json.loads(entry_of(make_asset(STORY), fault="warns").line)

    assert [(finding["code"], finding["asset"]) for finding in entry["findings"]] == [("weight", STORY)]


def test_manifest_has_one_unescaped_line_per_asset_sorted_by_path() -> None:
    urdu = make_asset("acme/online/ig-story/ur", spec=make_spec(alt="روشنی"))
    entries = [entry_of(make_asset("beta/worried/ig-story/en-GB")), entry_of(urdu)]

    text = manifest_bytes(HEADING, entries).decode()

    lines = text.split("\n")
    assert lines[:6] == [
        "{",
        '"schema": 1,',
        '"campaign": "Stop It Now! Staffordshire",',
        '"edition": "2026.1",',
        '"engine": {"assetgen":"0.1.0","weasyprint":"70.0"},',
        '"assets": [',
    ]
    assert [line[:14] for line in lines[6:8]] == ['{"id":"acme/on', '{"id":"beta/wo']
    assert lines[8:] == ["]", "}", ""]
    assert "روشنی" in text
    assert json.loads(text)["assets"][1]["partner"] == "beta"


def test_manifest_is_read_back_as_written(tmp_path: Path) -> None:
    entries = [entry_of(make_asset(STORY)), entry_of(make_asset("beta/worried/ig-story/en-GB"))]

    write_manifest(tmp_path / "manifest.json", tmp_path / "temp", HEADING, entries)

    old = read_manifest(tmp_path / "manifest.json")
    assert list(old.entries.values()) == entries
    assert (old.findings, old.is_ours) == ((), True)
    assert [file.name for file in tmp_path.iterdir()] == ["manifest.json"]


def test_index_returns_only_the_entries_of_one_partner(tmp_path: Path) -> None:
    entries = [entry_of(make_asset(name)) for name in (STORY, "beta/worried/ig-story/en-GB")]
    stale = entry_of(make_asset("beta/worried/ig-square/en-GB")).marked_stale(True)
    write_manifest(tmp_path / "manifest.json", tmp_path / "temp", HEADING, [*entries, stale])

    index = index_manifest(tmp_path)

    assert index.engine == HEADING.engine
    assert index.entries("acme") == [entries[0]]
    assert sorted(index.entries("beta")) == sorted([entries[1], stale])
    assert index.entries("nobody") == []
    assert (index.ids["acme"], index.stale) == ({STORY}, {stale.id})


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"schema": 1, "assets": []}', b'{\n"schema": 2,\n"assets": [\n'],
    ids=["empty", "list", "one line", "different schema"],
)
def test_index_refuses_a_manifest_not_formatted_by_a_build(
    tmp_path: Path, content: bytes, wording: Wording
) -> None:
    (tmp_path / "manifest.json").write_bytes(content)

    with pytest.raises(CampaignError) as caught:
        index_manifest(tmp_path)

    (finding,) = caught.value.findings
    assert finding.code == "bad-value"
    # In some cases a message of Python follows the first colon.
    assert wording == (finding.text.partition(": ")[0], finding.hint)


def test_pack_manifest_lists_its_partner_and_documents_before_the_assets() -> None:
    heading = ManifestHead("c", "1", {"assetgen": "0.1.0"}, pack={"partner": "acme"})
    documents = [PackDocument("posts.csv", 7, "1" * 64), PackDocument("alt-text.csv", 5, "2" * 64)]

    content = manifest_bytes(heading, [entry_of(make_asset(STORY))], documents)

    lines = content.decode().split("\n")
    assert lines[4:10] == [
        '"engine": {"assetgen":"0.1.0"},',
        '"pack": {"partner":"acme"},',
        '"files": [',
        f'{{"path":"alt-text.csv","bytes":5,"sha256":"{"2" * 64}"}},',
        f'{{"path":"posts.csv","bytes":7,"sha256":"{"1" * 64}"}}',
        "],",
    ]
    manifest = Manifest.parse(content)
    assert manifest.documents() == tuple(reversed(documents))
    assert [path for path, _ in manifest.asset_hashes()] == [entry_of(make_asset(STORY)).path]


def test_entry_written_by_a_different_version_is_still_listed(tmp_path: Path) -> None:
    spec = {"words": {"long/short": {"headline": "Talk"}}, "rounded": True}
    write_raw(tmp_path, assets=[raw_entry(spec=spec, regions=None, findings=None)])

    heading, (asset,) = read_listed_assets(tmp_path)

    assert heading == ManifestHead("c", "1", {})
    assert (asset.id, asset.width, asset.height, asset.unit) == (STORY, 1080, 1920, "px")
    assert asset.words == {"headline": "Talk"}


def test_reading_a_whole_manifest_reports_every_error(tmp_path: Path, wording: Wording) -> None:
    write_raw(tmp_path, assets=[raw_entry(sha256="abc"), raw_entry(), raw_entry()])

    with pytest.raises(CampaignError) as caught:
        read_whole_manifest(tmp_path)

    texts = [finding.text for finding in caught.value.findings]
    assert ["sha256 " in texts[0], raw_entry()["path"] in texts[1]] == [True, True]
    assert wording == texts


def test_missing_manifest_is_not_an_error(tmp_path: Path) -> None:
    old = read_manifest(tmp_path / "manifest.json")

    assert (dict(old.entries), old.findings, old.is_ours) == ({}, (), True)


@pytest.mark.parametrize(
    ("content", "detail"),
    [
        (b"", "Expecting value: line 1 column 1 (char 0)"),
        (b'{"schema": 1, "assets": [', "Expecting value: line 1 column 26 (char 25)"),
        (b"[]", None),
        (b'{"name": "My web app", "icons": []}', None),
        (b'{"schema": 2, "assets": []}', None),
        (b'{"schema": 1, "assets": [NaN]}', None),
        (b"[" * 100_000, "maximum recursion depth exceeded"),
        (b"\xff\xfe\x00", "'utf-16-le' codec can't decode"),
    ],
    ids=[
        "empty",
        "truncated",
        "list",
        "web app",
        "different schema",
        "not a number",
        "deeply nested",
        "not utf-8",
    ],
)
def test_unusable_manifest_is_a_warning_and_counts_as_absent(
    tmp_path: Path, content: bytes, detail: str | None, wording: Wording
) -> None:
    (tmp_path / "manifest.json").write_bytes(content)

    old = read_manifest(tmp_path / "manifest.json")

    assert (dict(old.entries), old.is_ours) == ({}, False)
    (finding,) = old.findings
    assert finding.severity is Severity.WARNING
    assert (detail or "") in finding.text
    # The detail is a message of Python, which depends on its version.
    assert wording == (finding.text.partition(detail)[0] if detail else finding.text, finding.hint)
    assert str(finding.place) == f"{tmp_path.name}/manifest.json"


def test_symlinked_manifest_is_not_read(tmp_path: Path) -> None:
    write_raw(tmp_path, assets=[raw_entry()]).rename(tmp_path / "elsewhere.json")
    (tmp_path / "manifest.json").symlink_to(tmp_path / "elsewhere.json")

    old = read_manifest(tmp_path / "manifest.json")

    assert (dict(old.entries), old.is_ours) == ({}, False)


def test_folder_at_the_manifests_path_stops_the_build(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "manifest.json").mkdir()

    with pytest.raises(MachineError) as caught:
        read_manifest(tmp_path / "manifest.json")

    (finding,) = caught.value.findings
    assert f"{tmp_path.name}/manifest.json" in finding.text
    assert wording == finding.as_text().replace(tmp_path.name, "<folder>")


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"path": "../../etc/passwd"}, "path '../../etc/passwd' "),
        ({"path": 7}, "path 7 "),
        ({"sha256": "abc"}, "sha256 "),
        ({"id": None}, "id "),
        ({"message": ["worried"]}, "message "),
        ({"alt": "\ud800"}, "'utf-8' codec can't encode character"),
    ],
    ids=["path", "number", "sha256", "id", "message", "alt"],
)
def test_unusable_entry_is_left_out_and_the_others_are_kept(
    tmp_path: Path, changes: dict[str, Any], named: str, wording: Wording
) -> None:
    path = write_raw(tmp_path, assets=[raw_entry(**changes), raw_entry(path="beta/en-GB/social/b.png")])

    old = read_manifest(path)

    assert list(old.entries) == ["beta/en-GB/social/b.png"]
    (finding,) = old.findings
    assert named in finding.text
    text = finding.text.partition(named)[0] if "alt" in changes else finding.text  # without Python's message
    assert wording == (text, finding.hint)


def test_entry_with_a_number_beyond_the_float_range_is_left_out(tmp_path: Path) -> None:
    line = json.dumps(raw_entry(bytes=1)).replace('"bytes": 1', '"bytes": 1e999')
    (tmp_path / "manifest.json").write_text(f'{{"schema": 1, "assets": [{line}]}}')

    old = read_manifest(tmp_path / "manifest.json")

    assert dict(old.entries) == {}
    assert "Out of range float values" in old.findings[0].text


@pytest.mark.parametrize(
    "path",
    [
        "",
        "manifest.json",
        "index.html",
        "/etc/passwd",
        "acme/../../x.png",
        "acme//x.png",
        "./acme/x.png",
        "acme/.",
        ".assetgen/journal",
        "acme/.git/config",
        "acme\\..\\x.png",
        "C:/x.png",
        "acme/x.png:stream",
        "acme/x\0.png",
        "acme/x\n.png",
        "a/" * 600 + "x.png",
        None,
        ["acme", "x.png"],
    ],
    ids=lambda path: ascii(path)[:40],
)
def test_path_that_is_not_plain_and_below_a_folder_is_refused(path: object) -> None:
    assert not is_plain_path(path)


def test_stale_mark_can_be_set_and_removed() -> None:
    entry = entry_of(make_asset(STORY))

    marked = entry.marked_stale(True)

    assert json.loads(marked.line) == {**json.loads(entry.line), "stale": True}
    assert Entry.parse(json.loads(marked.line)).stale
    assert marked.marked_stale(False) == entry

"""A pack is read off the manifest: each entry's place in it, and what cannot be read is told as such."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assetgen.errors import CampaignError
from assetgen.manifest.manifest_file import MANIFEST_NAME
from assetgen.packs.pack_contents import packed_path, read_lines, read_shelf
from assetgen.planning.variants import MONO, OFFICE
from tests.support.pack_values import make_good

HEAD = '{\n"schema": 1,\n"engine": {"assetgen": "1", "weasyprint": "70"},\n"assets": [\n'


def entry(asset: str, **more: object) -> str:
    return json.dumps({"id": asset, "partner": asset.partition("/")[0], **more})


def manifest(folder: Path, *entries: str, head: str = HEAD) -> Path:
    (folder / MANIFEST_NAME).write_text(head + ",\n".join(entries) + "\n]}\n", "utf-8")
    return folder


def test_a_manifest_is_read_by_partner_and_every_span_leads_to_its_entry(tmp_path: Path) -> None:
    entries = [
        entry("acme/a/x/en-GB"),
        entry("beta/a/x/en-GB", stale=True),
        entry("acme/b/x/cy", alt="türen"),
    ]

    shelf = read_shelf(manifest(tmp_path, *entries))

    assert dict(shelf.engine) == {"assetgen": "1", "weasyprint": "70"}
    assert shelf.ids["acme"] == {"acme/a/x/en-GB", "acme/b/x/cy"}
    assert shelf.stale == {"beta/a/x/en-GB"}
    # A span takes in the comma and the line's end.
    lines = [line.rstrip(b",\n").decode() for line in read_lines(shelf.manifest, shelf.spans["acme"])]
    assert lines == [entries[0], entries[2]]


def test_a_manifest_without_assets_has_no_partner(tmp_path: Path) -> None:
    assert read_shelf(manifest(tmp_path)).spans == {}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "the manifest cannot be used"),
        (
            HEAD.replace('"schema": 1', '"schema": 99') + "]}",
            "it is not of the form that assetgen build writes",
        ),
        (HEAD.replace('{"assetgen": "1", "weasyprint": "70"}', "[]") + "]}", "not of the form"),
        (HEAD + "{no json}\n]}", "the manifest cannot be used"),
        (HEAD + '{"id": "a"}\n]}', "the manifest cannot be used"),
    ],
)
def test_a_manifest_that_no_build_wrote_is_refused(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / MANIFEST_NAME).write_text(content, "utf-8")

    with pytest.raises(CampaignError) as raised:
        read_shelf(tmp_path)

    (finding,) = raised.value.findings
    assert (finding.code, finding.hint) == ("bad-value", "run assetgen build first")
    assert words in finding.text


def test_a_folder_without_a_manifest_asks_for_a_build(tmp_path: Path) -> None:
    with pytest.raises(CampaignError) as raised:
        read_shelf(tmp_path)

    assert raised.value.findings[0].code == "missing-file"


def test_a_file_stands_in_its_use_and_language_and_a_code_in_its_use_alone() -> None:
    assert packed_path("acme/cy/ooh/door.pdf", "ooh", "cy") == "08-outdoor/cy/door.pdf"
    assert packed_path("acme/en-GB/workplace/a.png", "workplace", "en-GB") == "04-screens/en-GB/a.png"
    assert packed_path("acme/qr/code.svg", "qr", "en-GB") == "06-qr/code.svg"


def test_a_printer_gets_what_is_printed_but_for_what_an_office_prints() -> None:
    assert make_good().is_for_printer and make_good(form=MONO).is_for_printer
    assert not make_good(form=OFFICE).is_for_printer
    assert not make_good(use="social").is_for_printer


def test_a_size_is_told_without_needless_decimals() -> None:
    assert make_good().size == "210 × 297 mm"
    assert make_good(width=85.5, height=55.0).size == "85.5 × 55 mm"
    assert make_good().name == "door_acme_worried_poster-a4_en-GB.pdf"

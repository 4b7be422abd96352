"""Rendering one asset: faults of a template, blocked reads, fonts, recorded inputs and reproducible bytes.

Each fault is written into a tiny campaign that is valid without it. A fault fails only its own asset, with the file and
line at fault.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from fontTools.ttLib import TTFont

from assetgen.errors import MachineError
from assetgen.loading.campaign import load_campaign
from assetgen.rendering.rendered_file import RenderedFile
from assetgen.rendering.renderer import Renderer
from tests.support.tiny_campaign import (
    CARD_ID,
    FILES,
    REPO,
    SHEET_ID,
    STYLE_CSS,
    finding_texts,
    load_tiny,
    render_tiny,
    write_tiny,
)
from tests.support.wording import Wording

EXTRA, STYLE = "templates/bare/extra.html", "templates/bare/style.css"
DESCRIPTION = "templates/bare/template.yaml"
SECRET = "kept out of every page"
DOT = "%3Csvg xmlns='http://www.w3.org/2000/svg' width='1' height='1'/%3E"


def with_part(markup: str) -> dict[str, str]:
    """Return the change that puts markup into line 2 of an included part."""
    return {EXTRA: f"{{# a part #}}\n{markup}"}


def with_rule(rule: str) -> dict[str, str]:
    """Return the change that puts a rule into line 4 of the style sheet."""
    return {STYLE: f"{STYLE_CSS}{rule}\n"}


FAULTS = {
    "a missing picture": (
        with_part('<img src="brand/images/door.png" alt="A door">'), f"{EXTRA}:2:11", "picture-missing",
    ),
    "a missing background picture": (
        with_rule(".headline { background: url(brand/door.png) }"), f"{STYLE}:4:29", "picture-missing",
    ),
    "a file that is not a picture": (
        with_part('<img src="templates/bare/style.css" alt="A door">'), f"{EXTRA}:2:11", "picture-missing",
    ),
    "a picture without alt text": (
        with_part(f'<img src="data:image/svg+xml,{DOT}">'), f"{EXTRA}:2:11", "alt-missing",
    ),
    "an unknown property": (with_rule(".number { aspect-ratio: 1 }"), f"{STYLE}:4:11", "css-ignored"),
    "an unknown property in a part": (
        with_part('<p style="aspect-ratio: 1">Hello</p>'), f"{EXTRA}:2:11", "css-ignored",
    ),
    "an invalid value": (with_rule(".number { color: blurple }"), f"{STYLE}:4:11", "css-ignored"),
    "an invalid selector": (with_rule(".number:::x { color: red }"), f"{STYLE}:4:1", "template"),
    "a font family outside the brand": (
        with_rule('.number { --own: "Acme Sans"; font-family: var(--own) }'), f"{STYLE}:4:19", "font-missing",
    ),
    "a generic font family": (
        with_rule(".headline { --own: sans-serif; font-family: var(--own) }"), f"{STYLE}:4:20", "font-missing",
    ),
    "a character that no brand font has": (
        with_part("<p>\u0a97</p>"), f"{EXTRA}:2:4", "glyph-missing",
    ),
    "a second page": (with_part("<p>A line of its own.</p>" * 30), DESCRIPTION, "template"),
    "a page of a different size": (
        with_part('<style>{{ "@" }}page { size: 100px 100px }</style>'), DESCRIPTION, "template",
    ),
    "an unknown variable": (with_part("<p>{{ headline }}</p>"), f"{EXTRA}:2", "template"),
    "an unknown fact": (with_part("<p>{{ facts.telephone }}</p>"), f"{EXTRA}:2", "template"),
    "a missing part": (with_part('{% include "bare/ending.html" %}'), f"{EXTRA}:2", "template"),
    "a part that includes itself": ({EXTRA: '{% include "bare/extra.html" %}'}, f"{EXTRA}:1", "template"),
    "a macro with an invalid argument": (with_part("{{ svg(flat(5, palette.ink)) }}"), f"{EXTRA}:2", "template"),
    "a sandbox escape": (with_part("{{ ''.__class__ }}"), f"{EXTRA}:2", "template"),
    "a sandbox escape through a macro": (
        with_part("{{ text.__globals__ }}"), f"{EXTRA}:2", "template",
    ),
    "a loop over a million numbers": (
        with_part("{% for number in range(1000000) %}{{ number }}{% endfor %}"), f"{EXTRA}:2", "template",
    ),
}  # fmt: skip


def places_and_codes(rendered: RenderedFile) -> list[tuple[str, str]]:
    """Return the place and the code of each finding."""
    return [(str(finding.place), finding.code) for finding in rendered.findings]


@pytest.mark.parametrize(("changes", "place", "code"), FAULTS.values(), ids=FAULTS)
def test_a_template_fault_fails_its_asset_with_one_finding(
    tmp_path: Path, changes: dict[str, str], place: str, code: str, wording: Wording
) -> None:
    rendered = render_tiny(tmp_path, changes)

    assert places_and_codes(rendered) == [(place, code)]
    assert wording == finding_texts(rendered)
    assert rendered.content is None
    assert {finding.asset for finding in rendered.findings} == {CARD_ID}


BLOCKED_READS = {
    "above the campaign": ('<img src="../secret.png" alt="x">', 14, "secret.png"),
    "above the campaign, percent-encoded": (
        '<img src="brand/%2e%2e/%2e%2e/secret.png" alt="x">',
        None,
        "brand/../../secret.png",
    ),
    "an absolute path": ('<img src="/etc/hostname" alt="x">', 12, "etc/hostname"),
    "a file address": ('<img src="file:///etc/hostname" alt="x">', 11, "file:///etc/hostname"),
    "a web address": ('<img src="https://cdn.invalid/a.png" alt="x">', 11, "https://cdn.invalid/a.png"),
    "a partner's file": ('<img src="partners/acme/partner.yaml" alt="x">', 11, "partners/acme/partner.yaml"),
    "an attachment": ('<link rel="attachment" href="file:///etc/hostname">', 30, "file:///etc/hostname"),
    "a linked attachment": (
        '<a rel="attachment" href="https://a.invalid/b">x</a>',
        27,
        "https://a.invalid/b",
    ),
    "a style sheet": (
        '<link rel="stylesheet" href="https://a.invalid/b.css">',
        30,
        "https://a.invalid/b.css",
    ),
    "an object": ('<object data="file:///etc/hostname"></object>', 15, "file:///etc/hostname"),
    "an embedded file": ('<embed src="file:///etc/hostname">', 13, "file:///etc/hostname"),
    "a picture in a drawing": (
        '<svg width="9" height="9"><title>x</title><image href="file:///etc/hostname" width="9" height="9"/></svg>',
        56,
        "file:///etc/hostname",
    ),
    "a different base address": (
        '<base href="file:///etc/"><img src="hostname" alt="x">',
        37,
        "file:///etc/hostname",
    ),
    "a different partner's logo": (
        '<img src="http://logos.invalid/beta" alt="x">',
        11,
        "http://logos.invalid/beta",
    ),
}


@pytest.mark.parametrize(("markup", "column", "quoted"), BLOCKED_READS.values(), ids=BLOCKED_READS)
def test_a_page_cannot_read_files_outside_brand_and_templates(
    tmp_path: Path, markup: str, column: int | None, quoted: str, wording: Wording
) -> None:
    (tmp_path / "secret.png").write_text(SECRET)

    rendered = render_tiny(tmp_path / "campaign", with_part(markup), SHEET_ID)

    first = rendered.findings[0]
    assert (first.code, first.is_error) == ("blocked-read", True)
    assert (first.place.file, first.place.line) == (EXTRA, 2)
    assert column in (first.place.column, None)
    assert quoted in first.text
    assert wording == [first.text, first.hint]
    assert rendered.content is None


def test_a_symlink_out_of_the_campaign_is_not_followed(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "secret.svg").write_text(
        f"<svg xmlns='http://www.w3.org/2000/svg'><text>{SECRET}</text></svg>"
    )
    root = write_tiny(tmp_path / "campaign", with_part('<img src="brand/link.svg" alt="x">'))
    (root / "brand/link.svg").symlink_to(tmp_path / "secret.svg")

    rendered = render_tiny(root, with_part('<img src="brand/link.svg" alt="x">'))

    assert places_and_codes(rendered) == [(f"{EXTRA}:2:11", "blocked-read")]
    assert wording == finding_texts(rendered)


def test_a_symlink_loop_is_not_followed(tmp_path: Path) -> None:
    root = write_tiny(tmp_path)
    (root / "brand/a.png").symlink_to(root / "brand/b.png")
    (root / "brand/b.png").symlink_to(root / "brand/a.png")

    rendered = render_tiny(root, with_part('<img src="brand/a.png" alt="x">'))

    assert rendered.content is None
    assert [finding.code for finding in rendered.findings] in (["blocked-read"], ["picture-missing"])


def test_a_read_blocked_in_a_style_sheet_fails_only_its_template(tmp_path: Path, wording: Wording) -> None:
    changes = with_rule("@color-profile --own { src: url(file:///etc/hostname) }")
    other = {name.replace("/bare/", "/valid/"): text for name, text in FILES.items() if "/bare/" in name}
    other["templates/valid/template.html"] = FILES["templates/bare/template.html"].replace("bare/", "valid/")
    campaign, assets = load_tiny(tmp_path, {**changes, **other})
    renderer = Renderer(campaign)

    faulty, valid = renderer(assets[CARD_ID]), renderer(replace(assets[CARD_ID], template="valid"))

    assert places_and_codes(faulty) == [(f"{STYLE}:4:33", "blocked-read")]
    assert wording == finding_texts(faulty)
    assert valid.content is not None
    assert finding_texts(valid) == []


def test_one_run_finds_every_fault_of_a_page(tmp_path: Path) -> None:
    changes = {
        **with_part('<img src="brand/one.png" alt="1"><img src="brand/two.png" alt="2"><p>\u0a97</p>'),
        **with_rule(".number { aspect-ratio: 1; --own: Acme; font-family: var(--own) }"),
    }

    rendered = render_tiny(tmp_path, changes)

    assert sorted(finding.code for finding in rendered.findings) == [
        "css-ignored",
        "font-missing",
        "glyph-missing",
        "picture-missing",
        "picture-missing",
    ]


def test_a_missing_glyph_is_reported_at_its_message(tmp_path: Path, wording: Wording) -> None:
    words = FILES["brand/messages/hello.yaml"].replace("short: Talk to us}", "short: Talk \u0a97}", 1)

    rendered = render_tiny(tmp_path, {"brand/messages/hello.yaml": words})

    assert places_and_codes(rendered) == [("brand/messages/hello.yaml:3:21", "glyph-missing")]
    assert wording == finding_texts(rendered)


def test_a_jinja_syntax_error_is_found_when_the_campaign_is_loaded(tmp_path: Path, wording: Wording) -> None:
    loaded = load_campaign(write_tiny(tmp_path, with_part("{% if message %}")))

    (fault,) = [finding for finding in loaded.findings if finding.code == "template"]
    assert str(fault.place) == f"{EXTRA}:2"
    assert wording == fault.as_text()


@pytest.mark.parametrize("changes", [changes for changes, _, _ in FAULTS.values()], ids=FAULTS)
def test_a_faulty_asset_does_not_change_the_bytes_of_the_next(
    tmp_path: Path, valid_bytes: dict[str, bytes | None], changes: dict[str, str]
) -> None:
    broken = {name.replace("/bare/", "/broken/"): text for name, text in FILES.items() if "/bare/" in name}
    broken |= {name.replace("/bare/", "/broken/"): text for name, text in changes.items()}
    broken = {name: text.replace("bare/", "broken/") for name, text in broken.items()}
    campaign, assets = load_tiny(tmp_path, broken)
    renderer = Renderer(campaign)

    faulty = renderer(replace(assets[CARD_ID], template="broken"))
    after = {asset_id: renderer(assets[asset_id]).content for asset_id in (CARD_ID, SHEET_ID)}

    assert any(finding.is_error for finding in faulty.findings)
    assert after == valid_bytes


@pytest.fixture(scope="module")
def valid_bytes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes | None]:
    """Return the bytes of each asset of the valid campaign, each rendered by a separate renderer."""
    return {
        asset: render_tiny(tmp_path_factory.mktemp("valid"), None, asset).content
        for asset in (CARD_ID, SHEET_ID)
    }


def test_each_asset_records_only_its_own_inputs(tmp_path: Path) -> None:
    changes = with_part('{% if channel.medium == "print" %}<img src="brand/dot.svg" alt="A dot">{% endif %}')
    dot = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path d="M0 0H9V9Z"/></svg>'
    campaign, assets = load_tiny(tmp_path, {**changes, "brand/dot.svg": dot})
    renderer = Renderer(campaign)

    sheet, card = renderer(assets[SHEET_ID]), renderer(assets[CARD_ID])

    assert "brand/dot.svg" in sheet.inputs
    assert "brand/dot.svg" not in card.inputs
    assert {EXTRA, STYLE, "templates/bare/template.html", "templates/bare/template.yaml"} <= set(card.inputs)
    assert {name for name in card.inputs if name.endswith(".ttf")} == {
        face.path for face in campaign.brand.faces
    }


def test_rendering_an_asset_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    campaign, assets = load_tiny(tmp_path)
    renderer = Renderer(campaign)

    assert renderer(assets[SHEET_ID]).content == renderer(assets[SHEET_ID]).content
    assert renderer(assets[CARD_ID]).content == renderer(assets[CARD_ID]).content


SCRIPT = """
import hashlib, sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from tests.support.tiny_campaign import CARD_ID, SHEET_ID, render_tiny
for asset in (CARD_ID, SHEET_ID):
    rendered = render_tiny(Path(sys.argv[1]), None, asset)
    print(hashlib.sha256(rendered.content).hexdigest(), rendered.pixel_sha256)
"""


def render_in_new_process(root: Path, **environment: str) -> str:
    """Return the hashes of both assets, rendered in a new process."""
    environment = {**os.environ, "PYTHONPATH": str(REPO / "src"), **environment}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT, str(root), str(REPO)],
        env=environment, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout


def test_folder_time_zone_locale_and_hash_seed_do_not_change_the_bytes(tmp_path: Path) -> None:
    here = render_in_new_process(tmp_path / "here", TZ="UTC", PYTHONHASHSEED="1", LC_ALL="C.UTF-8")
    there = render_in_new_process(
        tmp_path / "some where" / "élse", TZ="Pacific/Kiritimati", PYTHONHASHSEED="2", LC_ALL="tr_TR.UTF-8"
    )

    assert here == there
    assert here.count("\n") == 2


def test_a_rendered_page_embeds_only_brand_fonts(tmp_path: Path) -> None:
    rendered = render_tiny(tmp_path, None, SHEET_ID)

    assert rendered.content is not None
    assert font_names(rendered.content) == {"Hanken-Grotesk-Bold"}


def test_a_font_changed_after_loading_is_rendered_as_it_was_loaded(tmp_path: Path) -> None:
    before = render_tiny(tmp_path / "before", None, SHEET_ID)
    campaign, assets = load_tiny(tmp_path / "after")
    fonts = tmp_path / "after/brand/fonts"
    for weight in ("600SemiBold", "700Bold"):
        shutil.copy(fonts / "HankenGrotesk_500Medium.ttf", fonts / f"HankenGrotesk_{weight}.ttf")

    after = Renderer(campaign)(assets[SHEET_ID])

    assert after.content == before.content, finding_texts(after)
    assert after.inputs == before.inputs


def test_a_damaged_cached_font_is_written_again(tmp_path: Path) -> None:
    before = render_tiny(tmp_path, None, SHEET_ID)
    for cached in (tmp_path / ".assetgen/fonts").rglob("*.ttf"):
        cached.unlink()  # processes that have it open keep its bytes
        cached.write_bytes(b"damaged")

    assert render_tiny(tmp_path, None, SHEET_ID).content == before.content


def test_a_deleted_font_is_no_longer_used(tmp_path: Path) -> None:
    render_tiny(tmp_path, None, SHEET_ID)
    (tmp_path / "brand/fonts/HankenGrotesk_700Bold.ttf").unlink()

    rendered = render_tiny(tmp_path, None, SHEET_ID)

    assert rendered.content is not None, finding_texts(rendered)
    assert font_names(rendered.content) == {"Hanken-Grotesk-Semi-Bold"}


def font_names(pdf: bytes) -> set[str]:
    """Return the names of a page's fonts, without the six-letter prefix of a subset."""
    document = pdfium.PdfDocument(pdf)
    try:
        texts = [thing for thing in document[0].get_objects() if thing.type == pdfium.raw.FPDF_PAGEOBJ_TEXT]
        return {thing.get_font().get_base_name().split("+")[-1] for thing in texts}
    finally:
        document.close()


def test_system_fonts_are_never_used(tmp_path: Path, wording: Wording) -> None:
    """The system has a font with a letter that the brand's fonts lack, and fontconfig would find it."""
    fontconfig_file = write_machine_font(tmp_path)
    root = write_tiny(tmp_path / "campaign", with_part("<p>\u0a97</p>"))

    unguarded = run_with_fonts(fontconfig_file, UNGUARDED, root)
    guarded = run_with_fonts(fontconfig_file, GUARDED, root)

    assert unguarded.split("\n") == ["Machine Sans", ""]
    assert guarded.startswith(f"{EXTRA}:2:4: error: ") and "[glyph-missing]" in guarded
    assert wording == guarded


UNGUARDED = """
from weasyprint import HTML
document = HTML(string="<p>\u0a97</p>").render()
document.write_pdf()
print(*{font.family.decode() if isinstance(font.family, bytes) else font.family for font in document.fonts.values()})
"""
GUARDED = """
import sys
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from tests.support.tiny_campaign import CARD_ID, finding_texts
from assetgen.loading.campaign import load_campaign
from assetgen.planning.planner import plan_assets
from assetgen.rendering.renderer import Renderer
campaign = load_campaign(Path(sys.argv[1])).campaign
print(*finding_texts(Renderer(campaign)(plan_assets(campaign).by_id()[CARD_ID])))
"""


def write_machine_font(folder: Path) -> Path:
    """Write a font Machine Sans that has U+0A97, and a fontconfig file that lists it. Return the fontconfig file."""
    font = TTFont(REPO / "brand/fonts/HankenGrotesk_500Medium.ttf")
    for table in font["cmap"].tables:
        table.cmap[0x0A97] = "A"
    for record in font["name"].names:
        record.string = "MachineSans" if record.nameID == 6 else "Machine Sans"
    (folder / "machine").mkdir()
    font.save(folder / "machine" / "machine.ttf")
    file = folder / "machine.conf"
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
        f"<fontconfig><dir>{folder}/machine</dir><cachedir>{folder}/cache</cachedir></fontconfig>"
    )
    return file


def run_with_fonts(fontconfig_file: Path, script: str, root: Path) -> str:
    """Return what a script prints on a system with these fonts."""
    environment = {**os.environ, "PYTHONPATH": str(REPO / "src"), "FONTCONFIG_FILE": str(fontconfig_file)}
    done = subprocess.run(
        [sys.executable, "-c", script, str(root), str(REPO)],
        env={**environment, "PYTHONUTF8": "1"}, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return done.stdout


def test_a_missing_layout_engine_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    campaign, _ = load_tiny(tmp_path)
    real_import = __import__

    def import_without_weasyprint(name: str, *rest: object, **options: object) -> object:
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real_import(name, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("builtins.__import__", import_without_weasyprint)
    with pytest.raises(MachineError) as error:
        Renderer(campaign)

    (finding,) = error.value.findings
    assert finding.code == "machine"
    assert "cannot load library 'libpango-1.0-0'" in finding.text
    assert wording == str(error.value)


def test_markup_in_a_headline_stays_plain_text(tmp_path: Path) -> None:
    words = FILES["brand/messages/hello.yaml"].replace("short: Talk to us}", 'short: "<b>Talk</b> & co"}', 1)

    rendered = render_tiny(tmp_path, {"brand/messages/hello.yaml": words}, SHEET_ID)

    assert "<b>Talk</b> & co" in " ".join(page_text(rendered).split())


def page_text(rendered: RenderedFile) -> str:
    assert rendered.content is not None, finding_texts(rendered)
    document = pdfium.PdfDocument(rendered.content)
    try:
        return str(document[0].get_textpage().get_text_range())
    finally:
        document.close()

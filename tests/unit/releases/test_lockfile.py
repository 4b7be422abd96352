"""The lockfile: equal values give equal text, and faults are reported with their line.

Also the perceptual fingerprints by which its pictures are compared.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image, ImageDraw

from assetgen.errors import CampaignError, RenderError
from assetgen.manifest.entry import ListedAsset, read_listed
from assetgen.releases.lockfile import (
    FINGERPRINT_BYTES,
    LockedAsset,
    Lockfile,
    decode_picture,
    files_of,
    fingerprints_match,
    format_lockfile,
    locked_asset,
    parse_lockfile,
    perceptual_fingerprint,
)
from tests.support.wording import Wording

LOOK = bytes(range(256)) + bytes(32)
ONE = LockedAsset(
    path="acme/en-GB/social/door.png",
    id="acme/worried/ig-square/en-GB",
    sha256="a" * 64,
    pixel_sha256="b" * 64,
    words={"headline": "0123456789ab", "alt": "ba9876543210"},
    link="https://example.org/?a=“b” c",
    click=None,
    inputs="0123456789abcdef",
    perceptual_fingerprint=LOOK,
)
SVG = replace(
    ONE, path="acme/qr/door.svg", pixel_sha256=None, words={}, link=None, perceptual_fingerprint=None
)
LOCK = Lockfile(
    campaign='Open "Door" Line – Tür',
    edition="1",
    engine={"weasyprint": "70", "assetgen": "1"},
    assets={one.path: one for one in (ONE, SVG)},
    files={"brand/brand.yaml": frozenset({"c" * 64, "d" * 64})},
)


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def listed(**changes: Any) -> ListedAsset:
    values: dict[str, Any] = {
        "path": "a/b.png", "id": "a/b/c/d", "partner": "a", "medium": "social", "format": "png", "sha256": "a" * 64,
        "spec": {"words": {"long": {"headline": "Talk"}, "short": {"headline": "Talk to us"}}},
        "measured": {"tier": "long"}, "alt": "A door",
        "inputs": {"brand/brand.yaml": "1" * 64, "assetgen/page.html": "2" * 64},
    }  # fmt: skip
    return read_listed({**values, **changes})


def lock_error(text: str) -> tuple[int | None, str]:
    with pytest.raises(CampaignError) as raised:
        parse_lockfile(text)
    (finding,) = raised.value.findings
    assert finding.place.file == "assetgen.lock"
    return finding.place.line, finding.text


def test_lockfile_is_read_back_as_written() -> None:
    assert parse_lockfile(format_lockfile(LOCK)) == LOCK
    assert format_lockfile(parse_lockfile(format_lockfile(LOCK))) == format_lockfile(LOCK)


def test_windows_line_endings_change_nothing() -> None:
    assert parse_lockfile(format_lockfile(LOCK).replace("\n", "\r\n")) == LOCK


def test_order_of_the_values_does_not_change_the_text() -> None:
    reordered = replace(
        LOCK, assets={one.path: one for one in (SVG, ONE)}, engine={"assetgen": "1", "weasyprint": "70"}
    )

    assert format_lockfile(reordered) == format_lockfile(LOCK)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("form 1", "<<<<<<< ours", ""),
        ("form 1", "form 2", "2"),
        ('edition "1"\n', "", "edition"),
        ('edition "1"', "edition 1", "1"),
        ("  click -", "  clock -", "'clock'"),
        ("  click -\n", "", "click"),
        ("a" * 64, "a" * 63, "sha256"),
        ('asset "acme/qr/door.svg"', 'asset "../door.svg"', ""),
        ('asset "acme/qr/door.svg"', 'asset "acme/en-GB/social/door.png"', ""),
        ("  look ", "  look AAAA", ""),
        ("file c", "file x", "'file'"),
    ],
    ids=[
        *(
            "merge conflict",
            "different format",
            "no edition",
            "unquoted edition",
            "misspelt key",
            "missing key",
        ),
        *("short digest", "unsafe path", "duplicate path", "invalid fingerprint", "invalid file digest"),
    ],
)
def test_corrupt_lockfile_is_refused(old: str, new: str, named: str, wording: Wording) -> None:
    text = format_lockfile(LOCK)
    assert old in text

    _, message = lock_error(text.replace(old, new, 1))

    assert named in message
    assert wording == message


def test_error_in_a_lockfile_has_its_line_number() -> None:
    text = format_lockfile(LOCK)
    number = text.split("\n").index('edition "1"') + 1

    assert lock_error(text.replace('edition "1"', "edition ?"))[0] == number


@pytest.mark.parametrize("lines_less", [1, 3, 7])
def test_truncated_lockfile_is_refused(lines_less: int, wording: Wording) -> None:
    lines = format_lockfile(LOCK).rstrip("\n").split("\n")

    assert wording == lock_error("\n".join(lines[:-lines_less]))[1]


def test_lockfile_contains_digests_only_of_the_copy_length_that_was_used() -> None:
    accepted = locked_asset(listed())

    assert set(accepted.words) == {"headline", "alt"}
    assert accepted.words["headline"] != locked_asset(listed(measured={"tier": "short"})).words["headline"]
    assert "Talk" not in format_lockfile(replace(LOCK, assets={accepted.path: accepted}))


def test_files_that_come_with_assetgen_are_not_inputs_in_the_lockfile() -> None:
    other = {"brand/brand.yaml": "1" * 64, "assetgen/page.html": "3" * 64}

    assert locked_asset(listed()).inputs == locked_asset(listed(inputs=other)).inputs
    assert files_of([listed()]) == {"brand/brand.yaml": frozenset({"1" * 64})}


def test_fingerprint_matches_a_picture_shifted_by_1_px_but_not_one_without_copy() -> None:
    def draw_picture(x: float, words: bool = True) -> bytes:
        picture = Image.new("RGB", (640, 640), (16, 38, 44))
        if words:
            ImageDraw.Draw(picture).rectangle((x, 200, x + 300, 300), fill=(255, 255, 255))
        return png(picture)

    original, shifted, without_copy = (
        perceptual_fingerprint(content, "png")
        for content in (draw_picture(100), draw_picture(101), draw_picture(100, False))
    )

    assert original is not None and len(original) == FINGERPRINT_BYTES
    assert fingerprints_match(original, shifted)
    assert not fingerprints_match(original, without_copy)


def test_svg_has_no_perceptual_fingerprint_and_matches_no_picture() -> None:
    assert perceptual_fingerprint(b"<svg/>", "svg") is None
    assert fingerprints_match(None, None)
    assert not fingerprints_match(None, LOOK)


def test_transparent_pixels_become_white() -> None:
    picture = decode_picture(png(Image.new("RGBA", (2, 2), (255, 0, 0, 0))), "png", 640)

    assert picture is not None and picture.getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("format_", ["png", "jpg", "pdf"])
def test_unreadable_picture_is_reported_as_altered(format_: str) -> None:
    with pytest.raises(RenderError) as raised:
        decode_picture(b"nothing", format_, 640)

    assert raised.value.findings[0].code == "file-altered"

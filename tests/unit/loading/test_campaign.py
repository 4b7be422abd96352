"""Loading a campaign: all errors in its files are reported in one run, each at its place and with a hint."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.campaign import load_campaign
from assetgen.planning.planner import plan_assets
from tests.support.example_campaign import (
    BRAND_FILE,
    MARKUP_FILE,
    MESSAGE_FILE,
    PARTNER,
    PARTNER_FILE,
    STYLE_FILE,
    add_partner,
    append_line,
    make_campaign,
    replace_in_file,
    write_campaign_file,
)
from tests.support.wording import Wording
from tests.unit.loading.places_and_codes import places_and_codes

LOGO_FILE = f"partners/{PARTNER}/logo.svg"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="9" height="9"/></svg>'

Change = Callable[[Path], object]


def load_errors(root: Path) -> list[Finding]:
    """Return the errors of a campaign, whether it can be planned or not."""
    try:
        found = list(load_campaign(root).findings)
    except CampaignError as error:
        found = error.findings
    return [finding for finding in found if finding.is_error]


def replace_in(file: str, old: str, replacement: str) -> Change:
    return lambda root: replace_in_file(root, file, old, replacement)


def append_to(file: str, line: str) -> Change:
    return lambda root: append_line(root, file, line)


def overwrite(file: str, content: bytes) -> Change:
    return lambda root: (root / file).write_bytes(content)


def convert_to_utf_16(file: str) -> Change:
    return lambda root: (root / file).write_text((root / file).read_text("utf-8"), "utf-16")


def create_partner(partner_id: str, text: str = "name: Another Council\n") -> Change:
    return lambda root: add_partner(root, partner_id, text)


def create_file(file: str, text: str) -> Change:
    return lambda root: write_campaign_file(root, file, text)


def create_sparse_file(file: str, size: int) -> Change:
    """Return the change that adds a file of this size, which takes no space on the disk."""

    def grow(root: Path) -> None:
        with (root / file).open("wb") as sparse:
            sparse.truncate(size)

    return grow


def all_of(*changes: Change) -> Change:
    return lambda root: [change(root) for change in changes]


def link_message_outside(root: Path) -> None:
    moved = (root / MESSAGE_FILE).rename(root.parent / "worried.yaml")
    (root / MESSAGE_FILE).symlink_to(moved)


def misspell_logo_file(root: Path) -> None:
    append_line(root, PARTNER_FILE, "logo: {file: logo-main.svg, alt: The council}")
    (root / PARTNER_FILE).with_name("logo.svg").write_text("<svg/>", "utf-8")


# A change to the campaign, and the place and code of each error that it causes.
INVALID_CHANGES: dict[str, tuple[Change, list[str]]] = {
    "unknown key": (
        replace_in("campaign.yaml", "edition:", "editon:"),
        ["campaign.yaml:4:1 bad-value", "campaign.yaml:6:1 unknown-key"],
    ),
    "duplicate key": (
        append_to("campaign.yaml", "tracking: none"),
        ["campaign.yaml:16:1 yaml"],
    ),
    "YAML alias": (
        replace_in(PARTNER_FILE, "role: lead", "role: *lead"),
        ["partners/example-county-council/partner.yaml:4:7 yaml"],
    ),
    "wrong type": (
        replace_in("campaign.yaml", "messages: [worried, loved-one]", "messages: worried"),
        ["campaign.yaml:8:11 bad-value"],
    ),
    "invalid date": (
        replace_in("campaign.yaml", "2026-11-01", "November"),
        ["campaign.yaml:7:11 bad-value"],
    ),
    "empty partner file": (
        overwrite(PARTNER_FILE, b""),
        ["partners/example-county-council/partner.yaml:1:1 yaml"],
    ),
    "partner file in UTF-16": (
        convert_to_utf_16(PARTNER_FILE),
        ["partners/example-county-council/partner.yaml:1:1 yaml"],
    ),
    "unknown message": (
        append_to(PARTNER_FILE, "messages: [worred]"),
        ["partners/example-county-council/partner.yaml:7:12 unknown-id"],
    ),
    "unknown channels": (
        append_to(PARTNER_FILE, "channels: [poster-a5x, ig-stroy]"),
        [
            "partners/example-county-council/partner.yaml:7:12 unknown-id",
            "partners/example-county-council/partner.yaml:7:24 unknown-id",
        ],
    ),
    "unknown template": (
        append_to(PARTNER_FILE, "template: becon"),
        ["partners/example-county-council/partner.yaml:7:11 unknown-id"],
    ),
    "unknown partner alongside": (
        append_to(PARTNER_FILE, "alongside: [example-county-counsil]"),
        ["partners/example-county-council/partner.yaml:7:13 unknown-id"],
    ),
    "invalid partner folder name": (
        create_partner("Leek Café"),
        ["partners/Leek Café/partner.yaml bad-id"],
    ),
    "wrong phone number in a message": (
        replace_in(
            MESSAGE_FILE,
            "accent: apricot",
            "accent: apricot\nen-US: {headline: {short: Call 01782 234234}, alt: {short: A}}",
        ),
        ["brand/messages/worried.yaml:4:27 locked-fact"],
    ),
    "wrong phone number in a local line": (
        replace_in(PARTNER_FILE, "help is one call away", "call 01782 234234"),
        ["partners/example-county-council/partner.yaml:5:21 locked-fact"],
    ),
    "wrong web address in a local line": (
        replace_in(PARTNER_FILE, "help is one call away", "see www.example.net"),
        ["partners/example-county-council/partner.yaml:5:21 foreign-host"],
    ),
    "facts in a partner file": (
        append_to(PARTNER_FILE, "facts: {name: Ours}"),
        ["partners/example-county-council/partner.yaml:7:1 locked-fact"],
    ),
    "displayed number differs from tel": (
        replace_in(BRAND_FILE, "+448081570123", "+448081570124"),
        ["brand/brand.yaml:55:21 bad-value"],
    ),
    "displayed address differs from url": (
        replace_in(BRAND_FILE, "display: www.example.org", "display: www.example.com"),
        ["brand/brand.yaml:56:22 bad-value"],
    ),
    "missing alt text": (
        replace_in(
            MESSAGE_FILE,
            "accent: apricot",
            "accent: apricot\nen-US: {headline: {short: Worried?}, alt: {long: A}}",
        ),
        ["brand/messages/worried.yaml:4:43 alt-missing"],
    ),
    "alt text too long": (
        replace_in(
            MESSAGE_FILE,
            "accent: apricot",
            "accent: apricot\nen-US: {headline: {short: Worried?}, alt: {short: " + "a" * 121 + "}}",
        ),
        ["brand/messages/worried.yaml:4:51 alt-too-long"],
    ),
    "unknown accent": (
        replace_in(MESSAGE_FILE, "accent: apricot", "accent: aprikot"),
        ["brand/messages/worried.yaml:3:9 unknown-id"],
    ),
    "font family without a font file": (
        replace_in(BRAND_FILE, "text: Hanken Grotesk", "text: Hanken Grotesque"),
        ["brand/brand.yaml:33:15 font-missing"],
    ),
    "CSS gradient in a style sheet": (
        overwrite(STYLE_FILE, b"p {\n  background: linear-gradient(red, blue);\n}\n"),
        ["templates/beacon/style.css:2:15 template"],
    ),
    "CSS variable in SVG": (
        overwrite(MARKUP_FILE, b'<p></p>\n<svg><path fill="var(--ink)"/></svg>\n'),
        ["templates/beacon/template.html:2:18 template"],
    ),
    "Jinja syntax error": (
        overwrite(MARKUP_FILE, b"<p></p>\n{% if %}\n"),
        ["templates/beacon/template.html:2 template"],
    ),
    "phone number in a template": (
        overwrite(MARKUP_FILE, b"<p></p>\n<p>Call 0808 157 0123</p>\n"),
        ["templates/beacon/template.html:2 locked-fact"],
    ),
    "missing logo file": (
        misspell_logo_file,
        ["partners/example-county-council/partner.yaml:7:14 missing-file"],
    ),
    "logo outside the partner folder": (
        append_to(PARTNER_FILE, "logo: {file: ../logo.svg, alt: The council}"),
        ["partners/example-county-council/partner.yaml:7:14 unsafe-file"],
    ),
    "channel not allowed": (
        all_of(
            replace_in(BRAND_FILE, 'channels: ["*"]', 'channels: ["[!p]*", poster-a3]'),
            replace_in(
                "campaign.yaml", "poster-a4, card-wallet, ooh-6-sheet, press-25x4", "card-wallet, ooh-6-sheet"
            ),
            append_to(PARTNER_FILE, "channels: [ig-story, poster-a4]"),
        ),
        ["partners/example-county-council/partner.yaml:7:22 bad-value"],
    ),
    "brand file in UTF-16": (
        convert_to_utf_16(BRAND_FILE),
        ["brand/brand.yaml:1:1 yaml"],
    ),
    "partner file in Latin-1": (
        overwrite(PARTNER_FILE, "name: Café\n".encode("latin-1")),
        [f"{PARTNER_FILE}:1:10 yaml"],
    ),
    "text instead of a mapping": (
        replace_in(
            PARTNER_FILE, "contact: {name: Communications team, email: comms@example.org}", "contact: us"
        ),
        [f"{PARTNER_FILE}:6:10 bad-value"],
    ),
    "file name instead of a logo mapping": (
        replace_in(
            PARTNER_FILE, "contact: {name: Communications team, email: comms@example.org}", "logo: logo.svg"
        ),
        [f"{PARTNER_FILE}:6:7 bad-value"],
    ),
    "empty name": (
        replace_in(PARTNER_FILE, "name: Example County Council", "name:"),
        [f"{PARTNER_FILE}:2:6 bad-value"],
    ),
    "name of 121 characters": (
        replace_in(PARTNER_FILE, "name: Example County Council", f"name: {'a' * 121}"),
        [f"{PARTNER_FILE}:2:7 bad-value"],
    ),
    "unknown role": (
        replace_in(PARTNER_FILE, "role: lead", "role: leader"),
        [f"{PARTNER_FILE}:4:7 bad-value"],
    ),
    "date as a timestamp": (
        replace_in("campaign.yaml", "2026-11-01", "1793491200"),
        ["campaign.yaml:7:11 bad-value"],
    ),
    "malformed locale": (
        replace_in("campaign.yaml", "[en-GB]", "[en_GB]"),
        ["campaign.yaml:9:11 bad-value"],
    ),
    "unknown key named like a schema class": (
        append_to(PARTNER_FILE, "logoFile: x"),
        [f"{PARTNER_FILE}:7:1 unknown-key"],
    ),
    "unknown locale": (
        replace_in("campaign.yaml", "[en-GB]", "[en-GD]"),
        ["campaign.yaml:9:11 unknown-id"],
    ),
    "locale without brand labels": (
        append_to(PARTNER_FILE, "locales: [en-GB, cy]"),
        [f"{PARTNER_FILE}:7:18 unknown-id"],
    ),
    "misspelt locale in a message": (
        replace_in(MESSAGE_FILE, "en-GB:", "en_GB:"),
        [f"{MESSAGE_FILE}:3:1 bad-value", f"{MESSAGE_FILE}:4:1 unknown-key"],
    ),
    "unknown campaign defaults": (
        all_of(
            replace_in("campaign.yaml", "[worried,", "[woried,"),
            replace_in("campaign.yaml", "template: beacon", 'template: {"*": becon}'),
            replace_in("campaign.yaml", "ig-square,", "social/ig-squar,"),
            replace_in("campaign.yaml", "slug: open-door-line", "slug: con"),
        ),
        [
            "campaign.yaml:5:7 bad-id",
            "campaign.yaml:8:12 unknown-id",
            "campaign.yaml:11:3 unknown-id",
            "campaign.yaml:14:17 unknown-id",
        ],
    ),
    "missing campaign.yaml": (
        lambda root: (root / "campaign.yaml").unlink(),
        ["campaign.yaml missing-file"],
    ),
    "missing brand.yaml": (
        lambda root: (root / BRAND_FILE).unlink(),
        ["brand/brand.yaml missing-file"],
    ),
    "missing partner.yaml": (
        lambda root: (root / "partners/empty").mkdir(),
        ["partners/empty/partner.yaml missing-file"],
    ),
    "partner file named .yml": (
        lambda root: (root / PARTNER_FILE).rename((root / PARTNER_FILE).with_suffix(".yml")),
        [f"{PARTNER_FILE} missing-file"],
    ),
    "no fonts": (
        lambda root: shutil.rmtree(root / "brand/fonts"),
        ["brand/fonts missing-file"],
    ),
    "font file without a font": (
        lambda root: write_campaign_file(root, "brand/fonts/x.ttf", "words"),
        ["brand/fonts/x.ttf font-file"],
    ),
    "phone number key in a message": (
        replace_in(MESSAGE_FILE, "accent: apricot", 'accent: apricot\nnumber: "0800 123 4567"'),
        [f"{MESSAGE_FILE}:4:1 locked-fact"],
    ),
    "wrong web address in a template": (
        overwrite(MARKUP_FILE, b'<p></p>\n<img alt="See www.example.net">\n'),
        ["templates/beacon/template.html:2 foreign-host"],
    ),
    "wrong phone number in the alt text of a logo": (
        all_of(
            append_to(PARTNER_FILE, "logo: {file: logo.svg, alt: Ring 01782 234234}"),
            create_file(LOGO_FILE, LOGO),
        ),
        [f"{PARTNER_FILE}:7:29 locked-fact"],
    ),
    "placeholders where none are allowed": (
        all_of(
            replace_in(PARTNER_FILE, "name: Example County Council", 'name: "Council on {number}"'),
            append_to(PARTNER_FILE, "logo: {file: logo.svg, alt: 'The {partner} logo {'}"),
            create_file(LOGO_FILE, LOGO),
        ),
        [f"{PARTNER_FILE}:2:7 bad-value", f"{PARTNER_FILE}:7:29 bad-value", f"{PARTNER_FILE}:7:29 bad-value"],
    ),
    "placeholder in a short name": (
        replace_in(PARTNER_FILE, "short_name: ", 'short_name: "{address} " # '),
        [f"{PARTNER_FILE}:3:13 bad-value"],
    ),
    "logo without alt text": (
        append_to(PARTNER_FILE, "logo: {file: logo.svg}"),
        [f"{PARTNER_FILE}:7:7 alt-missing"],
    ),
    "script in a logo": (
        all_of(
            append_to(PARTNER_FILE, "logo: {file: logo.svg, alt: The council}"),
            create_file(LOGO_FILE, LOGO.replace("<rect", "<script>alert(1)</script><rect")),
        ),
        [f"{LOGO_FILE}:1:64 unsafe-file"],
    ),
    "SVG logo of 30 GB": (
        all_of(
            append_to(PARTNER_FILE, "logo: {file: logo.svg, alt: The council}"),
            create_sparse_file(LOGO_FILE, 30_000_000_000),
        ),
        [f"{LOGO_FILE} too-large"],
    ),
    "PNG logo over 10 MB": (
        all_of(
            append_to(PARTNER_FILE, "logo: {file: logo.png, alt: The council}"),
            create_sparse_file(LOGO_FILE.replace("svg", "png"), 10_000_001),
        ),
        [f"partners/{PARTNER}/logo.png too-large"],
    ),
    "EPS logo of 30 GB": (
        all_of(
            append_to(PARTNER_FILE, "logo: {file: logo.eps, alt: The council}"),
            create_sparse_file(LOGO_FILE.replace("svg", "eps"), 30_000_000_000),
        ),
        [f"{PARTNER_FILE}:7:14 bad-value"],
    ),
    "logo file name too long for the disk": (
        append_to(PARTNER_FILE, f"logo: {{file: {'l' * 300}.svg, alt: The council}}"),
        [f"{PARTNER_FILE}:7:14 missing-file"],
    ),
    "message, template and tracking not allowed": (
        all_of(
            replace_in(BRAND_FILE, 'allow: {messages: ["*"]', 'allow: {messages: ["w*"]'),
            replace_in(BRAND_FILE, "templates: [beacon, plain,", "templates: [plain,"),
            append_to(PARTNER_FILE, "messages: [worried, online]\ntemplate: beacon\ntracking: channel"),
        ),
        [
            "campaign.yaml:8:21 bad-value",
            "campaign.yaml:14:11 bad-value",
            f"{PARTNER_FILE}:7:21 bad-value",
            f"{PARTNER_FILE}:8:11 bad-value",
            f"{PARTNER_FILE}:9:11 bad-value",
        ],
    ),
    "too many partners alongside": (
        all_of(
            *(create_partner(name) for name in ("b", "c", "d", "e")),
            append_to(PARTNER_FILE, "alongside: [b, c, d, e]"),
        ),
        [f"{PARTNER_FILE}:7:12 bad-value"],
    ),
    "wrong number and address in the campaign name": (
        replace_in("campaign.yaml", "name: ", "name: Ring 01782 234234, see example.net # "),
        ["campaign.yaml:4:7 locked-fact", "campaign.yaml:4:7 foreign-host"],
    ),
    "wrong numbers and address in the brand copy": (
        all_of(
            replace_in(BRAND_FILE, "led_by: ", "led_by: www.example.net # "),
            replace_in(BRAND_FILE, "call: Call", "call: Call 0121 496 0999 or"),
            replace_in(BRAND_FILE, "promise: {en-GB: ", "promise: {en-GB: Not 01782 234234. "),
        ),
        [
            f"{BRAND_FILE}:5:9 foreign-host",
            f"{BRAND_FILE}:57:20 locked-fact",
            f"{BRAND_FILE}:38:11 locked-fact",
        ],
    ),
    "missing partners folder": (
        lambda root: shutil.rmtree(root / "partners"),
        ["partners missing-file"],
    ),
    "file instead of the partners folder": (
        lambda root: (shutil.rmtree(root / "partners"), write_campaign_file(root, "partners", "")),
        ["partners missing-file"],
    ),
    "empty partners folder": (
        lambda root: (shutil.rmtree(root / "partners"), (root / "partners").mkdir()),
        ["partners missing-file"],
    ),
    "partner folder that is a broken link": (
        lambda root: (root / "partners/gone").symlink_to("nowhere"),
        ["partners/gone/partner.yaml missing-file"],
    ),
    "logo that is a link to itself": (
        all_of(
            append_to(PARTNER_FILE, "logo: {file: logo.svg, alt: The council}"),
            lambda root: (root / LOGO_FILE).symlink_to("logo.svg"),
        ),
        [f"{PARTNER_FILE}:7:14 unsafe-file"],
    ),
    "logo that is a folder": (
        all_of(
            append_to(PARTNER_FILE, "logo: {file: logo.svg, alt: The council}"),
            lambda root: (root / LOGO_FILE).mkdir(),
        ),
        [f"{PARTNER_FILE}:7:14 bad-value"],
    ),
    "logo that is a named pipe": (
        all_of(
            append_to(PARTNER_FILE, "logo: {file: logo.svg, alt: The council}"),
            lambda root: os.mkfifo(root / LOGO_FILE),
        ),
        [f"{PARTNER_FILE}:7:14 bad-value"],
    ),
    "channels.yaml that is a folder": (
        lambda root: ((root / "brand/channels.yaml").unlink(), (root / "brand/channels.yaml").mkdir()),
        ["brand/channels.yaml bad-value"],
    ),
    "message file named .yml": (
        lambda root: (root / MESSAGE_FILE).rename((root / MESSAGE_FILE).with_suffix(".yml")),
        [f"{MESSAGE_FILE} missing-file"],
    ),
    "message file linked from outside": (
        link_message_outside,
        [f"{MESSAGE_FILE} unsafe-file"],
    ),
}


def test_valid_campaign_loads_without_errors(tmp_path: Path) -> None:
    assert load_errors(make_campaign(tmp_path / "campaign")) == []


@pytest.mark.parametrize("name", INVALID_CHANGES)
def test_error_is_reported_at_its_place_with_a_hint(name: str, tmp_path: Path, wording: Wording) -> None:
    change, expected = INVALID_CHANGES[name]
    root = make_campaign(tmp_path / "campaign")
    change(root)

    errors = [finding.as_text() for finding in load_errors(root)]

    assert places_and_codes(errors) == expected
    assert all("\n  hint: " in error for error in errors)
    assert wording == errors


@pytest.mark.parametrize("folder", ["partners", "templates", "brand/messages", "brand/fonts"])
def test_unreadable_folder_is_reported_first(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    iterdir = Path.iterdir

    def raise_permission_error(path: Path) -> Iterator[Path]:
        if path == root / folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", raise_permission_error)

    errors = load_errors(root)

    assert (errors[0].place, errors[0].code) == (Place(folder), "missing-file")
    assert {finding.code for finding in errors} <= {"missing-file", "font-missing"}
    assert wording == errors[0].as_text()


def test_unreadable_brand_folder_is_reported_at_brand_yaml(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    stat = Path.stat

    def raise_permission_error(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.parent == root / "brand":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", raise_permission_error)

    (error,) = [finding for finding in load_errors(root) if finding.place == Place(BRAND_FILE)]

    assert error.code == "missing-file"
    assert wording == error.as_text()


def test_campaign_folder_that_links_to_itself_is_reported(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "loop").symlink_to("loop")

    (error,) = load_errors(tmp_path / "loop")

    assert (error.code, error.place) == ("unsafe-file", Place(f"{tmp_path}/loop"))
    assert wording == error.as_text()


@pytest.mark.parametrize("content", ["", "# none yet\n", "---\n"])
def test_empty_channels_file_is_valid(content: str, tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    write_campaign_file(root, "brand/channels.yaml", content)

    assert load_errors(root) == []


def test_line_breaks_become_spaces_except_in_posts(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    write_campaign_file(
        root,
        MESSAGE_FILE,
        """\
accent: apricot
en-GB:
  headline: {short: "Talk  to\\tus\\u00a0now"}
  body:
    short: |
      One line,
      and  another.
  action:
    short: >-
      Call

      us
  alt:
    short: |
      A door,
      ajar
  posts:
    facebook: |
      First line

      Last line
""",
    )
    replace_in_file(
        root, PARTNER_FILE, "name: Example County Council", "name: |\n  Example\n  County Council\n#"
    )
    replace_in_file(
        root, PARTNER_FILE, "local_line: {", "local_line:\n  en-GB: |\n    Here,\n    help is near.\n# {"
    )

    campaign = load_campaign(root).campaign
    copy = campaign.messages["worried"].file.locales["en-GB"]

    assert copy.headline["short"].text == "Talk to us\u00a0now"
    assert copy.body["short"].text == "One line, and another."
    assert copy.action["short"].text == "Call us"
    assert copy.alt_short.text == "A door, ajar"
    assert copy.posts["facebook"].text == "First line\n\nLast line"
    assert campaign.partners[PARTNER].file.name.text == "Example County Council"
    assert campaign.partners[PARTNER].file.local_line["en-GB"].text == "Here, help is near."


def test_errors_in_several_files_are_reported_in_one_run(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    replace_in_file(root, "campaign.yaml", "released: 2026-11-01", "released: November")
    replace_in_file(root, "campaign.yaml", "tracking: none", "tracking: all")
    replace_in_file(root, MESSAGE_FILE, "accent: apricot", "accent: aprikot")
    replace_in_file(root, MESSAGE_FILE, "talk it through before", "call 01782 234234 before")
    replace_in_file(root, PARTNER_FILE, "help is one call away", "see www.example.net")
    append_line(root, PARTNER_FILE, "messages: [worred]\nchannels: [ig-stroy]")
    append_line(root, STYLE_FILE, ".x { background: linear-gradient(red, blue); }\n@page { margin: 0 }")
    append_line(root, MARKUP_FILE, '<svg><path fill="var(--ink)"/></svg>')

    errors = load_errors(root)

    assert sorted((finding.place.file, finding.code) for finding in errors) == [
        (MESSAGE_FILE, "locked-fact"),
        (MESSAGE_FILE, "unknown-id"),
        ("campaign.yaml", "bad-value"),
        ("campaign.yaml", "bad-value"),
        (PARTNER_FILE, "foreign-host"),
        (PARTNER_FILE, "unknown-id"),
        (PARTNER_FILE, "unknown-id"),
        (STYLE_FILE, "template"),
        (STYLE_FILE, "template"),
        (MARKUP_FILE, "template"),
    ]
    assert all(finding.hint and finding.place.line for finding in errors)


def test_other_files_are_still_checked_when_the_brand_is_invalid(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    replace_in_file(root, BRAND_FILE, "led_by:", "ledby:")
    replace_in_file(root, MESSAGE_FILE, "headline:", "headlin:")
    append_line(root, PARTNER_FILE, "rolle: lead")
    append_line(root, STYLE_FILE, "@page { margin: 0 }")

    with pytest.raises(CampaignError) as raised:
        load_campaign(root)

    assert sorted({(str(finding.place.file), finding.code) for finding in raised.value.findings}) == [
        (BRAND_FILE, "unknown-key"),
        (MESSAGE_FILE, "bad-value"),
        (MESSAGE_FILE, "unknown-key"),
        (PARTNER_FILE, "unknown-key"),
        (STYLE_FILE, "template"),
    ]


def test_partner_is_left_out_when_a_partner_alongside_is_invalid(tmp_path: Path, wording: Wording) -> None:
    root = make_campaign(tmp_path / "campaign")
    add_partner(root, "broken", "nam: B\n")
    add_partner(root, "near", "name: Near\nalongside: [broken]\n")
    add_partner(root, "far", "name: Far\nalongside: [near]\n")

    loaded = load_campaign(root)

    assert set(loaded.campaign.partners) == {PARTNER}
    assert loaded.campaign.unreadable_partners == {"broken", "near", "far"}
    errors = [finding.as_text() for finding in loaded.findings if finding.code == "stale"]
    assert places_and_codes(errors) == [
        "partners/near/partner.yaml:1:1 stale",
        "partners/far/partner.yaml:1:1 stale",
    ]
    assert wording == errors


def test_partners_load_although_their_only_message_is_invalid(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    for path in (root / "brand/messages").glob("*.yaml"):
        if path.name != "worried.yaml":
            path.unlink()
    replace_in_file(root, "campaign.yaml", "[worried, loved-one]", "[worried]")
    replace_in_file(root, MESSAGE_FILE, "accent: apricot", "accent: aprikot")

    loaded = load_campaign(root)

    assert set(loaded.campaign.partners) == {PARTNER}
    assert {finding.place.file for finding in loaded.findings if finding.is_error} == {MESSAGE_FILE}


def test_invalid_partner_does_not_prevent_loading_of_the_others(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    add_partner(root, "broken", "nam: Another Council\n")

    campaign = load_campaign(root).campaign

    assert set(campaign.partners) == {PARTNER}
    assert campaign.unreadable_partners == {"broken"}


def test_invalid_message_is_left_out_with_those_that_extend_it(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    replace_in_file(root, MESSAGE_FILE, "accent: apricot", "accent: aprikot")

    campaign = load_campaign(root).campaign

    assert campaign.broken_messages == {"worried", "worried-2"}, "worried-2 extends worried"
    assert "worried" not in campaign.messages
    assert "loved-one" in campaign.messages


def test_too_long_alt_text_blocks_only_the_partners_it_affects(tmp_path: Path, wording: Wording) -> None:
    root = make_campaign(tmp_path / "campaign")
    write_campaign_file(
        root,
        MESSAGE_FILE,
        f"accent: apricot\nen-GB:\n  headline: {{short: Worried?}}\n  alt:\n"
        f"    short: '{{partner}} {'a' * 100}'\n    long: '{{partner}} {{link}} {'b' * 950}'\n",
    )
    append_line(root, PARTNER_FILE, "tracking: partner")
    add_partner(root, "just-so", f"name: {'c' * 19}\n")
    add_partner(root, "long-name", f"name: {'c' * 20}\n")
    add_partner(root, "silent", f"name: {'c' * 120}\nmessages: [loved-one]\n")

    plan = plan_assets(load_campaign(root).campaign)

    affected = dict.fromkeys((asset.partner, error) for asset in plan.assets for error in asset.faults)
    errors = [error.as_text() for _, error in affected]
    assert places_and_codes(errors) == [
        f"{MESSAGE_FILE}:{place} alt-too-long" for place in ("5:12", "6:11", "5:12")
    ]
    assert [partner_id for partner_id, _ in affected] == [PARTNER, PARTNER, "long-name"]
    for text, length in zip(errors, ("123", "1006", "121"), strict=True):
        assert length in text
    assert wording == errors


def test_invalid_template_is_left_out_with_those_that_extend_it(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    append_line(root, MARKUP_FILE, "{% if %}")

    assert load_campaign(root).campaign.broken_templates == {"beacon", "together"}


def test_unknown_default_template_is_reported_together_with_partner_errors(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    replace_in_file(root, "campaign.yaml", "template: beacon", "template: becon")
    replace_in_file(root, PARTNER_FILE, "role: lead", "role: leader")

    with pytest.raises(CampaignError) as raised:
        load_campaign(root)

    assert {finding.place.file for finding in raised.value.findings if finding.is_error} == {
        "campaign.yaml",
        PARTNER_FILE,
    }


@cache
def campaign_to_corrupt() -> Path:
    """Return the folder of a campaign that all examples of the test share, because writing one is slow."""
    return make_campaign(Path(tempfile.mkdtemp()) / "campaign")


@given(
    file=st.sampled_from(
        [
            "campaign.yaml",
            BRAND_FILE,
            "brand/channels.yaml",
            PARTNER_FILE,
            MESSAGE_FILE,
            "templates/beacon/template.yaml",
        ]
    ),
    position=st.floats(0, 1, exclude_max=True),
    removed=st.integers(0, 40),
    inserted=st.binary(max_size=8)
    | st.sampled_from([b"\n", b"{", b"]", b"- ", b": ", b"null", b"-1", b"&a", b"9" * 30]),
)
@settings(max_examples=150)
def test_loading_a_corrupted_file_raises_no_error_but_campaign_error(
    file: str, position: float, removed: int, inserted: bytes
) -> None:
    path = campaign_to_corrupt() / file
    original = path.read_bytes()
    start = int(position * len(original))
    path.write_bytes(original[:start] + inserted + original[start + removed :])

    try:
        load_campaign(campaign_to_corrupt())
    except CampaignError as error:
        assert error.findings
    finally:
        path.write_bytes(original)

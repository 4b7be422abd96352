"""Faults in what people write: each is said with its place and how to mend it, all in one run."""

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
from assetgen.loading.yaml.file_validation import check_case
from assetgen.planning.planner import plan_assets
from tests.support.campaigns import (
    BRAND_FILE,
    MARKUP_FILE,
    MESSAGE_FILE,
    PARTNER,
    PARTNER_FILE,
    STYLE_FILE,
    add_partner,
    append,
    edit,
    make_campaign,
    write,
)
from tests.support.wording import Wording
from tests.unit.loading.marks import marks

LOGO_FILE = f"partners/{PARTNER}/logo.svg"
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="9" height="9"/></svg>'

Change = Callable[[Path], object]


def findings_of(root: Path) -> list[Finding]:
    """Return the errors of a campaign, whether it can be planned or not."""
    try:
        found = list(load_campaign(root).findings)
    except CampaignError as error:
        found = error.findings
    return [finding for finding in found if finding.is_error]


def swap(file: str, old: str, new: str) -> Change:
    return lambda root: edit(root, file, old, new)


def add(file: str, words: str) -> Change:
    return lambda root: append(root, file, words)


def put(file: str, content: bytes) -> Change:
    return lambda root: (root / file).write_bytes(content)


def utf_16(file: str) -> Change:
    return lambda root: (root / file).write_text((root / file).read_text("utf-8"), "utf-16")


def partner(partner_id: str, words: str = "name: Another Council\n") -> Change:
    return lambda root: add_partner(root, partner_id, words)


def new(file: str, words: str) -> Change:
    return lambda root: write(root, file, words)


def sparse(file: str, size: int) -> Change:
    """Return the change that adds a file of this size, of which nothing is on the disk."""

    def grow(root: Path) -> None:
        with (root / file).open("wb") as hole:
            hole.truncate(size)

    return grow


def all_of(*changes: Change) -> Change:
    return lambda root: [change(root) for change in changes]


def link_out(root: Path) -> None:
    moved = (root / MESSAGE_FILE).rename(root.parent / "worried.yaml")
    (root / MESSAGE_FILE).symlink_to(moved)


def stray_logo(root: Path) -> None:
    append(root, PARTNER_FILE, "logo: {file: logo-main.svg, alt: The council}")
    (root / PARTNER_FILE).with_name("logo.svg").write_text("<svg/>", "utf-8")


# What is done, and the place and code of each error that it is.
FAULTS: dict[str, tuple[Change, list[str]]] = {
    "unknown key": (
        swap("campaign.yaml", "edition:", "editon:"),
        ["campaign.yaml:4:1 bad-value", "campaign.yaml:6:1 unknown-key"],
    ),
    "duplicate key": (
        add("campaign.yaml", "tracking: none"),
        ["campaign.yaml:16:1 yaml"],
    ),
    "alias": (
        swap(PARTNER_FILE, "role: lead", "role: *lead"),
        ["partners/example-county-council/partner.yaml:4:7 yaml"],
    ),
    "wrong type": (
        swap("campaign.yaml", "messages: [worried, loved-one]", "messages: worried"),
        ["campaign.yaml:8:11 bad-value"],
    ),
    "no date": (
        swap("campaign.yaml", "2026-11-01", "November"),
        ["campaign.yaml:7:11 bad-value"],
    ),
    "empty file": (
        put(PARTNER_FILE, b""),
        ["partners/example-county-council/partner.yaml:1:1 yaml"],
    ),
    "UTF-16": (
        utf_16(PARTNER_FILE),
        ["partners/example-county-council/partner.yaml:1:1 yaml"],
    ),
    "no such message": (
        add(PARTNER_FILE, "messages: [worred]"),
        ["partners/example-county-council/partner.yaml:7:12 unknown-id"],
    ),
    "no such channel": (
        add(PARTNER_FILE, "channels: [poster-a5x, ig-stroy]"),
        [
            "partners/example-county-council/partner.yaml:7:12 unknown-id",
            "partners/example-county-council/partner.yaml:7:24 unknown-id",
        ],
    ),
    "no such template": (
        add(PARTNER_FILE, "template: becon"),
        ["partners/example-county-council/partner.yaml:7:11 unknown-id"],
    ),
    "no such companion": (
        add(PARTNER_FILE, "alongside: [example-county-counsil]"),
        ["partners/example-county-council/partner.yaml:7:13 unknown-id"],
    ),
    "illegal folder name": (
        partner("Leek Café"),
        ["partners/Leek Café/partner.yaml bad-id"],
    ),
    "foreign number in a message": (
        swap(
            MESSAGE_FILE,
            "accent: apricot",
            "accent: apricot\nen-US: {headline: {short: Call 01782 234234}, alt: {short: A}}",
        ),
        ["brand/messages/worried.yaml:4:27 locked-fact"],
    ),
    "foreign number in a local line": (
        swap(PARTNER_FILE, "help is one call away", "call 01782 234234"),
        ["partners/example-county-council/partner.yaml:5:21 locked-fact"],
    ),
    "foreign address": (
        swap(PARTNER_FILE, "help is one call away", "see www.example.net"),
        ["partners/example-county-council/partner.yaml:5:21 foreign-host"],
    ),
    "facts of a partner": (
        add(PARTNER_FILE, "facts: {name: Ours}"),
        ["partners/example-county-council/partner.yaml:7:1 locked-fact"],
    ),
    "number and tel disagree": (
        swap(BRAND_FILE, "+448081570123", "+448081570124"),
        ["brand/brand.yaml:55:21 bad-value"],
    ),
    "display and url disagree": (
        swap(BRAND_FILE, "display: www.example.org", "display: www.example.com"),
        ["brand/brand.yaml:56:22 bad-value"],
    ),
    "alt missing": (
        swap(
            MESSAGE_FILE,
            "accent: apricot",
            "accent: apricot\nen-US: {headline: {short: Worried?}, alt: {long: A}}",
        ),
        ["brand/messages/worried.yaml:4:43 alt-missing"],
    ),
    "alt too long": (
        swap(
            MESSAGE_FILE,
            "accent: apricot",
            "accent: apricot\nen-US: {headline: {short: Worried?}, alt: {short: " + "a" * 121 + "}}",
        ),
        ["brand/messages/worried.yaml:4:51 alt-too-long"],
    ),
    "unknown accent": (
        swap(MESSAGE_FILE, "accent: apricot", "accent: aprikot"),
        ["brand/messages/worried.yaml:3:9 unknown-id"],
    ),
    "family without a file": (
        swap(BRAND_FILE, "text: Hanken Grotesk", "text: Hanken Grotesque"),
        ["brand/brand.yaml:33:15 font-missing"],
    ),
    "gradient": (
        put(STYLE_FILE, b"p {\n  background: linear-gradient(red, blue);\n}\n"),
        ["templates/beacon/style.css:2:15 template"],
    ),
    "var() inside SVG": (
        put(MARKUP_FILE, b'<p></p>\n<svg><path fill="var(--ink)"/></svg>\n'),
        ["templates/beacon/template.html:2:18 template"],
    ),
    "Jinja syntax": (
        put(MARKUP_FILE, b"<p></p>\n{% if %}\n"),
        ["templates/beacon/template.html:2 template"],
    ),
    "number in a template": (
        put(MARKUP_FILE, b"<p></p>\n<p>Call 0808 157 0123</p>\n"),
        ["templates/beacon/template.html:2 locked-fact"],
    ),
    "logo missing": (
        stray_logo,
        ["partners/example-county-council/partner.yaml:7:14 missing-file"],
    ),
    "logo outside": (
        add(PARTNER_FILE, "logo: {file: ../logo.svg, alt: The council}"),
        ["partners/example-county-council/partner.yaml:7:14 unsafe-file"],
    ),
    "channel not allowed": (
        all_of(
            swap(BRAND_FILE, 'channels: ["*"]', 'channels: ["[!p]*", poster-a3]'),
            swap(
                "campaign.yaml", "poster-a4, card-wallet, ooh-6-sheet, press-25x4", "card-wallet, ooh-6-sheet"
            ),
            add(PARTNER_FILE, "channels: [ig-story, poster-a4]"),
        ),
        ["partners/example-county-council/partner.yaml:7:22 bad-value"],
    ),
    "UTF-16 of the brand": (
        utf_16(BRAND_FILE),
        ["brand/brand.yaml:1:1 yaml"],
    ),
    "Latin-1": (
        put(PARTNER_FILE, "name: Café\n".encode("latin-1")),
        [f"{PARTNER_FILE}:1:10 yaml"],
    ),
    "words where a mapping belongs": (
        swap(PARTNER_FILE, "contact: {name: Communications team, email: comms@example.org}", "contact: us"),
        [f"{PARTNER_FILE}:6:10 bad-value"],
    ),
    "a logo's file alone": (
        swap(
            PARTNER_FILE, "contact: {name: Communications team, email: comms@example.org}", "logo: logo.svg"
        ),
        [f"{PARTNER_FILE}:6:7 bad-value"],
    ),
    "nothing where words belong": (
        swap(PARTNER_FILE, "name: Example County Council", "name:"),
        [f"{PARTNER_FILE}:2:6 bad-value"],
    ),
    "name of 121 characters": (
        swap(PARTNER_FILE, "name: Example County Council", f"name: {'a' * 121}"),
        [f"{PARTNER_FILE}:2:7 bad-value"],
    ),
    "no such role": (
        swap(PARTNER_FILE, "role: lead", "role: leader"),
        [f"{PARTNER_FILE}:4:7 bad-value"],
    ),
    "date as a bare figure": (
        swap("campaign.yaml", "2026-11-01", "1793491200"),
        ["campaign.yaml:7:11 bad-value"],
    ),
    "no locale's form": (
        swap("campaign.yaml", "[en-GB]", "[en_GB]"),
        ["campaign.yaml:9:11 bad-value"],
    ),
    "key that ends like one of our classes": (
        add(PARTNER_FILE, "logoFile: x"),
        [f"{PARTNER_FILE}:7:1 unknown-key"],
    ),
    "no such locale": (
        swap("campaign.yaml", "[en-GB]", "[en-GD]"),
        ["campaign.yaml:9:11 unknown-id"],
    ),
    "locale without words of the brand": (
        add(PARTNER_FILE, "locales: [en-GB, cy]"),
        [f"{PARTNER_FILE}:7:18 unknown-id"],
    ),
    "locale's tag misspelt in a message": (
        swap(MESSAGE_FILE, "en-GB:", "en_GB:"),
        [f"{MESSAGE_FILE}:3:1 bad-value", f"{MESSAGE_FILE}:4:1 unknown-key"],
    ),
    "no such defaults": (
        all_of(
            swap("campaign.yaml", "[worried,", "[woried,"),
            swap("campaign.yaml", "template: beacon", 'template: {"*": becon}'),
            swap("campaign.yaml", "ig-square,", "social/ig-squar,"),
            swap("campaign.yaml", "slug: open-door-line", "slug: con"),
        ),
        [
            "campaign.yaml:5:7 bad-id",
            "campaign.yaml:8:12 unknown-id",
            "campaign.yaml:11:3 unknown-id",
            "campaign.yaml:14:17 unknown-id",
        ],
    ),
    "no campaign.yaml": (
        lambda root: (root / "campaign.yaml").unlink(),
        ["campaign.yaml missing-file"],
    ),
    "no brand.yaml": (
        lambda root: (root / BRAND_FILE).unlink(),
        ["brand/brand.yaml missing-file"],
    ),
    "no partner.yaml": (
        lambda root: (root / "partners/empty").mkdir(),
        ["partners/empty/partner.yaml missing-file"],
    ),
    "partner.yml": (
        lambda root: (root / PARTNER_FILE).rename((root / PARTNER_FILE).with_suffix(".yml")),
        [f"{PARTNER_FILE} missing-file"],
    ),
    "no font at all": (
        lambda root: shutil.rmtree(root / "brand/fonts"),
        ["brand/fonts missing-file", "brand/brand.yaml:33:15 font-missing"],
    ),
    "no font inside a font's file": (
        lambda root: write(root, "brand/fonts/x.ttf", "words"),
        ["brand/fonts/x.ttf bad-value"],
    ),
    "fact in a message": (
        swap(MESSAGE_FILE, "accent: apricot", 'accent: apricot\nnumber: "0800 123 4567"'),
        [f"{MESSAGE_FILE}:4:1 locked-fact"],
    ),
    "address in a template": (
        put(MARKUP_FILE, b'<p></p>\n<img alt="See www.example.net">\n'),
        ["templates/beacon/template.html:2 foreign-host"],
    ),
    "foreign number in a logo's words": (
        all_of(add(PARTNER_FILE, "logo: {file: logo.svg, alt: Ring 01782 234234}"), new(LOGO_FILE, LOGO)),
        [f"{PARTNER_FILE}:7:29 locked-fact"],
    ),
    "placeholders where none is filled in": (
        all_of(
            swap(PARTNER_FILE, "name: Example County Council", 'name: "Council on {number}"'),
            add(PARTNER_FILE, "logo: {file: logo.svg, alt: 'The {partner} logo {'}"),
            new(LOGO_FILE, LOGO),
        ),
        [f"{PARTNER_FILE}:2:7 bad-value", f"{PARTNER_FILE}:7:29 bad-value", f"{PARTNER_FILE}:7:29 bad-value"],
    ),
    "placeholder in a short name": (
        swap(PARTNER_FILE, "short_name: ", 'short_name: "{address} " # '),
        [f"{PARTNER_FILE}:3:13 bad-value"],
    ),
    "logo without words": (
        add(PARTNER_FILE, "logo: {file: logo.svg}"),
        [f"{PARTNER_FILE}:7:7 alt-missing"],
    ),
    "hostile logo": (
        all_of(
            add(PARTNER_FILE, "logo: {file: logo.svg, alt: The council}"),
            new(LOGO_FILE, LOGO.replace("<rect", "<script>alert(1)</script><rect")),
        ),
        [f"{LOGO_FILE}:1:64 unsafe-file"],
    ),
    "logo as large as a film": (
        all_of(
            add(PARTNER_FILE, "logo: {file: logo.svg, alt: The council}"), sparse(LOGO_FILE, 30_000_000_000)
        ),
        [f"{LOGO_FILE} too-large"],
    ),
    "PNG logo as large as a film": (
        all_of(
            add(PARTNER_FILE, "logo: {file: logo.png, alt: The council}"),
            sparse(LOGO_FILE.replace("svg", "png"), 10_000_001),
        ),
        [f"partners/{PARTNER}/logo.png too-large"],
    ),
    "logo of another kind, as large as a film": (
        all_of(
            add(PARTNER_FILE, "logo: {file: logo.eps, alt: The council}"),
            sparse(LOGO_FILE.replace("svg", "eps"), 30_000_000_000),
        ),
        [f"{PARTNER_FILE}:7:14 bad-value"],
    ),
    "logo with a name that no disk takes": (
        add(PARTNER_FILE, f"logo: {{file: {'l' * 300}.svg, alt: The council}}"),
        [f"{PARTNER_FILE}:7:14 missing-file"],
    ),
    "message, template and tracking not allowed": (
        all_of(
            swap(BRAND_FILE, 'allow: {messages: ["*"]', 'allow: {messages: ["w*"]'),
            swap(BRAND_FILE, "templates: [beacon, plain,", "templates: [plain,"),
            add(PARTNER_FILE, "messages: [worried, online]\ntemplate: beacon\ntracking: channel"),
        ),
        [
            "campaign.yaml:8:21 bad-value",
            "campaign.yaml:14:11 bad-value",
            f"{PARTNER_FILE}:7:21 bad-value",
            f"{PARTNER_FILE}:8:11 bad-value",
            f"{PARTNER_FILE}:9:11 bad-value",
        ],
    ),
    "too many together": (
        all_of(
            *(partner(name) for name in ("b", "c", "d", "e")),
            add(PARTNER_FILE, "alongside: [b, c, d, e]"),
        ),
        [f"{PARTNER_FILE}:7:12 bad-value"],
    ),
    "foreign facts in the campaign's name": (
        swap("campaign.yaml", "name: ", "name: Ring 01782 234234, see example.net # "),
        ["campaign.yaml:4:7 locked-fact", "campaign.yaml:4:7 foreign-host"],
    ),
    "foreign facts in the brand's own words": (
        all_of(
            swap(BRAND_FILE, "led_by: ", "led_by: www.example.net # "),
            swap(BRAND_FILE, "call: Call", "call: Call 0121 496 0999 or"),
            swap(BRAND_FILE, "promise: {en-GB: ", "promise: {en-GB: Not 01782 234234. "),
        ),
        [
            f"{BRAND_FILE}:5:9 foreign-host",
            f"{BRAND_FILE}:57:20 locked-fact",
            f"{BRAND_FILE}:38:11 locked-fact",
        ],
    ),
    "no folder of partners": (
        lambda root: shutil.rmtree(root / "partners"),
        ["partners missing-file"],
    ),
    "a file for a folder of partners": (
        lambda root: (shutil.rmtree(root / "partners"), write(root, "partners", "")),
        ["partners missing-file"],
    ),
    "a folder of no partners": (
        lambda root: (shutil.rmtree(root / "partners"), (root / "partners").mkdir()),
        ["partners missing-file"],
    ),
    "a partner's folder that is a link to nowhere": (
        lambda root: (root / "partners/gone").symlink_to("nowhere"),
        ["partners/gone/partner.yaml missing-file"],
    ),
    "logo that is a link to itself": (
        all_of(
            add(PARTNER_FILE, "logo: {file: logo.svg, alt: The council}"),
            lambda root: (root / LOGO_FILE).symlink_to("logo.svg"),
        ),
        [f"{PARTNER_FILE}:7:14 unsafe-file"],
    ),
    "logo that is a folder": (
        all_of(
            add(PARTNER_FILE, "logo: {file: logo.svg, alt: The council}"),
            lambda root: (root / LOGO_FILE).mkdir(),
        ),
        [f"{PARTNER_FILE}:7:14 bad-value"],
    ),
    "logo that is a pipe": (
        all_of(
            add(PARTNER_FILE, "logo: {file: logo.svg, alt: The council}"),
            lambda root: os.mkfifo(root / LOGO_FILE),
        ),
        [f"{PARTNER_FILE}:7:14 bad-value"],
    ),
    "channels.yaml that is a folder": (
        lambda root: ((root / "brand/channels.yaml").unlink(), (root / "brand/channels.yaml").mkdir()),
        ["brand/channels.yaml bad-value"],
    ),
    "message that is called .yml": (
        lambda root: (root / MESSAGE_FILE).rename((root / MESSAGE_FILE).with_suffix(".yml")),
        [f"{MESSAGE_FILE} missing-file", "brand/messages/worried-2.yaml:5:10 stale"],
    ),
    "file that leads out": (
        link_out,
        [f"{MESSAGE_FILE} unsafe-file", "brand/messages/worried-2.yaml:5:10 stale"],
    ),
}


def test_campaign_without_a_fault_has_no_errors(tmp_path: Path) -> None:
    assert findings_of(make_campaign(tmp_path / "campaign")) == []


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_said_with_its_place_and_hint(name: str, tmp_path: Path, wording: Wording) -> None:
    change, expected = FAULTS[name]
    root = make_campaign(tmp_path / "campaign")
    change(root)

    said = [finding.as_text() for finding in findings_of(root)]

    assert marks(said) == expected
    assert all("\n  hint: " in one for one in said)
    assert wording == said


@pytest.mark.parametrize("folder", ["partners", "templates", "brand/messages", "brand/fonts"])
def test_a_folder_that_nobody_may_look_into_is_said_once(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    look = Path.iterdir

    def closed(path: Path) -> Iterator[Path]:
        if path == root / folder:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path)

    monkeypatch.setattr(Path, "iterdir", closed)

    found = findings_of(root)

    assert (found[0].place, found[0].code) == (Place(folder), "missing-file")
    assert {finding.code for finding in found} <= {"missing-file", "font-missing"}
    assert wording == found[0].as_text()


def test_a_closed_brand_is_said_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    look = Path.stat

    def closed(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.parent == root / "brand":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", closed)

    (told,) = [finding for finding in findings_of(root) if finding.place == Place(BRAND_FILE)]

    assert told.code == "missing-file"
    assert wording == told.as_text()


def test_a_campaign_s_folder_that_is_a_link_to_itself_is_told(tmp_path: Path, wording: Wording) -> None:
    (tmp_path / "loop").symlink_to("loop")

    (told,) = findings_of(tmp_path / "loop")

    assert (told.code, told.place) == ("unsafe-file", Place(f"{tmp_path}/loop"))
    assert wording == told.as_text()


@pytest.mark.parametrize("words", ["", "# none yet\n", "---\n"])
def test_an_empty_file_of_channels_adds_none(words: str, tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    write(root, "brand/channels.yaml", words)

    assert findings_of(root) == []


def test_words_on_several_lines_are_one_line_and_posts_keep_theirs(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    write(
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
    edit(root, PARTNER_FILE, "name: Example County Council", "name: |\n  Example\n  County Council\n#")
    edit(root, PARTNER_FILE, "local_line: {", "local_line:\n  en-GB: |\n    Here,\n    help is near.\n# {")

    campaign = load_campaign(root).campaign
    words = campaign.messages["worried"].file.locales["en-GB"]

    assert words.headline["short"].text == "Talk to us\u00a0now"
    assert words.body["short"].text == "One line, and another."
    assert words.action["short"].text == "Call us"
    assert words.alt_short.text == "A door, ajar"
    assert words.posts["facebook"].text == "First line\n\nLast line"
    assert campaign.partners[PARTNER].file.name.text == "Example County Council"
    assert campaign.partners[PARTNER].file.local_line["en-GB"].text == "Here, help is near."


def test_folders_that_differ_by_case_alone_clash(wording: Wording) -> None:
    places = {name: Place(f"partners/{name}/partner.yaml") for name in ("Police", "police", "nspcc")}

    said = [finding.as_text() for finding in check_case("partner", places)]

    assert marks(said) == ["partners/police/partner.yaml duplicate-id"]
    assert wording == said


def test_ten_faults_in_five_files_come_in_one_run(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    edit(root, "campaign.yaml", "released: 2026-11-01", "released: November")
    edit(root, "campaign.yaml", "tracking: none", "tracking: all")
    edit(root, MESSAGE_FILE, "accent: apricot", "accent: aprikot")
    edit(root, MESSAGE_FILE, "talk it through before", "call 01782 234234 before")
    edit(root, PARTNER_FILE, "help is one call away", "see www.example.net")
    append(root, PARTNER_FILE, "messages: [worred]\nchannels: [ig-stroy]")
    append(root, STYLE_FILE, ".x { background: linear-gradient(red, blue); }\n@page { margin: 0 }")
    append(root, MARKUP_FILE, '<svg><path fill="var(--ink)"/></svg>')

    found = findings_of(root)

    assert sorted((finding.place.file, finding.code) for finding in found) == [
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
    assert all(finding.hint and finding.place.line for finding in found)


def test_a_wrong_brand_stops_all_and_the_form_of_every_file_is_told(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    edit(root, BRAND_FILE, "led_by:", "ledby:")
    edit(root, MESSAGE_FILE, "headline:", "headlin:")
    append(root, PARTNER_FILE, "rolle: lead")
    append(root, STYLE_FILE, "@page { margin: 0 }")

    with pytest.raises(CampaignError) as raised:
        load_campaign(root)

    assert sorted({(str(finding.place.file), finding.code) for finding in raised.value.findings}) == [
        (BRAND_FILE, "bad-value"),
        (BRAND_FILE, "unknown-key"),
        (MESSAGE_FILE, "bad-value"),
        (MESSAGE_FILE, "unknown-key"),
        (PARTNER_FILE, "unknown-key"),
        (STYLE_FILE, "template"),
    ]


def test_a_partner_waits_for_whoever_stands_beside_it(tmp_path: Path, wording: Wording) -> None:
    root = make_campaign(tmp_path / "campaign")
    add_partner(root, "broken", "nam: B\n")
    add_partner(root, "near", "name: Near\nalongside: [broken]\n")
    add_partner(root, "far", "name: Far\nalongside: [near]\n")

    loaded = load_campaign(root)

    assert set(loaded.campaign.partners) == {PARTNER}
    assert loaded.campaign.unreadable_partners == {"broken", "near", "far"}
    said = [finding.as_text() for finding in loaded.findings if finding.code == "stale"]
    assert marks(said) == ["partners/near/partner.yaml:1:1 stale", "partners/far/partner.yaml:1:1 stale"]
    assert wording == said


def test_a_broken_message_leaves_every_partner_though_it_was_the_only_one(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    for path in (root / "brand/messages").glob("*.yaml"):
        if path.name != "worried.yaml":
            path.unlink()
    edit(root, "campaign.yaml", "[worried, loved-one]", "[worried]")
    edit(root, MESSAGE_FILE, "accent: apricot", "accent: aprikot")

    loaded = load_campaign(root)

    assert set(loaded.campaign.partners) == {PARTNER}
    assert {finding.place.file for finding in loaded.findings if finding.is_error} == {MESSAGE_FILE}


def test_broken_partner_leaves_the_other_one(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    add_partner(root, "broken", "nam: Another Council\n")

    campaign = load_campaign(root).campaign

    assert set(campaign.partners) == {PARTNER}
    assert campaign.unreadable_partners == {"broken"}


def test_broken_message_is_left_out_and_named(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    edit(root, MESSAGE_FILE, "accent: apricot", "accent: aprikot")

    campaign = load_campaign(root).campaign

    assert campaign.broken_messages == {"worried", "worried-2"}, "worried-2 is like worried"
    assert "worried" not in campaign.messages
    assert "loved-one" in campaign.messages


def test_an_alt_text_too_long_for_one_partner_costs_that_partner_alone(
    tmp_path: Path, wording: Wording
) -> None:
    root = make_campaign(tmp_path / "campaign")
    write(
        root,
        MESSAGE_FILE,
        f"accent: apricot\nen-GB:\n  headline: {{short: Worried?}}\n  alt:\n"
        f"    short: '{{partner}} {'a' * 100}'\n    long: '{{partner}} {{link}} {'b' * 950}'\n",
    )
    append(root, PARTNER_FILE, "tracking: partner")
    add_partner(root, "just-so", f"name: {'c' * 19}\n")
    add_partner(root, "long-name", f"name: {'c' * 20}\n")
    add_partner(root, "silent", f"name: {'c' * 120}\nmessages: [loved-one]\n")

    plan = plan_assets(load_campaign(root).campaign)

    faults = dict.fromkeys((asset.partner, fault) for asset in plan.assets for fault in asset.faults)
    said = [fault.as_text() for _, fault in faults]
    assert marks(said) == [f"{MESSAGE_FILE}:{place} alt-too-long" for place in ("5:12", "6:11", "5:12")]
    assert [who for who, _ in faults] == [PARTNER, PARTNER, "long-name"]
    for text, length in zip(said, ("123", "1006", "121"), strict=True):
        assert length in text
    assert wording == said


def test_broken_design_is_left_out_and_named_with_those_that_extend_it(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    append(root, MARKUP_FILE, "{% if %}")

    assert load_campaign(root).campaign.broken_templates == {"beacon", "together"}


def test_wrong_default_stops_all_and_says_the_partners_faults_too(tmp_path: Path) -> None:
    root = make_campaign(tmp_path / "campaign")
    edit(root, "campaign.yaml", "template: beacon", "template: becon")
    edit(root, PARTNER_FILE, "role: lead", "role: leader")

    with pytest.raises(CampaignError) as raised:
        load_campaign(root)

    assert {finding.place.file for finding in raised.value.findings if finding.is_error} == {
        "campaign.yaml",
        PARTNER_FILE,
    }


@cache
def campaign_to_mutate() -> Path:
    """Return a campaign's folder that is kept for all the mutations of this run."""
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
    share=st.floats(0, 1, exclude_max=True),
    removed=st.integers(0, 40),
    put_in=st.binary(max_size=8)
    | st.sampled_from([b"\n", b"{", b"]", b"- ", b": ", b"null", b"-1", b"&a", b"9" * 30]),
)
@settings(max_examples=150)
def test_no_mutation_of_a_file_ends_in_anything_but_findings(
    file: str, share: float, removed: int, put_in: bytes
) -> None:
    path = campaign_to_mutate() / file
    whole = path.read_bytes()
    start = int(share * len(whole))
    path.write_bytes(whole[:start] + put_in + whole[start + removed :])

    try:
        load_campaign(campaign_to_mutate())
    except CampaignError as error:
        assert error.findings
    finally:
        path.write_bytes(whole)

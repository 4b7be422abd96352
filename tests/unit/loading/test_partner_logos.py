"""A partner's logo files: which one stands on which background, what it must keep, and what is told of a poor one."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from assetgen.findings import Severity
from assetgen.loading.campaign import Loaded, load_campaign
from assetgen.loading.model import Ink, Logo
from assetgen.planning.asset import Asset
from assetgen.planning.logo_placement import choose_version
from assetgen.planning.planner import plan_assets
from assetgen.schema.partner_file import LogoFile
from tests.support.campaigns import add_partner, at, make_campaign, write
from tests.support.wording import Wording

FIXTURES = Path(__file__).parents[2] / "fixtures" / "logos"
PALETTE = {"paper": "#FBF7EF", "ink": "#10262C"}
DARK_RIM, PALE_RIM = (0.02,) * 9, (0.95,) * 9
FILE = "partners/acme/partner.yaml"
CHANNELS = "channels: [poster-a4, gp-screen]\n"


def logo(name: str, rim: tuple[float, ...], background: str | None = None, **forms: Logo) -> Logo:
    return Logo(
        name,
        LogoFile(file=name, alt=name),
        "image/svg+xml",
        b"",
        2.0,
        1.0,
        "",
        "",
        Ink(0.5, rim, background),
        **forms,  # type: ignore[arg-type]
    )


def campaign_with(root: Path, keys: str, **files: bytes) -> Loaded:
    """Return the starter's campaign with a partner ``acme``, whose logo has these keys and files."""
    make_campaign(root)
    add_partner(root, "acme", f"name: Acme Trust\nrole: joint\nlogo: {{{keys}}}\n{CHANNELS}")
    for name, content in files.items():
        write(root, f"partners/acme/{name.replace('_', '.')}", content)
    return load_campaign(root)


def shield(which: str = "shield") -> bytes:
    return (FIXTURES / f"{which}.svg").read_bytes()


def picture(width: int, background: str | None) -> bytes:
    image = Image.new("RGBA", (width, width // 2), background or (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse(
        (width // 8, width // 16, width // 2, width // 2 - width // 16), fill="#224488"
    )
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def asset_of(loaded: Loaded, channel: str) -> Asset:
    plan = plan_assets(loaded.campaign)
    return next(one for one in plan.assets if one.partner == "acme" and one.channel == channel)


def test_a_dark_logo_stands_on_paper_as_it_is() -> None:
    form, _, panel = choose_version(logo("a", DARK_RIM), PALETTE["paper"], PALETTE)

    assert (form, panel) == ("", None)


def test_a_dark_logo_gets_a_panel_of_paper_on_a_dark_background() -> None:
    assert choose_version(logo("a", DARK_RIM), PALETTE["ink"], PALETTE)[2] == PALETTE["paper"]


def test_a_white_logo_gets_a_panel_of_ink_on_paper() -> None:
    assert choose_version(logo("a", PALE_RIM), PALETTE["paper"], PALETTE)[2] == PALETTE["ink"]


def test_the_owner_s_file_for_dark_backgrounds_stands_there_without_a_panel() -> None:
    whole = logo("a", DARK_RIM, dark=logo("b", PALE_RIM))

    form, chosen, panel = choose_version(whole, PALETTE["ink"], PALETTE)

    assert (form, chosen.file, panel) == ("/dark", "b", None)
    assert choose_version(whole, PALETTE["paper"], PALETTE)[0] == ""


def test_the_file_for_one_colour_stands_where_one_colour_is_due_and_where_the_other_would_vanish() -> None:
    whole = logo("a", PALE_RIM, mono=logo("b", DARK_RIM))

    assert choose_version(whole, PALETTE["paper"], PALETTE)[0] == "/mono"
    assert choose_version(logo("a", DARK_RIM, mono=logo("b", DARK_RIM)), PALETTE["paper"], PALETTE)[0] == ""
    one_colour = choose_version(
        logo("a", DARK_RIM, mono=logo("b", DARK_RIM)), PALETTE["paper"], PALETTE, one_colour=True
    )
    assert one_colour[0] == "/mono"


def test_a_logo_that_brings_a_background_along_stands_on_a_panel_of_it() -> None:
    assert choose_version(logo("a", DARK_RIM, "#FFFFFF"), PALETTE["paper"], PALETTE)[2] == "#FFFFFF"


def test_what_the_owner_asks_for_is_in_the_spec_in_the_channel_s_unit(tmp_path: Path) -> None:
    loaded = campaign_with(
        tmp_path, "file: logo.svg, alt: Acme, min_width_mm: 15, clear: 0.5", logo_svg=shield()
    )

    (printed,) = asset_of(loaded, "poster-a4").spec.logos
    screen = asset_of(loaded, "gp-screen")
    (shown,) = screen.spec.logos

    assert (printed.partner, printed.alt, printed.clear) == ("acme", "Acme", 0.5)
    assert printed.least_width == pytest.approx(15.0)
    assert shown.least_width == pytest.approx(15.0 / (screen.spec.px_mm or 0.0))
    assert printed.ratio == pytest.approx(168 / 206, rel=0.03)


def test_every_file_of_a_logo_is_an_input_of_the_partner_s_assets(tmp_path: Path) -> None:
    keys = "file: logo.svg, alt: Acme, dark: dark.svg, mono: mono.svg"
    loaded = campaign_with(
        tmp_path, keys, logo_svg=shield(), dark_svg=shield("shield-dark"), mono_svg=shield("ring")
    )

    inputs = asset_of(loaded, "poster-a4").inputs
    assert {f"partners/acme/{name}.svg" for name in ("logo", "dark", "mono")} <= set(inputs)


@pytest.mark.parametrize("key", ["dark", "mono"])
def test_a_further_file_that_is_missing_is_told_at_its_place(tmp_path: Path, key: str) -> None:
    loaded = campaign_with(tmp_path, f"file: logo.svg, alt: Acme, {key}: missing.svg", logo_svg=shield())

    (finding,) = [one for one in loaded.findings if one.is_error]
    assert finding.code == "missing-file"
    assert str(finding.place) == at(tmp_path, FILE, "missing.svg")


@pytest.mark.parametrize(
    "rule", ["clear: 3", "clear: -1", "min_width_mm: -1", "min_width_mm: 2000", "clear: wide"]
)
def test_a_rule_that_is_out_of_range_is_told_at_its_place(tmp_path: Path, rule: str) -> None:
    loaded = campaign_with(tmp_path, f"file: logo.svg, alt: Acme, {rule}", logo_svg=shield())

    (finding,) = [one for one in loaded.findings if one.is_error]
    assert finding.code == "bad-value"
    assert str(finding.place) == at(tmp_path, FILE, rule.split(": ")[1])


def test_a_picture_too_small_for_the_foot_and_one_with_a_background_of_its_own_are_warned_of(
    tmp_path: Path, wording: Wording
) -> None:
    loaded = campaign_with(tmp_path, "file: logo.png, alt: Acme", logo_png=picture(60, "white"))

    warnings = plan_assets(loaded.campaign).warnings

    assert {one.severity for one in warnings} == {Severity.WARNING}
    assert [str(one.place) for one in warnings] == [at(tmp_path, FILE, "logo.png")] * 2
    assert "#FFFFFF" in warnings[0].text and "poster-a4" in warnings[1].text
    assert wording == [one.text for one in warnings]


def test_a_large_picture_on_no_background_and_a_drawing_are_not_warned_of(tmp_path: Path) -> None:
    large = campaign_with(tmp_path / "a", "file: logo.png, alt: Acme", logo_png=picture(1500, None))
    drawing = campaign_with(tmp_path / "b", "file: logo.svg, alt: Acme", logo_svg=shield())

    assert plan_assets(large.campaign).warnings == ()
    assert plan_assets(drawing.campaign).warnings == ()

"""Logos in the footer: their version and panel, the owner's rules, and findings for their files."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from assetgen.findings import Severity
from assetgen.loading.campaign import LoadedCampaign, load_campaign
from assetgen.loading.model import Ink, Logo
from assetgen.planning.asset import Asset
from assetgen.planning.logo_placement import choose_version
from assetgen.planning.planner import plan_assets
from assetgen.schema.partner_file import LogoFile
from tests.support.example_campaign import add_partner, make_campaign, position_of, write_campaign_file
from tests.support.wording import Wording

FIXTURES = Path(__file__).parents[2] / "fixtures" / "logos"
PALETTE = {"paper": "#FBF7EF", "ink": "#10262C"}
DARK_RIM, PALE_RIM = (0.02,) * 9, (0.95,) * 9
FILE = "partners/acme/partner.yaml"
CHANNELS = "channels: [poster-a4, gp-screen]\n"


def logo(name: str, rim: tuple[float, ...], background: str | None = None, **versions: Logo) -> Logo:
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
        **versions,  # type: ignore[arg-type]
    )


def campaign_with(root: Path, keys: str, **files: bytes) -> LoadedCampaign:
    """Return the starter campaign with a partner ``acme``, whose logo has these keys and files."""
    make_campaign(root)
    add_partner(root, "acme", f"name: Acme Trust\nrole: joint\nlogo: {{{keys}}}\n{CHANNELS}")
    for name, content in files.items():
        write_campaign_file(root, f"partners/acme/{name.replace('_', '.')}", content)
    return load_campaign(root)


def svg_logo(name: str = "shield") -> bytes:
    return (FIXTURES / f"{name}.svg").read_bytes()


def png_logo(width: int, background: str | None) -> bytes:
    image = Image.new("RGBA", (width, width // 2), background or (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse(
        (width // 8, width // 16, width // 2, width // 2 - width // 16), fill="#224488"
    )
    target = io.BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def asset_of(loaded: LoadedCampaign, channel: str) -> Asset:
    plan = plan_assets(loaded.campaign)
    return next(asset for asset in plan.assets if asset.partner == "acme" and asset.channel == channel)


def test_a_dark_logo_on_paper_gets_no_panel() -> None:
    url_end, _, panel = choose_version(logo("a", DARK_RIM), PALETTE["paper"], PALETTE)

    assert (url_end, panel) == ("", None)


def test_a_dark_logo_on_a_dark_background_gets_a_paper_panel() -> None:
    assert choose_version(logo("a", DARK_RIM), PALETTE["ink"], PALETTE)[2] == PALETTE["paper"]


def test_a_white_logo_on_paper_gets_an_ink_panel() -> None:
    assert choose_version(logo("a", PALE_RIM), PALETTE["paper"], PALETTE)[2] == PALETTE["ink"]


def test_the_dark_version_is_used_on_dark_backgrounds_without_a_panel() -> None:
    with_dark = logo("a", DARK_RIM, dark=logo("b", PALE_RIM))

    url_end, chosen, panel = choose_version(with_dark, PALETTE["ink"], PALETTE)

    assert (url_end, chosen.file, panel) == ("/dark", "b", None)
    assert choose_version(with_dark, PALETTE["paper"], PALETTE)[0] == ""


def test_the_mono_version_is_used_for_one_colour_or_low_contrast() -> None:
    pale = logo("a", PALE_RIM, mono=logo("b", DARK_RIM))

    assert choose_version(pale, PALETTE["paper"], PALETTE)[0] == "/mono"
    assert choose_version(logo("a", DARK_RIM, mono=logo("b", DARK_RIM)), PALETTE["paper"], PALETTE)[0] == ""
    one_colour = choose_version(
        logo("a", DARK_RIM, mono=logo("b", DARK_RIM)), PALETTE["paper"], PALETTE, one_colour=True
    )
    assert one_colour[0] == "/mono"


def test_a_logo_with_its_own_background_gets_a_panel_of_that_colour() -> None:
    assert choose_version(logo("a", DARK_RIM, "#FFFFFF"), PALETTE["paper"], PALETTE)[2] == "#FFFFFF"


def test_the_spec_has_the_rules_of_a_logo_in_the_channels_unit(tmp_path: Path) -> None:
    loaded = campaign_with(
        tmp_path, "file: logo.svg, alt: Acme, min_width_mm: 15, clear: 0.5", logo_svg=svg_logo()
    )

    (printed,) = asset_of(loaded, "poster-a4").spec.logos
    screen = asset_of(loaded, "gp-screen")
    (shown,) = screen.spec.logos

    assert (printed.partner, printed.alt, printed.clear) == ("acme", "Acme", 0.5)
    assert printed.least_width == pytest.approx(15.0)
    assert shown.least_width == pytest.approx(15.0 / (screen.spec.px_mm or 0.0))
    assert printed.ratio == pytest.approx(168 / 206, rel=0.03)


def test_every_file_of_a_logo_is_an_input_of_the_partners_assets(tmp_path: Path) -> None:
    keys = "file: logo.svg, alt: Acme, dark: dark.svg, mono: mono.svg"
    loaded = campaign_with(
        tmp_path, keys, logo_svg=svg_logo(), dark_svg=svg_logo("shield-dark"), mono_svg=svg_logo("ring")
    )

    inputs = asset_of(loaded, "poster-a4").inputs
    assert {f"partners/acme/{name}.svg" for name in ("logo", "dark", "mono")} <= set(inputs)


@pytest.mark.parametrize("key", ["dark", "mono"])
def test_a_missing_logo_version_is_reported_at_its_place(tmp_path: Path, key: str) -> None:
    loaded = campaign_with(tmp_path, f"file: logo.svg, alt: Acme, {key}: missing.svg", logo_svg=svg_logo())

    (finding,) = [finding for finding in loaded.findings if finding.is_error]
    assert finding.code == "missing-file"
    assert str(finding.place) == position_of(tmp_path, FILE, "missing.svg")


@pytest.mark.parametrize(
    "rule", ["clear: 3", "clear: -1", "min_width_mm: -1", "min_width_mm: 2000", "clear: wide"]
)
def test_an_invalid_logo_rule_is_reported_at_its_place(tmp_path: Path, rule: str) -> None:
    loaded = campaign_with(tmp_path, f"file: logo.svg, alt: Acme, {rule}", logo_svg=svg_logo())

    (finding,) = [finding for finding in loaded.findings if finding.is_error]
    assert finding.code == "bad-value"
    assert str(finding.place) == position_of(tmp_path, FILE, rule.split(": ")[1])


def test_a_low_resolution_and_an_opaque_background_each_give_a_warning(
    tmp_path: Path, wording: Wording
) -> None:
    loaded = campaign_with(tmp_path, "file: logo.png, alt: Acme", logo_png=png_logo(60, "white"))

    warnings = plan_assets(loaded.campaign).warnings

    assert {warning.severity for warning in warnings} == {Severity.WARNING}
    assert [str(warning.place) for warning in warnings] == [position_of(tmp_path, FILE, "logo.png")] * 2
    assert "#FFFFFF" in warnings[0].text and "poster-a4" in warnings[1].text
    assert wording == [warning.text for warning in warnings]


def test_a_large_transparent_png_and_an_svg_give_no_warnings(tmp_path: Path) -> None:
    large = campaign_with(tmp_path / "a", "file: logo.png, alt: Acme", logo_png=png_logo(1500, None))
    drawing = campaign_with(tmp_path / "b", "file: logo.svg, alt: Acme", logo_svg=svg_logo())

    assert plan_assets(large.campaign).warnings == ()
    assert plan_assets(drawing.campaign).warnings == ()

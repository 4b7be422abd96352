"""Logos on a finished page: whole, their ratio kept, no smaller than they may be, their clear space empty."""

from __future__ import annotations

from collections.abc import Iterator

from assetgen.findings import Finding
from assetgen.geometry import Box
from assetgen.planning.asset import LogoRule, Spec
from assetgen.preflight.hidden import Views, compare
from assetgen.preflight.layers import page_without
from assetgen.preflight.objects import common
from assetgen.preflight.page import Figure, Page
from assetgen.preflight.proof import px_per_unit, told_box

# A ratio differs by rounding of its box to hundredths of a px; more than this is a squeezed logo.
RATIO_TOLERANCE = 0.02
LEAST_TOLERANCE = 0.99
SLACK_PX = 0.6


def prove_logos(views: Views, spec: Spec) -> list[Finding]:
    """Return a finding for each logo that is squeezed, too small, covered, or has something in its clear space."""
    page = views.page
    findings: list[Finding] = []
    for rule in spec.logos:
        for figure in (figure for figure in page.figures if figure.alt == rule.alt):
            findings += _judge(figure, rule, page, spec)
            if _is_covered(figure, views):
                text = f"something lies over the logo {rule.alt}"
                box = told_box(figure.box, spec)
                hint = "what is drawn last lies on top: move it away from the logo"
                findings.append(Finding("logo-rules", text, hint, box=box, role="logo"))
    return findings


def _is_covered(figure: Figure, views: Views) -> bool:
    """Say whether a logo looks another where what is drawn after it is left away. Words on it are told as such."""
    last = max(figure.objects, default=len(views.page.objects))
    over = [
        at
        for at, one in enumerate(views.page.objects[last + 1 :], last + 1)
        if one.kind != "text" and one.box.meets(figure.box)
    ]
    cut = views.layers.cut(figure.box.grown(-SLACK_PX))
    if not over or cut is None:
        return False
    bare = page_without(views.page, over, views.layers.scale)
    return not compare(views.drawn.crop(cut), bare.crop(cut), lossy=False).agrees


def _judge(figure: Figure, rule: LogoRule, page: Page, spec: Spec) -> Iterator[Finding]:
    box, unit = figure.box, spec.unit
    told = told_box(box, spec)
    ratio = box.width / box.height if box.height else 0.0
    squeezed = abs(ratio / rule.ratio - 1) > RATIO_TOLERANCE if rule.ratio else False
    if squeezed:
        text = f"the logo {rule.alt} has a ratio of {ratio:.2f}; its own is {rule.ratio:.2f}"
        yield Finding("logo-rules", text, "set one side and leave the other free", box=told, role="logo")
    width = box.width / px_per_unit(spec)
    if width < rule.least_width * LEAST_TOLERANCE:
        text = (
            f"the logo {rule.alt} is {width:.1f} {unit} wide; at least {rule.least_width:.1f} {unit} are due"
        )
        yield Finding(
            "logo-rules", text, "fewer partners in the foot, or a taller foot", box=told, role="logo"
        )
    clear_px = rule.clear * box.height
    if clear_px and _is_entered(figure, box.grown(clear_px - SLACK_PX), page, spec):
        text = f"something stands in the clear space of the logo {rule.alt}"
        yield Finding("logo-rules", text, "move it away from the logo", box=told, role="logo")


def _is_entered(figure: Figure, space: Box, page: Page, spec: Spec) -> bool:
    """Say whether words or another figure reach into a space; the picture that fills the field lies under all."""
    under = ("", spec.picture_alt)
    others = [letter.box for letter in page.letters]
    others += [other.box for other in page.figures if other.alt not in under and other is not figure]
    return any(common([space, other]) is not None for other in others)

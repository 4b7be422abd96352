"""Arranging a page: from an asset and its design's arrangement to where every part stands.

The call to action (number, address, code) is set first; the motif is drawn so that its light holds the call; the
copy is set in what stays dark. Where the copy would get small, the light makes room; where that is
not enough, the next shorter copy is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assetgen.errors import RenderError
from assetgen.findings import Finding
from assetgen.geometry import Box, Polygon, meet
from assetgen.layout.columns import set_column, without_optional
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.footer import FootSetter, FootText
from assetgen.layout.footer_band import Band, names_box, place_band
from assetgen.layout.motifs import CallToAction, DrawnMotif, Stage, motif_of
from assetgen.layout.parts import SetColumn, SetFoot, SetMark, SetPart, Setting
from assetgen.loading.model import Template
from assetgen.planning.asset import Asset, WordSet
from assetgen.schema.template_file import Arrangement, PicturePlace, Region

# A code nearer to the foot than this share of its side comes down to stand on it.
STAND = 0.6
# Sheets are pasted by hand: nothing stands this near to a join, as a share of the page's short side.
JOIN_CLEAR = 0.004


@dataclass(frozen=True, slots=True)
class Arranged:
    """Where every part of an asset stands, in CSS px from the trim's top left, and what was chosen."""

    words: WordSet
    call: SetColumn
    text: SetColumn | None
    motif: DrawnMotif | None
    foot: SetFoot | None
    stage: Stage
    call_on: str
    band: Band | None = None
    picture: PicturePlace | None = None

    @property
    def parts(self) -> tuple[SetPart, ...]:
        """Return the parts that stand on the page."""
        return (*(self.text.parts if self.text else ()), *self.call.parts)

    @property
    def marks(self) -> tuple[SetMark, ...]:
        """Return the partners in the foot."""
        return self.foot.marks if self.foot else ()

    @property
    def roles(self) -> frozenset[str]:
        """Return the roles whose words stand on the page."""
        said = {role for part in self.parts for role in part.part.roles}
        if self.foot:
            said |= {"partner"}
        if self.foot and self.foot.is_whole:
            said |= {"imprint"}
        return frozenset(said)

    @property
    def good(self) -> bool:
        return self.call.good and (self.text is None or self.text.good)

    @property
    def scale(self) -> float:
        return min(self.call.scale, self.text.scale if self.text else 1.0)


def _with_margin(live: Box, margin: float, width: float, height: float) -> Box:
    """Return the safe area less the design's own margin, a share of the page's short side, where that is more."""
    inset = margin * min(width, height)
    x, y = max(live.x, inset), max(live.y, inset)
    return Box(x, y, min(live.right, width - inset) - x, min(live.bottom, height - inset) - y)


def arrange(asset: Asset, template: Template, measurer: Measurer, family: str) -> Arranged:
    """Return the best arrangement over the tiers of copy that the channel takes, the first good one.

    The asset is one without ``faults``: its design answers its channel.
    Raises RenderError (``text-overflow``) where no copy fits at a legible size.
    """
    arrangement = template.arrangements[asset.arrangement or ""]
    arranger = _Arranger(asset, arrangement, measurer, family)
    best = arranger.best()
    if arranger.foot and arranger.foot_is_unasked and (best is None or not best.good):
        # Partners that the channel does not ask for never make its words small.
        bare = _Arranger(replace(asset, foot=()), arrangement, measurer, family).best()
        best = bare if bare and (best is None or bare.good) else best
    if best:
        return best
    raise RenderError(arranger.overflow())


def _is_comfortable(foot: SetFoot, asset: Asset) -> bool:
    """Say whether all names of a foot can be read with ease from where the small words are read."""
    least = asset.floors["partner"].good_px
    return foot.is_whole and all(line.size_px >= least for mark in foot.marks for line in mark.lines)


class _Arranger:
    """One asset's arrangement: the foot and the stage are the same for every choice of copy."""

    def __init__(self, asset: Asset, arrangement: Arrangement, measurer: Measurer, family: str) -> None:
        self.asset, self.arrangement, self.measurer, self.family = asset, arrangement, measurer, family
        page = asset.page
        self.motif = motif_of(arrangement.motif) if arrangement.motif else None
        # One px beyond the bleed, so that no edge of a shape shows at the sheet's own edge.
        sheet = Box(0.0, 0.0, page.width_px, page.height_px).grown(page.bleed_px + 1.0)
        live = _with_margin(Box(*page.live), arrangement.margin, page.width_px, page.height_px)
        whole = Stage(sheet, live, page.width_px, page.height_px)
        self.band = self._set_band(whole) if asset.foot else None
        self.foot = self.band.foot if self.band else None
        self.stage = replace(whole, live=self.band.live, head=self.band.head) if self.band else whole

    @property
    def foot_is_unasked(self) -> bool:
        """Say whether the partners stand here though the channel does not require them: where there is room."""
        return self.arrangement.footer.always and "partner" not in self.asset.spec.requires

    def _set_band(self, stage: Stage) -> Band | None:
        """Return the band with the partners, or None where they are not asked for and do not fit well.

        ``stage`` is the page before the band takes its part.
        """
        found = self._set_foot(stage)
        if found is None:
            return None
        band = place_band(self.arrangement.footer, self.motif, found, stage)
        return None if self.foot_is_unasked and not self._is_uncovered(band) else band

    def _is_uncovered(self, band: Band) -> bool:
        """Say whether no name lies on what covers the page, or across a join."""
        page = self.asset.page
        joins = [Box(x, 0.0, 0.0, page.height_px) for x in page.panel_joins_x]
        joins += [Box(0.0, y, page.width_px, 0.0) for y in page.panel_joins_y]
        covers = [*(Box(*rect) for rect in page.keep_clear), *joins]
        return not any(
            meet(mark.box.corners(), cover.corners()) for mark in band.foot.marks for cover in covers
        )

    def _set_foot(self, stage: Stage) -> SetFoot | None:
        asset, texts = self.asset, self.asset.texts
        text = FootText(
            name=texts["facts.name"],
            place=texts["campaign.place"],
            partnership=texts["labels.partnership"],
            lead=f"{texts['labels.led_by']} {texts['brand.led_by']}",
            edition=f"{texts['labels.edition']} {texts['campaign.edition']}",
            floors=asset.floors,
        )
        foot = self.arrangement.footer
        live = names_box(foot, stage.live)
        # A leaf's share is of what is safe: its names stand in the middle of that.
        height = live.height if foot.side == "left" else stage.page.height
        setter = FootSetter(self.measurer, self.family, text, foot, live, height, stage.short_side)
        if self.foot_is_unasked:
            found = setter.set(tuple(replace(mark, name=mark.short_name) for mark in asset.foot))
            return found if found and _is_comfortable(found, asset) else None
        found = setter.set(asset.foot)
        if found is None:
            words = "the partners' names do not fit the foot at a legible size"
            hint = "give the partner a short_name"
            if any(mark.look.least_px for mark in asset.foot):
                words = "the partners do not fit the foot with their logos at their least width"
                hint = "lower min_width_mm, or name fewer partners under with"
            raise RenderError(Finding("text-overflow", words, hint, asset.places["partner"]))
        return found

    def best(self) -> Arranged | None:
        """Return the arrangement of the first copy that is good, else of the one with the largest type."""
        best: Arranged | None = None
        for words in self.asset.word_sets:
            found = self.arrange(words)
            if found and found.good:
                return found
            if found and (best is None or found.scale > best.scale * 1.1):
                best = found
        return best

    def arrange(self, words: WordSet) -> Arranged | None:
        """Return the arrangement for one choice of copy, or None where it does not fit."""
        region = self.arrangement.cta
        if region is None or self.stage.live.height <= 0:
            return None
        setting = self._setting(words)
        best: Arranged | None = None
        for call in self._calls(region, setting):
            for motif in self._draw_motif(call):
                text = self._set_text(setting, call, motif)
                if text is None and self.arrangement.copy_ is not None:
                    continue
                found = Arranged(
                    words,
                    call,
                    text,
                    motif,
                    self.foot,
                    self.stage,
                    self.arrangement.cta_on,
                    self.band,
                    self.arrangement.picture,
                )
                if found.good:
                    return found
                if best is None or found.scale > best.scale * 1.02:
                    best = found
        return best

    def _calls(self, region: Region, setting: Setting) -> Iterator[SetColumn]:
        """Yield the call whole, then bare of one part after the other that the channel does not require.

        The words may need the room.
        """
        seen: set[tuple[str, ...]] = set()
        for wanted in without_optional(region, setting):
            call = set_column(self._box(region), wanted, setting)
            if call is None or (names := tuple(part.name for part in call.parts)) in seen:
                continue
            seen.add(names)
            on_foot = self.band is not None and self.band.side == "bottom"
            yield self._stand_code_on_foot(call) if on_foot and call.code else call

    def _set_text(self, setting: Setting, call: SetColumn, motif: DrawnMotif | None) -> SetColumn | None:
        region = self.arrangement.copy_
        if region is None:
            return None
        taken = tuple(part.box.grown(0.2 * part.size_px).corners() for part in call.parts)
        code = (call.code.corners(),) if call.code else ()
        setting = replace(
            setting, code_side_px=None, panel_joins_x=(), obstacles=setting.obstacles + taken + code
        )
        return set_column(self._box(region), region, setting, motif.kept_clear if motif else ())

    def _draw_motif(self, call: SetColumn) -> Iterator[DrawnMotif | None]:
        """Yield the drawings of the motif to try, the layout's own first; None alone where it has no motif."""
        if self.motif is None:
            yield None
            return
        size = max(part.size_px for part in call.parts)
        yield from self.motif.draw(
            self.stage, CallToAction(call.box, size, self.arrangement.cta_on == "light")
        )

    def _stand_code_on_foot(self, call: SetColumn) -> SetColumn:
        """Return the call with its code moved down onto the paper foot, as one shape of paper."""
        assert call.code is not None and self.foot is not None
        if self.foot.top - call.code.bottom > STAND * call.code.height:
            return call
        return replace(call, code=call.code.moved(0.0, self.foot.top - call.code.bottom))

    def _box(self, region: Region) -> Box:
        """Return a region's box: within the live area, but for a round one, whose circle reaches out of its square."""
        box, live = self.stage.live.share(*region.box), self.stage.live
        if self._circle():
            return box
        x, y = max(box.x, live.x), max(box.y, live.y)
        return Box(x, y, min(box.right, live.right) - x, min(box.bottom, live.bottom) - y)

    def _circle(self) -> tuple[float, float, float] | None:
        """Return centre and radius of a round channel's safe area."""
        page, diameter = self.asset.page, self.asset.spec.safe_circle
        if diameter is None:
            return None
        return page.width_px / 2, page.height_px / 2, diameter * page.px_per_unit / 2

    def _setting(self, words: WordSet) -> Setting:
        asset = self.asset
        return Setting(
            parts=self.arrangement.parts,
            words=words.words,
            required=frozenset(asset.spec.requires) | {"headline", "body"},
            floors=asset.floors,
            measurer=self.measurer,
            family=self.family,
            short_side_px=self.stage.unit,
            code_side_px=asset.code.side_px if asset.code else None,
            code_module_px=asset.code.module_px if asset.code else 0.0,
            panel_joins_x=asset.page.panel_joins_x,
            obstacles=self._obstacles(),
            circle=self._circle(),
        )

    def _obstacles(self) -> tuple[Polygon, ...]:
        """Return what ink keeps off: what covers the page, and the joins that run across it."""
        page = self.asset.page
        margin = JOIN_CLEAR * min(page.width_px, page.height_px)
        joins = [Box(0.0, y - margin, page.width_px, 2 * margin) for y in page.panel_joins_y]
        boxes = [*(Box(*rect) for rect in page.keep_clear), *joins]
        # A band along a whole side has the live area end at it; one along a part of it does not.
        partial = (self.band.shape,) if self.band and not self.band.is_whole else ()
        return (*(box.corners() for box in boxes), *partial)

    def overflow(self) -> Finding:
        """Return the finding for an asset of which no copy fits."""
        asset = self.asset
        shortest = asset.word_sets[-1]
        text = f"the words do not fit {asset.channel} at a legible size, not even in the tier {shortest.name}"
        hint = "write a shorter tier, or give the parts more room in the arrangement"
        return Finding("text-overflow", text, hint, shortest.places.get("headline", asset.places["template"]))

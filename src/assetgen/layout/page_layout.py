"""Lay out the page of an asset: compute the position of every part from the layout of its template.

The call to action (number, address, code) is laid out first. The motif is drawn so that its light contains the call to
action. The copy is laid out in the area that remains dark. If the copy would become small, the light is reduced. If
that is not enough, the next shorter copy is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from assetgen.errors import RenderError
from assetgen.findings import Finding
from assetgen.geometry import Box, Polygon, polygons_overlap
from assetgen.layout.columns import find_overflow, lay_out_column, without_optional
from assetgen.layout.engine_metrics import Measurer
from assetgen.layout.footer import FooterLayout, FooterText
from assetgen.layout.footer_band import FooterBand, names_box, place_band
from assetgen.layout.motifs import CallToAction, DrawnMotif, Stage, make_motif
from assetgen.layout.parts import ColumnInput, PlacedColumn, PlacedFooter, PlacedPart, PlacedPartner
from assetgen.loading.model import FontFamilies, Template
from assetgen.planning.asset import Asset, CopySet
from assetgen.schema.template_file import PicturePlace, Region, ShapeLayout

# A code closer to the footer than this share of its side is moved down to touch it.
TOUCH_SHARE = 0.6
# The clear space around a panel join, as a share of the page's short side. Sheets are pasted by hand.
JOIN_CLEAR_SHARE = 0.004


@dataclass(frozen=True, slots=True)
class PageLayout:
    """The finished layout of an asset, in CSS px from the trim's top left corner.

    ``words`` is the copy that was chosen, ``cta`` the call to action, ``copy_column`` the copy's column. ``cta_on``
    says what is behind the call to action: ``light`` or ``field``.
    """

    words: CopySet
    cta: PlacedColumn
    copy_column: PlacedColumn | None
    motif: DrawnMotif | None
    footer: PlacedFooter | None
    stage: Stage
    cta_on: str
    band: FooterBand | None = None
    picture: PicturePlace | None = None

    @property
    def parts(self) -> tuple[PlacedPart, ...]:
        """Return the parts on the page: those of the copy, then those of the call to action."""
        return (*(self.copy_column.parts if self.copy_column else ()), *self.cta.parts)

    @property
    def partners(self) -> tuple[PlacedPartner, ...]:
        """Return the partners in the footer."""
        return self.footer.partners if self.footer else ()

    @property
    def roles(self) -> frozenset[str]:
        """Return the roles whose copy is on the page."""
        roles = {role for part in self.parts for role in part.part.roles}
        if self.footer:
            roles |= {"partner"}
        if self.footer and self.footer.is_imprint_complete:
            roles |= {"imprint"}
        return frozenset(roles)

    @property
    def has_preferred_sizes(self) -> bool:
        """Say whether all parts have at least their preferred size."""
        return self.cta.has_preferred_sizes and (
            self.copy_column is None or self.copy_column.has_preferred_sizes
        )

    @property
    def scale(self) -> float:
        """Return the smaller scale of the two columns."""
        return min(self.cta.scale, self.copy_column.scale if self.copy_column else 1.0)


def _with_margin(live: Box, margin: float, width: float, height: float) -> Box:
    """Return the safe area, reduced to the template's margin if that is wider.

    ``margin`` is a share of the page's short side.
    """
    inset = margin * min(width, height)
    x, y = max(live.x, inset), max(live.y, inset)
    return Box(x, y, min(live.right, width - inset) - x, min(live.bottom, height - inset) - y)


def lay_out_page(asset: Asset, template: Template, measurer: Measurer, families: FontFamilies) -> PageLayout:
    """Lay out an asset with the first copy length that fits at preferred sizes, or else with the largest type.

    The asset must have no ``faults``, so that its template has a layout for its channel. Raises RenderError
    (``text-overflow``) if no copy fits at a legible size.
    """
    arrangement = template.layouts[asset.layout_name or ""]
    engine = _LayoutEngine(asset, arrangement, measurer, families)
    best = engine.best()
    if engine.footer and engine.is_footer_optional and (best is None or not best.has_preferred_sizes):
        # Partners that the channel does not require must not make its words small.
        without_footer = _LayoutEngine(
            replace(asset, footer_partners=()), arrangement, measurer, families
        ).best()
        best = (
            without_footer
            if without_footer and (best is None or without_footer.has_preferred_sizes)
            else best
        )
    if best:
        return best
    raise RenderError(engine.overflow())


def _is_comfortable(footer: PlacedFooter, asset: Asset) -> bool:
    """Say whether a footer has its complete imprint and all names have at least their preferred size."""
    preferred_px = asset.type_size_limits["partner"].preferred_px
    return footer.is_imprint_complete and all(
        line.size_px >= preferred_px for mark in footer.partners for line in mark.lines
    )


class _LayoutEngine:
    """Lays out one asset. The footer and the stage are computed once, for every choice of copy."""

    def __init__(
        self, asset: Asset, arrangement: ShapeLayout, measurer: Measurer, families: FontFamilies
    ) -> None:
        self.asset, self.arrangement, self.measurer, self.families = asset, arrangement, measurer, families
        page = asset.page
        self.motif = make_motif(arrangement.motif) if arrangement.motif else None
        # One px beyond the bleed, so that the edges of shapes are never visible at the sheet's edge.
        sheet = Box(0.0, 0.0, page.width_px, page.height_px).enlarged(page.bleed_px + 1.0)
        live = _with_margin(Box(*page.live), arrangement.margin, page.width_px, page.height_px)
        whole = Stage(sheet, live, page.width_px, page.height_px)
        self.band = self._place_band(whole) if asset.footer_partners else None
        self.footer = self.band.footer if self.band else None
        self.stage = (
            replace(whole, live=self.band.live, footer_bottom=self.band.hang_y) if self.band else whole
        )

    @property
    def is_footer_optional(self) -> bool:
        """Say whether the template shows partners that the channel does not require. They may be left out."""
        return self.arrangement.footer.always and "partner" not in self.asset.spec.requires

    def _place_band(self, stage: Stage) -> FooterBand | None:
        """Return the band with the partners; None if they are optional and do not fit well.

        ``stage`` is the page without the band.
        """
        found = self._lay_out_footer(stage)
        if found is None:
            return None
        band = place_band(self.arrangement.footer, self.motif, found, stage)
        return None if self.is_footer_optional and not self._is_uncovered(band) else band

    def _is_uncovered(self, band: FooterBand) -> bool:
        """Say whether no partner is in an area that the channel covers, or on a panel join."""
        page = self.asset.page
        joins = [Box(x, 0.0, 0.0, page.height_px) for x in page.panel_joins_x]
        joins += [Box(0.0, y, page.width_px, 0.0) for y in page.panel_joins_y]
        covers = [*(Box(*rect) for rect in page.keep_clear), *joins]
        return not any(
            polygons_overlap(mark.box.corners(), cover.corners())
            for mark in band.footer.partners
            for cover in covers
        )

    def _lay_out_footer(self, stage: Stage) -> PlacedFooter | None:
        """Lay out the footer; return None if it is optional and does not fit at a comfortable size.

        Raises RenderError if a required footer does not fit.
        """
        asset, texts = self.asset, self.asset.texts
        text = FooterText(
            name=texts["facts.name"],
            place=texts["campaign.place"],
            partnership=texts["labels.partnership"],
            lead=f"{texts['labels.led_by']} {lead}" if (lead := texts["brand.led_by"]) else "",
            edition=f"{texts['labels.edition']} {texts['campaign.edition']}",
            type_size_limits=asset.type_size_limits,
        )
        footer = self.arrangement.footer
        live = names_box(footer, stage.live)
        # A band at the left may fill a share of the safe area, because its names are centred there.
        height = live.height if footer.side == "left" else stage.page.height
        typesetter = FooterLayout(
            self.measurer, self.families.text, text, footer, live, height, stage.short_side
        )
        if self.is_footer_optional:
            found = typesetter.lay_out(
                tuple(replace(mark, name=mark.short_name) for mark in asset.footer_partners)
            )
            return found if found and _is_comfortable(found, asset) else None
        found = typesetter.lay_out(asset.footer_partners)
        if found is None:
            problem = "the partners' names do not fit the footer at a legible size"
            hint = "give the partner a short_name"
            if any(mark.appearance.min_width_px for mark in asset.footer_partners):
                problem = "the partners' logos do not fit the footer at their minimum width"
                hint = "lower min_width_mm, or name fewer partners under alongside"
            raise RenderError(Finding("text-overflow", problem, hint, asset.places["partner"]))
        return found

    def best(self) -> PageLayout | None:
        """Return the first layout with preferred sizes, else the one with the largest type; None if none fits."""
        best: PageLayout | None = None
        for words in self.asset.copy_sets:
            found = self.arrange(words)
            if found and found.has_preferred_sizes:
                return found
            if found and (best is None or found.scale > best.scale * 1.1):
                best = found
        return best

    def arrange(self, words: CopySet) -> PageLayout | None:
        """Lay out the page with one choice of copy; return None if it does not fit."""
        region = self.arrangement.cta
        if region is None or self.stage.live.height <= 0:
            return None
        setting = self._setting(words)
        best: PageLayout | None = None
        for cta in self._try_ctas(region, setting):
            for motif in self._try_motifs(cta):
                text = self._lay_out_copy(setting, cta, motif)
                if text is None and self.arrangement.copy_ is not None:
                    continue
                found = PageLayout(
                    words,
                    cta,
                    text,
                    motif,
                    self.footer,
                    self.stage,
                    self.arrangement.cta_on,
                    self.band,
                    self.arrangement.picture,
                )
                if found.has_preferred_sizes:
                    return found
                if best is None or found.scale > best.scale * 1.02:
                    best = found
        return best

    def _try_ctas(self, region: Region, setting: ColumnInput) -> Iterator[PlacedColumn]:
        """Yield the whole call to action, then smaller ones without its optional parts, to give the copy more room."""
        seen: set[tuple[str, ...]] = set()
        for reduced_region in without_optional(region, setting):
            cta = lay_out_column(self._box(region), reduced_region, setting)
            if cta is None or (names := tuple(part.name for part in cta.parts)) in seen:
                continue
            seen.add(names)
            has_footer_below = self.band is not None and self.band.side == "bottom"
            yield self._move_code_to_footer(cta) if has_footer_below and cta.code else cta

    def _lay_out_copy(
        self, setting: ColumnInput, cta: PlacedColumn, motif: DrawnMotif | None
    ) -> PlacedColumn | None:
        """Lay out the copy clear of the call to action and the motif; return None if it does not fit."""
        region = self.arrangement.copy_
        if region is None:
            return None
        occupied = tuple(part.box.enlarged(0.2 * part.size_px).corners() for part in cta.parts)
        code = (cta.code.corners(),) if cta.code else ()
        setting = replace(
            setting, code_side_px=None, panel_joins_x=(), obstacles=setting.obstacles + occupied + code
        )
        return lay_out_column(self._box(region), region, setting, motif.kept_clear if motif else ())

    def _try_motifs(self, cta: PlacedColumn) -> Iterator[DrawnMotif | None]:
        """Yield the drawings of the motif to try, the layout's own first. Yield only None if it has no motif."""
        if self.motif is None:
            yield None
            return
        size = max(part.size_px for part in cta.parts)
        yield from self.motif.draw(
            self.stage, CallToAction(cta.box, size, self.arrangement.cta_on == "light")
        )

    def _move_code_to_footer(self, cta: PlacedColumn) -> PlacedColumn:
        """Move a code that is close to the footer down to touch it, so that their paper areas form one shape."""
        assert cta.code is not None and self.footer is not None
        if self.footer.top - cta.code.bottom > TOUCH_SHARE * cta.code.height:
            return cta
        return replace(cta, code=cta.code.moved(0.0, self.footer.top - cta.code.bottom))

    def _box(self, region: Region) -> Box:
        """Return the box of a region, cut to the live area.

        In a round channel the box is not cut: the live area is a square inside the circle, and copy may use the whole
        circle.
        """
        box, live = self.stage.live.sub_box(*region.box), self.stage.live
        if self._circle():
            return box
        x, y = max(box.x, live.x), max(box.y, live.y)
        return Box(x, y, min(box.right, live.right) - x, min(box.bottom, live.bottom) - y)

    def _circle(self) -> tuple[float, float, float] | None:
        """Return centre x, centre y and radius of a round channel's safe area; None for other channels."""
        page, diameter = self.asset.page, self.asset.spec.safe_circle
        if diameter is None:
            return None
        return page.width_px / 2, page.height_px / 2, diameter * page.px_per_unit / 2

    def _setting(self, words: CopySet) -> ColumnInput:
        asset = self.asset
        return ColumnInput(
            parts=self.arrangement.parts,
            words=words.copy_by_role,
            good_breaks=words.good_breaks,
            required=frozenset(asset.spec.requires) | {"headline", "body"},
            type_sizes=asset.type_size_limits,
            measurer=self.measurer,
            families=self.families,
            short_side_px=self.stage.unit,
            code_side_px=asset.code.side_px if asset.code else None,
            code_module_px=asset.code.module_px if asset.code else 0.0,
            panel_joins_x=asset.page.panel_joins_x,
            obstacles=self._obstacles(),
            circle=self._circle(),
        )

    def _obstacles(self) -> tuple[Polygon, ...]:
        """Return the areas that ink must not touch.

        They are the areas that the channel covers, horizontal panel joins, and a footer band along only a part of a
        side.
        """
        page = self.asset.page
        margin = JOIN_CLEAR_SHARE * min(page.width_px, page.height_px)
        joins = [Box(0.0, y - margin, page.width_px, 2 * margin) for y in page.panel_joins_y]
        boxes = [*(Box(*rect) for rect in page.keep_clear), *joins]
        # The live area ends at a band along a whole side, but not at a band along a part of it.
        partial = (self.band.shape,) if self.band and not self.band.is_full_side else ()
        return (*(box.corners() for box in boxes), *partial)

    def overflow(self) -> Finding:
        """Return the finding for an asset whose copy does not fit in any length."""
        asset = self.asset
        shortest = asset.copy_sets[-1]
        text = f"the copy does not fit {asset.channel} at a legible size, even in its shortest length ({shortest.name})"
        setting = self._setting(shortest)
        reason = find_overflow(self._measured_regions(), setting) or self._join_reason(setting)
        if reason:
            text = f"{text}: {reason}"
        hint = "write shorter copy, or give the parts more room in the template's layout"
        return Finding("text-overflow", text, hint, shortest.places.get("headline", asset.places["template"]))

    def _join_reason(self, setting: ColumnInput) -> str | None:
        """Return that the number has no place between the panel joins, if that is why the page cannot be laid out."""
        region = self.arrangement.cta
        if region is None or not setting.panel_joins_x or any(self._try_ctas(region, setting)):
            return None
        without_joins = replace(setting, panel_joins_x=())
        fits = any(self._try_ctas(region, without_joins))
        return "the groups of the number have no place between the panel joins" if fits else None

    def _measured_regions(self) -> Iterator[tuple[str, Region, Box]]:
        """Yield the name, the region and the box of the call to action and of the copy."""
        for name, region in (("call to action", self.arrangement.cta), ("copy", self.arrangement.copy_)):
            if region is not None:
                yield name, region, self._box(region)

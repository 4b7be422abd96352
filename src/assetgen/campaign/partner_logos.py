"""The logo that a partner names: its file, and its other files for dark grounds and for one colour."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from assetgen.campaign.art import Logo
from assetgen.campaign.dated import dated
from assetgen.campaign.folder import check_inside, is_file, refuse_what_is_no_file, resolved
from assetgen.campaign.logo_ink import cut_to_ink
from assetgen.campaign.logos import KINDS, read_logo_file
from assetgen.campaign.nearest import did_you_mean
from assetgen.campaign.reading import Document
from assetgen.campaign.schema_partner import LogoFile
from assetgen.errors import CampaignError
from assetgen.findings import Finding

# A rebuilt logo writes every colour so.
COLOURS = re.compile(rb"#[0-9a-fA-F]{6}(?![0-9a-fA-F])")


def read_partner_logo(
    root: Path, partner_id: str, file: LogoFile, document: Document
) -> tuple[Logo | None, list[Finding]]:
    """Return a partner's logo in all its forms, each cut to its ink; or None and every fault of its files."""
    forms: dict[str, Logo] = {}
    findings: list[Finding] = []
    for key, name in (("file", file.file), ("dark", file.dark), ("mono", file.mono)):
        if name is None:
            continue
        try:
            forms[key] = _read_form(root, partner_id, name, file.alt, key, document)
        except CampaignError as error:
            findings += error.findings
    if findings:
        return None, findings
    inks = {colour.lower(): _inks(values) for colour, values in file.inks.items()}
    findings += _check_inks(inks, forms, document)
    if findings:
        return None, findings
    forms = {
        key: replace(form, least_width_mm=file.min_width_mm, clear=file.clear, inks=inks)
        for key, form in forms.items()
    }
    permission = dated(file.permission_until, document, "logo", "permission_until")
    usual = replace(
        forms["file"], dark=forms.get("dark"), mono=forms.get("mono"), permission_until=permission
    )
    return usual, []


def _inks(values: Sequence[float]) -> tuple[float, float, float, float]:
    cyan, magenta, yellow, black = values
    return cyan, magenta, yellow, black


def _check_inks(
    inks: Mapping[str, tuple[float, float, float, float]], forms: Mapping[str, Logo], document: Document
) -> list[Finding]:
    """Return a finding for each colour that is given inks and that no form of the logo has."""
    drawn = {colour for form in forms.values() if form.is_vector for colour in COLOURS.findall(form.content)}
    has = sorted({colour.decode().lower() for colour in drawn})
    return [
        Finding(
            "bad-value",
            f"the logo has no colour {colour}",
            f"its colours: {', '.join(has[:12])}" if has else "inks are for an SVG logo",
            document.place("logo", "inks"),
        )
        for colour in inks
        if colour not in has
    ]


def _read_form(root: Path, partner_id: str, name: str, alt: str, key: str, document: Document) -> Logo:
    place = document.place("logo", key)
    folder = root / "partners" / partner_id
    path = folder / name
    if Path(name).is_absolute() or not resolved(path, place).is_relative_to(folder.resolve()):
        text = f"logo leads out of the partner's folder: {name:.60}"
        raise CampaignError(Finding("unsafe-file", text, "put the file beside partner.yaml", place))
    check_inside(path, root, place)
    if not is_file(path):
        refuse_what_is_no_file(path, place)
        pictures = [one.name for one in sorted(folder.iterdir()) if one.suffix.lower() in KINDS]
        hint = did_you_mean(name, pictures) or "put the file beside partner.yaml"
        raise CampaignError(Finding("missing-file", f"logo not found: {name:.60}", hint, place))
    logo = read_logo_file(path, path.relative_to(root).as_posix(), alt, place)
    return replace(cut_to_ink(logo), place=place)

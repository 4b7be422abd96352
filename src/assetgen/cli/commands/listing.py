"""``assetgen list``: list the parts of a campaign as a table, JSON or CSV."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import parse_qsl, urlsplit

import typer

from assetgen.cli import make_encodable
from assetgen.cli.session import (
    Day,
    Out,
    Session,
    count_of,
    date_or_today,
    include_input_errors,
    resolve_output_folder,
    table,
    with_selection,
)

if TYPE_CHECKING:
    from pathlib import Path

    from assetgen.loading.model import CampaignModel, Channel
    from assetgen.planning.asset import Asset, Plan
    from assetgen.planning.selection import Selection
    from assetgen.schema.brand_file import LinkStyle

Rows = list[dict[str, Any]]


Things = Literal["partners", "channels", "templates", "messages", "printers", "assets", "links", "packs"]
"""What can be listed."""
ListFormat = Literal["text", "json", "csv"]
"""The formats of a list."""


@with_selection
def list_things(
    context: typer.Context,
    things: Annotated[Things, typer.Argument(help="What to list.")],
    chosen: Selection,
    out: Out = None,
    day: Day = None,
    form: Annotated[
        ListFormat, typer.Option("--format", help="The format: a table, JSON, or CSV for a spreadsheet.")
    ] = "text",
) -> None:
    """List partners, channels, messages, assets and more.

    'links' lists each link with its code, partners and channels, for the owner of the website. 'packs' lists each
    partner's packs with languages, edition and size, whether they are up to date, and when their facts expire.
    """
    from assetgen.planning.planner import plan_assets

    session: Session = context.obj
    loaded = session.load()
    plan = plan_assets(loaded.campaign)
    with include_input_errors(loaded.findings):
        ids = set(_chosen(things, chosen, plan, loaded.campaign))
    assets = [asset for asset in plan.assets if asset.id in ids]
    if things == "packs":
        rows = _pack_rows(session, loaded.campaign, plan, chosen, out, day)
    else:
        rows = _rows(things, loaded.campaign, assets, chosen)
    faults = [finding for finding in loaded.findings if finding.is_error]
    if form == "json":
        report = {things: rows, "findings": [f.as_dict() for f in faults]}
        typer.echo(make_encodable(json.dumps(report, indent=1, ensure_ascii=False), "json"))
    elif form == "csv":
        session.print_report(faults, "text", "list", {})
        _print_csv(rows)
    else:
        session.print_report(faults, "text", "list", {})
        _print_table(session, things, rows)
    raise session.exit_for(faults)


def _chosen(things: Things, options: Selection, plan: Plan, campaign: CampaignModel) -> tuple[str, ...]:
    """Return the ids of the selected assets.

    Raises EmptySelection if there are none and the list is of assets or links. For any other list the result may be
    empty.
    """
    from assetgen.planning.selection import EmptySelection, select

    try:
        return select(plan, options, campaign)
    except EmptySelection:
        if things in ("assets", "links"):
            raise
        return ()


def _is_named(row: dict[str, Any], globs: tuple[str, ...], mediums: tuple[str, ...] = ()) -> bool:
    """Return whether a row's id matches one of ``globs``, and its medium one of ``mediums``.

    If there are no globs, every row matches.
    """
    from assetgen.loading.channels import matches

    medium = row.get("medium")
    return any(matches(glob, row["id"], medium) for glob in globs or ("*",)) and any(
        matches(glob, str(medium)) for glob in mediums or ("*",)
    )


def _rows(things: Things, campaign: CampaignModel, assets: list[Asset], options: Selection) -> Rows:
    """Return the rows of a list, limited to the selection."""
    if things == "partners":
        narrowed = any(words for kind, words in options.globs_by_kind() if kind != "partner")
        rows = _partner_rows(campaign, assets, narrowed=narrowed)
        return [row for row in rows if _is_named(row, options.partner)]
    if things == "channels":
        narrowed = any(words for kind, words in options.globs_by_kind() if kind not in ("channel", "medium"))
        rows = _channel_rows(campaign, assets, narrowed=narrowed)
        return [row for row in rows if _is_named(row, options.channel, options.medium)]
    rows = _other_rows(things, campaign, assets)
    if things == "templates":
        return [row for row in rows if _is_named(row, options.template)]
    return [row for row in rows if _is_named(row, options.message)] if things == "messages" else rows


def _other_rows(things: Things, campaign: CampaignModel, assets: list[Asset]) -> Rows:
    """Return the rows of templates, messages, printers, links or assets."""
    if things == "templates":
        return [
            {
                "id": template.id,
                "name": template.file.name,
                "about": template.file.about,
                "backgrounds": list(template.file.backgrounds),
                "shapes": sorted(template.layouts),
                "assets": sum(asset.template == template.id for asset in assets),
            }
            for template in campaign.templates.values()
        ]
    if things == "messages":
        return [
            {
                "id": message.id,
                "accent": message.file.accent,
                "locales": list(message.file.locales),
                "headline": next(iter(message.file.locales.values())).headline["short"].text,
                "reviewed": all(words.reviewed for words in message.file.locales.values()),
                "assets": sum(asset.message == message.id for asset in assets),
            }
            for message in campaign.messages.values()
        ]
    if things == "printers":
        return _printer_rows(campaign, assets)
    if things == "links":
        return _link_rows(assets, campaign.brand.file.link)
    return [
        {
            "id": asset.id,
            "size": _asset_size(asset),
            "template": asset.template,
            "background": asset.background,
            "format": asset.format,
            "path": asset.path,
        }
        for asset in assets
    ]


def _printer_rows(campaign: CampaignModel, assets: list[Asset]) -> Rows:
    return [
        {
            "id": printer.id,
            "name": printer.file.name,
            "cut_marks": printer.file.cut_marks,
            "bleed_mm": None if printer.file.bleed_mm is None else f"{printer.file.bleed_mm:g}",
            "pdfx": printer.file.pdfx,
            "conditions": [f"{stock} {one.intent}" for stock, one in printer.conditions.items()],
            "naming": printer.file.naming,
            "assets": sum(bool(one.spec.press and one.spec.press.printer == printer.id) for one in assets),
        }
        for printer in campaign.brand.printers.values()
    ]


def _asset_size(asset: Asset) -> str:
    """Return the final size; for an imposition, also the number of pieces and the paper size."""
    size, sheet = _size(asset.spec.width, asset.spec.height, asset.spec.unit), asset.spec.sheet
    return f"{size}, {len(sheet.cells)} on {sheet.paper}" if sheet else size


def _size(width: float, height: float, unit: str) -> str:
    return f"{width:g} × {height:g} {unit}"


def _pack_rows(
    session: Session,
    campaign: CampaignModel,
    plan: Plan,
    options: Selection,
    out: Path | None,
    day: str | None,
) -> Rows:
    """Return the packs in ``out/packs`` of the selected partners, with their state on a date."""
    from assetgen.loading.channels import matches
    from assetgen.packs.pack_run import report_packs

    globs = options.partner or ("*",)
    chosen = [name for name in campaign.partner_ids if any(matches(glob, name) for glob in globs)]
    return report_packs(campaign, plan, resolve_output_folder(session, out), chosen, date_or_today(day))


def _partner_rows(campaign: CampaignModel, assets: list[Asset], *, narrowed: bool) -> Rows:
    count = {name: sum(asset.partner == name for asset in assets) for name in campaign.partners}
    return [
        {
            "id": partner.id,
            "name": partner.file.name.text,
            "role": partner.file.role,
            "alongside": list(partner.alongside),
            "messages": list(partner.messages),
            "channels": len(partner.channels),
            "tracking": partner.tracking,
            "assets": count[partner.id],
        }
        for partner in campaign.partners.values()
        if count[partner.id] or not narrowed
    ]


def _channel_rows(campaign: CampaignModel, assets: list[Asset], *, narrowed: bool) -> Rows:
    used = Counter(_channel_key(campaign, asset) for asset in assets if asset.medium != "qr")
    rows: Rows = [
        {
            "id": channel.id,
            "name": channel.name,
            "medium": channel.medium,
            "size": _size(channel.width, channel.height, "mm" if channel.is_print else "px"),
            "shape": channel.shape,
            "format": channel.format,
            "code": "on" if channel.qr else "off",
            "assets": used[owner, channel.id],
            "notes": f"custom size of {owner}, {channel.source}" if owner else _note(channel),
        }
        for owner, channel in (
            *(("", channel) for channel in campaign.channels.values()),
            *(
                (one.id, channel)
                for one in campaign.partners.values()
                for channel in one.custom_sizes.values()
            ),
        )
        if used[owner, channel.id] or not narrowed
    ]
    if not narrowed:
        rows += [
            {
                "id": one.id,
                "name": one.name,
                "medium": one.medium,
                "size": "ask the owner",
                "shape": "",
                "format": "",
                "code": "",
                "assets": 0,
                "notes": one.ask_owner,
            }
            for one in campaign.ask_owner
        ]
    return rows


def _channel_key(campaign: CampaignModel, asset: Asset) -> tuple[str, str]:
    """Return the owner and the id of the channel under which an asset is counted.

    The owner is the asset's partner if the channel is one of its custom sizes, else ''.
    """
    own = asset.channel in campaign.partners[asset.partner].custom_sizes
    return (asset.partner if own else "", asset.channel)


def _note(channel: Channel) -> str:
    return "provisional: ask the media owner for its specification" if channel.provisional else ""


def _link_rows(assets: list[Asset], style: LinkStyle) -> Rows:
    """Return each link once, with its code, partners and channels, and the number of assets that use it."""
    links: dict[str, dict[str, Any]] = {}
    for asset in assets:
        link = asset.spec.link or asset.spec.click
        if link is None:
            continue
        row = links.setdefault(
            link,
            {
                "link": link,
                "code": _code_of(link, style),
                "partners": [],
                "channels": [],
                "assets": 0,
            },
        )
        row["assets"] += 1
        if asset.partner not in row["partners"]:
            row["partners"].append(asset.partner)
        if asset.medium != "qr" and asset.channel not in row["channels"]:
            row["channels"].append(asset.channel)
    return [links[link] for link in sorted(links)]


def _code_of(link: str, style: LinkStyle) -> str:
    """Return the part that identifies a link: its code or its UTM parameters; an empty string if it has neither."""
    query = urlsplit(link).query
    if style.style == "utm":
        return query
    return dict(parse_qsl(query)).get(style.parameter, "")


def _print_table(session: Session, things: Things, rows: Rows) -> None:
    from rich.text import Text

    from assetgen.cli.report import escape_unprintable

    left_out = ("path", "about", "shapes", "contact", "messages" if things == "packs" else "")
    columns = [name for name in (rows[0] if rows else {}) if name not in left_out]
    listed = table(*columns, right=("assets",), overflow="fold")
    for row in rows:
        listed.add_row(*(Text(escape_unprintable(_table_cell(row[name]))) for name in columns))
    session.out.print(listed)
    if not session.quiet:
        session.err.print(count_of(len(rows), things))


def _print_csv(rows: Rows) -> None:
    """Print CSV that a spreadsheet opens directly. Cells that begin like a formula are escaped."""
    from assetgen.packs.pack_tables import csv_bytes

    head = list(rows[0]) if rows else []
    cells = ([_csv_cell(row[name]) for name in head] for row in rows)
    typer.echo(csv_bytes(head, cells), nl=False)


def _csv_cell(value: object) -> object:
    return "; ".join(map(str, value)) if isinstance(value, list) else "" if value is None else value


def _table_cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value) if len(value) <= 6 else f"{len(value)}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)

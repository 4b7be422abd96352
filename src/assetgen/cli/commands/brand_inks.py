"""``assetgen brand``: propose values that a brand lacks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from assetgen.cli.session import Session
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("inks", epilog="Example: assetgen brand inks --write")
def inks(
    context: typer.Context,
    write: Annotated[
        bool, typer.Option("--write", help="Also write the inks into brand/brand.yaml.")
    ] = False,
) -> None:
    """Propose inks for the colours that have none.

    The inks of coated paper are calculated through the ICC profile of its print condition, those of a stock without a
    profile by a formula. All keep the stock's ink limit. Ask your printer before a large run: a house colour is often
    printed in inks of its own.
    """
    from rich.table import Table

    from assetgen.loading.brand import read_brand
    from assetgen.loading.ink_proposals import insert_inks, propose_inks
    from assetgen.loading.yaml.brand_folder import brand_folder
    from assetgen.loading.yaml.campaign_folder import read_bytes
    from assetgen.loading.yaml.document import read_document
    from assetgen.schema.brand_file import STOCKS

    session: Session = context.obj
    session.require_folder()
    name = f"{brand_folder(session.folder)}/brand.yaml"
    path = session.folder / name
    content = read_bytes(path, Place(name))
    document = read_document(content, name)
    brand, _ = read_brand(session.folder, document)
    proposals = propose_inks(brand)
    if not proposals:
        session.out.print("every colour of the palette has inks for every stock")
        return
    table = Table("colour", "screen", *STOCKS, box=None, pad_edge=False)
    for colour, by_stock in proposals.items():
        values = (
            " ".join(f"{ink:g}" for ink in by_stock[stock]) if stock in by_stock else "" for stock in STOCKS
        )
        table.add_row(colour, brand.file.palette[colour].srgb, *values)
    session.out.print(table)
    if write:
        _replace_file(path, name, insert_inks(content.decode("utf-8"), document, proposals))
        session.err.print(f"written: {name}")
    else:
        session.err.print(f"nothing written; --write adds these inks to {name}")


def _replace_file(path: Path, name: str, text: str) -> None:
    """Replace a file in one step, so that an interruption leaves the old or the new one."""
    temp = path.with_name(f".{path.name}.new")
    try:
        temp.write_bytes(text.encode("utf-8"))
        temp.replace(path)
    except OSError as error:
        temp.unlink(missing_ok=True)
        finding = Finding(
            "bad-value",
            f"cannot write this file: {error.strerror or error}",
            "make it writable, then run the command again",
            Place(name),
        )
        raise CampaignError(finding) from error

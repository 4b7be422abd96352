"""The commands; each imports what it needs when it runs."""

from __future__ import annotations

import typer

from assetgen.cli.commands import build, check, init, listing, output, pack, partner, reference, sign_off


def register(app: typer.Typer) -> None:
    """Add every command to the application, in the order of its help."""
    app.command("init")(init.init)
    app.command("doctor")(reference.doctor)
    app.command("check")(check.check)
    app.command("list")(listing.list_things)
    app.command("build", cls=build.BuildCommand)(build.build)
    app.command("verify")(check.verify)
    app.command("diff")(sign_off.diff)
    app.command("accept")(sign_off.accept)
    app.command("merge")(output.merge)
    app.command("approve")(sign_off.approve)
    app.command("qr")(build.qr)
    app.command("gallery")(output.gallery)
    app.command("pack")(pack.pack)
    app.add_typer(partner.app, name="partner", help="Ask for a new partner: new, import.")
    app.command("why")(output.why)
    app.command("explain")(reference.explain)
    app.command("schema")(reference.schema)
    app.command("cache")(output.cache)

"""The commands, one module each; each imports what it needs when it runs."""

from __future__ import annotations

import typer

from assetgen.cli.commands import build, check, doctor, explain, gallery, init, listing, qr, schema, verify


def register(app: typer.Typer) -> None:
    """Add every command to the application, in the order of its help."""
    app.command("init")(init.init)
    app.command("doctor")(doctor.doctor)
    app.command("check")(check.check)
    app.command("list")(listing.list_things)
    app.command("build")(build.build)
    app.command("verify")(verify.verify)
    app.command("qr")(qr.qr)
    app.command("gallery")(gallery.gallery)
    app.command("explain")(explain.explain)
    app.command("schema")(schema.schema)

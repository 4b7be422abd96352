"""Inputs of a pack as plain values: a finished file, a post, the context of a partner's pack."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

from assetgen.packs.pack_context import PackChannel, PackContext, PackFile, PackStyle, Post
from assetgen.planning.asset import Spec
from tests.support.factories import make_spec


def sample_pack_file(**changes: Any) -> PackFile:
    """Return an A4 poster; ``changes`` replace its fields or those of its spec."""
    names = {field.name for field in fields(Spec)} - {field.name for field in fields(PackFile)}
    spec = make_spec(
        width=210.0,
        height=297.0,
        unit="mm",
        bleed_mm=3.0,
        ppi=300,
        format="pdf",
        **{"colour": "cmyk-coated", **{name: changes.pop(name) for name in names & changes.keys()}},
    )
    good = PackFile(
        id="acme/worried/poster-a4/en-GB",
        path="acme/en-GB/print/door_acme_worried_poster-a4_en-GB.pdf",
        partner="acme",
        message="worried",
        template="beacon",
        channel="poster-a4",
        variant=None,
        medium="print",
        locale="en-GB",
        format="pdf",
        width=210.0,
        height=297.0,
        unit="mm",
        bleed_mm=3.0,
        scale=1.0,
        bytes=1000,
        sha256="a" * 64,
        pixel_sha256=None,
        alt="A door.",
        alt_long="A lit door.",
        link=None,
        click=None,
        stale=False,
        words={},
        inputs={},
        findings=(),
        spec=spec,
        regions=(),
        measured={},
        release_dates=(),
        packed_path="01-print/en-GB/door_acme_worried_poster-a4_en-GB.pdf",
        section="print",
    )
    return replace(good, **changes)


def sample_post(**changes: Any) -> Post:
    """Return a post for Facebook with its picture."""
    post = Post(
        network="Facebook",
        message="worried",
        locale="en-GB",
        text="Talk to us.",
        image="02-social/en-GB/square.png",
        alt="A door.",
        also=(),
        is_draft=False,
        needs_picture=False,
    )
    return replace(post, **changes)


def sample_pack_context(**changes: Any) -> PackContext:
    """Return the context of a pack with one poster."""
    brief = PackContext(
        campaign="Open Door Line",
        slug="door",
        edition="2",
        released=date(2026, 11, 1),
        partner="acme",
        partner_name="Acme",
        owner="Open Door Line",
        number="0808 157 0123",
        address="www.example.org",
        url="https://www.example.org/",
        promises={"en-GB": "Confidential and anonymous"},
        facts_words=("number, address and promise", "number, address or promise"),
        is_confirmed=True,
        review_by=None,
        ask_name=None,
        ask_email=None,
        style=PackStyle("#10262C", "#FBF6EE", "#FFB570", "Hanken Grotesk"),
        files=(sample_pack_file(),),
        posts=(),
        copies=(),
        channels={"poster-a4": PackChannel("A4 poster", "", False, "poster-a4")},
        printers={},
        release_dates=(),
        entries_sha256="e" * 64,
    )
    return replace(brief, **changes)

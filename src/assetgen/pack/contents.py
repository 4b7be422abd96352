"""``MANIFEST.json`` of a pack: the manifest of its files with their paths there, and what stands beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assetgen.manifest.entry import Entry, to_line
from assetgen.manifest.manifest_file import SCHEMA
from assetgen.pack.archive import Member
from assetgen.pack.brief import Brief
from assetgen.verifying.finished_files import PACK_MANIFEST_NAME, SUMS_NAME, sums_document, sums_text


def with_contents(
    brief: Brief,
    part: str | None,
    engine: Mapping[str, str],
    entries: Sequence[Entry],
    members: Sequence[Member],
) -> list[Member]:
    """Return the members of a pack with its manifest and its sums. ``entries`` are those of its assets."""
    assets = {entry.path for entry in entries}
    documents = [one for one in members if one.name not in assets]
    manifest = Member.of(PACK_MANIFEST_NAME, _manifest(brief, part, engine, entries, documents))
    every = [*members, manifest]
    sums = sums_text((one.name, one.sha256) for one in every)
    assert manifest.content is not None
    promised = sums_document(manifest.content, ((one.name, one.sha256) for one in members))
    own = Member.of(SUMS_NAME, sums)
    assert own.sha256 == promised.sha256, "what verify asks of the sums is what they are"
    return [*every, own]


def _manifest(
    brief: Brief,
    part: str | None,
    engine: Mapping[str, str],
    entries: Sequence[Entry],
    documents: Iterable[Member],
) -> bytes:
    pack = {
        "partner": brief.partner,
        "name": brief.partner_name,
        "part": part,
        "released": brief.released.isoformat(),
        "facts_confirmed": brief.is_confirmed,
    }
    head = {
        "schema": SCHEMA,
        "campaign": brief.campaign,
        "edition": brief.edition,
        "engine": dict(sorted(engine.items())),
        "pack": pack,
    }
    lines = b"".join(b'"%b": %b,\n' % (key.encode(), to_line(value)) for key, value in head.items())
    files = b",\n".join(
        to_line({"path": one.name, "bytes": one.size_bytes, "sha256": one.sha256})
        for one in sorted(documents, key=lambda one: one.name)
    )
    assets = b",\n".join(entry.line for entry in sorted(entries, key=lambda entry: entry.path))
    return b'{\n%b"files": [\n%b\n],\n"assets": [\n%b\n]\n}\n' % (lines, files, assets)

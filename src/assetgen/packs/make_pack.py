"""Make one partner's pack in a worker."""

from __future__ import annotations

import base64
import hashlib
import io
import itertools
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from PIL import Image

from assetgen.building.output_dir import OutDir
from assetgen.building.render_task import unexpected
from assetgen.errors import AssetgenError, MachineError
from assetgen.findings import Finding, Severity
from assetgen.loading.model import Campaign
from assetgen.manifest.entry import Entry
from assetgen.manifest.manifest_file import Heading, Span, read_entries
from assetgen.packs.pack_archive import Altered, Member, Record, Records, plain_file, with_contents, write_zip
from assetgen.packs.pack_context import COPY, USE_OF, Brief, Good, make_brief
from assetgen.packs.pack_pages import CONTACT_SHEET, FIRST_PAGE, make_first_page, make_sheet
from assetgen.packs.pack_tables import PressFacts, make_tables, make_wordings, plain_text, read_press_facts
from assetgen.rendering.engine.html_to_pdf import DocumentEngine
from assetgen.rendering.images.previews import draw_thumbnail

BOX_PX = (260, 260)
MAX_KEPT = 600
"""Partners share the bytes of many files; about 10 kB each."""
MAX_SVG_BYTES = 100_000


class Pictures:
    """Draws small pictures; keeps the latest for the partners that follow in the same process."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def of(self, good: Good, file: Path) -> str | None:
        """Return a file's small picture; None for one that cannot be drawn small."""
        key = good.sha256
        if key not in self._kept:
            drawn = _draw(good, file)
            if drawn is None:
                return None
            if len(self._kept) >= MAX_KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = drawn
        return self._kept[key]


def _draw(good: Good, file: Path) -> str | None:
    content = file.read_bytes()
    if good.format == "svg":
        return _address("image/svg+xml", content) if len(content) <= MAX_SVG_BYTES else None
    try:
        picture = draw_thumbnail(content, good.format, BOX_PX)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return None
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=84, optimize=True, subsampling=0)
    return _address("image/jpeg", stream.getvalue())


def _address(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


NOT_OF_A_NAME = re.compile(r"[^A-Za-z0-9.]+")
MAX_EDITION = 30
BUILD_AGAIN = "build again, then pack again"

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class PackOrder:
    """One partner to be packed: where its entries stand in the manifest."""

    partner: str
    spans: tuple[Span, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Packed:
    """One zip: its record, and its name in ``tmp``; None where the one that stands there is as good."""

    record: Record
    temp: str | None


@dataclass(frozen=True, slots=True)
class PackOutcome:
    """What became of one partner."""

    partner: str
    packed: tuple[Packed, ...]
    findings: tuple[Finding, ...]

    @classmethod
    def lost(cls, order: PackOrder, finding: Finding) -> PackOutcome:
        """Return what became of a partner whose worker died or hung."""
        return cls(order.partner, (), (finding.for_asset(order.partner),))


@dataclass(frozen=True, slots=True)
class Packing:
    """What packs are made from; pickled to each worker. ``own`` is where fonts are put as files.

    ``parts`` are ids of uses: a zip for each; none: one zip with all. ``versions`` stands for all that makes packs.
    """

    campaign: Campaign = field(repr=False)
    manifest: Path
    engine: Mapping[str, str]
    out: Path
    own: Path
    parts: tuple[str, ...]
    versions: str
    force: bool = False
    is_specimen: bool = False


def start_packing(packing: Packing) -> Callable[[PackOrder], PackOutcome]:
    """Return the work on one partner. The initialiser of a worker that packs.

    Raises MachineError where the layout engine does not start.
    """
    return _Packer(packing).pack


class _Packer:
    def __init__(self, packing: Packing) -> None:
        self._packing = packing
        self._tree = OutDir(packing.out)
        self._records = Records(self._tree)
        self._engine = DocumentEngine(packing.own, packing.campaign.brand.faces)
        self._pictures = Pictures()

    def pack(self, order: PackOrder) -> PackOutcome:
        """Pack one partner; whatever goes wrong with it is a finding of its own."""
        packed: list[Packed] = []
        findings: list[Finding] = []
        try:
            entries = read_entries(self._packing.manifest, order.spans)
            brief = make_brief(self._packing.campaign, order.partner, entries)
            for part in self._packing.parts or (None,):
                uses = _uses(brief, part)
                if uses:
                    packed.append(self._one(brief, part, uses, entries))
                else:
                    text = f"{order.partner} has nothing in the part {part}"
                    findings.append(
                        Finding("missing-file", text, "its channels choose it", severity=Severity.NOTE)
                    )
        except Altered as error:
            text = f"no pack for {order.partner}: {error}"
            findings.append(Finding("file-altered", text, BUILD_AGAIN))
        except MachineError:
            raise
        except AssetgenError as error:
            findings += error.findings
        except MemoryError:
            findings.append(Finding("worker", f"{order.partner}: ran out of memory", "use fewer jobs: -j 1"))
        except ValueError as error:
            findings.append(Finding("bad-value", f"no pack for {order.partner}: {error}", BUILD_AGAIN))
        except Exception as error:  # noqa: BLE001  one partner's fault must not cost the others
            findings.append(unexpected("worker", f"no pack for {order.partner}", error))
        if any(finding.is_error for finding in findings):
            for one in packed:
                self._discard(one.temp)
            packed = []
        return PackOutcome(order.partner, tuple(packed), tuple(findings))

    def _one(self, brief: Brief, part: str | None, uses: frozenset[str], entries: Sequence[Entry]) -> Packed:
        """Return one zip, made unless the one that stands there is as good."""
        is_specimen = self._packing.is_specimen
        name, key = zip_name(brief, part, is_specimen=is_specimen), pack_key(brief, part, self._packing)
        found = self._records.of(name)
        if found and not self._packing.force and self._records.is_current(found, key):
            return Packed(found, None)
        members = self._members(brief, part, uses, entries)
        temp = f"pack-{os.getpid()}-{next(_numbers)}"
        target = self._tree.tmp / temp
        try:
            write_zip(target, members, brief.released)
            with target.open("rb") as made:
                os.fsync(made.fileno())
                sha256 = hashlib.file_digest(made, "sha256").hexdigest()
        except BaseException:
            self._discard(temp)
            raise
        size = target.stat().st_size
        record = Record(
            name,
            key,
            size,
            sha256,
            len(members),
            brief.partner,
            part,
            brief.edition,
            brief.locales,
            is_specimen,
        )
        return Packed(record, temp)

    def _members(
        self, brief: Brief, part: str | None, uses: frozenset[str], entries: Iterable[Entry]
    ) -> list[Member]:
        """Return all files of a zip: those of ``out/`` by where they stand, the others as bytes."""
        goods = {good.id: good for good in brief.goods if good.use in uses}
        press = {good.packed: self._press(good) for good in goods.values() if good.is_for_printer}
        page = make_first_page(brief, uses, part, press, self._picture)
        documents = {
            f"{FIRST_PAGE}.html": page.screen.encode(),
            f"{FIRST_PAGE}.pdf": self._engine.lay_out(page.paper),
            f"{FIRST_PAGE}.txt": plain_text(page.text),
            **make_tables(brief, uses, press),
            **(make_wordings(brief) if COPY.id in uses else {}),
        }
        if goods:
            documents[CONTACT_SHEET] = self._engine.lay_out(make_sheet(brief, uses, self._picture))
        if self._packing.is_specimen:
            return self._specimen(brief, part, goods.values(), documents)
        members = [Member.of(name, content) for name, content in documents.items()]
        members += [
            Member(good.packed, None, self._tree.root, good.path, good.bytes, good.sha256)
            for good in goods.values()
        ]
        packed = [entry.packed_at(goods[entry.id].packed) for entry in entries if entry.id in goods]
        return with_contents(self._heading(brief, part), packed, members)

    def _specimen(
        self, brief: Brief, part: str | None, goods: Iterable[Good], documents: Mapping[str, bytes]
    ) -> list[Member]:
        """Return the files of a specimen, each page and picture marked. None of them is an asset: none was proved."""
        from assetgen.rendering.images.previews import mark_specimen

        marked = {
            name: mark_specimen(content, "pdf") if name.endswith(".pdf") else content
            for name, content in documents.items()
        }
        for good in goods:
            content = plain_file(self._tree.root, good.path).read_bytes()
            if hashlib.sha256(content).hexdigest() != good.sha256:
                raise Altered(good.path, "it is not the file that was proved")
            marked[good.packed] = mark_specimen(content, good.packed.rpartition(".")[2])
        members = [Member.of(name, content) for name, content in marked.items()]
        return with_contents(self._heading(brief, part), [], members)

    def _heading(self, brief: Brief, part: str | None) -> Heading:
        """Return what a pack's manifest says first."""
        pack = {
            "partner": brief.partner,
            "name": brief.partner_name,
            "part": part,
            "released": brief.released.isoformat(),
            "facts_confirmed": brief.is_confirmed,
        }
        return Heading(brief.campaign, brief.edition, self._packing.engine, pack=pack)

    def _press(self, good: Good) -> PressFacts:
        return read_press_facts(plain_file(self._tree.root, good.path))

    def _picture(self, good: Good) -> str | None:
        return self._pictures.of(good, plain_file(self._tree.root, good.path))

    def _discard(self, temp: str | None) -> None:
        if temp is not None:
            (self._tree.tmp / temp).unlink(missing_ok=True)


def _uses(brief: Brief, part: str | None) -> frozenset[str]:
    """Return the uses that a pack, or a part of it, has something for."""
    had = {good.use for good in brief.goods} | ({COPY.id} if brief.wordings else set())
    return frozenset(use for use in USE_OF if use in had and part in (None, use))


def zip_name(brief: Brief, part: str | None, *, is_specimen: bool = False) -> str:
    """Return a pack's file name; an edition is free text, so no sign of it gets there that a name must not have."""
    edition = NOT_OF_A_NAME.sub("-", brief.edition)[:MAX_EDITION].strip("-.") or "edition"
    parts = [
        brief.slug,
        brief.partner,
        edition,
        *([part] if part else []),
        *(["specimen"] if is_specimen else []),
    ]
    return "_".join(parts) + ".zip"


def pack_key(brief: Brief, part: str | None, packing: Packing) -> str:
    """Return what stands for all that a pack is made from: the brief, the fonts, and all that makes packs.

    Its goods are told by the digest of their entries, which the brief has.
    """
    fonts = sorted(face.sha256 for face in packing.campaign.brand.faces)
    told = asdict(replace(brief, goods=()))
    said = [told, part, fonts, packing.versions, sorted(packing.engine.items()), packing.is_specimen]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()

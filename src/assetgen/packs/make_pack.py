"""Make one partner's pack, in a worker process."""

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
from assetgen.building.pool.executor import ONE_PROCESS_HINT
from assetgen.building.render_task import unexpected_error
from assetgen.errors import AssetgenError, MachineError
from assetgen.findings import Finding, Severity
from assetgen.loading.model import CampaignModel
from assetgen.manifest.entry import Entry
from assetgen.manifest.manifest_file import ManifestHead, Span, read_entries
from assetgen.packs.pack_archive import (
    CHANGED,
    AlteredFileError,
    PackRecord,
    PackRecords,
    ZipMember,
    add_manifest,
    real_file,
    write_zip,
)
from assetgen.packs.pack_context import COPY_SECTION, SECTION_BY_ID, PackContext, PackFile, make_pack_context
from assetgen.packs.pack_pages import CONTACT_SHEET, FIRST_PAGE, make_contact_sheet, make_first_page
from assetgen.packs.pack_tables import PressFacts, make_copy_files, make_tables, plain_text, read_press_facts
from assetgen.rendering.engine.html_to_pdf import DocumentEngine
from assetgen.rendering.images.previews import draw_thumbnail

BOX_PX = (260, 260)
MAX_CACHED = 600
"""Number of small pictures that a process caches (about 10 kB each), since many files are the same for all partners."""
MAX_SVG_BYTES = 100_000


class SmallPictures:
    """Draws small pictures of files, and caches the latest for the next partners in the same process."""

    def __init__(self) -> None:
        self._cached: dict[str, str] = {}

    def of(self, pack_file: PackFile, file: Path) -> str | None:
        """Return a small picture of a file as a ``data:`` URL; None for a file that cannot be drawn."""
        key = pack_file.sha256
        if key not in self._cached:
            drawn = _draw(pack_file, file)
            if drawn is None:
                return None
            if len(self._cached) >= MAX_CACHED:
                del self._cached[next(iter(self._cached))]
            self._cached[key] = drawn
        return self._cached[key]


def _draw(pack_file: PackFile, file: Path) -> str | None:
    content = file.read_bytes()
    if pack_file.format == "svg":
        return _data_url("image/svg+xml", content) if len(content) <= MAX_SVG_BYTES else None
    try:
        picture = draw_thumbnail(content, pack_file.format, BOX_PX)
    except (OSError, ValueError, SyntaxError, MemoryError, Image.DecompressionBombError):
        return None
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=84, optimize=True, subsampling=0)
    return _data_url("image/jpeg", stream.getvalue())


def _data_url(mime: str, content: bytes) -> str:
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9.]+")
MAX_EDITION_LENGTH = 30
BUILD_AGAIN = "run assetgen build, then pack again"

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class PackTask:
    """One partner to pack, and the byte ranges of its entries in the manifest."""

    partner: str
    spans: tuple[Span, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class PackedZip:
    """One zip: its record, and the name of its new file in ``tmp``; None if the existing zip is up to date."""

    record: PackRecord
    temp: str | None


@dataclass(frozen=True, slots=True)
class PackOutcome:
    """The result of packing for one partner."""

    partner: str
    packed: tuple[PackedZip, ...]
    findings: tuple[Finding, ...]

    @classmethod
    def from_failure(cls, task: PackTask, finding: Finding) -> PackOutcome:
        """Return the outcome for a partner whose worker died or hung."""
        text = f"no pack for {task.partner}: {finding.text}"
        return cls(task.partner, (), (replace(finding, text=text),))


@dataclass(frozen=True, slots=True)
class PackSettings:
    """The settings that all packs of a run share. They are pickled to each worker.

    ``font_folder`` is the folder for font files. ``parts`` are ids of sections, each of which gets its own zip; if it
    is empty, one zip has all sections. ``code_fingerprint`` is the fingerprint of the code and the libraries that make
    packs.
    """

    campaign: CampaignModel = field(repr=False)
    manifest: Path
    engine: Mapping[str, str]
    out: Path
    font_folder: Path
    parts: tuple[str, ...]
    code_fingerprint: str
    force: bool = False
    is_specimen: bool = False


def start_pack_worker(settings: PackSettings) -> Callable[[PackTask], PackOutcome]:
    """Initialise a worker process. Return the function that packs one partner.

    Raises MachineError if the layout engine does not start.
    """
    return _Packer(settings).pack


class _Packer:
    def __init__(self, settings: PackSettings) -> None:
        self._settings = settings
        self._out_dir = OutDir(settings.out)
        self._records = PackRecords(self._out_dir)
        self._engine = DocumentEngine(settings.font_folder, settings.campaign.brand.faces)
        self._pictures = SmallPictures()

    def pack(self, task: PackTask) -> PackOutcome:
        """Pack one partner. Any error except MachineError becomes a finding of this partner."""
        packed: list[PackedZip] = []
        findings: list[Finding] = []
        try:
            entries = read_entries(self._settings.manifest, task.spans)
            context = make_pack_context(self._settings.campaign, task.partner, entries)
            for part in self._settings.parts or (None,):
                section_ids = _section_ids(context, part)
                if section_ids:
                    packed.append(self._make_zip(context, part, section_ids, entries))
                else:
                    text = f"{task.partner} has no files in the part {part}"
                    hint = "choose a different part, or add channels of this part to the partner"
                    findings.append(Finding("missing-file", text, hint, severity=Severity.NOTE))
        except AlteredFileError as error:
            text = f"no pack for {task.partner}: {error}"
            findings.append(Finding("file-altered", text, BUILD_AGAIN))
        except MachineError:
            raise
        except AssetgenError as error:
            findings += error.findings
        except MemoryError:
            findings.append(
                Finding("worker", f"no pack for {task.partner}: ran out of memory", ONE_PROCESS_HINT)
            )
        except ValueError as error:
            findings.append(Finding("bad-value", f"no pack for {task.partner}: {error}", BUILD_AGAIN))
        except Exception as error:  # noqa: BLE001  one partner's error must not stop the others
            findings.append(unexpected_error("worker", f"no pack for {task.partner}", error))
        if any(finding.is_error for finding in findings):
            for one in packed:
                self._discard(one.temp)
            packed = []
        return PackOutcome(task.partner, tuple(packed), tuple(findings))

    def _make_zip(
        self, context: PackContext, part: str | None, section_ids: frozenset[str], entries: Sequence[Entry]
    ) -> PackedZip:
        """Return the existing zip if it is up to date, else make a new one."""
        is_specimen = self._settings.is_specimen
        name, key = zip_name(context, part, is_specimen=is_specimen), pack_key(context, part, self._settings)
        found = self._records.of(name)
        if found and not self._settings.force and self._records.is_current(found, key):
            return PackedZip(found, None)
        members = self._members(context, part, section_ids, entries)
        temp = f"pack-{os.getpid()}-{next(_numbers)}"
        target = self._out_dir.tmp / temp
        try:
            write_zip(target, members, context.released)
            with target.open("rb") as written:
                os.fsync(written.fileno())
                sha256 = hashlib.file_digest(written, "sha256").hexdigest()
        except BaseException:
            self._discard(temp)
            raise
        size = target.stat().st_size
        record = PackRecord(
            name,
            key,
            size,
            sha256,
            len(members),
            context.partner,
            part,
            context.edition,
            context.locales,
            is_specimen,
        )
        return PackedZip(record, temp)

    def _members(
        self, context: PackContext, part: str | None, section_ids: frozenset[str], entries: Iterable[Entry]
    ) -> list[ZipMember]:
        """Return all members of a zip: files of ``out/`` by their paths, the pages and tables as bytes."""
        pack_files = {
            pack_file.id: pack_file for pack_file in context.files if pack_file.section in section_ids
        }
        press = {
            pack_file.packed_path: self._press_facts(pack_file)
            for pack_file in pack_files.values()
            if pack_file.is_for_printer
        }
        page = make_first_page(context, section_ids, part, press, self._picture)
        documents = {
            f"{FIRST_PAGE}.html": page.screen.encode(),
            f"{FIRST_PAGE}.pdf": self._engine.lay_out(page.paper),
            f"{FIRST_PAGE}.txt": plain_text(page.text),
            **make_tables(context, section_ids, press),
            **(make_copy_files(context) if COPY_SECTION.id in section_ids else {}),
        }
        if pack_files:
            documents[CONTACT_SHEET] = self._engine.lay_out(
                make_contact_sheet(context, section_ids, self._picture)
            )
        if self._settings.is_specimen:
            return self._specimen(context, part, pack_files.values(), documents)
        members = [ZipMember.of(name, content) for name, content in documents.items()]
        members += [
            ZipMember(
                pack_file.packed_path,
                None,
                self._out_dir.root,
                pack_file.path,
                pack_file.bytes,
                pack_file.sha256,
            )
            for pack_file in pack_files.values()
        ]
        packed = [
            entry.for_pack(pack_files[entry.id].packed_path) for entry in entries if entry.id in pack_files
        ]
        return add_manifest(self._heading(context, part), packed, members)

    def _specimen(
        self,
        context: PackContext,
        part: str | None,
        pack_files: Iterable[PackFile],
        documents: Mapping[str, bytes],
    ) -> list[ZipMember]:
        """Return the members of a specimen, with SPECIMEN across each page and picture.

        The manifest lists none of them as an asset, since the changed files did not pass the preflight checks.
        """
        from assetgen.rendering.images.previews import mark_specimen

        marked = {
            name: mark_specimen(content, "pdf") if name.endswith(".pdf") else content
            for name, content in documents.items()
        }
        for pack_file in pack_files:
            content = real_file(self._out_dir.root, pack_file.path).read_bytes()
            if hashlib.sha256(content).hexdigest() != pack_file.sha256:
                raise AlteredFileError(pack_file.path, CHANGED)
            marked[pack_file.packed_path] = mark_specimen(content, pack_file.packed_path.rpartition(".")[2])
        members = [ZipMember.of(name, content) for name, content in marked.items()]
        return add_manifest(self._heading(context, part), [], members)

    def _heading(self, context: PackContext, part: str | None) -> ManifestHead:
        """Return the heading of a pack's manifest."""
        pack = {
            "partner": context.partner,
            "name": context.partner_name,
            "part": part,
            "released": context.released.isoformat(),
            "facts_confirmed": context.is_confirmed,
        }
        return ManifestHead(context.campaign, context.edition, self._settings.engine, pack=pack)

    def _press_facts(self, pack_file: PackFile) -> PressFacts:
        return read_press_facts(real_file(self._out_dir.root, pack_file.path))

    def _picture(self, pack_file: PackFile) -> str | None:
        return self._pictures.of(pack_file, real_file(self._out_dir.root, pack_file.path))

    def _discard(self, temp: str | None) -> None:
        if temp is not None:
            (self._out_dir.tmp / temp).unlink(missing_ok=True)


def _section_ids(context: PackContext, part: str | None) -> frozenset[str]:
    """Return the ids of the sections of a pack, or of a part of it, that are not empty."""
    present = {pack_file.section for pack_file in context.files} | (
        {COPY_SECTION.id} if context.copies else set()
    )
    return frozenset(one for one in SECTION_BY_ID if one in present and part in (None, one))


def zip_name(context: PackContext, part: str | None, *, is_specimen: bool = False) -> str:
    """Return a pack's file name. The edition is free text: characters that no file name should have are replaced."""
    edition = NOT_IN_FILE_NAMES.sub("-", context.edition)[:MAX_EDITION_LENGTH].strip("-.") or "edition"
    parts = [
        context.slug,
        context.partner,
        edition,
        *([part] if part else []),
        *(["specimen"] if is_specimen else []),
    ]
    return "_".join(parts) + ".zip"


def pack_key(context: PackContext, part: str | None, settings: PackSettings) -> str:
    """Return the fingerprint of everything that a pack is made from: its content, the fonts, and the code.

    The content's files are represented by the hash of their manifest entries (``entries_sha256``).
    """
    fonts = sorted(face.sha256 for face in settings.campaign.brand.faces)
    content = asdict(replace(context, files=()))
    inputs = [
        content,
        part,
        fonts,
        settings.code_fingerprint,
        sorted(settings.engine.items()),
        settings.is_specimen,
    ]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, default=str).encode()).hexdigest()

"""The finished files to verify: folders and zips, both untrusted, and what their manifests promise.

``MANIFEST.json`` is the manifest of ``out/`` with the pack's own paths, and ``files``: path, bytes and sha256 of each
document. ``SHA256SUMS`` follows from it, for whoever has no assetgen: so it needs no entry, and proves the manifest.
"""

from __future__ import annotations

import hashlib
import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity
from assetgen.manifest.entry import FinishedAsset, is_plain_path, read_finished
from assetgen.manifest.manifest_file import MANIFEST_NAME, PACK_MANIFEST_NAME, Manifest, PackDocument

MAX_MANIFEST_BYTES = 64 * 1024 * 1024
MAX_MEMBERS = 100_000
MANIFEST_NAMES = (MANIFEST_NAME, PACK_MANIFEST_NAME)
# What assetgen itself keeps in out/ beside the assets of its manifest.
OWN_NAMES = frozenset({*MANIFEST_NAMES, "index.html", "index", "packs"})
ENCRYPTED = 0x1
# All that reading a damaged or a malicious archive may raise.
_OF_A_ZIP = (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError)


class Refused(Exception):
    """A file that is not read, and why, in words."""


class Source(Protocol):
    """Finished files by their paths; ``shown`` is how its user names it. Pickled to workers."""

    @property
    def shown(self) -> str: ...

    def file_of(self, path: str) -> str:
        """Return the file to point at for a path, as its user would name it."""

    def read(self, path: str, most_bytes: int) -> bytes:
        """Return a file. Raises FileNotFoundError where there is none, Refused where it must not be read."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What stands in a source: its manifest with the documents that this names, the paths beside it, and what is
    refused (path → why)."""

    source: Source
    manifest: Manifest
    documents: tuple[PackDocument, ...]
    paths: frozenset[str]
    refused: dict[str, str]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with a manifest, such as ``out/``, or a pack that was unpacked."""

    root: Path
    shown: str

    def file_of(self, path: str) -> str:
        """Return the file to point at for a path."""
        return f"{self.shown}/{path}" if self.shown != "." else path

    def read(self, path: str, most_bytes: int) -> bytes:
        """Return a file that is reached through no link and has no more bytes than that."""
        target = self.root / path
        if Path(os.path.realpath(target)) != Path(os.path.realpath(self.root)) / path:
            raise Refused("a link stands on the way to it")
        if not stat.S_ISREG(target.stat().st_mode):
            raise Refused("it is no regular file")
        with target.open("rb") as file:
            return _no_more(file.read(most_bytes + 1), most_bytes)

    def survey(self) -> Survey:
        """Return what stands in the folder.

        Raises FileNotFoundError without a manifest, ValueError or RecursionError where that cannot be used, Refused,
        OSError.
        """
        try:
            manifest = self.read(MANIFEST_NAME, MAX_MANIFEST_BYTES)
        except FileNotFoundError:
            manifest = self.read(PACK_MANIFEST_NAME, MAX_MANIFEST_BYTES)
        paths = {path.relative_to(self.root).as_posix() for path in self._files()}
        return _survey(self, manifest, frozenset(paths), {})

    def _files(self) -> Iterator[Path]:
        for here, folders, files in os.walk(self.root):
            own = OWN_NAMES if Path(here) == self.root else frozenset()
            folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in own)
            links = [one for one in folders if (Path(here) / one).is_symlink()]
            kept = [one for one in (*files, *links) if not one.startswith(".") and one not in own]
            yield from (Path(here) / one for one in kept)


@dataclass(frozen=True, slots=True)
class Pack:
    """A zip with a manifest at its top, or in its only folder: ``prefix`` is that folder with its ``/``, or ''."""

    archive: Path
    shown: str
    prefix: str = ""

    def file_of(self, path: str) -> str:
        """Return the archive itself: nobody can open a file that is inside it."""
        return self.shown

    def read(self, path: str, most_bytes: int) -> bytes:
        """Return a member with no more bytes than that, read in memory."""
        try:
            with zipfile.ZipFile(self.archive) as archive:
                try:
                    info = archive.getinfo(self.prefix + path)
                except KeyError:
                    raise FileNotFoundError(path) from None
                if info.file_size > most_bytes:
                    raise Refused(f"it unpacks to {info.file_size:,} bytes, {most_bytes:,} were declared")
                with archive.open(info) as member:
                    return _no_more(member.read(most_bytes + 1), most_bytes)
        except FileNotFoundError:
            raise
        except _OF_A_ZIP as error:
            raise Refused(f"it cannot be unpacked: {error}") from error

    def survey(self) -> Survey:
        """Return what stands in the zip.

        Raises FileNotFoundError without a manifest, ValueError or RecursionError where that cannot be used, Refused.
        """
        try:
            with zipfile.ZipFile(self.archive) as archive:
                members = archive.infolist()
        except _OF_A_ZIP as error:
            raise Refused(f"it is no zip that can be read: {error}") from error
        if len(members) > MAX_MEMBERS:
            raise Refused(f"it has {len(members):,} members")
        prefix, manifest_name = _manifest_of(members)
        pack = Pack(self.archive, self.shown, prefix)
        counts = Counter(info.orig_filename.casefold() for info in members)
        refused: dict[str, str] = {}
        paths: set[str] = set()
        for info in members:
            path = info.orig_filename.removeprefix(prefix)
            fault = _fault(info, prefix, counts)
            if fault:
                refused[path] = fault
            elif not path.endswith("/") and path not in ("", manifest_name):
                paths.add(path)
        if fault := refused.get(manifest_name):
            raise Refused(f"its manifest is refused: {fault}")
        manifest = pack.read(manifest_name, MAX_MANIFEST_BYTES)
        return _survey(pack, manifest, frozenset(paths - refused.keys()), refused)


def _survey(source: Source, content: bytes, paths: frozenset[str], refused: dict[str, str]) -> Survey:
    """Return what stands in a source; among its documents are the sums of all its files, where it has any."""
    manifest = Manifest.parse(content)
    documents = manifest.documents()
    if documents:
        sums = [(document.path, document.sha256) for document in documents]
        documents = (*documents, sums_document(content, [*sums, *manifest.sums()]))
    return Survey(source, manifest, documents, paths, refused)


def _manifest_of(members: list[zipfile.ZipInfo]) -> tuple[str, str]:
    """Return the folder of a zip's manifest, and its name there.

    Raises FileNotFoundError where there is none, or no single one.
    """
    names = {info.orig_filename for info in members}
    for known in MANIFEST_NAMES:
        if known in names:
            return "", known
    found = [name for name in names if name.count("/") == 1 and name.partition("/")[2] in MANIFEST_NAMES]
    if len(found) != 1:
        raise FileNotFoundError(MANIFEST_NAME)
    folder, _, name = found[0].partition("/")
    return f"{folder}/", name


def _fault(info: zipfile.ZipInfo, prefix: str, counts: Counter[str]) -> str | None:
    """Return why a member of a zip is refused, None where it is not."""
    name = info.orig_filename
    path = name.removeprefix(prefix)
    if counts[name.casefold()] > 1:
        return "its name stands there more than once"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is a link, or something else that is no file"
    is_folder = name.endswith("/")
    if is_folder and name == prefix:
        return None
    if not name.startswith(prefix):
        return "it stands outside the manifest's folder"
    if not is_plain_path(f"x/{path}x" if is_folder else f"x/{path}"):
        return "its name leads elsewhere, or is none of an asset"
    if info.flag_bits & ENCRYPTED:
        return "it is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "it is packed in an unusual way"
    return None


def _no_more(content: bytes, most_bytes: int) -> bytes:
    if len(content) > most_bytes:
        raise Refused(f"it has more than the {most_bytes:,} bytes that were declared")
    return content


SUMS_NAME = "SHA256SUMS"
ASK_AGAIN = "this is not what was packed: ask for the pack again"


def sums_text(sums: Iterable[tuple[str, str]]) -> bytes:
    """Return ``SHA256SUMS`` of (path, sha256) pairs, as sha256sum and shasum read it: by path, one a line."""
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(sums)).encode()


def sums_document(manifest: bytes, sums: Iterable[tuple[str, str]]) -> PackDocument:
    """Return ``SHA256SUMS`` as it must be for a manifest and the files that this names."""
    own = (PACK_MANIFEST_NAME, hashlib.sha256(manifest).hexdigest())
    text = sums_text([own, *sums])
    return PackDocument(SUMS_NAME, len(text), hashlib.sha256(text).hexdigest())


def document_faults(source: Source, document: PackDocument, refused: str | None) -> Iterator[Finding]:
    """Yield what is wrong with a document: it is not there, not to be read, or not the one that was packed."""
    place = Place(source.file_of(document.path))
    try:
        if refused is not None:
            raise Refused(refused)
        content = source.read(document.path, document.bytes)
    except FileNotFoundError:
        text = f"it is part of the pack and not there: {document.path}"
        yield Finding("missing-file", text, ASK_AGAIN, place)
    except (Refused, OSError) as error:
        text = f"{document.path} is not read: {getattr(error, 'strerror', None) or error}"
        yield Finding("unsafe-file", text, ASK_AGAIN, place)
    else:
        if len(content) != document.bytes or hashlib.sha256(content).hexdigest() != document.sha256:
            text = f"{document.path}: its bytes are not those that were packed"
            yield Finding("file-altered", text, ASK_AGAIN, place)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file that is to be proved: where it is, what its entry says; why it is not even read, if so."""

    source: Source
    asset: FinishedAsset
    refused: str | None = None

    @property
    def id(self) -> str:
        return f"{self.source.shown}/{self.asset.path}"


def read_surveys(paths: Sequence[Path]) -> tuple[list[Survey], list[Finding]]:
    """Return what stands in each path, and a finding for each that cannot be used.

    Raises CampaignError where none can be.
    """
    surveys, findings = list[Survey](), list[Finding]()
    for path in paths:
        shown = _shown(path)
        try:
            if not path.exists():
                raise Refused("there is no such folder or zip")
            surveys.append((Folder(path, shown) if path.is_dir() else Pack(path, shown)).survey())
        except FileNotFoundError:
            text = f"{shown}: there is no {MANIFEST_NAME} in it"
            hint = "name the folder that was built into (out/), or a pack: both hold the manifest"
            findings.append(Finding("missing-file", text, hint))
        except (Refused, OSError) as error:
            text = f"{shown}: {getattr(error, 'strerror', None) or error}"
            findings.append(Finding("missing-file", text, "name a folder that was built into, or a pack"))
        except (ValueError, RecursionError) as error:
            text = f"{shown}: the manifest cannot be used: {error}"
            findings.append(Finding("bad-value", text, "take it from the build again"))
    if not surveys:
        raise CampaignError(findings or Finding("missing-file", "there is nothing to verify"))
    return surveys, findings


def _shown(path: Path) -> str:
    """Return a path as seen from the current folder, where it is below; else its own name."""
    whole = Path(os.path.abspath(path))
    here = Path.cwd()
    return whole.relative_to(here).as_posix() if whole.is_relative_to(here) else whole.name


def read_evidence(survey: Survey) -> tuple[list[Evidence], list[Finding]]:
    """Return the files that a manifest promises, and what is wrong with it or stands beside them."""
    source, manifest = survey.source, survey.manifest
    assets, bad = manifest.read(read_finished, lambda asset: asset.path.casefold())
    findings: list[Finding] = []
    for one in bad:
        line = None if isinstance(source, Pack) else manifest.line_of(one.number)
        place = Place(source.file_of(MANIFEST_NAME), line)
        text = f"asset {one.number} of the manifest cannot be used: {one.error}"
        findings.append(Finding("bad-value", text, "take it from the build again", place, asset=one.id))
    named = {path for path, _ in manifest.sums()} | {document.path for document in survey.documents}
    findings += _beside(survey, named)
    return [Evidence(source, asset, survey.refused.get(asset.path)) for asset in assets], findings


def _beside(survey: Survey, named: set[str]) -> Iterator[Finding]:
    """Yield a finding for what stands beside the files of the manifest: refused in a pack, told in a folder."""
    source = survey.source
    for path in sorted(survey.refused.keys() - named):
        text = f"{path} is refused: {survey.refused[path]}"
        yield Finding("unsafe-file", text, "do not unpack this file; ask for it again", Place(source.shown))
    severity = Severity.ERROR if isinstance(source, Pack) else Severity.WARNING
    for path in sorted(survey.paths - named):
        text = f"{path} is not in the manifest: nobody has proved it"
        place = Place(source.file_of(path))
        yield Finding("unsafe-file", text, "keep files of your own elsewhere", place, severity)

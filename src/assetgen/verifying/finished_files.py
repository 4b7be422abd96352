"""The finished files to verify: untrusted folders and zips, and what their manifests say.

``MANIFEST.json`` of a pack is the manifest of ``out/`` with the pack's own paths, and with ``files``: path, size and
sha256 of each document. ``SHA256SUMS`` is for people without assetgen. The manifest does not list it, because its
contents follow from the manifest. It also has the sha256 of the manifest.
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

_MAX_MANIFEST_BYTES = 64 * 1024 * 1024
_MAX_MEMBERS = 100_000
_MANIFEST_NAMES = (MANIFEST_NAME, PACK_MANIFEST_NAME)
# Names in out/ that assetgen uses for other things than assets.
_OWN_NAMES = frozenset({*_MANIFEST_NAMES, "index.html", "index", "packs"})
_ENCRYPTED_FLAG = 0x1
# Every error that reading a damaged or malicious archive can raise.
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
)


class RefusedFile(Exception):
    """A file, folder or pack is refused as unsafe, too large or unreadable; the message says why."""


class FileSource(Protocol):
    """A folder or pack of finished files, read by path. ``shown`` is its name in messages. It is pickled to workers."""

    @property
    def shown(self) -> str: ...

    def reported_file(self, path: str) -> str:
        """Return the file name to report for a path, as the user knows it."""

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return the bytes of a file. Raises FileNotFoundError, or RefusedFile for an unsafe or too large file."""


@dataclass(frozen=True, slots=True)
class SourceContents:
    """The contents of a folder or pack.

    ``documents`` are the files other than assets that the manifest lists. ``paths`` are all files except the manifest
    and refused files. ``refused`` maps the path of each refused file to the reason.
    """

    source: FileSource
    manifest: Manifest
    documents: tuple[PackDocument, ...]
    paths: frozenset[str]
    refused: dict[str, str]


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder with a manifest: ``out/`` or an unpacked pack."""

    root: Path
    shown: str

    def reported_file(self, path: str) -> str:
        """Return the file name to report for a path."""
        return f"{self.shown}/{path}" if self.shown != "." else path

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return the bytes of a file.

        Raises FileNotFoundError, or RefusedFile for a symbolic link, a special file, or more than ``max_bytes``.
        """
        target = self.root / path
        if Path(os.path.realpath(target)) != Path(os.path.realpath(self.root)) / path:
            raise RefusedFile("its path contains a symbolic link")
        if not stat.S_ISREG(target.stat().st_mode):
            raise RefusedFile("it is not a regular file")
        with target.open("rb") as file:
            return _limited(file.read(max_bytes + 1), max_bytes)

    def read_contents(self) -> SourceContents:
        """Return the contents of the folder.

        Raises FileNotFoundError if there is no manifest, ValueError or RecursionError if it is invalid, RefusedFile if
        it is unsafe or too large, OSError if it cannot be read.
        """
        try:
            manifest = self.read(MANIFEST_NAME, _MAX_MANIFEST_BYTES)
        except FileNotFoundError:
            manifest = self.read(PACK_MANIFEST_NAME, _MAX_MANIFEST_BYTES)
        paths = {path.relative_to(self.root).as_posix() for path in self._files()}
        return _survey(self, manifest, frozenset(paths), {})

    def _files(self) -> Iterator[Path]:
        for folder, folders, files in os.walk(self.root):
            reserved = _OWN_NAMES if Path(folder) == self.root else frozenset()
            folders[:] = sorted(one for one in folders if not one.startswith(".") and one not in reserved)
            links = [one for one in folders if (Path(folder) / one).is_symlink()]
            kept = [one for one in (*files, *links) if not one.startswith(".") and one not in reserved]
            yield from (Path(folder) / one for one in kept)


@dataclass(frozen=True, slots=True)
class PackSource:
    """A zip with a manifest at its top, or in its only folder: ``prefix`` is that folder with its ``/``, or ''."""

    archive: Path
    shown: str
    prefix: str = ""

    def reported_file(self, path: str) -> str:
        """Return the name of the archive, since a user cannot open a file inside it directly."""
        return self.shown

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return the bytes of a member. Raises RefusedFile if it is larger than ``max_bytes`` or cannot be unpacked."""
        try:
            with zipfile.ZipFile(self.archive) as archive:
                try:
                    info = archive.getinfo(self.prefix + path)
                except KeyError:
                    raise FileNotFoundError(path) from None
                if info.file_size > max_bytes:
                    raise RefusedFile(
                        f"it unpacks to {info.file_size:,} bytes, but {max_bytes:,} were declared"
                    )
                with archive.open(info) as member:
                    return _limited(member.read(max_bytes + 1), max_bytes)
        except FileNotFoundError:
            raise
        except _ZIP_ERRORS as error:
            raise RefusedFile(f"it cannot be unpacked: {error}") from error

    def read_contents(self) -> SourceContents:
        """Return the contents of the zip.

        Raises FileNotFoundError if there is no manifest, ValueError or RecursionError if it is invalid, RefusedFile if
        the zip or its manifest is refused.
        """
        try:
            with zipfile.ZipFile(self.archive) as archive:
                members = archive.infolist()
        except _ZIP_ERRORS as error:
            raise RefusedFile(f"it is not a readable zip: {error}") from error
        if len(members) > _MAX_MEMBERS:
            raise RefusedFile(f"it has {len(members):,} members; the limit is {_MAX_MEMBERS:,}")
        prefix, manifest_name = _find_manifest(members)
        pack = PackSource(self.archive, self.shown, prefix)
        counts = Counter(info.orig_filename.casefold() for info in members)
        refused: dict[str, str] = {}
        paths: set[str] = set()
        for info in members:
            path = info.orig_filename.removeprefix(prefix)
            fault = _member_fault(info, prefix, counts)
            if fault:
                refused[path] = fault
            elif not path.endswith("/") and path not in ("", manifest_name):
                paths.add(path)
        if fault := refused.get(manifest_name):
            raise RefusedFile(f"its manifest is refused: {fault}")
        manifest = pack.read(manifest_name, _MAX_MANIFEST_BYTES)
        return _survey(pack, manifest, frozenset(paths - refused.keys()), refused)


def _survey(
    source: FileSource, content: bytes, paths: frozenset[str], refused: dict[str, str]
) -> SourceContents:
    """Return the contents of a source. If it has documents, they include ``SHA256SUMS``."""
    manifest = Manifest.parse(content)
    documents = manifest.documents()
    if documents:
        sums = [(document.path, document.sha256) for document in documents]
        documents = (*documents, sums_document(content, [*sums, *manifest.asset_hashes()]))
    return SourceContents(source, manifest, documents, paths, refused)


def _find_manifest(members: list[zipfile.ZipInfo]) -> tuple[str, str]:
    """Return the folder and the name of a zip's manifest. Raises FileNotFoundError unless there is exactly one."""
    names = {info.orig_filename for info in members}
    for known in _MANIFEST_NAMES:
        if known in names:
            return "", known
    found = [name for name in names if name.count("/") == 1 and name.partition("/")[2] in _MANIFEST_NAMES]
    if len(found) != 1:
        raise FileNotFoundError(MANIFEST_NAME)
    folder, _, name = found[0].partition("/")
    return f"{folder}/", name


def _member_fault(info: zipfile.ZipInfo, prefix: str, counts: Counter[str]) -> str | None:
    """Return why a member of a zip is refused; None if it is accepted."""
    name = info.orig_filename
    path = name.removeprefix(prefix)
    if counts[name.casefold()] > 1:
        return "its name occurs more than once"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "it is a symbolic link or another special file"
    is_folder = name.endswith("/")
    if is_folder and name == prefix:
        return None
    if not name.startswith(prefix):
        return "it is outside the manifest's folder"
    if not is_plain_path(f"x/{path}x" if is_folder else f"x/{path}"):
        return "its name is not a plain path inside the pack"
    if info.flag_bits & _ENCRYPTED_FLAG:
        return "it is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "its compression method is not supported"
    return None


def _limited(content: bytes, max_bytes: int) -> bytes:
    if len(content) > max_bytes:
        raise RefusedFile(f"it has more than the {max_bytes:,} bytes that were declared")
    return content


SUMS_NAME = "SHA256SUMS"
PATH_HINT = "give the path of a pack, or of a folder that assetgen build wrote, such as out/"
COPY_AGAIN_HINT = "copy the file from the build again"
_ASK_AGAIN_HINT = "ask for the pack again: it was changed or damaged"


def format_sha256sums(sums: Iterable[tuple[str, str]]) -> bytes:
    """Return ``SHA256SUMS`` for (path, sha256) pairs, sorted by path, in the format of sha256sum and shasum."""
    return "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(sums)).encode()


def sums_document(manifest: bytes, sums: Iterable[tuple[str, str]]) -> PackDocument:
    """Return the document record of ``SHA256SUMS``, made from a manifest and the sha256 of each listed file."""
    manifest_sum = (PACK_MANIFEST_NAME, hashlib.sha256(manifest).hexdigest())
    text = format_sha256sums([manifest_sum, *sums])
    return PackDocument(SUMS_NAME, len(text), hashlib.sha256(text).hexdigest())


def check_document(source: FileSource, document: PackDocument, refused: str | None) -> Iterator[Finding]:
    """Yield a finding if a document is missing, refused or changed. ``refused`` is the reason, None if not refused."""
    place = Place(source.reported_file(document.path))
    try:
        if refused is not None:
            raise RefusedFile(refused)
        content = source.read(document.path, document.bytes)
    except FileNotFoundError:
        text = f"{document.path} is missing from the pack"
        yield Finding("missing-file", text, _ASK_AGAIN_HINT, place)
    except (RefusedFile, OSError) as error:
        text = f"{document.path} cannot be read: {getattr(error, 'strerror', None) or error}"
        yield Finding("unsafe-file", text, _ASK_AGAIN_HINT, place)
    else:
        if len(content) != document.bytes or hashlib.sha256(content).hexdigest() != document.sha256:
            text = f"{document.path} has changed since it was packed"
            yield Finding("file-altered", text, _ASK_AGAIN_HINT, place)


@dataclass(frozen=True, slots=True)
class FileToVerify:
    """One file to verify, with its source and manifest entry. ``refused`` is None, or the reason for refusing it."""

    source: FileSource
    asset: FinishedAsset
    refused: str | None = None

    @property
    def id(self) -> str:
        return f"{self.source.shown}/{self.asset.path}"


def read_sources(paths: Sequence[Path]) -> tuple[list[SourceContents], list[Finding]]:
    """Return the contents of each folder or pack, and a finding for each that cannot be used.

    Raises CampaignError if none can be used.
    """
    surveys, findings = list[SourceContents](), list[Finding]()
    for path in paths:
        shown = _shown(path)
        try:
            if not path.exists():
                raise RefusedFile("no such folder or zip")
            surveys.append(
                (FolderSource(path, shown) if path.is_dir() else PackSource(path, shown)).read_contents()
            )
        except FileNotFoundError:
            text = f"{shown} contains no {MANIFEST_NAME}"
            findings.append(Finding("missing-file", text, PATH_HINT))
        except (RefusedFile, OSError) as error:
            text = f"{shown}: {getattr(error, 'strerror', None) or error}"
            findings.append(
                Finding(
                    "missing-file",
                    text,
                    PATH_HINT,
                )
            )
        except (ValueError, RecursionError) as error:
            text = f"{shown}: the manifest cannot be used: {error}"
            findings.append(Finding("bad-value", text, COPY_AGAIN_HINT))
    if not surveys:
        raise CampaignError(
            findings
            or Finding("missing-file", "there is nothing to verify", "name an output folder or a pack")
        )
    return surveys, findings


def _shown(path: Path) -> str:
    """Return a path relative to the current folder; for a path outside it, only the last part."""
    full_path = Path(os.path.abspath(path))
    current = Path.cwd()
    return full_path.relative_to(current).as_posix() if full_path.is_relative_to(current) else full_path.name


def list_files_to_verify(survey: SourceContents) -> tuple[list[FileToVerify], list[Finding]]:
    """Return the files that a manifest lists, and findings for bad entries and for files that it does not list."""
    source, manifest = survey.source, survey.manifest
    assets, bad = manifest.read(read_finished, lambda asset: asset.path.casefold())
    findings: list[Finding] = []
    for one in bad:
        line = None if isinstance(source, PackSource) else manifest.line_of(one.number)
        place = Place(source.reported_file(MANIFEST_NAME), line)
        text = f"asset {one.number} of the manifest cannot be used: {one.error}"
        findings.append(Finding("bad-value", text, COPY_AGAIN_HINT, place, asset=one.id))
    listed = {path for path, _ in manifest.asset_hashes()} | {document.path for document in survey.documents}
    findings += _unlisted_files(survey, listed)
    return [FileToVerify(source, asset, survey.refused.get(asset.path)) for asset in assets], findings


def _unlisted_files(survey: SourceContents, listed: set[str]) -> Iterator[Finding]:
    """Yield a finding for each unlisted file: a warning in a folder, an error if it is in a pack or is refused."""
    source = survey.source
    for path in sorted(survey.refused.keys() - listed):
        text = f"{path} is refused: {survey.refused[path]}"
        yield Finding("unsafe-file", text, "do not unpack this pack; ask for it again", Place(source.shown))
    severity = Severity.ERROR if isinstance(source, PackSource) else Severity.WARNING
    for path in sorted(survey.paths - listed):
        text = f"{path} is not in the manifest, so it was never checked"
        place = Place(source.reported_file(path))
        yield Finding("unsafe-file", text, "keep your own files outside the output folder", place, severity)

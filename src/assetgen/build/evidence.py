"""What there is to prove again: the manifests of folders and packs, each file with what it promises."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assetgen.build.documents import Document, read_documents, sums_document
from assetgen.build.manifest import MANIFEST_NAME, line_of_asset, manifest_assets
from assetgen.build.promised import Promised, read_promised
from assetgen.build.sources import Folder, Pack, Refused, Source, Survey
from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place, Severity

Items = Sequence[object]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file that is to be proved: where it is, what its entry promises; why it is not even read, if so."""

    source: Source
    promised: Promised
    refused: str | None = None

    @property
    def id(self) -> str:
        return f"{self.source.shown}/{self.promised.path}"


def read_surveys(paths: Sequence[Path]) -> tuple[list[tuple[Survey, Items]], list[Finding]]:
    """Return what stands in each path with the assets of its manifest, and a finding for each that cannot be used.

    Raises CampaignError where none can be.
    """
    surveys, findings = list[tuple[Survey, Items]](), list[Finding]()
    for path in paths:
        shown = _shown(path)
        try:
            if not path.exists():
                raise Refused("there is no such folder or zip")
            survey = (Folder(path, shown) if path.is_dir() else Pack(path, shown)).survey()
            read_documents(survey.manifest)  # here, so that a manifest that cannot be used is told as one
            surveys.append((survey, manifest_assets(survey.manifest)))
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


def read_evidence(survey: Survey, items: Items) -> tuple[list[Evidence], list[Finding]]:
    """Return the files that a manifest promises, and what is wrong with it or stands beside them."""
    source = survey.source
    evidence: dict[str, Evidence] = {}
    findings: list[Finding] = []
    for number, item in enumerate(items):
        try:
            promised = read_promised(item)
            if promised.path.casefold() in evidence:
                raise ValueError(f"path {promised.path} stands there more than once")
        except (ValueError, TypeError, RecursionError) as error:
            line = None if isinstance(source, Pack) else line_of_asset(survey.manifest, number)
            place = Place(source.file_of(MANIFEST_NAME), line)
            text = f"asset {number + 1} of the manifest cannot be used: {error}"
            findings.append(
                Finding("bad-value", text, "take it from the build again", place, asset=_id_of(item))
            )
        else:
            refused = survey.refused.get(promised.path)
            evidence[promised.path.casefold()] = Evidence(source, promised, refused)
    named = _paths_of(items) | {document.path for document in documents_of(survey, items)}
    findings += _beside(survey, named)
    return list(evidence.values()), findings


def documents_of(survey: Survey, items: Items) -> tuple[Document, ...]:
    """Return the documents of a pack, the sums of all its files among them; none of a folder that was built into."""
    documents = read_documents(survey.manifest)
    if not documents:
        return ()
    sums = [(document.path, document.sha256) for document in documents]
    for item in items:
        if isinstance(item, Mapping) and isinstance(item.get("path"), str):
            sums.append((item["path"], str(item.get("sha256"))))
    return (*documents, sums_document(survey.manifest, sums))


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


def _id_of(item: object) -> str | None:
    found = item.get("id") if isinstance(item, Mapping) else None
    return found if isinstance(found, str) else None


def _paths_of(items: Items) -> set[str]:
    """Return all paths that a manifest names, those of entries that cannot be used too."""
    found = (item.get("path") for item in items if isinstance(item, Mapping))
    return {path for path in found if isinstance(path, str)}

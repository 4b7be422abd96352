"""What was packed, one small file for each zip in ``out/.assetgen/packs``: tells our zips from others, old from new."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from assetgen.building.build_db import Stamp
from assetgen.building.output_dir import OutDir

FOLDER = "packs"
FORM = 1


@dataclass(frozen=True, slots=True)
class Record:
    """One zip. ``key`` stands for all that it was made from; ``stamp`` is how it lies on the disk."""

    name: str
    key: str
    bytes: int
    sha256: str
    files: int
    partner: str
    part: str | None
    edition: str
    locales: tuple[str, ...]
    is_specimen: bool = False
    stamp: Stamp | None = None

    @property
    def path(self) -> str:
        """Return where the zip stands below ``out/``."""
        return f"{FOLDER}/{self.name}"


class Records:
    """The records of one ``out/``. A file that cannot be read as one counts as none: its zip is made again.

    ``of_partner`` reads the folder once: whoever asks it of a thousand partners holds ``out/`` as its own meanwhile.
    """

    def __init__(self, tree: OutDir) -> None:
        self._tree = tree
        self._folder = tree.own / FOLDER
        self._by_partner: dict[str, dict[str, Record]] | None = None

    def __iter__(self) -> Iterator[Record]:
        if self._folder.is_symlink() or not self._folder.is_dir():
            return
        for file in sorted(self._folder.glob("*.json")):
            record = self.of(file.name.removesuffix(".json"))
            if record is not None:
                yield record

    def of_partner(self, partner: str) -> list[Record]:
        """Return the records of a partner's zips, by name."""
        return [record for _, record in sorted(self._known().get(partner, {}).items())]

    def _known(self) -> dict[str, dict[str, Record]]:
        if self._by_partner is None:
            self._by_partner = {}
            for record in self:
                self._by_partner.setdefault(record.partner, {})[record.name] = record
        return self._by_partner

    def of(self, name: str) -> Record | None:
        """Return the record of a zip by its name."""
        try:
            value: Any = json.loads((self._folder / f"{name}.json").read_bytes())
            if value.pop("form") != FORM or value["name"] != name:
                return None
            stamp = value.pop("stamp")
            value["locales"] = tuple(value["locales"])
            return Record(**value, stamp=(stamp[0], stamp[1], stamp[2], stamp[3]) if stamp else None)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError):
            return None

    def is_current(self, record: Record, key: str) -> bool:
        """Say whether a zip was made from just this, and is the one that was made."""
        if record.key != key:
            return False
        found = self._tree.stamp(record.path)
        if found is None:
            return False
        return found == record.stamp or self._tree.sha256(record.path) == record.sha256

    def write(self, record: Record) -> None:
        """Write a record in whole. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        temp = self._tree.tmp / f"record-{record.name}"
        temp.write_text(json.dumps({"form": FORM, **asdict(record)}), "utf-8")
        os.replace(temp, self._file(record))
        self._known().setdefault(record.partner, {})[record.name] = record

    def place(self, record: Record, temp: str) -> None:
        """Move a finished zip to its place; its record is there first, so that it is never nobody's.

        Raises RenderError, MachineError, OSError.
        """
        self.write(record)
        stamp = self._tree.place(temp, record.path)
        self.write(replace(record, stamp=stamp))

    def retire(self, record: Record) -> None:
        """Move a zip that must not be sent any more out of ``packs/``. Raises RenderError, MachineError, OSError."""
        self._tree.to_stale(record.path)
        self._file(record).unlink(missing_ok=True)
        self._known().get(record.partner, {}).pop(record.name, None)

    def _file(self, record: Record) -> Path:
        return self._folder / f"{record.name}.json"

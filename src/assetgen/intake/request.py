"""A partner's request: what is asked for, in plain values, and the ``partner.yaml`` for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

import yaml

from assetgen.findings import Finding
from assetgen.loading.yaml.file_validation import propose_id
from assetgen.manifest.entry import is_day

SIZE_NUMBER = r"\d{1,5}(?:\.\d{1,3})?"
SIZE = re.compile(
    rf"(?:(?P<id>[^:]+?)\s*:\s*)?(?P<like>\S+)\s+(?P<width>{SIZE_NUMBER})\s*[x×]\s*(?P<height>{SIZE_NUMBER})\s*(?:mm|px)?"
)
HINT = (
    "write a channel and a size, in mm or, on screens, px: pvc-banner 2400x600, or stall: pvc-banner 2400x600"
)


def read_sizes(words: Iterable[str]) -> tuple[list[dict[str, object]], list[Finding]]:
    """Return the values of ``custom_sizes`` that some words ask for, and a finding for each that asks for no size.

    What a size may be is judged later, as in a partner's file. The unit is the channel's, whatever is written.
    """
    sizes: list[dict[str, object]] = []
    findings: list[Finding] = []
    for word in words:
        found = SIZE.fullmatch(word.strip())
        if found is None:
            findings.append(Finding("bad-value", f"no size can be read in “{word[:60]}”", HINT))
            continue
        width, height = (_number(found[side]) for side in ("width", "height"))
        name = found["id"] or propose_id("channel", f"{found['like']}-{width}x{height}")
        sizes.append({"id": name, "based_on": found["like"], "size": [width, height]})
    return sizes, findings


def _number(word: str) -> float | int:
    return float(word) if float(word) % 1 else int(float(word))


LISTS = ("messages", "channels", "locales", "alongside", "custom_sizes")
"""Keys that hold several words."""
KEYS = (
    "id", "name", "short_name", "role", "messages", "channels", "locales", "template", "background", "local_line",
    "tracking", "alongside", "logo", "contact_name", "contact_email", "custom_sizes",
)  # fmt: skip
"""Everything that may be asked for. ``local_line`` is in the first of the locales."""

CONTACT = {"contact_name": "name", "contact_email": "email"}
NUMBER = re.compile(r"0|[1-9]\d{0,8}(?:\.\d{0,5}[1-9])?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Request:
    """One partner's wishes as they were written: nothing is checked yet. Empty words stand for the campaign's own.

    ``logo`` is the name of a file, ``logo_content`` its bytes; ``custom_sizes`` has words such as
    ``pvc-banner 2400x600``.
    ``asked`` are the keys that were asked about at all; of the others ``kept`` has what the partner's file says today.
    """

    name: str
    id: str = ""
    short_name: str = ""
    role: str = ""
    messages: Sequence[str] = ()
    channels: Sequence[str] = ()
    locales: Sequence[str] = ()
    template: str = ""
    background: str = ""
    local_line: str = ""
    tracking: str = ""
    alongside: Sequence[str] = ()
    logo: str = ""
    contact_name: str = ""
    contact_email: str = ""
    custom_sizes: Sequence[str] = ()
    logo_content: bytes = field(default=b"", repr=False)
    asked: frozenset[str] = frozenset(KEYS)
    kept: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, words: Mapping[str, str | Sequence[str]], logo_content: bytes = b"") -> Request:
        """Return a request from words by key; a key that is not there is empty."""
        known = {one.name for one in fields(cls)}
        said: dict[str, Any] = {key: value for key, value in words.items() if key in known}
        asked = frozenset(said).intersection(KEYS)
        return cls(**{"name": "", **said, "logo_content": logo_content, "asked": asked})

    def over(self, kept: Mapping[str, Any]) -> Request:
        """Return the request laid over what a partner's file says: what was not asked about stays."""
        return replace(self, kept=kept)

    @property
    def partner_id(self) -> str:
        """Return the id that was asked for, else one made from the short name or the name."""
        return self.id or propose_id("partner", self.short_name or self.name)

    @property
    def logo_file(self) -> str:
        """Return the name under which the logo lies beside ``partner.yaml``: never the one that somebody sent."""
        return f"logo.{self.logo.rpartition('.')[2].lower()}" if self.logo else ""

    def yaml(self, first_locale: str) -> str:
        """Return the text of ``partner.yaml``; what nobody asked for, today or before, is left to the campaign."""
        locale = self.locales[0] if self.locales else first_locale
        said: dict[str, Any] = {
            "short_name": self.short_name,
            "role": self.role,
            "logo": {**self._kept_of("logo"), "file": self.logo_file, "alt": self.name} if self.logo else "",
            "alongside": list(self.alongside),
            "messages": list(self.messages),
            "locales": list(self.locales),
            "channels": list(self.channels),
            "template": self.template,
            "background": self.background,
            "local_line": _said({**self._kept_of("local_line"), locale: self.local_line}),
            "tracking": self.tracking,
            "contact": self._contact(),
            "custom_sizes": read_sizes(self.custom_sizes)[0],
        }
        asked = {key.rstrip("_") for key in self.asked} | (
            {"contact"} if self.asked & set(CONTACT) else set()
        )
        own = {key: value if key in asked else _plainly(self.kept.get(key)) for key, value in said.items()}
        more = {key: _plainly(value) for key, value in self.kept.items() if key not in said and key != "name"}
        body = yaml.safe_dump(
            {"name": self.name, **_said(own), **_said(more)}, sort_keys=False, allow_unicode=True, width=100
        )
        return f"# Asked for by {' '.join(self.name.split())}. docs/files.md says what each key does.\n{body}"

    def _kept_of(self, key: str) -> dict[str, Any]:
        """Return what a mapping of the partner's file says today."""
        kept = self.kept.get(key)
        return {name: _plainly(value) for name, value in kept.items()} if isinstance(kept, Mapping) else {}

    def _contact(self) -> dict[str, Any]:
        said = {"name": self.contact_name, "email": self.contact_email}
        asked = {name: said[name] for key, name in CONTACT.items() if key in self.asked}
        return _said({**self._kept_of("contact"), **asked})


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _plainly(value: Any) -> Any:
    """Return words that were read from a file so that they are written as they stood: a number without quotes."""
    if isinstance(value, Mapping):
        return {key: _plainly(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plainly(one) for one in value]
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    if isinstance(value, str) and DAY.fullmatch(value) and is_day(value):
        return date.fromisoformat(value)
    return value

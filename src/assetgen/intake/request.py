"""A partner's request (a draft of a partner) in plain values, and the ``partner.yaml`` that it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

import yaml

from assetgen.findings import Finding
from assetgen.loading.yaml.file_validation import propose_id
from assetgen.manifest.entry import is_date

SIZE_NUMBER = r"\d{1,5}(?:\.\d{1,3})?"
SIZE = re.compile(
    rf"(?:(?P<id>[^:]+?)\s*:\s*)?(?P<like>\S+)\s+(?P<width>{SIZE_NUMBER})\s*[x×]\s*(?P<height>{SIZE_NUMBER})\s*(?:mm|px)?"
)
SIZE_HINT = (
    "write a channel and a size in mm (px for screens), such as pvc-banner 2400x600; "
    "to choose an id, put it before them, such as stall: pvc-banner 2400x600"
)


def read_sizes(texts: Iterable[str]) -> tuple[list[dict[str, object]], list[Finding]]:
    """Return the values of ``custom_sizes`` for these texts, and a finding for each text that is not a size.

    The sizes themselves are validated later, as in a partner's file. The unit is always that of the channel, even
    if the text names a different one.
    """
    sizes: list[dict[str, object]] = []
    findings: list[Finding] = []
    for text in texts:
        found = SIZE.fullmatch(text.strip())
        if found is None:
            findings.append(Finding("bad-value", f"“{text[:60]}” is not a channel and a size", SIZE_HINT))
            continue
        width, height = (_number(found[side]) for side in ("width", "height"))
        name = found["id"] or propose_id("channel", f"{found['like']}-{width}x{height}")
        sizes.append({"id": name, "based_on": found["like"], "size": [width, height]})
    return sizes, findings


def _number(text: str) -> float | int:
    return float(text) if float(text) % 1 else int(float(text))


LISTS = ("messages", "channels", "locales", "alongside", "custom_sizes")
"""Keys whose value is a list."""
KEYS = (
    "id", "name", "short_name", "role", "messages", "channels", "locales", "template", "background", "local_line",
    "tracking", "alongside", "logo", "contact_name", "contact_email", "custom_sizes",
)  # fmt: skip
"""All keys of a request. ``local_line`` is in the first of the locales."""

CONTACT = {"contact_name": "name", "contact_email": "email"}
NUMBER = re.compile(r"0|[1-9]\d{0,8}(?:\.\d{0,5}[1-9])?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class PartnerRequest:
    """One partner's request as it was written. It is not validated yet.

    An empty value stands for the campaign's default. ``logo`` is the name of a file, ``logo_content`` its bytes.
    ``custom_sizes`` are texts such as ``pvc-banner 2400x600``. ``keys`` are the keys that the form or the questions
    contain. For all other keys ``existing`` has the values of the partner's present file.
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
    keys: frozenset[str] = frozenset(KEYS)
    existing: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, given: Mapping[str, str | Sequence[str]], logo_content: bytes = b"") -> PartnerRequest:
        """Return a request with these values by key. Missing keys are empty; unknown keys are ignored."""
        known = {one.name for one in fields(cls)}
        values: dict[str, Any] = {key: value for key, value in given.items() if key in known}
        asked = frozenset(values).intersection(KEYS)
        return cls(**{"name": "", **values, "logo_content": logo_content, "keys": asked})

    def with_existing(self, kept: Mapping[str, Any]) -> PartnerRequest:
        """Return the request for a partner that exists. Keys that are not in the request keep the file's values."""
        return replace(self, existing=kept)

    @property
    def partner_id(self) -> str:
        """Return the requested id, or else one made from the short name or the name."""
        return self.id or propose_id("partner", self.short_name or self.name)

    @property
    def logo_file(self) -> str:
        """Return the name of the logo's file in the partner's folder; '' without a logo.

        For safety it is never the name that was sent.
        """
        return f"logo.{self.logo.rpartition('.')[2].lower()}" if self.logo else ""

    def yaml(self, first_locale: str) -> str:
        """Return the text of ``partner.yaml``. Empty keys are left out, so that the campaign's defaults apply."""
        locale = self.locales[0] if self.locales else first_locale
        values: dict[str, Any] = {
            "short_name": self.short_name,
            "role": self.role,
            "logo": {**self._kept_mapping("logo"), "file": self.logo_file, "alt": self.name}
            if self.logo
            else "",
            "alongside": list(self.alongside),
            "messages": list(self.messages),
            "locales": list(self.locales),
            "channels": list(self.channels),
            "template": self.template,
            "background": self.background,
            "local_line": _without_empty({**self._kept_mapping("local_line"), locale: self.local_line}),
            "tracking": self.tracking,
            "contact": self._contact(),
            "custom_sizes": read_sizes(self.custom_sizes)[0],
        }
        asked = {key.rstrip("_") for key in self.keys} | ({"contact"} if self.keys & set(CONTACT) else set())
        own = {
            key: value if key in asked else _typed(self.existing.get(key)) for key, value in values.items()
        }
        others = {
            key: _typed(value) for key, value in self.existing.items() if key not in values and key != "name"
        }
        body = yaml.safe_dump(
            {"name": self.name, **_without_empty(own), **_without_empty(others)},
            sort_keys=False,
            allow_unicode=True,
            width=100,
        )
        return f"# Requested by {' '.join(self.name.split())}. `assetgen schema partner` explains each key.\n{body}"

    def _kept_mapping(self, key: str) -> dict[str, Any]:
        """Return the mapping under a key of the partner's present file; empty if there is none."""
        kept = self.existing.get(key)
        return {name: _typed(value) for name, value in kept.items()} if isinstance(kept, Mapping) else {}

    def _contact(self) -> dict[str, Any]:
        values = {"name": self.contact_name, "email": self.contact_email}
        asked = {name: values[name] for key, name in CONTACT.items() if key in self.keys}
        return _without_empty({**self._kept_mapping("contact"), **asked})


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


def _typed(value: Any) -> Any:
    """Return values of a YAML file with texts converted to numbers and dates, so that they are written unquoted."""
    if isinstance(value, Mapping):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return float(value) if "." in value else int(value)
    if isinstance(value, str) and DAY.fullmatch(value) and is_date(value):
        return date.fromisoformat(value)
    return value

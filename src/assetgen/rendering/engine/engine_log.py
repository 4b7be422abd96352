"""Judging the layout engine's log: it never fails, it only says. Each word of it becomes a finding with a place."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from assetgen.findings import Finding, Place
from assetgen.loading.yaml.ids import nearest
from assetgen.planning.asset import WordSet
from assetgen.rendering.engine.weasyprint_private import (
    AT,
    IGNORED,
    NO_ALT,
    NOTDEF,
    PICTURE,
    QUOTED,
    known_properties,
)

# How like a known property a name must be to be taken for a slip: colour is, text-shadow is not.
A_SLIP = 0.85


def _as_written(url: str) -> str:
    """Return an address as a design would write it: a file of the campaign by its path."""
    return unquote(url.removeprefix("http://campaign.invalid/"))


def _meant(name: str) -> str | None:
    """Return the property that a misspelt one is most like, as a hint; None for one that is known, or far off."""
    known = known_properties()
    near = None if name in known else nearest(name, known, least=A_SLIP)
    return f"did you mean {near}?" if near else None


class Judge:
    """Turns the log's messages into findings that point into a design's sources.

    ``sheet`` is the style sheet whose own log is judged: then its lines are known.
    """

    def __init__(
        self,
        sources: Mapping[str, bytes],
        template: Place,
        words: WordSet,
        sheet: str | None = None,
    ) -> None:
        self.sources = {name: content.decode("utf-8", "replace") for name, content in sources.items()}
        self.template, self.words, self.sheet = template, words, sheet

    def judge(self, messages: list[str]) -> list[Finding]:
        """Return a finding for each message."""
        return [self._one(message) for message in dict.fromkeys(messages)]

    def _one(self, message: str) -> Finding:
        if found := NOTDEF.search(message):
            return self.no_glyph(found["text"], int(found["code"], 16))
        if found := IGNORED.search(message):
            name = found["name"].strip()
            said = f"{name}: {found['value'].strip()}" if found["value"].strip() else name
            place = self._style_place(name, int(found["line"]), int(found["column"]))
            text = f"the layout engine does not know {said} ({found['why']})"
            hint = _meant(name) or "leave it out, or write it in a way that the engine knows"
            return Finding("css-ignored", text, hint, place)
        if "image" in message and (found := PICTURE.search(message)):
            return self.no_picture(found["url"])
        if found := NO_ALT.search(message):
            return self._no_alt(found["url"])
        return Finding("template", f"the layout engine says: {message}", None, self._said_place(message))

    def _said_place(self, message: str) -> Place:
        """Return the line and column that a message names, else where the words that it quotes stand."""
        if self.sheet and (found := AT.search(message)):
            return Place(self.sheet, int(found["line"]), int(found["column"]))
        quoted = QUOTED.search(message)
        place = self.find(quoted[1].strip()) if quoted else self.template
        return Place(self.sheet) if self.sheet and place == self.template else place

    def _no_alt(self, url: str) -> Finding:
        shown = _as_written(url)
        hint = "add alt to it; a picture that only decorates is a background in the style sheet"
        if url.startswith("data:"):
            return Finding("alt-missing", "a picture without alt text", hint, self.find(url[:40]))
        return Finding("alt-missing", f"a picture without alt text: {shown}", hint, self._url_place(shown))

    def no_glyph(self, text: str, code: int) -> Finding:
        """Return the finding for a character that the brand's fonts do not hold, at the words that use it."""
        role = next((role for role, words in self.words.words.items() if chr(code) in words), None)
        place = self.words.places.get(role or "") or self.find(chr(code))
        name = f"{text} (U+{code:04X})"
        said = f" in the {role}" if role else ""
        return Finding(
            "glyph-missing",
            f"no glyph for {name}{said}",
            "write it otherwise, or add a font that has it",
            place,
        )

    def no_picture(self, url: str) -> Finding:
        """Return the finding for a picture that could not be drawn."""
        name = _as_written(url)
        return Finding(
            "picture-missing",
            f"picture not drawn: {name}",
            "check the path: it starts at the campaign's folder",
            self._url_place(name),
        )

    def refused(self, url: str) -> Finding:
        """Return the finding for a file or address outside the campaign's brand and designs."""
        shown = _as_written(url)
        hint = "a design reads files below brand/ and templates/ and nothing else"
        if "/" not in shown:
            folder = (self.template.file or "").rpartition("/")[0]
            hint = (
                f"a path starts at the campaign's folder: {folder}/{shown[:60]} or brand/images/{shown[:60]}"
            )
        return Finding("blocked-read", f"not read: {shown[:200]}", hint, self._url_place(shown))

    def _url_place(self, shown: str) -> Place:
        """Return where an address stands in the sources: as it is, or what follows its last stroke."""
        place = self.find(shown)
        return self.find(shown.rstrip("/").rsplit("/", 1)[-1]) if place == self.template else place

    def _style_place(self, name: str, line: int, column: int) -> Place:
        """Return the style sheet whose line holds the declaration; else where its name stands first."""
        for file, text in self.sources.items():
            lines = text.splitlines()
            if file.endswith(".css") and line <= len(lines) and name and name in lines[line - 1]:
                return Place(file, line, column)
        return self.find(name) if name else self.template

    def find(self, words: str) -> Place:
        """Return where some words stand first in the design's sources; else the design itself."""
        if not words:
            return self.template
        for file, text in sorted(self.sources.items(), key=lambda item: item[0].endswith(".yaml")):
            index = text.find(words)
            if index >= 0:
                return Place.at(file, text, index)
        return self.template

"""Read the pages of the documentation: links, headings, code blocks and calls of assetgen."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\S*)\n(?P<text>.*?)^(?P=indent)```", re.DOTALL | re.MULTILINE
)
CAMPAIGN_FILE = re.compile(r"# (campaign\.yaml|(brand|partners|templates)/\S+\.yaml)")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)]*))?\)")


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A code block: its language, and its text without the indent of the list around it."""

    language: str
    text: str


def all_pages() -> list[str]:
    """Return every page of docs/ and of the repository's root, relative to the root."""
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]
    return sorted(page.relative_to(ROOT).as_posix() for page in pages if "_build" not in page.parts)


def written_pages() -> list[str]:
    """Return the pages of docs/ that are written by hand, not by ``make docs``."""
    return [
        page
        for page in all_pages()
        if page.startswith("docs/") and "Written by `make docs`" not in read_page(page)
    ]


def read_page(page: str) -> str:
    """Return the text of a page."""
    return (ROOT / page).read_text("utf-8")


def blocks(text: str) -> list[CodeBlock]:
    """Return the code blocks of a page."""
    found = []
    for one in FENCE.finditer(text):
        indent = len(one["indent"])
        lines = [line[indent:] for line in one["text"].splitlines()]
        found.append(CodeBlock(one["language"], "\n".join(lines) + "\n"))
    return found


def examples(page: str) -> list[tuple[str, str]]:
    """Return file name and YAML of each code block of a page whose first line names a file of a campaign."""
    found = []
    for block in blocks(read_page(page)):
        first, _, rest = block.text.partition("\n")
        if block.language == "yaml" and CAMPAIGN_FILE.fullmatch(first):
            found.append((first.removeprefix("# "), rest))
    return found


def prose(text: str) -> str:
    """Return a page without its code blocks."""
    return FENCE.sub("", text)


def links(text: str) -> list[tuple[str, str]]:
    """Return target and anchor of each relative link of a page."""
    return LINK.findall(prose(text))


def anchors(text: str) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and MyST make them."""
    headings = re.findall(r"^#+ (.+)$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def assetgen_calls(text: str) -> Iterator[list[str]]:
    """Yield the words of each call of assetgen, in code blocks and in code within a sentence."""
    lines = [
        line for one in blocks(text) if one.language in ("console", "sh", "bash") for line in _lines(one.text)
    ]
    lines += re.findall(r"`(assetgen [^`]+)`", prose(text).replace("\n", " "))
    for line in lines:
        words = shlex.split(line, comments=True)
        if words and Path(words[0]).name == "assetgen":
            yield words[1:]


def _lines(text: str) -> list[str]:
    return [line.strip().removeprefix("$ ") for line in text.replace("\\\n", " ").splitlines()]


def unknown_commands_and_options(call: list[str], root: Any) -> list[str]:
    """Return the commands and options of a call that do not exist."""
    context = root.make_context("assetgen", [], resilient_parsing=True)
    command, is_value, wrong = root, False, []
    for word in call:
        if is_value:
            is_value = False
        elif word.startswith("-"):
            option = _options(command).get(word.partition("=")[0])
            wrong += [word] if option is None else []
            is_value = option is not None and "=" not in word and not getattr(option, "is_flag", True)
        elif hasattr(command, "commands"):
            if word in {"COMMAND", "…"}:
                return wrong
            found = command.get_command(context, word)
            if found is None:
                return [*wrong, word]
            command = found
    return wrong


def _options(command: Any) -> dict[str, Any]:
    """Return a command's options by each of their names; ``--help`` and ``--frozen`` take no value."""
    named = {name: one for one in command.params for name in (*one.opts, *one.secondary_opts)}
    return {"-h": True, "--help": True, **named, **({"--frozen": True} if "--frozen" in named else {})}

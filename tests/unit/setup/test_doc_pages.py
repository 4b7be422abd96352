"""The documentation is true: pages are up to date, links lead somewhere, commands, options and keys exist."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
import typer.main

import reference_pages
from assetgen.cli.app import app
from assetgen.loading.channels import built_in_documents, read_catalogue
from assetgen.schema.json_schema import KINDS, ROWS, json_schema
from tests.support.doc_pages import (
    DOCS,
    ROOT,
    all_pages,
    anchors,
    assetgen_calls,
    links,
    prose,
    read_page,
    unknown_commands_and_options,
    written_pages,
)

MAX_LINE, MAX_PARAGRAPH_LINES = 100, 5


@cache
def command_line() -> Any:
    return typer.main.get_command(app)


@cache
def generated() -> dict[str, str]:
    return reference_pages.all_pages()


@pytest.mark.each("path", lambda: sorted(generated()))
def test_a_generated_page_is_up_to_date(path: str) -> None:
    assert (DOCS / "reference" / path).read_text("utf-8") == generated()[path], "run make docs"


def test_no_generated_page_is_left_over() -> None:
    marked = [page for page in all_pages() if page.startswith("docs/") and page not in written_pages()]

    assert marked == sorted(f"docs/reference/{path}" for path in generated())


@pytest.mark.each("page", all_pages)
def test_every_link_in_a_page_has_an_existing_target(page: str) -> None:
    broken = []
    for target, anchor in links(read_page(page)):
        path = (ROOT / page).parent / target if target else ROOT / page
        if not path.exists() or (anchor and anchor not in anchors(path.read_text("utf-8"))):
            broken.append(f"{target}#{anchor}")

    assert broken == []


@pytest.mark.each("page", all_pages)
def test_every_command_and_option_in_a_page_exists(page: str) -> None:
    wrong = {
        " ".join(call): unknown_commands_and_options(call, command_line())
        for call in assetgen_calls(read_page(page))
    }

    assert {call: words for call, words in wrong.items() if words} == {}


@pytest.mark.parametrize(
    ("call", "wrong"),
    [
        ("build -p acme --guides", []),
        ("-C campaign --debug build --frozen", []),
        ("partner new --name Acme", []),
        ("bild", ["bild"]),
        ("build --colour red", ["--colour"]),
        ("partner ask", ["ask"]),
        ("build --debug", ["--debug"]),
    ],
)
def test_the_check_of_examples_finds_an_unknown_command_or_option(call: str, wrong: list[str]) -> None:
    assert unknown_commands_and_options(call.split(), command_line()) == wrong


@pytest.mark.each("page", lambda: [page for page in written_pages() if "template-markup" not in page])
def test_every_option_in_the_prose_of_a_page_exists(page: str) -> None:
    commands = [command_line(), *_leaves(command_line())]
    known = {name for command in commands for one in command.params for name in one.opts} | {"--help"}
    named = re.findall(r"`(--[a-z][a-z-]*)", prose(read_page(page)))

    assert [name for name in named if name not in known] == []


def _leaves(group: Any) -> list[Any]:
    found = []
    for command in group.commands.values():
        found += _leaves(command) if hasattr(command, "commands") else [command]
    return found


@pytest.mark.each("page", written_pages)
def test_a_page_has_one_sentence_on_each_long_line_and_short_paragraphs(page: str) -> None:
    text = prose(read_page(page))
    lines = [one for one in text.splitlines() if not one.lstrip().startswith(("|", "!["))]
    several = re.compile(r"[.?!:*] +[A-Z`]")
    long = [one for one in lines if len(one) > MAX_LINE and several.search(one)]
    paragraphs = [one.strip("\n").splitlines() for one in re.split(r"\n\s*\n", text)]
    plain = [
        one
        for one in paragraphs
        if one and not re.match(r"\s*\d+\. ", one[0]) and not one[0].lstrip().startswith(("|", "-", "#"))
    ]

    assert long == []
    assert [one[0] for one in plain if len(one) > MAX_PARAGRAPH_LINES] == []


def test_the_architecture_has_at_most_200_lines_and_names_only_modules_that_exist() -> None:
    text = read_page("docs/explanation/architecture.md")
    named = re.findall(r"`([a-z_/]+(?:\.py|/))`", text)
    written_by_commands = {"approvals/", "out/"}
    places = (ROOT / "src/assetgen", ROOT)

    assert len(text.splitlines()) <= 200
    assert named
    wrong = [one for one in named if not any((at / one).exists() for at in places)]
    assert [one for one in wrong if one not in written_by_commands] == []


def test_every_source_of_a_channel_is_explained() -> None:
    catalogue, _ = read_catalogue(built_in_documents())
    channels = [*catalogue.channels.values(), *catalogue.ask_owner.values()]
    groups = [group for one in channels for group in re.findall(r"\(([A-Z0-9, -]+)\)", one.source)]
    keys = {key.strip() for group in groups for key in group.split(",")}

    assert keys
    assert (
        keys - set(re.findall(r"^\| ([A-Z0-9-]+) \|", read_page("docs/reference/sources.md"), re.MULTILINE))
        == set()
    )


@pytest.mark.parametrize("kind", [*KINDS, *ROWS])
def test_every_key_of_a_file_has_a_description(kind: str) -> None:
    schema = json_schema(kind)
    root = schema.get("additionalProperties") or schema
    models = [model for model in (root, *schema["$defs"].values()) if "properties" in model]

    assert models
    for model in models:
        for key, one in model["properties"].items():
            assert one.get("description") or "$ref" in one, key

"""Write docs/reference/files/: the keys of every file that people write, from the models that check them.

Run by ``make docs``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assetgen.schema.fields import COLOUR, EMAIL, ID, LOCALE, PARAMETER, TEL, URL
from assetgen.schema.json_schema import KINDS, ROWS, json_schema

EXAMPLES = Path(__file__).resolve().parent / "reference_examples"
"""One example of each file, ``<kind>.yaml``. A test loads them."""
NAMES = {
    "campaign": "campaign.yaml",
    "brand": "brand/brand.yaml",
    "message": "brand/messages/….yaml",
    "channels": "brand/channels.yaml",
    "printers": "brand/printers.yaml",
    "partner": "partners/…/partner.yaml",
    "template": "templates/…/template.yaml",
}
HEAD = (
    "Written by `make docs` from the models in `src/assetgen/schema/`: change it there.\n"
    "[How to read the tables](index.md), with the rules for every file.\n"
)
PATTERNS = {
    ID: "id", LOCALE: "locale", EMAIL: "email address", COLOUR: "`#RRGGBB`", TEL: "`+` and digits",
    URL: "https address", PARAMETER: "word",
}  # fmt: skip
TYPES = {"string": "words", "integer": "whole number", "number": "number", "boolean": "on or off"}
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
}


def pages() -> dict[str, str]:
    """Return the text of each page by its path below docs/reference/."""
    return {f"files/{kind}.md": _page(kind) for kind in (*KINDS, *ROWS)}


def example(kind: str) -> str:
    """Return the example of a kind of file."""
    return (EXAMPLES / f"{kind}.yaml").read_text("utf-8")


def _page(kind: str) -> str:
    schema = json_schema(kind)
    models = dict(schema.get("$defs", {}))
    root = schema["additionalProperties"] if kind in ROWS else schema
    titles = _titles(root, models)
    lines = [f"# {NAMES[kind]}", "", HEAD, *_section(root, models, titles)]
    lines += ["## Example", "", f"```yaml\n{example(kind)}```", ""]
    for name, title in titles.items():
        lines += [f"## {title}", "", *_section(models[name], models, titles)]
    return "\n".join(lines).rstrip() + "\n"


def _titles(root: dict[str, Any], models: dict[str, Any]) -> dict[str, str]:
    """Return a title for each model that a file uses: the path of the first key that holds it."""
    titles: dict[str, str] = {}
    queue = [("", root)]
    for path, model in queue:
        keys = {key: key for key in model["properties"]} | dict.fromkeys(
            model.get("patternProperties", {}), "a locale"
        )
        for key, title in keys.items():
            for name in _referred(_key_of(model, key)):
                if name in titles:
                    continue
                is_locale = title == "a locale"
                titles[name] = f"{path}.{title}" if path else title
                queue.append(("" if is_locale else titles[name], models[name]))
    return titles


def _key_of(model: dict[str, Any], key: str) -> Any:
    """Return the schema of a key of a model."""
    return {**model["properties"], **model.get("patternProperties", {})}[key]


def _referred(schema: Any) -> Iterator[str]:
    """Yield the names of the models that a schema refers to."""
    if isinstance(schema, list):
        for one in schema:
            yield from _referred(one)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                yield value.rsplit("/", 1)[-1]
            else:
                yield from _referred(value)


def _section(model: dict[str, Any], models: dict[str, Any], titles: dict[str, str]) -> Iterator[str]:
    """Yield a model's description and the table of its keys."""
    yield from (_code(model["description"]), "")
    yield from ("| key | type | default | what it is |", "|---|---|---|---|")
    rows = {**model["properties"], **model.get("patternProperties", {})}
    for key, one in rows.items():
        is_locale = key in model.get("patternProperties", {})
        name, words = (
            ("a locale", "The words in that locale.") if is_locale else (f"`{key}`", one.get("description"))
        )
        yield f"| {name} | {_type(one, titles)} | {_default(key, one, model)} | {_code(words or _about(one, models))} |"
    yield ""


def _about(schema: dict[str, Any], models: dict[str, Any]) -> str:
    """Return the description of the model that a key names."""
    return str(models[schema["$ref"].rsplit("/", 1)[-1]]["description"])


def _type(schema: dict[str, Any], titles: dict[str, str]) -> str:
    """Return a key's type in plain words."""
    if "$ref" in schema:
        title = titles[schema["$ref"].rsplit("/", 1)[-1]]
        return f"[{title}](#{_anchor(title)})"
    if "anyOf" in schema:
        kinds = [_type(one, titles) for one in schema["anyOf"] if one.get("type") != "null"]
        return ", or ".join(dict.fromkeys(kinds))
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        is_fixed = schema.get("minItems") == schema.get("maxItems", -1)
        return f"{schema['minItems'] if is_fixed else 'list'} of: {_type(schema['items'], titles)}"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties") or next(
            iter(schema.get("patternProperties", {}).values()), None
        )
        return f"map to: {_type(inner, titles)}" if isinstance(inner, dict) and inner else "map"
    if schema.get("pattern") in PATTERNS:
        return PATTERNS[schema["pattern"]]
    if schema.get("format") == "date":
        return "date"
    bounds = [words.format(f"{schema[key]:g}") for key, words in BOUNDS.items() if key in schema]
    if schema.get("maxLength", 5000) != 5000:
        bounds.append(f"at most {schema['maxLength']} characters")
    return ", ".join([TYPES.get(schema.get("type", ""), "value"), *bounds])


def _anchor(title: str) -> str:
    """Return the anchor of a heading, as GitHub and MyST make it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _default(key: str, schema: dict[str, Any], model: dict[str, Any]) -> str:
    """Return a key's default as it would be written; a dash where nothing is set."""
    if key in model.get("required", ()):
        return "*needed*"
    value = schema.get("default")
    if value is None or value in ({}, []) or isinstance(value, dict):
        return "–"
    if isinstance(value, bool):
        return "`on`" if value else "`off`"
    return f"`[{', '.join(f'{one}' for one in value)}]`" if isinstance(value, list) else f"`{value}`"


def _code(words: str) -> str:
    """Return words on one line, as a cell of a table holds them."""
    return " ".join(words.replace("``", "`").replace("|", "\\|").split())

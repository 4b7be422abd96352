"""Write docs/reference/files/: the keys of every file that people write, from the models that check them.

Run by ``make docs``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assetgen.schema.fields import COLOUR, EMAIL, ID, LOCALE, PARAMETER, TEL, URL
from assetgen.schema.json_schema import KINDS, ROWS, json_schema

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference" / "files"
NAMES = {
    "campaign": "campaign.yaml",
    "brand": "brand/brand.yaml",
    "message": "brand/messages/….yaml",
    "channels": "brand/channels.yaml",
    "printers": "brand/printers.yaml",
    "partner": "partners/…/partner.yaml",
    "template": "templates/…/template.yaml",
}
HEAD = "Written by `make docs` from the models in `src/assetgen/schema/`: change it there.\n"
PATTERNS = {
    ID: "id", LOCALE: "locale", EMAIL: "e-mail address", COLOUR: "`#RRGGBB`", TEL: "`+` and digits",
    URL: "https address", PARAMETER: "word",
}  # fmt: skip
TYPES = {"string": "words", "integer": "whole number", "number": "number", "boolean": "on or off"}
BOUNDS = {
    "minimum": "at least {}",
    "exclusiveMinimum": "more than {}",
    "maximum": "at most {}",
    "exclusiveMaximum": "less than {}",
}


def write_reference() -> dict[str, str]:
    """Return the text of each page by its file name."""
    return {f"{kind}.md": _page(kind) for kind in (*KINDS, *ROWS)}


def _page(kind: str) -> str:
    schema = json_schema(kind)
    models = dict(schema.get("$defs", {}))
    root = schema["additionalProperties"] if kind in ROWS else schema
    lines = [f"# {NAMES[kind]}", "", HEAD, *_section(root, models)]
    for name in dict.fromkeys(_referred(root, models)):
        lines += [f"## {name}", "", *_section(models[name], models)]
    return "\n".join(lines).rstrip() + "\n"


def _referred(schema: Any, models: dict[str, Any]) -> Iterator[str]:
    """Yield the models that a schema names, each followed by those that it names itself."""
    if isinstance(schema, list):
        for one in schema:
            yield from _referred(one, models)
    elif isinstance(schema, dict):
        for key, value in schema.items():
            if key == "$ref":
                name = value.rsplit("/", 1)[-1]
                yield name
                yield from _referred(models[name], models)
            elif key != "$defs":
                yield from _referred(value, models)


def _section(model: dict[str, Any], models: dict[str, Any]) -> Iterator[str]:
    """Yield a model's description and the table of its keys."""
    yield from (_code(model["description"]), "")
    yield from ("| key | type | default | what it is |", "|---|---|---|---|")
    rows = {**model["properties"], **model.get("patternProperties", {})}
    for key, one in rows.items():
        is_locale = key in model.get("patternProperties", {})
        name, words = (
            ("a locale", "The words in that locale.") if is_locale else (f"`{key}`", one.get("description"))
        )
        yield f"| {name} | {_type(one)} | {_default(key, one, model)} | {_code(words or _about(one, models))} |"
    yield ""


def _about(schema: dict[str, Any], models: dict[str, Any]) -> str:
    """Return the description of the model that a key names."""
    return str(models[schema["$ref"].rsplit("/", 1)[-1]]["description"])


def _type(schema: dict[str, Any]) -> str:
    """Return a key's type in plain words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        kinds = [_type(one) for one in schema["anyOf"] if one.get("type") != "null"]
        return ", or ".join(dict.fromkeys(kinds))
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        is_fixed = schema.get("minItems") == schema.get("maxItems", -1)
        return f"{schema['minItems'] if is_fixed else 'list'} of: {_type(schema['items'])}"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties") or next(
            iter(schema.get("patternProperties", {}).values()), None
        )
        return f"map to: {_type(inner)}" if isinstance(inner, dict) and inner else "map"
    if schema.get("pattern") in PATTERNS:
        return PATTERNS[schema["pattern"]]
    if schema.get("format") == "date":
        return "date"
    bounds = [words.format(f"{schema[key]:g}") for key, words in BOUNDS.items() if key in schema]
    if schema.get("maxLength", 5000) != 5000:
        bounds.append(f"at most {schema['maxLength']} characters")
    return ", ".join([TYPES.get(schema.get("type", ""), "value"), *bounds])


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


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in write_reference().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()

"""What ``assetgen init`` writes, made from the campaign in this repository with an invented helpline in it.

There is no second copy in git. The wheel's build hook (``hatch_build.py``) calls ``starter_files`` and packs
what it returns; in a checkout ``init`` calls it itself. The hook loads this file by its path, before anything
is installed: so it imports the standard library and PyYAML, and nothing of assetgen.

Values are replaced at their position in the file, so that every comment stays; each line that was touched
says ``# change me``. If anything of the real campaign is left in any text, ``StarterError`` names file and
line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

KeyPath = tuple[str, ...]

SOURCE_PARTNER = "staffordshire-county-council"
PARTNER = "example-county-council"
MARK = "# change me"

# Enough to see every medium and most shapes, little enough to build in seconds.
CHANNELS = """[
  ig-square, ig-story, fb-link-share, disp-mpu, disp-leaderboard, dooh-d6,
  gp-screen, email-header, poster-a4, card-wallet, ooh-6-sheet, press-25x4,
  ]"""

# Values as YAML source; None keeps what is there and only marks it.
# Ofcom keeps 0808 157 0000 to 0999 for drama: nobody can be reached there.
CAMPAIGN_VALUES: Mapping[KeyPath, str | None] = {
    ("name",): "Open Door Line, Example County",
    ("slug",): "open-door-line",
    ("edition",): '"1"',
    ("released",): None,
    ("messages",): "[worried, loved-one]",
    ("locales",): "[en-GB]",
    ("channels",): CHANNELS,
    ("template",): "beacon",
}
# Which pictures stand where is the real campaign's choice; the pictures themselves come along.
CAMPAIGN_REMOVED = ("picture",)
BRAND_VALUES: Mapping[KeyPath, str | None] = {
    ("led_by",): "the Example Foundation",
    ("facts", "name"): "Open Door Line",
    ("facts", "number", "display"): '"0808 157 0123"',
    ("facts", "number", "tel"): '"+448081570123"',
    ("facts", "address", "display"): "www.example.org",
    ("facts", "address", "url"): '"https://www.example.org/"',
    ("facts", "promise"): "{en-GB: Confidential and anonymous}",
    ("facts", "hosts"): "[www.example.org]",
    ("facts", "also", "hosts"): "[]",
    ("facts", "confirmed"): "{by: null, on: null, review_by: null}",
}
PARTNER_VALUES: Mapping[KeyPath, str | None] = {
    ("name",): "Example County Council",
    ("short_name",): "Example County",
    ("role",): "lead",
    ("local_line",): '{en-GB: "In Example County, help is one call away."}',
    ("contact",): "{name: Communications team, email: comms@example.org}",
}
# What a partner would choose for itself; without these the campaign's own values hold.
PARTNER_HEAD = f"# A partner: who asks for a pack. For the next one, copy this folder.   {MARK}\n"
PARTNER_REMOVED = ("logo", "with", "messages", "channels", "locales", "template", "tracking", "printer")

# What may still stand in comments and words after that, longest first.
WORDS = (
    ("www.stopitnow.org.uk", "www.example.org"),
    ("+448081000900", "+448081570123"),
    ("0808 1000 900", "0808 157 0123"),
    ("Stop It Now! Staffordshire", "Open Door Line, Example County"),
    ("Staffordshire County Council", "Example County Council"),
    ("Stop It Now!", "Open Door Line"),
    ("Stop It Now", "Open Door Line"),
    ("Lucy Faithfull Foundation", "Example Foundation"),
    ("#Staffordshire", "#ExampleCounty"),
    ("Staffordshire", "Example County"),
)
REAL = re.compile(
    r"stop[\s_-]*it[\s_-]*now|0?808[\s-]*1000[\s-]*900|faithfull|stafford|\bnspcc\b|together[\s-]+for[\s-]+childhood"
    r"|childrens-safeguarding|leek\s+post",
    re.IGNORECASE,
)

README = f"""\
# A campaign made with assetgen

It builds as it is: `assetgen build`, then `assetgen gallery`. The helpline in it is invented: the number is
one that nobody can be reached on, the address is nobody's. Before anything leaves this folder:

1. Search for `{MARK[2:]}` and put your own facts there: `brand/brand.yaml` (number, address, promise),
   `campaign.yaml` (name, edition, channels), `partners/{PARTNER}/partner.yaml`.
2. Read `brand/messages/` aloud. The words were written for one helpline; yours keeps other promises.
3. `assetgen check` reports all that does not fit together. `facts.confirmed` stays empty until the helpline's
   owner has agreed every line.

The fonts in `brand/fonts/` are free to use and to pass on, together with their licence, `OFL.txt`.
"""
GITIGNORE = "# Made by assetgen\n/out/\n.assetgen/\n"


class StarterError(Exception):
    """The repository's campaign cannot be made into the starter."""


def starter_files(repo: Path) -> dict[str, bytes]:
    """Return the starter's files: path with ``/`` → bytes, sorted.

    ``repo`` is the folder with ``campaign.yaml``, ``brand/``, ``templates/`` and ``partners/``. Raises
    StarterError where a file lacks what must be replaced, or where anything of the real campaign is left.
    """
    files = {"campaign.yaml": edit(repo, "campaign.yaml", CAMPAIGN_VALUES, CAMPAIGN_REMOVED)}
    for folder in ("brand", "templates"):
        files |= {path: (repo / path).read_bytes() for path in paths_below(repo, folder)}
    files["brand/brand.yaml"] = edit(repo, "brand/brand.yaml", BRAND_VALUES)
    partner = edit(repo, f"partners/{SOURCE_PARTNER}/partner.yaml", PARTNER_VALUES, PARTNER_REMOVED)
    # What the file's first comment tells is one partner's own story.
    files[f"partners/{PARTNER}/partner.yaml"] = PARTNER_HEAD.encode() + re.sub(rb"\A(#.*\n)+", b"", partner)
    files = {path: rename_words(content) for path, content in files.items()}
    files |= {"README.md": README.encode(), ".gitignore": GITIGNORE.encode()}
    left = list(left_of_real(files, real_words(repo)))
    if left:
        raise StarterError("the starter still speaks of the real campaign:\n" + "\n".join(left))
    return dict(sorted(files.items()))


def paths_below(repo: Path, folder: str) -> list[str]:
    """Return the files below a folder, relative to the repository, without what editors and caches leave."""
    found = (path.relative_to(repo) for path in (repo / folder).rglob("*") if path.is_file())
    return sorted(
        path.as_posix()
        for path in found
        if not any(part.startswith((".", "__pycache__")) or part.endswith("~") for part in path.parts)
    )


def edit(repo: Path, path: str, values: Mapping[KeyPath, str | None], removed: Sequence[str] = ()) -> bytes:
    """Read a YAML file, remove keys, set values; return its new bytes. Keys that it lacks are added."""
    try:
        text = (repo / path).read_text("utf-8")
        return set_values(remove_keys(text, removed), values).encode()
    except (OSError, UnicodeDecodeError, yaml.YAMLError, StarterError) as error:
        raise StarterError(f"{path}: {error}") from error


def set_values(text: str, values: Mapping[KeyPath, str | None]) -> str:
    """Set values (YAML source by key path) where they stand, marking each line; keep all other bytes.

    None keeps the value that is there.

    A top-level key that is not there yet is added at the end. Raises StarterError where a path below a key
    does not exist, or where the text does not say afterwards what it was told to.
    """
    root = compose(text)
    spots = []
    added = ""
    wanted = yaml.safe_load(text)
    for path, value in values.items():
        if value is not None:
            place_value(wanted, path, yaml.safe_load(value))
        found = find(root, path)
        if found:
            start, end = found[1].start_mark.index, end_of(text, found[1])
            spots.append((start, end, text[start:end] if value is None else value))
        elif value is not None:
            added += f"{path[0]}: {value}   {MARK}\n"
    # From the last to the first, so that the positions of those before stay true.
    for start, end, value in sorted(spots, reverse=True):
        text = text[:start] + value + mark_rest_of_line(text[end:])
    text = f"{text.rstrip()}\n{added}"
    if yaml.safe_load(text) != wanted:
        raise StarterError("the values cannot be set at their places in this file")
    return text


def remove_keys(text: str, keys: Sequence[str]) -> str:
    """Remove top-level keys, each with its value and the comment lines that stand right above it."""
    wanted = {key: value for key, value in yaml.safe_load(text).items() if key not in keys}
    for key in keys:
        found = find(compose(text), (key,))
        if not found:
            continue
        start = text.rfind("\n", 0, found[0].start_mark.index) + 1
        while (above := text[: max(start - 1, 0)].rpartition("\n")[2]).startswith("#"):
            start -= len(above) + 1
        end = text.find("\n", end_of(text, found[1]))
        text = text[:start] + (text[end + 1 :] if end >= 0 else "")
    if yaml.safe_load(text) != wanted:
        raise StarterError("the keys cannot be removed from this file")
    return text


def compose(text: str) -> yaml.MappingNode:
    """Return the file's top mapping as nodes, which know their positions."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise StarterError("a mapping is expected at the top")
    return root


def find(root: yaml.MappingNode, path: KeyPath) -> tuple[yaml.Node, yaml.Node] | None:
    """Return the key and value nodes at a path, or None where the first key is missing."""
    node: yaml.Node = root
    pair: tuple[yaml.Node, yaml.Node] | None = None
    for depth, name in enumerate(path):
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        pair = next((pair for pair in pairs if pair[0].value == name), None)
        if pair is None and (depth or len(path) > 1):
            raise StarterError(f"there is no {'.'.join(path)}")
        if pair is None:
            return None
        node = pair[1]
    return pair


def end_of(text: str, node: yaml.Node) -> int:
    """Return where a value's own text ends (a block collection's node ends only at the next token)."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return end_of(text, last[1] if isinstance(last, tuple) else last)
    start = node.start_mark.index
    return start + len(text[start : node.end_mark.index].rstrip())


def mark_rest_of_line(rest: str) -> str:
    """Put ``# change me`` at the end of the line that ``rest`` begins in, before a comment that is there."""
    line, newline, after = rest.partition("\n")
    if MARK in line:
        return rest
    comment = re.search(r"\s+# ?", line)
    marked = f"{line[: comment.start()]}   {MARK}: {line[comment.end() :]}" if comment else f"{line}   {MARK}"
    return marked + newline + after


def place_value(data: dict[str, Any], path: KeyPath, value: object) -> None:
    """Set a value in nested dictionaries."""
    for name in path[:-1]:
        data = data[name]
    data[path[-1]] = value


def as_text(content: bytes) -> str | None:
    """Return a file's text, or None for one that is no text (a font, a picture)."""
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def rename_words(content: bytes) -> bytes:
    """Put the invented names in place of the real ones, in comments and words."""
    text = as_text(content)
    if text is None:
        return content
    for real, invented in WORDS:
        text = text.replace(real, invented)
    return text.encode()


def real_words(repo: Path) -> list[str]:
    """Return what the repository's own facts and partners are called: none of it may be in the starter."""
    brand = yaml.safe_load((repo / "brand/brand.yaml").read_text("utf-8"))
    facts = brand["facts"]
    number = facts["number"]
    words = [brand["led_by"], facts["name"], number["display"], number["tel"], *facts["hosts"]]
    for file in sorted((repo / "partners").glob("*/partner.yaml")):
        words += [file.parent.name, yaml.safe_load(file.read_text("utf-8"))["name"]]
    return [str(word) for word in words]


def left_of_real(files: Mapping[str, bytes], words: Sequence[str]) -> Iterator[str]:
    """Yield ``path:line: words`` for each trace of the real campaign in the files' names and texts."""
    known = "|".join(re.escape(word) for word in words)
    real = re.compile(f"{REAL.pattern}|{known}" if known else REAL.pattern, re.IGNORECASE)
    for path, content in files.items():
        text = as_text(content)
        named = real.search(path)
        if named:
            yield f"{path}: {named.group()}"
        for match in real.finditer(text or ""):
            line = (text or "").count("\n", 0, match.start()) + 1
            yield f"{path}:{line}: {' '.join(match.group().split())}"

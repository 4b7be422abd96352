"""Write a new campaign folder: the starter, with the answers of the person who makes it.

The starter is the folder ``assetgen/starter``. It uses the fonts, pictures and templates of the repository's own
campaign: a wheel contains a copy of them, a source checkout reads the originals. No file is ever overwritten.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import yaml

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.colour_roles import INK, PAPER, core_palette
from assetgen.loading.copy_rules.facts import SHORT_NUMBER, host_of
from assetgen.loading.copy_rules.phone_numbers import to_e164
from assetgen.loading.fonts import read_fonts
from assetgen.loading.ink_conversion import palette_inks
from assetgen.loading.printers import built_in_conditions
from assetgen.loading.yaml.file_validation import MAX_LENGTHS, propose_id
from assetgen.schema.brand_file import STOCKS, Colour

CHECKOUT = Path(__file__).resolve().parents[3]
# Folders that the starter shares with the repository's own campaign. hatch_build.py has the same list.
SHARED = ("brand/fonts", "brand/images", "templates")
GITIGNORE = "gitignore"
"""The name of the starter's ``.gitignore`` in the package: git must not apply it to this repository."""
BRAND, CAMPAIGN, MESSAGES, FONTS = "brand/brand.yaml", "campaign.yaml", "brand/messages/", "brand/fonts/"
# Files that a folder may hold before a campaign is written into it: those of git, of forges and of operating systems.
KEPT_FILE = re.compile(
    r"(\.git|\.gitattributes|\.gitignore|\.github|\.DS_Store|desktop\.ini|Thumbs\.db"
    r"|(README|LICEN[CS]E|COPYING|NOTICE|CHANGELOG)(\.\w+)?)",
    re.IGNORECASE,
)
COLOUR = re.compile(r"#?[0-9A-Fa-f]{6}")
FONT_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".woff", ".woff2"})
# The name of the palette colour that holds the answered colour.
ACCENT = "accent"
DEFAULT_REGION = "GB"


@dataclass(frozen=True, slots=True)
class StarterAnswers:
    """What is known about the service. An empty value keeps the starter's example.

    ``number`` and ``address`` are as they are printed, ``colour`` is ``#RRGGBB``, and ``font`` is a font file or a
    folder of font files. ``is_blank``: write no example messages.
    """

    name: str = ""
    number: str = ""
    address: str = ""
    colour: str = ""
    font: Path | None = None
    is_blank: bool = False

    @property
    def has_contact(self) -> bool:
        """Return whether a number or an address was answered."""
        return bool(self.number or self.address)


def number_fault(number: str) -> str | None:
    """Return why a text cannot be a service's phone number, or None if it can."""
    digits = re.sub(r"[\s-]", "", number)
    if SHORT_NUMBER.fullmatch(digits) or to_e164(number, DEFAULT_REGION, may_be_unassigned=True):
        return None
    return f"{number} is not a phone number; write it as people read it, or with a plus and the country code"


def address_fault(address: str) -> str | None:
    """Return why a text cannot be a service's web address, or None if it can."""
    address = printed_address(address)
    host = host_of(address)
    if "@" not in address and host and "." in host and not re.search(r"\s", address):
        return None
    return f"{address} is not a web address; write it as people type it: www.example.org"


def printed_address(address: str) -> str:
    """Return an address as people type it: without the scheme and the final slash that a browser shows."""
    return re.sub(r"^https?://", "", address.strip()).removesuffix("/")


def colour_fault(colour: str) -> str | None:
    """Return why a text cannot be a colour, or None if it can."""
    return None if COLOUR.fullmatch(colour) else f"{colour} is not a colour; write # and six digits: #C8102E"


def font_fault(path: Path) -> str | None:
    """Return why a path cannot be used as font, or None if it can."""
    found = _font_files(path)
    if not found:
        return f"{path} is not a font file (.ttf, .otf, .ttc, .woff or .woff2) or a folder with font files"
    try:
        _family_of({file.name: file.read_bytes() for file in found})
    except CampaignError as error:
        return error.findings[0].text
    return None


def require_usable_folder(folder: Path) -> None:
    """Raise CampaignError unless a campaign can be written into the folder.

    The folder may be missing, or hold nothing but files such as ``.git``, README and LICENSE.
    """
    try:
        if not folder.exists() and not folder.is_symlink():
            return
        if not folder.is_dir():
            text = "this is not a folder"
        elif any(not KEPT_FILE.fullmatch(entry.name) for entry in folder.iterdir()):
            text = "this folder is not empty"
        else:
            return
    except OSError as error:
        text = f"cannot read this folder: {error.strerror or error}"
    hint = "choose a folder that does not exist yet, for example: assetgen init my-campaign"
    raise CampaignError(Finding("bad-value", text, hint=hint, place=Place(str(folder))))


def write_starter(folder: Path, answers: StarterAnswers | None = None) -> list[str]:
    """Write the starter campaign into a new folder; return the paths of the files written, sorted.

    Paths are relative to ``folder``, with ``/``. A README or .gitignore that is already there is kept. Raises
    CampaignError (``bad-value``) if the folder holds anything else, or cannot be written to.
    """
    require_usable_folder(folder)
    contents = starter_for(answers or StarterAnswers())
    written = []
    try:
        for path, content in contents.items():
            target = folder / path
            if "/" not in path and target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            # "x": do not overwrite a file that somebody else creates in the meantime.
            with target.open("xb") as file:
                file.write(content)
            written.append(path)
    except OSError as error:
        text = f"cannot write the new campaign: {error.strerror or error}"
        hint = "choose a folder that you may write to"
        raise CampaignError(Finding("bad-value", text, hint, Place(str(folder)))) from error
    return sorted(written)


def starter_for(answers: StarterAnswers) -> dict[str, bytes]:
    """Return the bytes of each file of a new campaign by its path (with ``/``), sorted."""
    contents = read_starter()
    brand, campaign = contents[BRAND].decode("utf-8"), contents[CAMPAIGN].decode("utf-8")
    if answers.name:
        brand = _set_line(brand, "  name: ", _as_yaml(answers.name))
        campaign = _set_line(campaign, "name: ", _as_yaml(answers.name))
        slug = propose_id("slug", answers.name)[: MAX_LENGTHS["slug"]].strip("-") or "campaign"
        campaign = _set_line(campaign, "slug: ", slug)
    if answers.has_contact:
        brand = _with_contact(brand, answers)
        for path in contents:
            if path.startswith(MESSAGES):
                contents[path] = _reworded(contents[path].decode("utf-8"), answers).encode("utf-8")
    if answers.colour:
        brand = _with_colour(brand, f"#{answers.colour.removeprefix('#').upper()}")
        for path in contents:
            if path.startswith(MESSAGES):
                text = _set_line(contents[path].decode("utf-8"), "accent: ", ACCENT)
                contents[path] = text.encode("utf-8")
    if answers.font:
        fonts = {file.name: file.read_bytes() for file in _font_files(answers.font)}
        brand = _set_line(brand, "fonts: ", f"{{text: {_as_yaml(_family_of(fonts))}}}")
        contents = {path: content for path, content in contents.items() if not path.startswith(FONTS)}
        contents |= {f"{FONTS}{name}": content for name, content in fonts.items()}
    if answers.is_blank:
        campaign = _set_line(campaign, "messages: ", '["*"]')
        contents = {path: content for path, content in contents.items() if not path.startswith(MESSAGES)}
    contents |= {BRAND: brand.encode("utf-8"), CAMPAIGN: campaign.encode("utf-8")}
    return dict(sorted(contents.items()))


def read_starter() -> dict[str, bytes]:
    """Return the bytes of each of the starter's files by path (with ``/``), sorted."""
    package_folder = files("assetgen") / "starter"
    found = dict(read_below(package_folder))
    found[f".{GITIGNORE}"] = found.pop(GITIGNORE)
    for folder in SHARED:
        if not (package_folder / folder).is_dir():
            found |= read_below(CHECKOUT / folder, f"{folder}/")
    return dict(sorted(found.items()))


def read_below(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield the path (with ``/``) and the bytes of every file below a folder, except files that editors leave."""
    for entry in folder.iterdir():
        if entry.name.startswith((".", "__pycache__")) or entry.name.endswith("~"):
            continue
        if entry.is_dir():
            yield from read_below(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.read_bytes()


def _set_line(text: str, start: str, value: str | None) -> str:
    """Replace the value of the line that begins with ``start``, and its comment; with None delete the line."""
    line = re.compile(rf"^{re.escape(start)}.*\n", re.MULTILINE)
    assert len(line.findall(text)) == 1, f"the starter has not one line that starts with {start!r}"
    return line.sub(lambda _: "" if value is None else f"{start}{value}\n", text)


def _with_contact(brand: str, answers: StarterAnswers) -> str:
    """Return ``brand.yaml`` with the answered number and address, and without the example's promise."""
    values = (answers.number, printed_address(answers.address))
    number, address = (f"{{display: {_as_yaml(value)}}}" if value else None for value in values)
    brand = _set_line(_set_line(brand, "  number: ", number), "  address: ", address)
    promise = re.compile(r"^  (promise: .*)$", re.MULTILINE)
    return promise.sub("  # promise: {en-GB: What you promise to people who get in touch}", brand)


def _reworded(message: str, answers: StarterAnswers) -> str:
    """Return a message of the starter without the number or the address that the service does not have."""
    if answers.number and answers.address:
        return message
    if answers.number:
        return re.sub(r",? or go to \{link\}|,? or \{address\}| \{address\}\.", "", message)
    message = message.replace("Call {number}, or go to {link}", "Go to {link}")
    return message.replace("{number}, or {address}", "{address}").replace("{number}. {address}", "{address}")


def _with_colour(brand: str, srgb: str) -> str:
    """Return ``brand.yaml`` with a palette of one colour, and the ink and paper that go with it."""
    core = core_palette({ACCENT: Colour(srgb=srgb)}, {}).colours
    conditions = built_in_conditions()
    rows = []
    for name in (INK, PAPER, ACCENT):
        colour = core[name].srgb
        inks = (
            f"{stock}: [{', '.join(f'{ink:g}' for ink in palette_inks(colour, stock, conditions[stock]))}]"
            for stock in STOCKS
        )
        rows.append(f'  {name}: {{srgb: "{colour}", {", ".join(inks)}}}\n')
    comment = "  # The inks are calculated from srgb. Ask your printer for the inks of your house colour.\n"
    return re.sub(r"(?m)^palette:\n(?:  .*\n)+", lambda _: f"palette:\n{comment}{''.join(rows)}", brand)


def _font_files(path: Path) -> list[Path]:
    candidates = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [file for file in candidates if file.suffix.lower() in FONT_SUFFIXES and file.is_file()]


def _family_of(fonts: Mapping[str, bytes]) -> str:
    """Return the family of font files: of several, the one with most weights. Raises CampaignError without one."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, FONTS)
        target.mkdir(parents=True)
        for name, content in fonts.items():
            (target / name).write_bytes(content)
        faces, findings = read_fonts(Path(folder))
    families = [face.family for face in faces if not face.italic]
    if not families:
        errors = [finding for finding in findings if finding.is_error]
        text = "the font files have no upright face"
        raise CampaignError(errors or Finding("font-file", text, "add the regular or bold font file"))
    return max(dict.fromkeys(families), key=families.count)


def _as_yaml(text: str) -> str:
    """Return a text as a YAML scalar on one line, in quotes where it needs them."""
    return yaml.safe_dump(text, allow_unicode=True, width=10_000).removesuffix("\n").removesuffix("\n...")

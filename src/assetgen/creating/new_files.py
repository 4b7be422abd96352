"""Write a commented message, template or channel into a campaign, ready to use and to edit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assetgen.errors import CampaignError
from assetgen.findings import Finding, Place
from assetgen.loading.brand import read_brand
from assetgen.loading.channels import built_in_documents
from assetgen.loading.model import Brand
from assetgen.loading.yaml.brand_folder import brand_folder
from assetgen.loading.yaml.campaign_folder import list_folders, list_yaml_files, read_yaml
from assetgen.loading.yaml.file_validation import check_id

MESSAGE = """\
# A message: one idea for one audience. `assetgen schema message` explains each key.
# Add {id} to messages: in campaign.yaml, unless it already says ["*"].
accent: {accent}   # a colour of the palette in brand/brand.yaml
{locale}:
  headline:
    short: Your question or statement?   # the longest headline that fits well is used
    # long: A longer one, of up to 60 characters
    tiny: In three words?                # for strips and billboards
  body:
    short: One sentence that says what you offer.
    # long: Two sentences, for posters and posts
  action:
    short: Get in touch                  # the line above the number
  # What a screen reader says. {placeholders} are filled in for you.
  alt:
    short: "Your question or statement? Get in touch: {contact}."
  # Texts to post with the pictures: facebook, instagram, x, linkedin, whatsapp
  # posts:
  #   facebook: Your text. {contact}
"""

TEMPLATE = """\
# A template: how a page is set (parts) and where things are (shapes). `assetgen schema template` explains each key.
# This one extends {base}: it contains only what differs. To try it: assetgen build -t {id}, after you write
# template: {id} in campaign.yaml.
name: {name}
about: What it is for, in one line.
extends: {base}

# Colours that the brand need not define: they are derived.
colours:
  band: {{about: the band at the top, from: ink, lighter: 0.1}}

# parts:
#   headline: {{max_size: 0.2}}       # of the page's short side
# shapes:
#   portrait: {{margin: 0.08}}
"""

MARKUP = """\
{{# The page. Each block replaces that of {base}; super() draws what {base} draws.
   Colours: palette.ink, accent, mix(…). Shapes: svg(flat(points, colour)). #}}
{{% extends "{base}/template.html" %}}
{{% block field %}}
{{{{ super() }}}}
{{% set box = page.box %}}
{{% set end = box.y + page.unit * 0.02 %}}
{{{{ svg(flat(((box.x, box.y), (box.right, box.y), (box.right, end), (box.x, end)), palette.band)) }}}}
{{% endblock %}}
"""

STYLE = """\
/* Colours of text, by part: .headline .body .lead .number .address .promise. Write var(--ink), var(--accent), … */
"""

CHANNEL = """\

# A channel: one place with its size and requirements. `assetgen schema channels` explains each key.
{id}:
  name: {name}
  medium: social               # social, display, dooh, workplace, email, print, ooh or press
  size: [1080, 1080]           # width and height in px; in mm for print, ooh and press
  # shape: round               # for a circle; otherwise the shape follows from the size
  safe: [60, 60, 60, 60]       # the area without copy at the edges: top, right, bottom, left
  format: png                  # png, jpg, webp or pdf
  max_bytes: 1000000
  view_m: 0.4                  # it is seen from here: the minimum type size follows from it
  copy: {{headline: [long, short, tiny], body: [short], action: [short]}}
  requires: [number, address, promise]
  qr: off
  source: where these requirements come from
"""


def write_message(root: Path, message_id: str) -> list[str]:
    """Write a new message; return the paths written. Raises CampaignError for a wrong or existing id."""
    folder = f"{brand_folder(root)}/messages"
    path = f"{folder}/{message_id}.yaml"
    known = list_yaml_files(root, folder) if (root / folder).is_dir() else {}
    _require_new("message", message_id, list(known), Place(path))
    brand = _read_brand(root)
    missing = brand.facts.missing_roles() if brand else ()
    contact = ". ".join(f"{{{role}}}" for role in ("number", "address") if role not in missing)
    locales = _campaign_data(root).get("locales")
    locale = locales[0] if isinstance(locales, list) and locales else "en-GB"
    text = MESSAGE.replace("{contact}", contact).replace("{id}", message_id)
    text = text.replace("{accent}", _accent(root, list(known), brand)).replace("{locale}", str(locale))
    return _write(root, {path: text})


def selects_every_message(root: Path) -> bool:
    """Return whether campaign.yaml selects a new message without being changed."""
    messages = _campaign_data(root).get("messages")
    return isinstance(messages, list) and "*" in messages


def write_template(root: Path, template_id: str) -> list[str]:
    """Write a new template that extends one of the campaign's; return the paths written.

    Raises CampaignError for a wrong or existing id, and if the campaign has no template to extend.
    """
    folder = f"templates/{template_id}"
    known = sorted(list_folders(root, "templates", "template.yaml")) if (root / "templates").is_dir() else []
    _require_new("template", template_id, known, Place(folder))
    if not known:
        hint = "copy the templates of a new campaign: assetgen init DIR"
        finding = Finding("missing-file", "templates/ has no template to extend", hint, Place("templates"))
        raise CampaignError(finding)
    base = "plain" if "plain" in known else known[0]
    values = {"id": template_id, "base": base, "name": template_id.replace("-", " ").capitalize()}
    texts = {
        "template.yaml": TEMPLATE.format(**values),
        "template.html": MARKUP.format(**values),
        "style.css": STYLE,
    }
    return _write(root, {f"{folder}/{name}": text for name, text in texts.items()})


def write_channel(root: Path, channel_id: str) -> list[str]:
    """Add a new channel to the brand's ``channels.yaml``; return the paths written. Raises CampaignError."""
    name = f"{brand_folder(root)}/channels.yaml"
    path, place = root / name, Place(name)
    documents = [*built_in_documents()]
    if path.exists():
        documents.append(read_yaml(root, name, may_be_empty=True))
    known = [channel for document in documents for channel in document.data]
    _require_new("channel", channel_id, known, place)
    before = path.read_text("utf-8") if path.exists() else "# The campaign's own channels.\n"
    text = CHANNEL.format(id=channel_id, name=channel_id.replace("-", " ").capitalize())
    separator = "" if before.endswith("\n") else "\n"
    try:
        path.write_text(f"{before}{separator}{text}", "utf-8")
    except OSError as error:
        raise CampaignError(_unwritable(name, error)) from error
    return [name]


def _read_brand(root: Path) -> Brand | None:
    """Return the campaign's brand, or None if it has a fault, which ``assetgen check`` reports."""
    try:
        return read_brand(root, read_yaml(root, f"{brand_folder(root)}/brand.yaml"))[0]
    except CampaignError:
        return None


def _campaign_data(root: Path) -> dict[str, object]:
    """Return the values of campaign.yaml, or none if it cannot be read."""
    try:
        return read_yaml(root, "campaign.yaml").data
    except CampaignError:
        return {}


def _accent(root: Path, messages: Sequence[str], brand: Brand | None) -> str:
    """Return the accent of an existing message, or else the last colour of the brand's palette."""
    for name in messages:
        try:
            accent = read_yaml(root, f"{brand_folder(root)}/messages/{name}.yaml").data.get("accent")
        except CampaignError:
            continue
        if isinstance(accent, str):
            return str(accent)
    return list(brand.file.palette)[-1] if brand else "ink"


def _require_new(kind: str, name: str, known: Sequence[str], place: Place) -> None:
    """Raise CampaignError if a name is not a valid id, or exists already."""
    findings = check_id(kind, name, place)
    if not findings and name in known:
        findings = [
            Finding("duplicate-id", f"the {kind} {name} already exists", "choose a different name", place)
        ]
    if findings:
        raise CampaignError(findings)


def _write(root: Path, texts: dict[str, str]) -> list[str]:
    """Write new files, and return their paths. Raises CampaignError if one exists or cannot be written."""
    for name, text in texts.items():
        path = root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError as error:
            raise CampaignError(_unwritable(name, error)) from error
    return sorted(texts)


def _unwritable(name: str, error: OSError) -> Finding:
    text = f"cannot write this file: {error.strerror or error}"
    return Finding("bad-value", text, "choose a different name, or make the folder writable", Place(name))

"""Write docs/channels.md: every channel that is built in, as a table, from the catalogue itself.

make docs
"""

from __future__ import annotations

import sys
from pathlib import Path

from assetgen.loading.channels import Catalogue, built_in_documents, read_catalogue
from assetgen.loading.model import MEDIUMS, Channel

TARGET = Path(__file__).resolve().parent.parent / "docs" / "channels.md"
HEAD = """\
# The built-in channels

Made from `src/assetgen/catalogue/channels/` by `make docs`; `tests/test_docs.py` holds the two together. Sizes are px
on screens, and mm of the trimmed, final size in print (with the bleed on each side). *Provisional*: ask the media owner
for the template before you rely on it. Your own channels, and changes to these, go into `brand/channels.yaml`
([files.md](files.md#brandchannelsyaml)). A *design* that is named here is taken where the campaign has it; every
other channel has the campaign's own. Campaign, message and partner may choose another design or background.
"""


def channel_row(channel: Channel) -> str:
    """Return one channel's line of the table."""
    unit = "mm" if channel.is_print else "px"
    limit = channel.max_bytes or channel.recommended_max_bytes
    weight = "" if limit is None else f"{limit / 1000:,.0f} kB{'' if channel.max_bytes else ' (advised)'}"
    bleed = f" + {channel.bleed_mm:g}" if channel.bleed_mm else ""
    scale = "" if channel.scale == 1 else f", drawn at {channel.scale:.0%}"
    name = f"{channel.name} *(provisional)*" if channel.provisional else channel.name
    return (
        f"| `{channel.id}` | {name} | {channel.width:g} × {channel.height:g}{bleed} {unit}{scale} "
        f"| {channel.shape} | {channel.template or ''} | {channel.background} | {channel.format} | {weight} "
        f"| {'yes' if channel.qr else ''} | {', '.join(channel.requires)} |"
    )


def write_table(catalogue: Catalogue) -> str:
    """Return the whole page."""
    parts = [HEAD]
    for medium in MEDIUMS:
        rows = [channel_row(one) for one in catalogue.channels.values() if one.medium == medium]
        if rows:
            parts += [
                f"\n## {medium}\n\n| id | name | size | shape | design | background | format | weight at most "
                "| code | must hold |\n|---|---|---|---|---|---|---|---|---|---|\n" + "\n".join(rows) + "\n"
            ]
    owners = [f"| `{one.id}` | {one.name} | {one.ask_owner} |" for one in catalogue.ask_owner.values()]
    parts += [
        "\n## Ask the owner\n\nThese exist, but have no fixed size.\n\n| id | name | why |\n|---|---|---|\n"
    ]
    return "".join(parts) + "\n".join(owners) + "\n"


def main() -> int:
    """Write the page; the catalogue must be without a fault."""
    catalogue, findings = read_catalogue(built_in_documents())
    for finding in findings:
        print(finding.as_text(), file=sys.stderr)
    if findings:
        return 1
    TARGET.write_text(write_table(catalogue), "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

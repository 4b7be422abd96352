"""Write the campaign of a brand: the starter with the brand's fonts, colours and channels."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import yaml

from assetgen.creating.new_campaign import StarterAnswers, write_starter
from tests.brands.brand_definitions import CHANNELS, BrandDefinition
from tests.support.example_campaign import BRAND_FILE


def write_brand_campaign(root: Path, brand: BrandDefinition) -> Path:
    """Write the campaign of a brand into a new folder, and return the folder."""
    write_starter(root, StarterAnswers(number=brand.number or "", address=brand.address or ""))
    _write_fonts(root / "brand/fonts", brand)
    path = root / BRAND_FILE
    content = yaml.safe_load(path.read_text("utf-8"))
    content["palette"] = {name: {"srgb": srgb} for name, srgb in brand.palette.items()}
    content["colours"] = dict(brand.colours)
    content["fonts"] = dict(brand.fonts)
    content["facts"] = {"name": "Example Advice"}
    for name, fact in (("number", brand.number), ("address", brand.address)):
        content["facts"] |= {name: {"display": fact}} if fact else {}
    content["facts"] |= {"promise": {"en-GB": brand.promise}} if brand.promise else {}
    _write_yaml(path, content)
    for number, file in enumerate(sorted((root / "brand/messages").glob("*.yaml"))):
        accent = brand.accents[number % len(brand.accents)]
        file.write_text(re.sub(r"(?m)^accent: .*", f"accent: {accent}", file.read_text("utf-8")), "utf-8")
    campaign = yaml.safe_load((root / "campaign.yaml").read_text("utf-8"))
    campaign |= {"channels": list(CHANNELS), "template": brand.template}
    if brand.background:
        campaign["background"] = brand.background
    _write_yaml(root / "campaign.yaml", campaign)
    return root


def _write_fonts(folder: Path, brand: BrandDefinition) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    for file in brand.files:
        if brand.woff2:
            from fontTools.ttLib import TTFont

            font = TTFont(file)
            font.flavor = "woff2"
            font.save(folder / f"{file.stem}.woff2")
        else:
            shutil.copyfile(file, folder / file.name)


def _write_yaml(path: Path, content: object) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")

"""Make the pictures of README.md from the finished files in ``out/``.

    .venv/bin/python setup/readme_pictures.py [OUT]

``docs/pictures/campaign.jpg`` shows a partner's file beside images that were built from it. The others show one
finished file each, 300 px high.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parent.parent
WIDTH, HEIGHT = 1600, 900
WALL, PAPER, INK, SLATE = "#E3DFD6", "#FBF6EE", "#10262C", "#2C4850"
FOLDER = ROOT / "docs" / "pictures"
HEIGHT_PX, MAX_WIDTH_PX = 300, 640
SINGLE = {
    "poster": "*council_worried_poster-a4_*",
    "instagram-story": "*nspcc_online_ig-story_*",
    "instagram-square": "*nspcc_know-the-line_ig-square_*",
    "link-share": "*council_loved-one_fb-link-share_*",
    "billboard": "*commissioner_know-the-line_ooh-48-sheet_*",
    "newspaper": "*commissioner_loved-one_press-10x2_*",
    "wallet-card": "*together-for-childhood_worried_card-wallet_*",
    "qr-code": "*staffordshire-county-council*qr*.png",
}
# File, x, y and width in px; the height follows from the file's proportion.
BOARD = (
    ("*council_worried_poster-a4_*", 560, 50, 290),
    ("*nspcc_online_ig-story_*", 870, 50, 231),
    ("*nspcc_know-the-line_ig-square_*", 1121, 50, 215),
    ("*council_loved-one_fb-link-share_*", 1121, 285, 429),
    ("*commissioner_loved-one_press-10x2_*", 1356, 50, 194),
    ("*commissioner_know-the-line_ooh-48-sheet_*", 560, 480, 541),
    ("*council_workforce_disp-leaderboard_*", 560, 771, 541),
    ("*commissioner_worried_bus-rear_*", 1121, 530, 429),
    ("*council_loved-one_disp-mpu_*", 1121, 707, 176),
    ("*together-for-childhood_worried_card-wallet_*", 1324, 707, 226),
)


def finished(out: Path, pattern: str, width: int) -> Image.Image:
    """Return a finished file at a width in px; a PDF's page without its bleed."""
    path = min(path for path in out.rglob(pattern) if ".assetgen" not in path.parts)
    if path.suffix == ".pdf":
        page = pdfium.PdfDocument(path)[0]
        left, bottom, right, top = page.get_trimbox()
        page.set_cropbox(left, bottom, right, top)
        picture = page.render(scale=2 * width / (right - left)).to_pil().convert("RGB")
    else:
        picture = Image.open(path).convert("RGB")
    height = round(picture.height * width / picture.width)
    small: Image.Image = picture.resize((width, height), Image.Resampling.LANCZOS)
    return small


def font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    """Return the brand's face of a weight."""
    return ImageFont.truetype(str(ROOT / f"brand/fonts/HankenGrotesk_{weight}.ttf"), size)


def draw(out: Path) -> Image.Image:
    """Return the picture."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), WALL)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((50, 50, 520, HEIGHT - 50), fill=PAPER)
    pen.text((84, 84), "partners/", font=font("500Medium", 19), fill=SLATE)
    pen.text((84, 108), "staffordshire-county-council", font=font("700Bold", 23), fill=INK)
    text = (ROOT / "partners/staffordshire-county-council/partner.yaml").read_text("utf-8")
    y = 166
    for line in [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]:
        shown = line.split("  #")[0].rstrip()
        indent = len(shown) - len(shown.lstrip())
        shown = shown.strip()
        while pen.textlength(shown, font=font("500Medium", 17)) > 400:
            shown = shown[:-2].rstrip() + "…"
        if y > HEIGHT - 90:
            pen.text((84, y), "…", font=font("500Medium", 17), fill=SLATE)
            break
        pen.text((84 + indent * 9, y), shown, font=font("500Medium", 17), fill=INK)
        y += 27
    for pattern, x, top, width in BOARD:
        picture.paste(finished(out, pattern, width), (x, top))
    return picture


def draw_single(out: Path, pattern: str) -> Image.Image:
    """Return one finished file, 300 px high, or 640 px wide if it is wider than that."""
    large = finished(out, pattern, 2 * MAX_WIDTH_PX)
    scale = min(HEIGHT_PX / large.height, MAX_WIDTH_PX / large.width)
    size = (round(large.width * scale), round(large.height * scale))
    small: Image.Image = large.resize(size, Image.Resampling.LANCZOS)
    return small


def main(out: Path) -> None:
    """Write all pictures."""
    FOLDER.mkdir(exist_ok=True)
    draw(out).save(FOLDER / "campaign.jpg", quality=90, optimize=True)
    for name, pattern in SINGLE.items():
        draw_single(out, pattern).save(FOLDER / f"{name}.jpg", quality=88, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "out")

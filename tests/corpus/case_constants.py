"""Short names for the tables of cases: assets to edit, expected finding codes, colours."""

from __future__ import annotations

# Assets, as partner/message/channel. Social and display:
IG_SQUARE, STORY, FEED = (
    "nspcc/online/ig-square",
    "nspcc/worried/ig-story",
    "nspcc/know-the-line/fb-feed-square",
)
TIKTOK, LINK_SHARE = "nspcc/worried/tiktok-vertical", "staffordshire-police/worried/fb-link-share"
X_SQUARE, MPU = "staffordshire-police/know-the-line/x-square", "nspcc/loved-one/disp-mpu"
HALF_PAGE, BANNER = "nspcc/worried/disp-half-page", "nspcc/online/disp-mobile-banner"
# Screens, workplace, email:
MALL, LED = (
    "staffordshire-commissioner/online/dooh-mall-xl",
    "staffordshire-commissioner/loved-one/dooh-large-led",
)
WRAP = "staffordshire-commissioner/loved-one/dooh-wrap"
SLIDE, TEAMS = "childrens-safeguarding/workforce/slide-16x9", "childrens-safeguarding/all/teams-background"
APP = "staffordshire-county-council/workforce/staff-app-card"
EMAIL = "childrens-safeguarding/workforce/email-header"
# Print, outdoor, press:
A2, A4 = "staffordshire-police/online/poster-a2", "staffordshire-police/worried/poster-a4"
A5 = "staffordshire-county-council/workforce/poster-a5"
A6 = "together-for-childhood/loved-one/poster-a6"
LEAFLET, BOOKMARK = "together-for-childhood/loved-one/leaflet-a5", "together-for-childhood/worried/bookmark"
CARD, WASHROOM = "staffordshire-police/online/card-wallet", "staffordshire-police/worried/washroom-a4"
BEERMAT = "together-for-childhood/worried/beermat-square"
STICKER = "staffordshire-police/online/sticker-washroom-a6"
SHEET_6 = "staffordshire-commissioner/know-the-line/ooh-6-sheet"
SHEET_48 = "staffordshire-commissioner/know-the-line/ooh-48-sheet"
PRESS, MINI = (
    "staffordshire-commissioner/worried/press-quarter",
    "staffordshire-commissioner/worried/press-10x2",
)
MAG = "nspcc/loved-one/mag-a4-half"

# Two colours of the brand's palette.
INK, PAPER = "#10262C", "#FBF6EE"
BLACK = "#000000"
"""The colour of a QR code on a printed page: it is on the black plate alone."""

# Finding codes, each as a set of one.
MISSING, ALTERED = frozenset({"facts-missing"}), frozenset({"facts-altered"})
BROKEN, HIDDEN = frozenset({"number-broken"}), frozenset({"facts-hidden"})
WORDS, CONTRAST, SMALL = frozenset({"words-altered"}), frozenset({"contrast"}), frozenset({"type-small"})
UNREADABLE, WRONG = frozenset({"qr-unreadable"}), frozenset({"qr-wrong"})
TOO_SMALL, QUIET_ZONE = frozenset({"qr-too-small"}), frozenset({"qr-quiet-zone"})
UNSAFE, CLIPPED, OVERLAP = (
    frozenset({"unsafe-area"}),
    frozenset({"text-clipped"}),
    frozenset({"text-overlap"}),
)
FONT, GLYPH, LOGO = frozenset({"font-missing"}), frozenset({"glyph-missing"}), frozenset({"logo-rules"})
SIZE, WEIGHT, INKS, PRESS_RULE = (
    frozenset({"size"}), frozenset({"weight"}), frozenset({"ink"}), frozenset({"press"}),
)  # fmt: skip
METADATA, ALT = frozenset({"metadata"}), frozenset({"alt-missing"})
# A fact that was replaced: the right one is missing, and a wrong one is there.
REPLACED = MISSING | ALTERED

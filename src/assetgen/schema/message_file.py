"""Schema of ``brand/messages/<message>.yaml``: one idea for one audience, in each locale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict, Field

from assetgen.schema.fields import (
    BackgroundChoice,
    BreakMarks,
    Id,
    Locale,
    NonEmptyText,
    OneLineText,
    PictureChoice,
    PlacedLine,
    PlacedText,
    PlacedValue,
    ShortCopy,
    StrictModel,
    TemplateChoice,
)

# The loader collects a message's locales under this key before validation. Files do not contain it.
BY_LOCALE = "by_locale"
EXTENDS = "extends"
"""The key that names the message from which missing values are taken."""
LOCALE_KEY = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

LongHeadline = Annotated[PlacedText, PlacedValue(Annotated[OneLineText, Field(max_length=90)]), BreakMarks]
TinyHeadline = Annotated[PlacedText, PlacedValue(Annotated[OneLineText, Field(max_length=30)]), BreakMarks]
LongBody = Annotated[PlacedText, PlacedValue(Annotated[OneLineText, Field(max_length=400)]), BreakMarks]
ShortBody = Annotated[PlacedText, PlacedValue(Annotated[OneLineText, Field(max_length=120)]), BreakMarks]
PostText = Annotated[PlacedText, PlacedValue(NonEmptyText)]


class TextVariants(StrictModel):
    """Text in several lengths or for several networks. Any of them may be missing."""

    def given(self) -> dict[str, PlacedText]:
        """Return the texts that are not missing, by key, in the order of the fields."""
        return {name: text for name, text in self if text}

    def __getitem__(self, name: str) -> PlacedText:
        text: PlacedText | None = getattr(self, name)
        if text is None:
            raise KeyError(name)
        return text

    def __contains__(self, name: str) -> bool:
        return getattr(self, name, None) is not None


class Headline(TextVariants):
    """The headline in up to three lengths."""

    long: LongHeadline | None = Field(
        default=None,
        description="Used where it fits. A channel uses the longest headline that it allows and that fits well.",
    )
    short: ShortCopy = Field(description="The usual headline. Used where the long one does not fit.")
    tiny: TinyHeadline | None = Field(
        default=None, description="For strips, and for billboards read from the street."
    )


class Body(TextVariants):
    """The body in up to two lengths."""

    long: LongBody | None = Field(
        default=None, description="Used where it fits well. The body is the first text to be left out."
    )
    short: ShortBody | None = Field(default=None, description="Used where the long one does not fit.")


class Action(TextVariants):
    """The line above the number."""

    short: ShortCopy | None = Field(
        default=None, description="The line above the number, in channels that have one."
    )


class AltText(StrictModel):
    """The alt text of an asset, for people who cannot see it."""

    short: PlacedLine = Field(
        description="Alt text in PNG, JPEG and WebP files and in the manifest. At most 120 characters for every "
        "partner, with placeholders filled in."
    )
    long: PlacedLine | None = Field(
        default=None,
        description="A longer description in the manifest. At most 1000 characters for every partner, with "
        "placeholders filled in. Default: the short one.",
    )


class Posts(TextVariants):
    """The text of a post on each social network."""

    facebook: PostText | None = Field(
        default=None, description="A post for Facebook, at most 63,206 characters as the network counts them."
    )
    instagram: PostText | None = Field(
        default=None, description="A post for Instagram, at most 2,200 characters and 5 hashtags."
    )
    x: PostText | None = Field(
        default=None,
        description="A post for X, at most 280 characters. X counts a web address as 23 and an emoji as 2.",
    )
    linkedin: PostText | None = Field(
        default=None, description="A post for LinkedIn, at most 3,000 characters."
    )
    whatsapp: PostText | None = Field(
        default=None, description="A status or a message to forward, at most 700 characters."
    )


class MessageCopy(StrictModel):
    """The copy of a message in one locale."""

    headline: Headline = Field(
        description="The headline, in up to three lengths. In headlines, bodies and actions ` | ` marks a good place "
        "for a line to end, and `~` keeps two words together."
    )
    body: Body = Field(default=Body(), description="The body, in up to two lengths.")
    action: Action = Field(default=Action(), description="The call to action above the number.")
    alt: AltText = Field(description="The alt text, for people who cannot see the asset.")
    posts: Posts = Field(
        default=Posts(),
        description="The text of posts. It is checked like all other copy, and listed in a pack's posts.csv.",
    )
    source: PlacedLine | None = Field(
        default=None, description="The source of a figure in the copy. A template may show it."
    )
    reviewed: bool = Field(
        default=False,
        description="Whether a reader of this language has reviewed the copy; `assetgen list messages` shows it. "
        "The owner's confirmation of the facts is `facts.confirmed` in brand.yaml.",
    )

    @property
    def alt_short(self) -> PlacedText:
        """Return the short alt text."""
        return self.alt.short

    @property
    def alt_long(self) -> PlacedText:
        """Return the long alt text, or the short one if it is missing."""
        return self.alt.long or self.alt.short

    def every_text(self) -> Iterator[PlacedText]:
        """Yield every text of the message in this locale."""
        for lengths in (self.headline, self.body, self.action, self.posts):
            yield from lengths.given().values()
        yield self.alt_short
        yield self.alt_long
        if self.source:
            yield self.source


class MessageFile(StrictModel):
    """``brand/messages/<message>.yaml``: an accent, and the copy of each locale under its tag.

    Keys that are missing here are taken from the message that ``extends`` names.
    """

    model_config = ConfigDict(populate_by_name=False)

    extends: Id | None = Field(
        default=None,
        description="The id of a message from which missing keys are taken. An empty key removes the value of that "
        "message.",
    )
    accent: Id = Field(description="A colour of the palette, for the message's light.")
    template: TemplateChoice = Field(
        default={},
        description="The template for this message. It overrides the campaign's; `allow.templates` must allow it.",
    )
    background: BackgroundChoice = Field(
        default={}, description="The background for this message. It overrides the campaign's."
    )
    picture: PictureChoice = Field(
        default={}, description="The picture for this message. It overrides the campaign's."
    )
    locales: Annotated[dict[Locale, MessageCopy], Field(min_length=1)] = Field(
        alias="by_locale", description="The copy of each locale, under its tag."
    )

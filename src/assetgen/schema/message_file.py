"""The form of ``brand/messages/<message>.yaml``: one idea for one audience, in each locale."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import ConfigDict, Field

from assetgen.schema.fields import (
    BackgroundChoice,
    Id,
    Line,
    Locale,
    PictureChoice,
    PlacedLine,
    PlacedValue,
    ShortLine,
    Strict,
    TemplateChoice,
    Text,
    Words,
)

# The key under which a message's locales are gathered for the schema; no file has it.
BY_LOCALE = "by_locale"
EXTENDS = "extends"
"""The key by which a message names the one whose values it takes where it has none of its own."""
LOCALE_KEY = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")

LongHeadline = Annotated[Text, PlacedValue(Annotated[Line, Field(max_length=90)])]
TinyHeadline = Annotated[Text, PlacedValue(Annotated[Line, Field(max_length=30)])]
LongBody = Annotated[Text, PlacedValue(Annotated[Line, Field(max_length=400)])]
ShortBody = Annotated[Text, PlacedValue(Annotated[Line, Field(max_length=120)])]
PostText = Annotated[Text, PlacedValue(Words)]


class Lengths(Strict):
    """Words in several lengths or for several networks, each of which may be missing."""

    def given(self) -> dict[str, Text]:
        """Return the words that are there, by their key, in the order of the keys."""
        return {name: text for name, text in self if text}

    def __getitem__(self, name: str) -> Text:
        text: Text | None = getattr(self, name)
        if text is None:
            raise KeyError(name)
        return text

    def __contains__(self, name: str) -> bool:
        return getattr(self, name, None) is not None


class Headline(Lengths):
    """The headline in up to three lengths."""

    long: LongHeadline | None = Field(
        default=None, description="The longest one that a channel allows and that fits well is used."
    )
    short: ShortLine = Field(description="The usual headline, used where the long one does not fit.")
    tiny: TinyHeadline | None = Field(
        default=None, description="For strips, and for what is read from the street."
    )


class Body(Lengths):
    """The body in up to two lengths."""

    long: LongBody | None = Field(
        default=None, description="Used where it fits well; the body is the first thing to be left out."
    )
    short: ShortBody | None = Field(default=None, description="Used where the long one does not fit.")


class Action(Lengths):
    """The line that stands above the number."""

    short: ShortLine | None = Field(
        default=None, description="The line above the number, in channels that take one."
    )


class AltText(Strict):
    """What an asset says to somebody who cannot see it."""

    short: PlacedLine = Field(
        description="Alt text inside PNG, JPEG and WebP files, and in the manifest. At most 120 characters, filled "
        "in, for every partner."
    )
    long: PlacedLine | None = Field(
        default=None,
        description="A fuller description, in the manifest; the short one if not given. At most 1000 characters, "
        "filled in, for every partner.",
    )


class Posts(Lengths):
    """The words of a post, by network."""

    facebook: PostText | None = Field(
        default=None, description="A post for Facebook, at most 63,206 characters as the network counts."
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
        default=None, description="A status or a text to be sent on, at most 700 characters."
    )


class MessageWords(Strict):
    """A message in one locale."""

    headline: Headline = Field(description="The headline, in up to three lengths.")
    body: Body = Field(default=Body(), description="The body, in up to two lengths.")
    action: Action = Field(default=Action(), description="The call to act above the number.")
    alt: AltText = Field(description="What an asset says to somebody who cannot see it.")
    posts: Posts = Field(
        default=Posts(),
        description="The words of posts; they are checked like all others, and in a pack's posts.csv.",
    )
    source: PlacedLine | None = Field(
        default=None, description="Where a figure comes from. A template may show it."
    )
    reviewed: bool = Field(
        default=False,
        description="Whether somebody who reads this language has read the words; `assetgen list messages` shows it. "
        "Whether the helpline's owner has confirmed the facts is `facts.confirmed` in brand.yaml.",
    )

    @property
    def alt_short(self) -> Text:
        """Return the short alt text."""
        return self.alt.short

    @property
    def alt_long(self) -> Text:
        """Return the long alt text; the short one if there is none."""
        return self.alt.long or self.alt.short

    def every_text(self) -> Iterator[Text]:
        """Return every text of the message in this locale."""
        for lengths in (self.headline, self.body, self.action, self.posts):
            yield from lengths.given().values()
        yield self.alt_short
        yield self.alt_long
        if self.source:
            yield self.source


class MessageFile(Strict):
    """``brand/messages/<message>.yaml``: an accent, and the words in each locale under its tag.

    ``extends`` names the message from which everything is taken that this one does not say.
    """

    model_config = ConfigDict(populate_by_name=False)

    extends: Id | None = Field(
        default=None,
        description="A message's id: what is not said here is taken from that message, key by key. A key left empty "
        "takes the other's value away.",
    )
    accent: Id = Field(description="A colour of the palette: the colour of the message's light.")
    template: TemplateChoice = Field(
        default={},
        description="Another template for this message, before the campaign's; within `allow.templates`.",
    )
    background: BackgroundChoice = Field(
        default={}, description="Another background for this message, before the campaign's."
    )
    picture: PictureChoice = Field(
        default={}, description="Another picture for this message, before the campaign's."
    )
    locales: Annotated[dict[Locale, MessageWords], Field(min_length=1)] = Field(
        alias="by_locale", description="The words in each locale, under its tag."
    )

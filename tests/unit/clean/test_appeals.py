"""Appeals to the reader are known by a few words in combination; what only mentions them is the story."""

from __future__ import annotations

import pytest

from newsdex.clean.appeals import Appeals
from newsdex.rules import LanguagePack, Rules, Vocabulary


@pytest.fixture(scope="module")
def appeals() -> Appeals:
    """Give the appeals of a small language."""
    words = Vocabulary(
        asks=("sign up", "follow", "subscrib*", "read", "do you want", "訂閱"),
        offers=("newsletter*", "channel", "comments", "電子報"),
        own_words=("our", "us", "we"),
        reader_words=("you", "your"),
        buttons=("share", "tweet", "comments", "copy link", "分享"),
    )
    return Appeals(Rules(languages=(LanguagePack(language="en", vocabulary=words, rules=()),)))


@pytest.mark.parametrize(
    "line",
    [
        "Sign up for the morning newsletter.",
        "Do you want more of this? Follow the channel.",
        "The ferries run again – subscribe to the newsletter",
        "We answer in the comments.",
        "立即訂閱電子報",
    ],
)
def test_a_line_that_asks_and_offers_is_an_appeal(appeals: Appeals, line: str) -> None:
    """At the edge of a story that is enough."""
    assert appeals.is_appeal(line, at_edge=True)


@pytest.mark.parametrize(
    "line",
    [
        "The mayor said she would sign up for the newsletter.",
        "Her newsletter has four thousand readers.",
        "The newsletter went to US sailors, and the channel was closed.",
        'A banner read: "Follow the channel".',
        "Follow the path. It leads to a hut. The hut is closed. The channel is beyond it.",
    ],
)
def test_a_line_that_mentions_an_offer_is_the_story(appeals: Appeals, line: str) -> None:
    """To ask is to command, and a command begins its clause; and most sentences of the line have to do so."""
    assert not appeals.is_appeal(line, at_edge=True)


def test_amid_the_story_an_appeal_speaks_of_the_page(appeals: Appeals) -> None:
    """Without a word for the page itself it may be advice that the story gives."""
    assert not appeals.is_appeal("Sign up for the newsletter.", at_edge=False)
    assert appeals.is_appeal("Sign up for our newsletter.", at_edge=False)


def test_a_sentence_too_long_for_an_appeal_tells_the_story(appeals: Appeals) -> None:
    """Nobody asks in forty words."""
    assert not appeals.is_appeal("Follow the channel " + "and the river " * 20 + "to the sea.", at_edge=True)


@pytest.mark.parametrize("line", ["Share", "SHARE | Tweet | Copy link", "Comments (7)", "12 · Share", "分享 分享"])
def test_labels_and_counts_alone_are_buttons(appeals: Appeals, line: str) -> None:
    """In any order, with whatever marks between them."""
    assert appeals.are_buttons(line)


@pytest.mark.parametrize("line", ["Share prices", "7", "Copy", "Tweet of the day", ""])
def test_a_label_beside_any_other_word_is_none(appeals: Appeals, line: str) -> None:
    """Nor is a number alone, or half a label."""
    assert not appeals.are_buttons(line)

"""The rules that live in code, because they look at more than one line's words: their ids, and why each is there."""

from __future__ import annotations

LABEL = "head-label"
DATED_LINE = "dated-line"
REPEATED_HEADLINE = "repeated-headline"
REPEATED_STANDFIRST = "repeated-standfirst"
REPEATED_PARAGRAPH = "repeated-paragraph"
SITE_NAME = "site-name"
BARE_BYLINE = "bare-byline"
BARE_PUBLISHER = "bare-publisher"
CAPTION_MARKUP = "caption-markup"
CAPTION_BESIDE_CREDIT = "caption-beside-credit"
CLOSING_BYLINE = "closing-byline"
ABOUT_AUTHOR = "about-the-author"
BELOW_THE_END = "below-the-end"
APPEAL = "appeal"
BUTTONS = "buttons"

INVITATIONS = (APPEAL, "-invitation", "-newsletter", "-follow-us", "-support", "-thanks", "-paywall")
"""How the ids of rules end whose lines speak of the paper itself: they stand anywhere, and whatever name they hold is
likely its."""

WHY: dict[str, str] = {
    LABEL: "a short line beside the headline: a section's name, a button",
    DATED_LINE: "a line above the story that holds a day and a few words beside it",
    REPEATED_HEADLINE: "the headline once more",
    REPEATED_STANDFIRST: "the standfirst once more",
    REPEATED_PARAGRAPH: "the paragraph above once more, word for word",
    SITE_NAME: "the site's name behind the headline",
    BARE_BYLINE: "a person's name alone on its line beside the date or the byline",
    BARE_PUBLISHER: "a publisher's name alone on its line beside the date or the byline",
    CAPTION_MARKUP: "the page's markup says that it is a caption",
    CAPTION_BESIDE_CREDIT: "a line without a stop between the masthead and the story, beside a picture's credit",
    CLOSING_BYLINE: "the reporter's name below the last sentence",
    ABOUT_AUTHOR: "the last paragraph begins with the author's own name: a biography",
    BELOW_THE_END: "a short line below the last sentence, under or between furniture: a tag, a link's text",
    APPEAL: "it asks the reader for something, or tells what the page has to offer",
    BUTTONS: "nothing but the labels of buttons, and counts",
}
"""Why each of these rules takes a line out; the rules of config/ say it themselves."""

"""Feeds of any format as one list of entries: what each says of its article, and its text where that is all there."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree
from lxml import html as lxml_html

from newsdex.errors import Rejected
from newsdex.read.compression import gunzip, is_gzip
from newsdex.read.feed_formats import Channel, Said, Text, read_json_feed, read_xml_feed
from newsdex.read.links import absolute_link
from newsdex.read.loose_xml import decode_text, parse_xml
from newsdex.records import FoundIn, Given, Reason, Stage

MOST_BYTES = 20_000_000
MOST_ENTRIES = 10_000

_FULL_CHARACTERS = 600
_FULL_TO_SUMMARY = 1.5
_DESCRIPTION_CHARACTERS = 1_500
_DESCRIPTION_PARAGRAPHS = 3
_STANDFIRST_CHARACTERS = 1_500
_LONGEST_REST = 86_400.0

_START = re.compile(r"<(?:\?xml|(?:\w{1,20}:)?(?:rss|feed|rdf|channel))\b", re.I)
_END = re.compile(r"</(?:\w{1,20}:)?(?:rss|feed|rdf|channel)\s*>", re.I)
_END_WITHIN = 2_000
_MARKUP = re.compile(r"</?[a-z][a-z0-9]*[\s/>]|<!--|&(?:[a-z][a-z0-9]{1,31}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.I)
_PARAGRAPH = re.compile(r"</p\s*>|<br\s*/?>\s*<br|\n\s*\n", re.I)
_CUT_SHORT = re.compile(r"(?:\[?(?:\.\.\.|…)\]?|\[&#8230;\])\s*(?:[^.!?\n]{0,60})$")
_MAILBOX = re.compile(r"^\s*<?[^\s@<>()]+@[^\s@<>()]+>?\s*(?:\((?P<name>[^()]+)\))?\s*$")
_AGE = re.compile(r"max-age\s*=\s*\"?([0-9]{1,9})", re.I)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `id` is the feed's own, else the address, else made from what it says: the same each time it is read.

    `url` is absolute, None when the entry leads nowhere that can be fetched. `html` is the article's text, only when
    the feed carries all of it. `updated` is as written there.
    """

    id: str
    url: str | None
    given: Given
    html: str | None = None
    updated: str | None = None

    def as_page(self) -> bytes:
        """Make a page of the text that the feed carries, in UTF-8, so that it is read as any other page is."""
        given = self.given
        language = f' lang="{html.escape(given.language)}"' if given.language else ""
        headline = html.escape(given.headline or "")
        return (
            f'<!doctype html><html{language}><head><meta charset="utf-8"><title>{headline}</title></head>'
            f"<body><article><h1>{headline}</h1>\n{self.html or ''}\n</article></body></html>"
        ).encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed. `link` is the site's page. `rest` is how long it asks not to be fetched again, in seconds, at most a day.

    `problem` says what was wrong with it when something was; what could be read is there all the same.
    """

    title: str | None
    language: str | None
    entries: tuple[Entry, ...]
    link: str | None = None
    rest: float | None = None
    problem: str | None = None


def parse_feed(content: bytes, url: str, headers: Iterable[tuple[str, str]] = ()) -> Feed:
    r"""Read a feed. `url` is where it came from in the end, `headers` what its server sent with it.

    Broken XML is mended as far as it goes. Raises `Rejected`: `broken_record` for what is no feed, `too_large`.

    >>> feed = parse_feed(b"<rss><channel><item><title>Rain &amp; wind</title><link>/1</link></item></channel></rss>",
    ...                   "https://news.example/feed")
    >>> feed.entries[0].url, feed.entries[0].given.headline
    ('https://news.example/1', 'Rain & wind')
    """
    headers = tuple(headers)
    content = gunzip(content, MOST_BYTES) if is_gzip(content) else content
    if len(content) > MOST_BYTES:
        raise Rejected(Stage.READ, Reason.TOO_LARGE, f"a feed of {len(content):,} bytes; {MOST_BYTES:,} are read")
    text = decode_text(content, url, headers).strip()
    read = read_json_feed(text) if text.startswith("{") else _read_xml(text)
    if read is None:
        what = "an HTML page" if re.search(r"<html\b|<!doctype html", text[:2000], re.I) else "no feed that we know"
        raise Rejected(Stage.READ, Reason.BROKEN_RECORD, f"{url} is {what}, not RSS, Atom or JSON Feed")
    channel, said = read
    entries: list[Entry] = []
    problem = None
    for each in said:
        if len(entries) == MOST_ENTRIES:
            problem = f"more than {MOST_ENTRIES:,} entries: the rest was not read"
            break
        entries.append(_entry(each, channel, url))
    if not text.startswith("{") and _END.search(text[-_END_WITHIN:]) is None:
        problem = problem or "it ends early, or goes on as something else"
    return Feed(
        title=_plain(channel.title),
        language=channel.language,
        entries=tuple(entries),
        link=absolute_link(channel.link, url),
        rest=_rest(channel, headers),
        problem=problem,
    )


def _read_xml(text: str) -> tuple[Channel, Iterable[Said]] | None:
    start = _START.search(text, 0, 4_000)
    root = parse_xml(text[start.start() :]) if start else None
    return None if root is None else read_xml_feed(root)


def _entry(said: Said, channel: Channel, feed_url: str) -> Entry:
    base = feed_url
    for step in said.base.split():
        base = absolute_link(step, base) or base
    url = next((link for each in said.links if (link := absolute_link(each, base)) is not None), None)
    full = _full_text(said)
    summary = _plain(said.summary) if said.summary is not full else None
    headline = _plain(said.title)
    given = Given(
        FoundIn.FEED,
        url=url,
        headline=headline,
        standfirst=summary if summary and len(summary) <= _STANDFIRST_CHARACTERS else None,
        authors=tuple(dict.fromkeys(name for each in said.authors if (name := _person(each)) is not None)),
        publisher=_plain(Text(said.publisher)) if said.publisher else None,
        keywords=tuple(dict.fromkeys(tag for each in said.tags if (tag := _plain(Text(each))) is not None)),
        language=said.language or channel.language,
        published=said.published,
        modified=said.updated,
    )
    return Entry(
        id=said.id or url or _made_id(headline, said),
        url=url,
        given=given,
        html=_as_html(full) if full else None,
        updated=said.updated,
    )


def _full_text(said: Said) -> Text | None:
    """Decide whether an entry carries the whole article: a content much longer than the summary, not cut short.

    Some feeds have no summary and put the article where it belongs; a long description of several paragraphs is one.
    """
    if said.content is not None:
        content, summary = _plain(said.content) or "", _plain(said.summary) or ""
        longer = len(content) >= _FULL_TO_SUMMARY * len(summary) or _plain(said.content) == _plain(said.summary)
        if len(content) >= _FULL_CHARACTERS and longer and not _CUT_SHORT.search(content):
            return said.content
        return None
    if said.summary is None or len(said.summary.value) < _DESCRIPTION_CHARACTERS:
        return None
    summary = _plain(said.summary) or ""
    paragraphs = len(_PARAGRAPH.findall(said.summary.value)) + 1
    whole = len(summary) >= _DESCRIPTION_CHARACTERS and paragraphs >= _DESCRIPTION_PARAGRAPHS
    return said.summary if whole and not _CUT_SHORT.search(summary) else None


def _plain(text: Text | None) -> str | None:
    """Give a text without its markup, on one line; None when nothing is left."""
    if text is None:
        return None
    value = text.value
    if text.markup is not False and _MARKUP.search(value):
        try:
            fragment = lxml_html.fragment_fromstring(value, create_parent="div")
        except (etree.LxmlError, ValueError):
            value = html.unescape(re.sub(r"<[^>]*>", " ", value))
        else:
            etree.strip_elements(fragment, "script", "style", with_tail=False)
            value = _joined(fragment)
    return " ".join(value.split()) or None


_BLOCKS = frozenset(
    ("p", "div", "br", "li", "h1", "h2", "h3", "h4", "td", "tr", "blockquote", "figcaption", "ul", "ol")
)


def _joined(fragment: etree._Element) -> str:
    """Join the text of a fragment, with a blank where a block begins or ends and none within a word."""
    pieces: list[str] = []
    for event, element in etree.iterwalk(fragment, events=("start", "end", "comment", "pi")):
        if event == "start":
            pieces.append(" " if element.tag in _BLOCKS else "")
            pieces.append(element.text or "")
        else:
            pieces.append(" " if element.tag in _BLOCKS else "")
            pieces.append(element.tail or "")
    return "".join(pieces)


def _as_html(text: Text) -> str:
    if text.markup is not False and (text.markup or _MARKUP.search(text.value)):
        return text.value
    return "".join(
        f"<p>{html.escape(part.strip())}</p>" for part in re.split(r"\n\s*\n|\n", text.value) if part.strip()
    )


def _person(name: str) -> str | None:
    """Give the name that RSS puts behind a mailbox; a mailbox alone names nobody.

    >>> _person("desk@news.example (Jane Roe)"), _person("desk@news.example")
    ('Jane Roe', None)
    """
    mailbox = _MAILBOX.match(name)
    return _plain(Text(name if mailbox is None else mailbox["name"] or ""))


def _made_id(headline: str | None, said: Said) -> str:
    told = "\n".join((headline or "", said.published or "", said.summary.value if said.summary else ""))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


def _rest(channel: Channel, headers: tuple[tuple[str, str], ...]) -> float | None:
    ages = [_AGE.search(value) for name, value in headers if name.lower() == "cache-control"]
    asked = [channel.ttl, *(float(age[1]) for age in ages if age)]
    longest = max((each for each in asked if each), default=None)
    return None if longest is None else min(longest, _LONGEST_REST)

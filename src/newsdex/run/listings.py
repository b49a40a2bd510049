"""One feed or sitemap as it was fetched, read into sightings: what its source says of each address."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from newsdex.index.addresses import Sighting
from newsdex.read.discovery import Listing, tell_listing
from newsdex.read.feeds import Entry, Feed, parse_feed
from newsdex.read.sitemaps import Sitemap, SitemapEntry, SitemapPart, parse_sitemap
from newsdex.records import Door, Given, Response
from newsdex.sources import FullText, Source

_SLACK = timedelta(days=3)
"""How much older than the newest one a page may be that a sitemap names late."""
_ENOUGH_TO_TELL = 20


@dataclass(slots=True)
class Reading:
    """What a feed or sitemap says.

    `pages` has, by the id of their sighting, the texts that the feed carries whole. `times` says when a sitemap's pages
    were changed, as far as it does. `parts` are the sitemaps that an index names, those to be asked first in front.
    `passed_over` counts entries that lead nowhere, `rest` is how long the feed asks to be left alone, in seconds.
    """

    kind: Listing
    title: str | None = None
    entries: int = 0
    sightings: list[Sighting] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)
    parts: tuple[SitemapPart, ...] = ()
    news: bool = True
    passed_over: int = 0
    rest: float | None = None
    problem: str | None = None


def read_listing(source: Source, content: bytes, response: Response, floor: datetime | None = None) -> Reading:
    """Read a feed or a sitemap, whatever its source was taken for; of a sitemap what is newer than `floor`.

    Raises `Rejected` for what is neither.
    """
    kind = tell_listing(content)
    if kind is None:
        kind = Listing.SITEMAP if source.kind == "sitemap" else Listing.FEED
    if kind is Listing.FEED:
        return _of_feed(source, parse_feed(content, response.url, response.headers))
    return _of_sitemap(source, parse_sitemap(content, response.url, response.headers), floor)


def floor_of(newest: str | None) -> datetime | None:
    """Give the time below which a sitemap has nothing new, by the newest page that it has named before."""
    return None if newest is None else datetime.fromisoformat(newest) - _SLACK


def read_time(text: str | None) -> datetime | None:
    """Read a sitemap's time (W3C date and time), in UTC where it does not say; None for what is none.

    >>> read_time("2026-11-22").isoformat(), read_time("yesterday")
    ('2026-11-22T00:00:00+00:00', None)
    """
    try:
        moment = datetime.fromisoformat((text or "").strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _of_feed(source: Source, feed: Feed) -> Reading:
    reading = Reading(Listing.FEED, feed.title, len(feed.entries), rest=feed.rest, problem=feed.problem)
    for entry in feed.entries:
        page = _carried(source, entry)
        if page is None and (entry.url is None or source.full_text is FullText.FEED):
            reading.passed_over += 1
            continue
        given = _with_language(entry.given, source)
        # An entry that leads nowhere is named by its feed; nobody will ask for such an address.
        url = entry.url or f"{source.id}#{entry.id}"
        mark = _mark(given.headline, entry.updated, given.published, entry.html if page else None)
        sighting = Sighting(url, mark, source.id, Door.FEED, source.publisher, given)
        reading.sightings.append(sighting)
        if page is not None:
            reading.pages[sighting.id] = page
    return reading


def _carried(source: Source, entry: Entry) -> bytes | None:
    return entry.as_page() if entry.html and source.full_text is not FullText.PAGE else None


def _of_sitemap(source: Source, sitemap: Sitemap, floor: datetime | None) -> Reading:
    reading = Reading(
        Listing.SITEMAP,
        entries=len(sitemap.entries),
        parts=_newest_first(sitemap.parts, floor),
        news=any(entry.news for entry in sitemap.entries) or any("news" in part.url for part in sitemap.parts),
        passed_over=sitemap.skipped,
        problem=sitemap.problem,
    )
    honest = _is_honest(sitemap.entries)
    for entry in sitemap.entries:
        changed_at = read_time(entry.updated if honest else None) or read_time(entry.given.published)
        if floor is not None and changed_at is not None and changed_at <= floor:
            continue
        given = _with_language(entry.given, source)
        mark = _mark(given.headline, entry.updated if honest else None, given.published, None)
        sighting = Sighting(entry.url, mark, source.id, Door.SITEMAP, source.publisher, given)
        reading.sightings.append(sighting)
        if changed_at is not None:
            reading.times[sighting.id] = changed_at
    return reading


def _newest_first(parts: Iterable[SitemapPart], floor: datetime | None) -> tuple[SitemapPart, ...]:
    """Order the parts of an index: those with the news first, then the newest; those that have nothing new are left."""
    epoch = datetime.min.replace(tzinfo=UTC)
    timed = [(part, read_time(part.updated)) for part in parts]
    fresh = [(part, time) for part, time in timed if floor is None or time is None or time > floor]
    fresh.sort(key=lambda each: ("news" in each[0].url.lower(), each[1] or epoch), reverse=True)
    return tuple(part for part, _ in fresh)


def _is_honest(entries: tuple[SitemapEntry, ...]) -> bool:
    """Tell whether the times of changes can be meant: some sitemaps give all pages the time at which they are asked."""
    said = {entry.updated for entry in entries}
    return len(entries) < _ENOUGH_TO_TELL or len(said) > 1 or said == {None}


def _with_language(given: Given, source: Source) -> Given:
    return replace(given, language=source.language) if source.language and not given.language else given


def _mark(*told: str | None) -> str:
    """Give what changes when an entry says something new."""
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]

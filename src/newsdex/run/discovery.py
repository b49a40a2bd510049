"""Looking for a site's feeds and news sitemaps: what its pages name, and whether that is there."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urljoin

from newsdex.errors import Rejected, UserError
from newsdex.fetch import Fetched, FetchSettings, Purpose, Request
from newsdex.read.discovery import (
    Candidate,
    Hint,
    Listing,
    find_in_page,
    find_in_robots,
    is_beside_the_news,
    tell_listing,
    usual_places,
)
from newsdex.records import Response
from newsdex.run.asking import ask_all
from newsdex.run.listings import Reading, read_listing
from newsdex.sources import Source

_MOST_TRIED = 12
_PLACEHOLDER = "found"


@dataclass(frozen=True, slots=True)
class FoundListing:
    """A feed or sitemap that is there. `news` says of a sitemap that it is one of news."""

    url: str
    kind: Listing
    title: str | None
    entries: int
    news: bool


@dataclass(frozen=True, slots=True)
class Discovery:
    """What an address leads to. `itself` says that it is a feed or sitemap; else `listings` are those of its site."""

    url: str
    itself: bool
    listings: tuple[FoundListing, ...]

    @property
    def worth_polling(self) -> tuple[FoundListing, ...]:
        """The feeds and the news sitemaps; another sitemap only where there is nothing better."""
        best = tuple(found for found in self.listings if found.news)
        return best or self.listings[:1]


def discover(settings: FetchSettings, url: str) -> Discovery:
    """Look for the feeds and sitemaps of a site; an address may also be one itself. Raises `UserError`."""
    return asyncio.run(find_listings(settings, url))


async def find_listings(settings: FetchSettings, url: str) -> Discovery:
    """Look for the feeds and sitemaps of a site.

    Tried is what the page declares and robots.txt names; where that gives nothing, links and the usual places too.
    Raises `UserError` for an address that does not answer.
    """
    answers = await _ask([url, urljoin(url, "/robots.txt")], settings)
    page, robots = answers.get(url), answers.get(urljoin(url, "/robots.txt"))
    content = _content(page)
    if page is None or page.response is None or content is None:
        why = page.rejection.detail if page is not None and page.rejection is not None else "it was not asked in time"
        raise UserError(f"{url}: {why}", "give the address of a feed, a sitemap, or of a site's front page")
    if tell_listing(content) is not None:
        found = _read(Candidate(url, Listing.FEED, Hint.DECLARED), page)
        if found is None:
            raise UserError(f"{url} is a broken feed or sitemap", "does it open in a browser?")
        return Discovery(url, True, (found,))
    named = find_in_page(content, page.response.url, page.response.headers)
    sitemaps = find_in_robots(_content(robots) or b"", url)
    told = [each for each in named if each.hint is Hint.DECLARED]
    listings = await _try(settings, [*_best(told), *_best(sitemaps)])
    if not any(found.news for found in listings):
        rest = [each for each in named if each.hint is not Hint.DECLARED]
        listings += await _try(settings, [*_best(rest), *usual_places(page.response.url)])
    return Discovery(url, False, tuple({found.url: found for found in listings}.values()))


def _best(candidates: Iterable[Candidate]) -> Iterable[Candidate]:
    return islice((each for each in candidates if not is_beside_the_news(each)), _MOST_TRIED)


async def _try(settings: FetchSettings, candidates: Iterable[Candidate]) -> list[FoundListing]:
    wanted = {candidate.url: candidate for candidate in candidates}
    answers = await _ask(wanted, settings)
    found = (_read(candidate, answers.get(url)) for url, candidate in wanted.items())
    return [each for each in found if each is not None]


def _read(candidate: Candidate, fetched: Fetched | None) -> FoundListing | None:
    """Read a candidate; None when it is not what it may have been."""
    content = _content(fetched)
    if fetched is None or fetched.response is None or content is None:
        return None
    reading = _reading(candidate.url, content, fetched.response)
    if reading is None or not (reading.entries or reading.parts):
        return None
    news = reading.kind is Listing.FEED or reading.news
    return FoundListing(candidate.url, reading.kind, reading.title or candidate.title, reading.entries, news)


def _reading(url: str, content: bytes, response: Response) -> Reading | None:
    if tell_listing(content) is None:
        return None
    try:
        return read_listing(Source(id=_PLACEHOLDER, url=url), content, response)
    except Rejected:
        return None


def _content(fetched: Fetched | None) -> bytes | None:
    if fetched is None or fetched.opened is None or fetched.rejection is not None:
        return None
    return fetched.opened.raw.content


async def _ask(urls: Iterable[str], settings: FetchSettings) -> dict[str, Fetched]:
    answers: dict[str, Fetched] = {}

    def take(fetched: Fetched) -> Iterable[Request]:
        answers[fetched.request.url] = fetched
        return ()

    await ask_all((Request(url, purpose=Purpose.LISTING) for url in urls), take, settings)
    return answers

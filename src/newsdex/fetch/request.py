"""What is asked of the web, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from newsdex.read.document import OpenedDocument
from newsdex.records import Door, Given, Rejection, Response


class Purpose(StrEnum):
    """What a request is for: that decides which content is taken, and how much of it."""

    ARTICLE = "article"
    """A page or a text for the line. What is neither is refused after its first bytes."""
    LISTING = "listing"
    """A feed, a sitemap, a front page, a robots.txt: what leads to articles. XML and JSON are taken too."""


@dataclass(frozen=True, slots=True)
class Request:
    """One address to be fetched, and what is known of it before: it travels to the document as it is.

    `etag` and `last_modified` are those of the copy already had, exactly as its server gave them; with either one the
    server may answer that nothing changed.
    """

    url: str
    given: Given | None = None
    source: str | None = None
    publisher: str | None = None
    door: Door = Door.URL
    etag: str | None = None
    last_modified: str | None = None
    purpose: Purpose = Purpose.ARTICLE


@dataclass(frozen=True, slots=True)
class Fetched:
    """What came of one request.

    Exactly one of four things:

    * a document: `opened`, and no `rejection`;
    * a refusal: `opened` has the reason and whatever bytes came (often none), `rejection` is the record of it;
    * `not_modified`: the copy already had is still the one (`response` has the server's headers);
    * `postponed`: it was not asked, because the time was up or its domain is held off for too long.

    `retry_after` is in seconds: the same request may succeed after them. It is None where trying again is useless, and
    for what succeeded. `attempts` counts how often the address was asked, redirects not counted. `notes` are sentences
    about what else a person may want to know: a capped crawl-delay, a redirect from https to http. `moved_to` is where
    the address leads for good: over redirects 301 and 308 alone, from the first on.
    """

    request: Request
    opened: OpenedDocument | None = None
    not_modified: bool = False
    response: Response | None = None
    retry_after: float | None = None
    attempts: int = 0
    notes: tuple[str, ...] = ()
    moved_to: str | None = None

    @property
    def rejection(self) -> Rejection | None:
        """Why there is no document, as the record that goes to quarantine; None where nothing was refused."""
        return None if self.opened is None else self.opened.rejection

    @property
    def postponed(self) -> bool:
        """Whether the address was not asked at all, so that nothing is known of it."""
        return self.opened is None and not self.not_modified

    @property
    def etag(self) -> str | None:
        """The server's ETag, to be sent with the next request for the same address."""
        return self._header("etag")

    @property
    def last_modified(self) -> str | None:
        """The server's Last-Modified, to be sent with the next request for the same address."""
        return self._header("last-modified")

    def _header(self, wanted: str) -> str | None:
        if self.response is None:
            return None
        return next((value for name, value in self.response.headers if name.lower() == wanted), None)

"""The records that travel down the line, one type a stage.

    RawDocument -> ExtractedArticle -> CleanArticle -> Article

Each stage takes the type that the stage before it returns, so a skipped stage is a type error. All records are
frozen: a stage makes a new one. Field names follow schema.org's NewsArticle where it has a word (docs/glossary.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, Self


class Stage(StrEnum):
    """Where in the line a document stopped."""

    READ = "read"
    EXTRACT = "extract"
    CLEAN = "clean"
    ENRICH = "enrich"
    INDEX = "index"


class Reason(StrEnum):
    """Why a document was refused. The list is closed: a new reason is a member here and a row in docs/glossary.md."""

    EMPTY_INPUT = "empty_input"
    """No bytes, or white space only."""
    BINARY = "binary"
    """Bytes that are no text: an image, a PDF, an archive."""
    UNSUPPORTED_TYPE = "unsupported_type"
    """Text, but of a kind no reader takes: JSON, XML, program source."""
    ADDRESS_REFUSED = "address_refused"
    """An address that is never asked: no http, or a host inside the operator's own network."""
    ROBOTS_DISALLOWED = "robots_disallowed"
    """The site's robots.txt asks not to fetch this address."""
    UNREACHABLE = "unreachable"
    """No answer: no such host, no connection, no end in time, however often it was tried."""
    HTTP_ERROR = "http_error"
    """The server answered with an error; its status is in the detail."""
    TOO_MANY_REDIRECTS = "too_many_redirects"
    """The address leads on and on, or in a circle."""
    BROKEN_RECORD = "broken_record"
    """A line, row, message or archive record that cannot be read as what it is said to be."""
    TOO_LARGE = "too_large"
    """More bytes than a document may have, counted after decompression."""
    BROKEN_COMPRESSION = "broken_compression"
    """A gzip stream that ends early or fails its checksum."""
    EXTRACTION_FAILED = "extraction_failed"
    """The parser gave up on the page."""
    EXTRACTION_TIMEOUT = "extraction_timeout"
    """The document was not finished in the time a document may take; where it was is in the detail."""
    EXTRACTION_CRASH = "extraction_crash"
    """The document crashed the process working it, or took more memory than a document may."""
    NO_ARTICLE = "no_article"
    """A page without a main text: a listing, a search page, a front page."""
    ERROR_PAGE = "error_page"
    """What a server says instead of the article: not found, access denied, a robot check."""
    EMPTY_BODY = "empty_body"
    """Everything was furniture: cleaning left no paragraph."""
    INDEX_REFUSED = "index_refused"
    """Elasticsearch refused this one document; its own words are in the detail."""
    INTERNAL_ERROR = "internal_error"
    """A defect of Newsdex; the traceback is in the detail."""


FETCH_REASONS = frozenset(
    {
        Reason.ADDRESS_REFUSED,
        Reason.ROBOTS_DISALLOWED,
        Reason.UNREACHABLE,
        Reason.HTTP_ERROR,
        Reason.TOO_MANY_REDIRECTS,
    }
)
"""Reasons for which there is no document yet: no rule can help, only another fetch."""


class Precision(StrEnum):
    """How finely a date was printed."""

    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


class Offset(StrEnum):
    """Whether the UTC offset stood on the page or was supplied by us."""

    GIVEN = "given"
    ASSUMED = "assumed"


class FoundIn(StrEnum):
    """Where a field or a date stood, best evidence first: on the document, or with what gave us the document."""

    RECORD = "record"
    JSON_LD = "json-ld"
    META = "meta"
    TIME_TAG = "time-tag"
    LINE = "line"
    URL = "url"
    FEED = "feed"
    HTTP = "http"


class DateRole(StrEnum):
    """What a date on a page claims to be."""

    PUBLISHED = "published"
    MODIFIED = "modified"


class Door(StrEnum):
    """By which way a document came in."""

    INBOX = "inbox"
    FILES = "files"
    FEED = "feed"
    SITEMAP = "sitemap"
    URL = "url"
    JSONL = "jsonl"
    CSV = "csv"
    WARC = "warc"
    KAFKA = "kafka"


class Kind(StrEnum):
    """What the source's markup says a paragraph is; plain text says nothing, so all of it is TEXT."""

    TEXT = "text"
    HEADING = "heading"
    LIST_ITEM = "list-item"
    TABLE_ROW = "table-row"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document came from, and how to find its bytes again.

    `uri` is as given (a path or an address). `publisher` is what the operator says by the folder the file lay in, or
    None. `fetched_at` is aware UTC. `encoding` is None until the bytes are decoded. `sha256` is of the decompressed
    bytes, in hex. `raw_ref` addresses the raw archive (`FILE#OFFSET`), None before archiving. `door` is the way it came
    in, `source` the id in config/sources.yaml of whatever led to it. `container` is the place in a larger file that it
    was read from (`crawl.warc.gz#81213`), None where `uri` says it already.
    """

    uri: str
    fetched_at: datetime
    media_type: str
    sha256: str
    publisher: str | None = None
    encoding: str | None = None
    raw_ref: str | None = None
    door: Door = Door.FILES
    source: str | None = None
    container: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape, times as RFC 3339 in UTC."""
        return {
            "uri": self.uri,
            "publisher": self.publisher,
            "fetched_at": rfc3339(self.fetched_at),
            "media_type": self.media_type,
            "encoding": self.encoding,
            "sha256": self.sha256,
            "raw_ref": self.raw_ref,
            "door": self.door,
            "source": self.source,
            "container": self.container,
        }

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Self:
        """Read the JSON shape back. What is None may be missing; what is no field of an origin is left."""
        known = {each.name: shape[each.name] for each in fields(cls) if each.name in shape}
        moment = datetime.fromisoformat(shape["fetched_at"])
        return cls(**{**known, "fetched_at": moment, "door": Door(shape.get("door", Door.FILES))})


@dataclass(frozen=True, slots=True)
class Given:
    """What the door says of a document beside its bytes: a feed entry's fields, or those of a JSON line or CSV row.

    `found_in` is FEED for feeds and sitemaps, RECORD for rows and messages. Dates and names are as written there.
    """

    found_in: FoundIn
    url: str | None = None
    headline: str | None = None
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    language: str | None = None
    published: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What a web server sent around a document: `url` is where the redirects ended, `headers` as they came."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RawDocument:
    """The bytes of one document, decompressed, exactly as they came. `origin.media_type` was read from the content.

    `given` and `response` are what stood around the bytes, where anything did.
    """

    origin: Origin
    content: bytes
    given: Given | None = None
    response: Response | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, heading, list item, table row or caption: a single line without line breaks."""

    text: str
    kind: Kind = Kind.TEXT


@dataclass(frozen=True, slots=True)
class DateCandidate:
    """A date that may be the document's, as printed, before anyone decided on it.

    `text` is the printed value (`Tuesday 19 November 2024 | 00:16`, `2024-11-19T00:16:00+02:00`).
    """

    text: str
    role: DateRole
    found_in: FoundIn


@dataclass(frozen=True, slots=True)
class Caption:
    """A photo caption taken out of the body, and whom it credits."""

    text: str
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """A paragraph, or a piece of one, taken out of the body, and the id of the rule that did it."""

    text: str
    rule: str


@dataclass(frozen=True, slots=True)
class ExtractedArticle:
    """What the document itself says: its metadata and its paragraphs in reading order, repaired but not yet cleaned.

    `paragraphs` never repeats `headline` when the markup marked it as one; in plain text the headline is still among
    the paragraphs and `headline` is None.
    """

    origin: Origin
    paragraphs: tuple[Paragraph, ...]
    headline: str | None = None
    standfirst: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    url: str | None = None
    canonical_url: str | None = None
    declared_language: str | None = None
    dates: tuple[DateCandidate, ...] = ()
    flags: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CleanArticle:
    """The article without its furniture.

    Law: every paragraph of the ExtractedArticle is in `headline`, `standfirst`, `body` or `removed`; a paragraph from
    which only a piece was taken is split between `body` and `removed`.
    """

    origin: Origin
    body: tuple[str, ...]
    removed: tuple[Removed, ...] = ()
    headline: str | None = None
    standfirst: str | None = None
    byline: str | None = None
    authors: tuple[str, ...] = ()
    dateline: str | None = None
    dateline_place: str | None = None
    publisher: str | None = None
    agencies: tuple[str, ...] = ()
    section: str | None = None
    keywords: tuple[str, ...] = ()
    captions: tuple[Caption, ...] = ()
    url: str | None = None
    canonical_url: str | None = None
    declared_language: str | None = None
    dates: tuple[DateCandidate, ...] = ()
    flags: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DateEvidence:
    """Why we believe a date, or why we refused it (`refused` says so, else None).

    `day` is the calendar day it was where it was published, as the page says it to its readers; in UTC it may have been
    another one.
    """

    text: str
    found_in: FoundIn
    precision: Precision | None = None
    offset: Offset | None = None
    confidence: float = 0.0
    refused: str | None = None
    day: date | None = None

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        shape: dict[str, Any] = {
            "day": self.day.isoformat() if self.day else None,
            "precision": self.precision,
            "offset": self.offset,
            "found_in": self.found_in,
            "text": self.text,
            "confidence": self.confidence,
        }
        return shape if self.refused is None else {**shape, "refused": self.refused}


@dataclass(frozen=True, slots=True)
class Dated:
    """A decided date: aware UTC, None when the document has none; with the evidence for it and the rivals it beat."""

    value: datetime | None = None
    evidence: DateEvidence | None = None
    rejected: tuple[DateEvidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """A BCP 47 tag, `und` when not sure, with the votes behind it.

    `votes` has each voice's own first choice; `detected` is what they chose together, without the declared language and
    even where `code` is `und`; `mixed` says that a good part is in a second language. `confidence` is between 0 and 1.
    """

    code: str
    confidence: float
    detected: str | None = None
    declared: str | None = None
    votes: dict[str, str] = field(default_factory=dict)
    mixed: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """What a body has in common with edited copies of it; only those of one `algorithm` compare.

    `bands` follow from the sketch: terms by which an index finds what is worth comparing.
    """

    algorithm: str
    sketch: bytes
    bands: tuple[str, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Article:
    """A finished article: clean, dated, in a known language, identified. What the index holds and people search.

    `signature` is None for a text too short to be recognised when it has been edited. It is for the index to find
    copies by, and no part of the JSON shape.
    """

    id: str
    clean: CleanArticle
    language: Language
    published: Dated
    modified: Dated
    agencies: tuple[str, ...]
    canonical_url: str | None
    domain: str | None
    content_hash: str
    word_count: int
    flags: tuple[str, ...] = ()
    evidence: dict[str, Any] = field(default_factory=dict)
    signature: Signature | None = None

    @property
    def origin(self) -> Origin:
        """Where the document came from."""
        return self.clean.origin

    def as_dict(self) -> dict[str, Any]:
        """Give the one JSON shape of an article (docs/glossary.md): the CLI, the page and exports all speak it."""
        clean = self.clean
        return {
            "id": self.id,
            "origin": clean.origin.as_dict(),
            "headline": clean.headline,
            "standfirst": clean.standfirst,
            "body": list(clean.body),
            "byline": clean.byline,
            "authors": list(clean.authors),
            "dateline": clean.dateline,
            "dateline_place": clean.dateline_place,
            "publisher": clean.publisher,
            "agencies": list(self.agencies),
            "section": clean.section,
            "keywords": list(clean.keywords),
            "captions": [{"text": c.text, "credit": c.credit} for c in clean.captions],
            "url": clean.url,
            "canonical_url": self.canonical_url,
            "domain": self.domain,
            "language": self.language.code,
            "published_at": rfc3339(self.published.value),
            "modified_at": rfc3339(self.modified.value),
            "@timestamp": rfc3339(self.timestamp[0]),
            "timestamp_source": self.timestamp[1],
            "evidence": {
                "published_at": _dated(self.published),
                "modified_at": _dated(self.modified),
                "language": {
                    "detected": self.language.detected,
                    "declared": self.language.declared,
                    "confidence": self.language.confidence,
                    "votes": self.language.votes,
                    "mixed": self.language.mixed,
                },
                **clean.evidence,
                **self.evidence,
            },
            "removed": [{"text": r.text, "rule": r.rule} for r in clean.removed],
            "flags": list(self.flags),
            "content_hash": self.content_hash,
            "word_count": self.word_count,
        }

    @property
    def timestamp(self) -> tuple[datetime, str]:
        """The time the article is filed under, and which field gave it: published, else modified, else fetched."""
        if self.published.value is not None:
            return self.published.value, "published_at"
        if self.modified.value is not None:
            return self.modified.value, "modified_at"
        return self.origin.fetched_at, "fetched_at"


@dataclass(frozen=True, slots=True)
class Rejection:
    """A document that cannot go on, kept with the stage that stopped it, the reason, and a sentence for a person."""

    origin: Origin
    stage: Stage
    reason: Reason
    detail: str

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape: the origin beside a `rejection`."""
        return {
            "origin": self.origin.as_dict(),
            "rejection": {"stage": self.stage, "reason": self.reason, "detail": self.detail},
        }

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Self:
        """Read the JSON shape back."""
        told = shape["rejection"]
        origin = Origin.from_dict(shape["origin"])
        return cls(origin, Stage(told["stage"]), Reason(told["reason"]), told["detail"])


def rfc3339(moment: datetime | None) -> str | None:
    """Write an aware time as RFC 3339 in UTC with a `Z`.

    >>> rfc3339(datetime(2024, 11, 19, 0, 16, tzinfo=UTC))
    '2024-11-19T00:16:00Z'
    """
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="auto").replace("+00:00", "Z")


def _dated(dated: Dated) -> dict[str, Any] | None:
    if dated.evidence is None and not dated.rejected:
        return None
    shape = dated.evidence.as_dict() if dated.evidence else {}
    return {**shape, "rejected": [refused.as_dict() for refused in dated.rejected]}

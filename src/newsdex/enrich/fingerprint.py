"""What makes an article itself: its address, its text, and the identifiers made from them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import tldextract

from newsdex.enrich.folding import fold
from newsdex.records import Origin

_TRACKING = re.compile(
    r"utm_\w+|ga_\w+|_ga|_gl|fb_\w+|fbclid|gclid|gclsrc|dclid|wbraid|gbraid|msclkid|yclid|ysclid|twclid|ttclid|igsh|igshid"
    r"|mc_cid|mc_eid|mkt_tok|mtm_\w+|pk_\w+|piwik_\w+|at_(?:medium|campaign|custom\d|format|link_\w+|bbc_team|ptr_name)"
    r"|ns_(?:source|mchannel|campaign|linkname|fee)|cmpid|cmp|icid|icmpid|ito|ncid|ocid|sref|smid|smtyp|soc_src|soc_trk"
    r"|spm|scm|wt[._]\w+|_hs\w+|hsctatracking|vero_\w+|oly_\w+|rss|partner|taid|guccounter|guce_\w+|amp|outputtype",
    re.I,
)
_AMP_CACHE = re.compile(
    r"https?://(?:[\w-]+\.cdn\.ampproject\.org/[acvri](?:/[acvri])?|(?:www\.)?google\.[a-z.]{2,6}/amp|(?:www\.)?bing-amp\.com/[cv])"
    r"/(?P<secure>s/)?(?P<address>[^/?#]+\.[^/?#]+.*)",
    re.I | re.S,
)
"""Google's and Bing's copies of AMP pages have the publisher's address in their own: `/s/` stands for https."""

_KEPT = "%/:?#[]@!$&'()*+,;=-._~|"
_ESCAPE = re.compile("%[0-9a-f]{2}", re.I)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_domains = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

_HAN_AND_KANA = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_CHARACTER_WORD = re.compile(f"[{_HAN_AND_KANA}]")
_UNSPACED_LETTER = re.compile("[\u0e01-\u0e3a\u0e40-\u0e4e\u0e80-\u0eff\u1000-\u109f\u1780-\u17d3]")
_UNSPACED_LETTERS_A_WORD = 5
_WORD = re.compile(r"\w[\w'’.-]*")


def canonicalize_url(url: str | None) -> str | None:
    """Give the one spelling of a web address, or None when it is no absolute http(s) address.

    Scheme and host are folded (an international host to its ASCII form, RFC 5891), percent-encoding is made one (RFC
    3986, 6.2.2), the default port, the fragment and tracking parameters go; the order of the other parameters and the
    case of the path stay (servers may tell `/A` from `/a`). An address in an AMP cache or viewer becomes the one it
    names; what stands behind a publisher's own AMP address only its page knows, by its canonical link.

    >>> canonicalize_url("HTTPS://News.Example:443/Story?id=7&utm_source=x#top")
    'https://news.example/Story?id=7'
    >>> canonicalize_url("https://www.google.com/amp/s/news.example/Story")
    'https://news.example/Story'
    """
    parts = _split(_behind_amp(url))
    if parts is None:
        return None
    host, port = parts.hostname, parts.port
    if host is None or parts.scheme not in _DEFAULT_PORTS:
        return None
    host = f"[{host}]" if ":" in host else _ascii(host.rstrip("."))
    netloc = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    query = "&".join(p for p in parts.query.split("&") if p and not _TRACKING.fullmatch(p.partition("=")[0]))
    return urlunsplit((parts.scheme, netloc, _encode(parts.path) or "/", _encode(query), ""))


def registered_domain(url: str | None) -> str | None:
    """Give the domain somebody registered, by the Public Suffix List bundled with tldextract; no network.

    >>> registered_domain("https://www.news.example.co.uk/a")
    'example.co.uk'
    """
    parts = _split(url)
    if parts is None or not parts.hostname:
        return None
    return _domains.extract_str(parts.hostname).top_domain_under_public_suffix or None


def content_hash(body: Iterable[str]) -> str:
    """Identify a text, in 32 hex digits: copies that differ only in width, case or spacing are one text."""
    return hashlib.sha256(fold(body).encode("utf-8", "replace")).hexdigest()[:32]


def article_id(canonical_url: str | None, origin: Origin) -> str:
    """Identify an article by its canonical address, else by its bytes: writing it twice is writing it once."""
    if canonical_url is None:
        return origin.sha256[:32]
    return hashlib.sha256(canonical_url.encode("utf-8", "replace")).hexdigest()[:32]


def count_words(paragraphs: Iterable[str]) -> int:
    """Count words as newsrooms do, script by script.

    Chinese and Japanese are counted by character. Thai, Lao, Khmer and Burmese do not space their words: one word for
    five letters and marks, roughly. Everything else, Korean too, by spaces.

    >>> count_words(["It's 3.5 km to the well-known bridge.", "百年水车"])
    11
    """
    return sum(map(_count_words, paragraphs))


def _count_words(text: str) -> int:
    if text.isascii():
        return len(_WORD.findall(text))
    characters = len(_CHARACTER_WORD.findall(text))
    unspaced = len(_UNSPACED_LETTER.findall(text))
    rest = _UNSPACED_LETTER.sub(" ", _CHARACTER_WORD.sub(" ", text))
    return characters + -(-unspaced // _UNSPACED_LETTERS_A_WORD) + len(_WORD.findall(rest))


def _behind_amp(url: str | None) -> str | None:
    match = _AMP_CACHE.match((url or "").strip())
    return url if match is None else f"{'https' if match['secure'] else 'http'}://{match['address']}"


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


def _encode(part: str) -> str:
    """Percent-encode what an address may not hold, and nothing twice."""
    encoded = quote(part, safe=_KEPT, errors="replace")
    return _ESCAPE.sub(lambda escape: escape[0].upper(), encoded)


def _split(url: str | None) -> SplitResult | None:
    try:
        parts = urlsplit((url or "").strip())
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        return None
    return parts if parts.scheme else None

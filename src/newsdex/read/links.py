"""Links as pages, feeds and sitemaps write them."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

_LONGEST = 8_000
_LINE_BREAKS = re.compile(r"[\t\r\n]+")


def absolute_link(link: str | None, base: str) -> str | None:
    """Give the web address that a link stands for, without its fragment; None when it is none that can be fetched.

    >>> absolute_link("/story#comments", "https://news.example/feed")
    'https://news.example/story'
    >>> absolute_link("mailto:desk@news.example", "https://news.example/feed") is None
    True
    """
    text = _LINE_BREAKS.sub("", link or "").strip()
    try:
        address = urljoin(base, text)
        parts = urlsplit(address)
        fits = text and len(address) <= _LONGEST and parts.scheme in ("http", "https") and parts.hostname
    except ValueError:
        return None
    return parts._replace(fragment="").geturl() if fits else None

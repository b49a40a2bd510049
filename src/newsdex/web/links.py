"""Addresses that stand in articles: strangers wrote them, and not every one may be followed."""

from __future__ import annotations

from urllib.parse import urlsplit

_LONGEST = 8_000


def safe_link(address: str | None) -> str | None:
    """Give an address that may be made a link, None for one that may not: only http and https lead to pages.

    >>> safe_link("https://gazette.example/bridge"), safe_link("javascript:alert(1)"), safe_link("//gazette.example")
    ('https://gazette.example/bridge', None, None)
    """
    if not address or len(address) > _LONGEST or any(character <= " " or character == "\x7f" for character in address):
        return None
    try:
        parts = urlsplit(address)
        return address if parts.scheme.lower() in ("http", "https") and parts.hostname else None
    except ValueError:
        return None

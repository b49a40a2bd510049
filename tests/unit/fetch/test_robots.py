"""What a robots.txt asks of us."""

from __future__ import annotations

import pytest

from newsdex.fetch.addresses import AddressPolicy, read_address
from newsdex.fetch.robots import read_rules


def allows(text: str | None, path: str) -> bool:
    return read_rules(text, "newsdex").allow(read_address(f"https://gazette.example{path}", AddressPolicy()))


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        (None, "/any", True),
        ("", "/any", True),
        ("<html>Not found</html>", "/any", True),
        ("User-agent: *\nDisallow: /", "/any", False),
        ("\ufeffUser-agent: *\nDisallow: /", "/any", False),
        ("User-agent: *\nDisallow:", "/any", True),
        ("User-agent: *\nDisallow: /private", "/private/x", False),
        ("User-agent: *\nDisallow: /private", "/public", True),
        ("User-agent: *\nDisallow: /\nAllow: /news/", "/news/1", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a.pdf?x=1", True),
        ("User-agent: newsdex\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/b", True),
        ("User-agent: NewsDex/2.0\nDisallow: /a", "/a", False),
        ("User-agent: other\nDisallow: /", "/any", True),
        ("User-agent: news\nDisallow: /", "/any", True),
        ("User-agent: other\nUser-agent: newsdex\nDisallow: /", "/any", False),
        ("User-agent: other\nDisallow: /\nUser-agent: *\nAllow: /", "/any", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_it_is_obeyed_as_far_as_it_speaks_to_us(text: str | None, path: str, allowed: bool) -> None:
    """By the longest rule of the group that names us, else of the one for all (RFC 9309)."""
    assert allows(text, path) is allowed


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 7", 7.0),
        ("User-agent: *\nRequest-rate: 1/30", 30.0),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: other\nCrawl-delay: 7", None),
        (None, None),
    ],
)
def test_the_pause_that_it_asks_for_is_read(text: str | None, delay: float | None) -> None:
    """No standard has it, but sites count on it."""
    assert read_rules(text, "newsdex").delay == delay


def test_a_file_that_names_thousands_of_robots_is_read_as_two_groups() -> None:
    """Each rule would be kept for each of them: half a megabyte would become hundreds of millions of rules."""
    text = "".join(f"User-agent: robot{n}\n" for n in range(15_000)) + "Disallow: /x\n" * 10_000
    rules = read_rules(text, "newsdex")
    assert rules.parsed is not None
    assert len(rules.parsed._user_agents) == 1

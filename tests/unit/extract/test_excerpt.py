"""The part of a page that speaks about the article: small, and with all that metadata is read from."""

from __future__ import annotations

from newsdex.extract.excerpt import excerpt
from newsdex.extract.html import parse


def page(head: str = "", body: str = "") -> str:
    return str(excerpt(parse(f"<html lang='fr'><head>{head}</head><body><p>Text.</p>{body}</body></html>")))


def test_json_ld_comes_along_and_other_scripts_do_not() -> None:
    """Scripts are most of many pages; only what describes the article is read."""
    found = page('<script type="application/ld+json">{"@type": "Article"}</script><script>var tracker = 1</script>')
    assert '"@type": "Article"' in found
    assert "tracker" not in found


def test_json_ld_in_the_body_is_found_too() -> None:
    """Many systems print it at the page's end."""
    assert "NewsArticle" in page(body='<div><script type="application/ld+json">{"@type": "NewsArticle"}</script></div>')


def test_of_the_links_only_those_that_say_what_the_page_is() -> None:
    """Canonical, author and AMP addresses come along, style sheets do not."""
    found = page(
        '<link rel="canonical" href="/a"><link rel="amphtml" href="/amp/a"><link rel="stylesheet" href="/s.css">'
    )
    assert ("/a" in found, "/amp/a" in found, "/s.css" in found) == (True, True, False)


def test_the_language_of_the_page_stays_declared() -> None:
    """The root's `lang` is kept."""
    assert 'lang="fr"' in page()


def test_microdata_comes_along_with_what_it_marks() -> None:
    """An author or a date that the markup names is kept with its text."""
    found = page(
        body='<span itemprop="author">Jane Roe</span><b itemprop="datePublished" content="2025-01-02">2 Jan</b>'
    )
    assert "Jane Roe" in found
    assert "2025-01-02" in found


def test_the_text_of_the_article_stays_behind() -> None:
    """It is read elsewhere, and it is what makes a page large."""
    assert "Text." not in page()


def test_only_the_first_times_of_the_article_come_along() -> None:
    """A page of comments has hundreds."""
    times = "".join(f"<time datetime='2025-01-{day:02}'></time>" for day in range(1, 29))
    assert page(body=f"<article>{times}</article>").count("<time") < 10

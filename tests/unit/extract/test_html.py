"""The article comes out of its page: text, headings and captions in, furniture out."""

from datetime import UTC, datetime

import pytest

from newsdex.errors import Rejected
from newsdex.extract.html import extract_html
from newsdex.records import ExtractedArticle, Kind, Origin, Paragraph, RawDocument, Reason

FIRST = "The council voted on Monday to keep the old bridge open to walkers until the autumn, the mayor said."
SECOND = "Repairs will cost two million, most of it paid by the state, and will begin when the river is low again."
THIRD = "Residents on both banks have waited three years for a decision, and many came to the town hall to hear it."


def extract(body: str, head: str = "<title>Bridge stays open</title>") -> ExtractedArticle:
    """Extract a page with this body and head."""
    content = f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>".encode()
    return extract_html(RawDocument(Origin("a.html", datetime(2025, 1, 1, tzinfo=UTC), "text/html", "0" * 64), content))


def texts(article: ExtractedArticle, kind: Kind = Kind.TEXT) -> list[str]:
    """Give the paragraphs of one kind."""
    return [paragraph.text for paragraph in article.paragraphs if paragraph.kind is kind]


def reason(body: str, head: str = "") -> Reason:
    """Give the reason a page is refused for."""
    with pytest.raises(Rejected) as refused:
        extract(body, head)
    return refused.value.reason


STORY = f"<p>{FIRST}</p><p>{SECOND}</p><p>{THIRD}</p>"


def test_menus_forms_comments_and_related_links_stay_out() -> None:
    """What remains is what the reporter wrote."""
    page = f"""<nav><a href=/>Home</a> <a href=/news>News</a></nav><script>var x = "never text";</script>
      <article><h1>Bridge stays open</h1>{STORY}<div class="related-stories"><p><a href=/x>{SECOND}</a></p></div>
      <div class="newsletter-signup"><p>Get the best of our newsroom in your inbox every morning.</p></div></article>
      <section id="comments"><p>I have always said that the bridge should be closed for good.</p></section>
      <aside><p>{THIRD}</p></aside><footer><p>All rights reserved by the publishers of this newspaper.</p></footer>"""
    assert texts(extract(page)) == [FIRST, SECOND, THIRD]


def test_a_body_split_over_several_containers_is_one_body() -> None:
    """Advertising cuts articles into pieces."""
    advertisement = "<div class=ad>Advertisement</div>"
    page = f"<div><p>{FIRST}</p></div>{advertisement}<div><p>{SECOND}</p></div><div><p>{THIRD}</p></div>"
    assert texts(extract(page)) == [FIRST, SECOND, THIRD]


def test_headings_lists_tables_and_captions_keep_their_kind() -> None:
    """The markup's knowledge is not lost; a figure gives its caption only."""
    page = f"""<article><p>{FIRST}</p><h2>What it costs</h2><p>{SECOND}</p>
      <ul><li>The deck will be replaced with oak from the town's own forest, as before.</li></ul>
      <table><tr><th>Year</th><th>Cost</th></tr><tr><td>2025</td><td>1.2</td></tr></table>
      <figure><img src=x><span>Enlarge</span><figcaption>The bridge in May.</figcaption></figure>
      <p>{THIRD}</p></article>"""
    article = extract(page)
    assert texts(article, Kind.HEADING) == ["What it costs"]
    assert texts(article, Kind.LIST_ITEM) == [
        "The deck will be replaced with oak from the town's own forest, as before."
    ]
    assert texts(article, Kind.TABLE_ROW) == ["Year | Cost", "2025 | 1.2"]
    assert texts(article, Kind.CAPTION) == ["The bridge in May."]
    assert texts(article) == [FIRST, SECOND, THIRD]


def test_line_breaks_separate_paragraphs() -> None:
    """Old systems write no `<p>`."""
    assert texts(extract(f"<div>{FIRST}<br><br>{SECOND}<br><br>{THIRD}</div>")) == [FIRST, SECOND, THIRD]


def test_a_heading_above_dropped_links_goes_with_them() -> None:
    """`Related` alone says nothing."""
    links = "<h3>Related</h3><p><a href=/1>Another bridge, another town, another vote</a></p>"
    assert texts(extract(f"<article>{STORY}{links}</article>"), Kind.HEADING) == []


def test_the_headline_is_the_h1_that_the_metadata_confirms_and_is_not_repeated() -> None:
    """The site's name in the title is cut, and a logo's h1 is no headline."""
    head = '<title>Bridge stays open | The Example</title><meta property="og:site_name" content="The Example">'
    article = extract(f"<h1>The Example</h1><article><h1>Bridge stays open</h1>{STORY}</article>", head)
    assert article.headline == "Bridge stays open"
    assert Paragraph("Bridge stays open", Kind.HEADING) not in article.paragraphs


def test_hidden_text_is_not_read_unless_it_is_much_of_the_page() -> None:
    """Some pages show their text only after their scripts ran, or to subscribers."""
    shown = "".join(f"<p>On day {day}: {FIRST} {SECOND}</p>" for day in range(4))
    assert THIRD not in texts(extract(f"<article>{shown}<div hidden><p>{THIRD}</p></div></article>"))
    assert texts(extract(f"<div hidden>{STORY}</div>")) == [FIRST, SECOND, THIRD]


def test_the_whole_text_in_json_ld_is_taken_where_the_page_shows_only_its_beginning() -> None:
    """Not otherwise: there the paragraphs are run together."""
    whole = f"{FIRST}\\n\\n{SECOND}\\n\\n{THIRD}"
    data = f'<script type="application/ld+json">{{"@type":"NewsArticle","articleBody":"{whole}"}}</script>'
    assert texts(extract(f"<p>{FIRST}</p>", data)) == [FIRST, SECOND, THIRD]
    assert texts(extract(STORY, data.replace("\\n\\n", " "))) == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize(
    "title", ["404 Not Found", "Page not found | Example", "Access Denied", "Just a moment...", "Seite nicht gefunden"]
)
def test_an_error_page_is_refused_as_one(title: str) -> None:
    """Whatever else stands on it."""
    assert (
        reason(
            "<p>The page you asked for has moved or never was. Try the search above or the front page.</p>",
            f"<title>{title}</title>",
        )
        is Reason.ERROR_PAGE
    )


def test_a_story_about_an_error_is_no_error_page() -> None:
    """A long text under such a title is journalism."""
    story = "".join(f"<p>On day {day} of the search: {text}</p>" for day in range(6) for text in (FIRST, SECOND, THIRD))
    article = extract(
        f"<article><h1>Page not found: the lost Bible of Gutenberg</h1>{story}</article>",
        "<title>Page not found: the lost Bible</title>",
    )
    assert len(texts(article)) == 18


@pytest.mark.parametrize(
    "body", ["", "<p>Hello.</p>", "<ul>" + "<li><a href=/x>A headline that links to its story</a></li>" * 30 + "</ul>"]
)
def test_a_page_without_a_main_text_is_no_article(body: str) -> None:
    """Front pages, menus and nothing at all."""
    assert reason(body) in (Reason.NO_ARTICLE, Reason.EXTRACTION_FAILED)


def test_a_listing_of_teasers_is_no_article() -> None:
    """Every heading is a link to somewhere else."""
    teaser = f"<article><h2><a href=/x>Bridge stays open, council says</a></h2><p>{FIRST}</p></article>"
    assert reason(f"<main>{teaser * 12}</main>") is Reason.NO_ARTICLE


@pytest.mark.parametrize("tag", ["div", "span", "b", "table><tr><td", "blockquote", "section"])
def test_deep_nesting_neither_recurses_nor_loses_the_text(tag: str) -> None:
    """Deeper than any interpreter's stack."""
    assert texts(extract(f"<{tag}>" * 5_000 + STORY)) == [FIRST, SECOND, THIRD]


def test_a_page_of_too_many_elements_is_refused() -> None:
    """Time is bounded."""
    assert reason("<b>" * 100_001) is Reason.TOO_LARGE


DESCRIPTION = f'<title>Bridge stays open</title><meta property="og:description" content="{FIRST}">'


@pytest.mark.parametrize(
    "above",
    [
        f'<p class="standfirst">{FIRST}</p>',
        f'<p>{FIRST}</p><p class="byline">By Jane Roe</p>',
        f"<p>{FIRST}</p><div class=date>12 June 2025</div>",
    ],
)
def test_a_description_that_stands_above_the_body_is_the_standfirst(above: str) -> None:
    """The element's class says so, or the byline or the date stands under it."""
    page = f"<article><h1>Bridge stays open</h1>{above}<p>{SECOND}</p><p>{THIRD}</p></article>"
    assert extract(page, DESCRIPTION).standfirst == FIRST


def test_a_description_that_repeats_the_first_paragraph_is_no_standfirst() -> None:
    """Most sites without a deck give their first paragraph as the description."""
    page = f"<article><h1>Bridge stays open</h1><p class=byline>By Jane Roe</p>{STORY}</article>"
    assert extract(page, DESCRIPTION).standfirst is None


def test_a_name_of_the_whole_page_says_nothing_of_its_parts() -> None:
    """A theme that calls the body `hide-caption` has no page of captions."""
    content = f"<html><body class='single-post hide-caption caption-dark'><article>{STORY}</article></body></html>"
    document = RawDocument(Origin("a.html", datetime(2025, 1, 1, tzinfo=UTC), "text/html", "0" * 64), content.encode())
    assert texts(extract_html(document)) == [FIRST, SECOND, THIRD]


def test_a_story_for_readers_without_scripts_is_read() -> None:
    """Some pages draw their text by a script, and have it in a `noscript` beside it."""
    more = "".join(f"<p>{text} It was said for the {at}th time.</p>" for at in range(4, 7) for text in (FIRST, SECOND))
    page = f"<div class='post-body'><script type='text/template'>x</script><noscript>{STORY}{more}</noscript></div>"
    assert texts(extract(page))[:3] == [FIRST, SECOND, THIRD]


def test_a_noscript_that_is_never_closed_does_not_swallow_the_page() -> None:
    """A parser puts all that follows into it."""
    more = "".join(f"<p>{text} It was said for the {at}th time.</p>" for at in range(4, 7) for text in (FIRST, SECOND))
    page = f"<noscript><div id='no-script'></noscript><div><article>{STORY}{more}</article></div>"
    assert texts(extract(page))[:3] == [FIRST, SECOND, THIRD]


def test_what_a_machine_sums_up_is_not_the_story() -> None:
    """A list called a summary by an AI stands above the text and is none of it."""
    points = "".join(f"<li>{text[:70]}</li>" for text in (FIRST, THIRD))
    page = f"<article><h1>Bridge stays open</h1><div class='aiSummaryContent'><ul>{points}</ul></div>{STORY}</article>"
    article = extract(page)
    assert (texts(article), texts(article, Kind.LIST_ITEM)) == ([FIRST, SECOND, THIRD], [])

"""The vote on the main text: what belongs to an article however little the page's markup says."""

from __future__ import annotations

import pytest

from newsdex.extract.html import parse
from newsdex.extract.main_text import read_main_text
from newsdex.extract.page import Said

STORY = (
    "The harbour board voted on Tuesday to keep the old crane, which has stood on the quay since the war.",
    "It will be painted in spring, and visitors may climb it on Sundays when the wind allows.",
    "The board's chair said that the crane belongs to the town, and that the town should see it.",
    "Moving it to the museum, as had been planned, would have cost four times as much.",
)
MENU = "<div class='menu'><a href='/'>Home</a> <a href='/news'>News</a> <a href='/sport'>Sport</a></div>"
TEASERS = "".join(f"<li><a href='/{at}'>Another story of the day, number {at}</a></li>" for at in range(6))


def main_text(body: str, said: Said | None = None) -> list[str]:
    markup = f"<html><body>{MENU}{body}<div><h3>More</h3><ul>{TEASERS}</ul></div></body></html>"
    blocks, _ = read_main_text(parse(markup), markup, said or Said())
    return [block.text for block in blocks]


def paragraphs(texts: tuple[str, ...], tag: str = "p") -> str:
    return "".join(f"<{tag}>{text}</{tag}>" for text in texts)


@pytest.mark.parametrize("tag", ["p", "div", "section"])
def test_paragraphs_may_be_any_element(tag: str) -> None:
    """Sites that write their paragraphs as divs lose nothing."""
    assert main_text(f"<div class='x1'>{paragraphs(STORY, tag)}</div>") == list(STORY)


def test_a_body_in_several_containers_is_one_text() -> None:
    """A story that is cut into boxes, one a paragraph, comes back whole."""
    boxes = "".join(f"<div class='box'><div class='box-in'><p>{text}</p></div></div>" for text in STORY)
    assert main_text(f"<article>{boxes}</article>") == list(STORY)


def test_a_list_between_paragraphs_stays() -> None:
    """List items without links are part of the story that they stand in."""
    items = ("The crane keeps its yellow jib.", "The engine house becomes a café.", "The rails stay where they are.")
    body = f"<div class='text'>{paragraphs(STORY[:2])}<ul>{paragraphs(items, 'li')}</ul>{paragraphs(STORY[2:])}</div>"
    assert main_text(body) == [*STORY[:2], *items, *STORY[2:]]


def test_a_table_between_paragraphs_stays() -> None:
    """Rows of figures are kept, in order."""
    rows = "".join(f"<tr><td>{year}</td><td>{tons}</td></tr>" for year, tons in ((2022, 410), (2023, 385), (2024, 502)))
    body = f"<div class='text'>{paragraphs(STORY[:2])}<table>{rows}</table>{paragraphs(STORY[2:])}</div>"
    assert main_text(body) == [*STORY[:2], "2022 | 410", "2023 | 385", "2024 | 502", *STORY[2:]]


def test_a_list_under_a_heading_of_the_article_stays() -> None:
    """Ingredients are short, and stand under a heading and not under a paragraph."""
    items = ("12 leeks, washed", "3 kg potatoes")
    middle = f"<h2>Ingredients</h2><ul>{paragraphs(items, 'li')}</ul>"
    body = f"<article>{paragraphs(STORY[:2])}{middle}{paragraphs(STORY[2:])}</article>"
    assert main_text(body) == [*STORY[:2], "Ingredients", *items, *STORY[2:]]


def test_a_table_that_ends_the_article_keeps_its_last_row() -> None:
    """What most rows of a table are, all are."""
    scores = (("Name", "Points"), ("Ada Moor", "100"), ("Emma Reed", "97"), ("Lydia Ford", "64"))
    rows = "".join(f"<tr><td>{name}</td><td>{points}</td></tr>" for name, points in scores)
    body = f"<article>{paragraphs(STORY[:2])}<table>{rows}</table></article>"
    assert main_text(body)[2:] == [" | ".join(row) for row in scores]


def test_a_lead_that_the_page_repeats_is_kept_once() -> None:
    """Some pages print their first paragraph again for narrow screens."""
    body = f"<article><p>{STORY[0]}</p><p>{STORY[0]}</p>{paragraphs(STORY[1:])}</article>"
    assert main_text(body) == list(STORY)


def test_a_heading_above_links_only_is_dropped() -> None:
    """What announces other stories goes with them."""
    links = "".join(f"<li><a href='/c{at}'>Cranes of the coast, part {at}</a></li>" for at in range(3))
    body = f"<article>{paragraphs(STORY)}<h2>Read more about cranes</h2><ul>{links}</ul></article>"
    assert main_text(body) == list(STORY)


def test_readers_comments_are_no_article_however_long() -> None:
    """Comments read like prose, and there is more of them than of the story."""
    comment = "I worked on that crane for thirty years and I can tell you that nobody asked us what we thought of it."
    comments = "".join(f"<div class='comment'><p>{comment} ({at})</p></div>" for at in range(4))
    assert main_text(f"<article>{paragraphs(STORY)}</article><div id='comments'>{comments}</div>") == list(STORY)


def test_a_story_inside_a_menu_is_found() -> None:
    """Broken markup left the menu open: the page is read again with what is called navigation."""
    more = tuple(
        f"In year {year} the crane lifted {year // 4} tons of timber, the harbour's books say."
        for year in range(1950, 1980, 5)
    )
    assert main_text(f"<nav>{MENU}{paragraphs(STORY + more)}</nav>") == [*STORY, *more]


def test_a_second_article_below_the_first_is_another_story() -> None:
    """Pages that scroll on for ever begin the next story under the headline's own."""
    other = tuple(text.replace("crane", "ferry").replace("Tuesday", "Friday") for text in STORY)
    page = (
        f"<article><h1>Old crane stays on the quay</h1>{paragraphs(STORY)}</article>"
        f"<div><article><h2>Ferry stays in the harbour</h2>{paragraphs(other)}</article></div>"
    )
    found = main_text(page, Said(("Old crane stays on the quay",)))
    assert [text for text in found if text != "Old crane stays on the quay"] == list(STORY)


def test_the_posts_of_a_live_report_are_one_article() -> None:
    """Small articles inside the one with the headline are its posts."""
    posts = "".join(f"<article><h3>{at + 9}:00</h3><p>{text}</p></article>" for at, text in enumerate(STORY[1:]))
    page = f"<article><h1>Crane moves along the quay</h1><p>{STORY[0]}</p><div>{posts}</div></article>"
    found = main_text(page, Said(("Crane moves along the quay",)))
    assert [text for text in found if text in STORY] == list(STORY)


def test_cards_that_lead_to_other_stories_are_dropped() -> None:
    """A linked heading with a sentence under it, several times over, is no part of the story."""
    cards = "".join(
        f"<div class='c'><h4><a href='/{at}'>Ferry number {at}</a></h4>"
        f"<p>The ferry was late again on day {at}.</p></div>"
        for at in range(4)
    )
    assert main_text(f"<article>{paragraphs(STORY)}<div>{cards}</div></article>") == list(STORY)


def test_an_article_element_in_the_middle_of_a_story_is_not_the_story() -> None:
    """Where the text stands in plain boxes, a teaser marked up as an article of its own does not take its place."""
    teaser = "<article><div><p>A guide to all the cranes of the coast, with maps and opening hours.</p></div></article>"
    body = "".join(f"<div class='x1'>{text}</div>" for text in (*STORY[:2], *STORY[2:]))
    half = body.index("</div>") + len("</div>")
    found = main_text(f"<main><div class='x2'>{body[:half]}{teaser}{body[half:]}</div></main>")
    assert [text for text in found if text in STORY] == list(STORY)


def test_the_headings_of_a_report_s_parts_are_part_of_it() -> None:
    """Headings built alike, each above a paragraph, stay, though a time and a name stand between."""
    parts = "".join(
        f"<div class='post'><span>{at + 9}:15</span><h3 class='post__title'>{title}</h3>"
        f"<div class='by'>Ada Moor</div><div class='post__body'><p>{text}</p></div></div>"
        for at, (title, text) in enumerate(zip(("The vote", "The paint", "The chair", "The price"), STORY, strict=True))
    )
    found = main_text(f"<article><h1>Old crane stays</h1><div>{parts}</div></article>", Said(("Old crane stays",)))
    assert [text for text in found if text.startswith("The ") and len(text) < 20] == [
        "The vote",
        "The paint",
        "The chair",
        "The price",
    ]


def test_a_lead_in_other_words_than_the_description_is_known() -> None:
    """The deck in the page's head says what the description says, with the town in front of it."""
    deck = "Northhaven. The old crane on the quay will be painted in spring, and visitors may climb it on Sundays."
    said = Said(
        ("Old crane stays",), "The old crane on the quay will be painted, and visitors may climb it on Sundays."
    )
    head = f"<div class='x9'><p>{deck}</p></div>"
    found = main_text(f"<article><h1>Old crane stays</h1>{head}<div>{paragraphs(STORY)}</div></article>", said)
    assert [text for text in found if text != "Old crane stays"] == [deck, *STORY]

"""What cleaning promises, one claim each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.clean import clean, failing_examples
from newsdex.clean.byline import read_byline
from newsdex.clean.garbling import has_garbled_word
from newsdex.clean.own_rules import WHY
from newsdex.clean.paragraphs import fold, is_prose
from newsdex.clean.rulebook import rulebook_for
from newsdex.errors import Rejected
from newsdex.patterns import compile_pattern
from newsdex.records import CleanArticle, ExtractedArticle, Kind, Origin, Paragraph, Reason
from newsdex.rules import Rules, all_rules, load_rules

CONFIG = Path(__file__).parents[3] / "config"
PROSE = "The council met on Tuesday and heard what the engineers had found under the bridge."


@pytest.fixture(scope="module")
def rules() -> Rules:
    return load_rules(CONFIG)


def cleaned(
    rules: Rules, *lines: str | Paragraph, headline: str | None = None, folder: str | None = None
) -> CleanArticle:
    origin = Origin("example", datetime(2026, 1, 1, tzinfo=UTC), "text/plain", "", publisher=folder)
    paragraphs = tuple(line if isinstance(line, Paragraph) else Paragraph(line) for line in lines)
    return clean(ExtractedArticle(origin, paragraphs, headline=headline), rules)


def test_every_example_of_every_rule_holds(rules: Rules) -> None:
    """What a rule says it takes out it takes out, and what it says must stay stays."""
    assert [str(failing) for failing in failing_examples(rules)] == []


STORY = tuple(f"The council met for the {nth} time and heard what they had found." for nth in ("first", "next", "last"))
MUST_KEEP = [
    pytest.param(example.text, id=f"{rule.id}-{number}")
    for rule in all_rules(load_rules(CONFIG))
    for number, example in enumerate(rule.examples)
    if not example.removed
]


@pytest.mark.parametrize("text", MUST_KEEP)
def test_what_one_rule_must_keep_no_other_rule_takes(rules: Rules, text: str) -> None:
    """All rules of all languages see every document: a text that must stay stays above, within and below a story."""
    lines = tuple(text.splitlines())
    for story in ((*lines, *STORY), (*STORY, *lines, *STORY), (*STORY, *lines)):
        article = cleaned(rules, *story, headline="The council met again")
        assert [piece for piece in article.removed if any(piece.text in line for line in lines)] == []


def test_every_rule_of_the_code_says_why(rules: Rules) -> None:
    """What takes a line out is either a rule of config/ or one of those that own_rules lists."""
    golden = Path(__file__).parents[2] / "golden"
    ids = {
        piece["rule"]
        for path in golden.glob("*/*/article.json")
        for piece in json.loads(path.read_text("utf-8"))["removed"]
    }
    assert ids - {rule.id for rule in all_rules(rules)} <= set(WHY)
    assert all(WHY.values())


def test_the_glossary_lists_the_rules_of_the_code() -> None:
    """A reader of `removed` finds every id."""
    glossary = (CONFIG.parent / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert [rule for rule in WHY if f"| `{rule}` |" not in glossary] == []


@pytest.mark.parametrize(
    ("pattern", "printed"),
    [
        ("ilgili haber", "İLGİLİ HABER"),
        ("yayınlandı", "YAYINLANDI"),
        ("διαβάστε επίσης", "ΔΙΑΒΑΣΤΕ ΕΠΙΣΗΣ"),
        ("schließen", "SCHLIESSEN"),
        ("à lire aussi", "A LIRE AUSSI"),
        ("ещё", "еще"),
        ("بیشتر بخوانید", "بيشتر بخوانيد"),
        (r"\d ore", "٣ ore"),
    ],
)
def test_furniture_is_known_in_capitals_and_in_careless_spelling(pattern: str, printed: str) -> None:
    """What a language drops on capitals, and what keyboards confuse, does not hide a line from its rule."""
    assert compile_pattern(pattern).fullmatch(fold(printed))
    assert len(fold(printed)) == len(printed)


def test_an_accent_is_dropped_on_capitals_only() -> None:
    """A word in small letters without its accent is another word."""
    assert compile_pattern("où").fullmatch("ou") is None


def test_a_place_in_capitals_is_spelled_as_in_the_story(rules: Rules) -> None:
    """Capitals do not tell the Turkish i's apart; the story below does."""
    opening = "KIYIKÖY (AA) - Kıyıköy vapuru dün yeniden sefere başladı."
    book = rulebook_for(rules, None)
    dateline = book.datelines.read(book.date_words.mask(fold(opening), opening))
    assert dateline is not None
    assert dateline.place == "Kıyıköy"


def test_a_long_thai_line_is_running_text() -> None:
    """Thai prints no full stop."""
    assert is_prose("เรือข้ามฟากออกจากท่าเมื่อเช้าวันพุธเป็นครั้งแรกในรอบเก้าปี " * 2)
    assert not is_prose("เรือข้ามฟากกลับมาวิ่งอีกครั้ง")


def test_a_sentence_that_mentions_furniture_stays(rules: Rules) -> None:
    """Only a whole line of furniture is taken."""
    sentence = "Readers were asked to sign up for our newsletter, the court heard, before they could read on."
    assert sentence in cleaned(rules, PROSE, sentence, PROSE).body


def test_a_section_heading_stays_whatever_its_case(rules: Rules) -> None:
    """An unpunctuated, lower-case line between prose is a heading."""
    assert cleaned(rules, PROSE, "what comes next", PROSE).body == (PROSE, "what comes next", PROSE)


def test_a_place_of_its_own_line_names_the_site_behind_the_headline(rules: Rules) -> None:
    """A known site's name behind the headline is split off and becomes the publisher."""
    article = cleaned(rules, "Why the old bridge had to close - BBC News", "By Jane Roe", PROSE, PROSE)
    assert (article.headline, article.publisher) == ("Why the old bridge had to close", "BBC News")


def test_the_folder_names_the_publisher(rules: Rules) -> None:
    """What the operator says by the folder counts more than the page."""
    assert cleaned(rules, PROSE, PROSE, "© 2024 The Marsh Herald", folder="aljazeera").publisher == "Al Jazeera"


def test_an_aggregator_is_never_the_publisher(rules: Rules) -> None:
    """A copied story does not belong to the one who copied it."""
    assert cleaned(rules, PROSE, PROSE, "Source: TheWorldNews").publisher is None


def test_a_marked_caption_moves_to_the_captions(rules: Rules) -> None:
    """What the markup calls a caption leaves the body."""
    after = "It will open to walkers in May, the engineers said, and to cars a year later."
    article = cleaned(rules, PROSE, Paragraph("The old bridge at dawn", Kind.CAPTION), after, headline="Bridge")
    assert [caption.text for caption in article.captions] == ["The old bridge at dawn"]
    assert article.body == (PROSE, after)


def test_furniture_alone_is_refused(rules: Rules) -> None:
    """A page without a sentence is not indexed, and the refusal names what was taken."""
    with pytest.raises(Rejected) as refused:
        cleaned(rules, "Skip to content", "Advertisement", "Subscribe")
    assert refused.value.reason is Reason.EMPTY_BODY
    assert "en-advertisement" in refused.value.detail


def test_a_long_story_about_an_error_page_is_no_error_page(rules: Rules) -> None:
    """Error pages are short."""
    assert cleaned(rules, "404 Not Found", *[PROSE] * 20).body[-1] == PROSE


def test_a_weekday_is_no_date(rules: Rules) -> None:
    """A line that names only a weekday is taken out but gives no date."""
    assert cleaned(rules, "The bridge is closed again", "Posted Wednesday, 4:30 p.m.", PROSE, PROSE).dates == ()


def test_editors_and_photographers_are_no_authors(rules: Rules) -> None:
    """Only reporters are authors."""
    article = cleaned(rules, "The bridge is closed again", "By Jane Roe", PROSE, PROSE, "Editing by John Doe")
    assert article.authors == ("Jane Roe",)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("WILL MARTEN", ("Will Marten",)),
        ("Dr. Una Bray & Sam Bright", ("Una Bray", "Sam Bright")),
        ("马小河、李青", ("马小河", "李青")),
    ],
)
def test_names_in_a_byline(rules: Rules, line: str, authors: tuple[str, ...]) -> None:
    """Titles go, capitals are lowered, several names are told apart."""
    assert read_byline(line, rulebook_for(rules, None).words).authors == authors


@pytest.mark.parametrize(
    ("opening", "place", "agency"),
    [
        ("ТИХОЕ, 12 марта – РИА Новости. Паром снова ходит через реку.", "Тихое", "RIA Novosti"),
        ("Київ. 3 квітня. УНН. Бібліобус повернувся до гірських сіл.", "Київ", "UNN"),
        ("NORTH FORD — Marsh County paid twice for the same plow, an audit says.", "North Ford", None),
        ("MURMANSK, November 19. /TASS/. An icebreaker freed three ships.", "Murmansk", "TASS"),
        ("Pune, Apr 21 (PTI) The state will map every pond it can find.", "Pune", "PTI"),
        ("新华社兰州11月16日电（记者 马小河）黄河岸边的水车重新转动了。", "兰州", "Xinhua"),
        ("Berlin (dpa) - Die Städte schlagen wegen ihrer Brücken Alarm.", "Berlin", "DPA"),
    ],
)
def test_datelines(rules: Rules, opening: str, place: str, agency: str | None) -> None:
    """The forms that agencies use."""
    book = rulebook_for(rules, None)
    dateline = book.datelines.read(book.date_words.mask(fold(opening), opening))
    assert dateline is not None
    assert (dateline.place, dateline.agency) == (place, agency)


@pytest.mark.parametrize(
    "opening", ["Prices rose (again) on Monday, the bank said.", "The bridge – old and narrow – is closed."]
)
def test_brackets_and_dashes_in_prose_are_no_dateline(rules: Rules, opening: str) -> None:
    """A bracket with no agency in it, or a dash behind words that are not in capitals, opens no dateline."""
    book = rulebook_for(rules, None)
    assert book.datelines.read(book.date_words.mask(fold(opening), opening)) is None


def test_a_spliced_word_is_garbled() -> None:
    """A word with another inside it is found when the whole word stands elsewhere."""
    assert has_garbled_word(("The LonExampledon office closed.", "London was quiet."))


def test_names_with_inner_capitals_are_not_garbled() -> None:
    """A capital inside a word is no sign by itself."""
    assert not has_garbled_word(("McDonald, YouTube, JPMorgan, DeSantis and iPhone met LeBron at PayPal.",))


def test_a_columnist_above_the_headline_is_the_author_and_no_paper(rules: Rules) -> None:
    """A person's name above the headline, with which a later line begins, is a byline."""
    biography = "Mara Lindqvist was born in a lighthouse and has written three books about fog."
    article = cleaned(rules, "Columns", "Mara Lindqvist", "On the lamps that nobody lights", *STORY, PROSE, biography)
    assert (article.authors, article.publisher) == (("Mara Lindqvist",), None)
    assert biography not in article.body


def test_a_line_beside_a_pictures_credit_is_its_caption(rules: Rules) -> None:
    """Between the date and the story, a line without a stop that follows a credit is no standfirst."""
    caption = "The old crane at the end of the northern pier"
    head = ("A crane returns to the northern pier at last", "3 March 2024", "Photo: Jane Roe", caption)
    article = cleaned(rules, *head, *STORY, PROSE)
    assert [found.text for found in article.captions] == [caption]
    assert article.standfirst is None


def test_a_reservation_names_the_owner_without_a_sign(rules: Rules) -> None:
    """Who stands before "all rights reserved" owns the text."""
    head = "A crane returns to the northern pier at last"
    article = cleaned(rules, head, *STORY, PROSE, "Le Courrier du Marais – Tous droits réservés.")
    assert article.publisher == "Le Courrier du Marais"


def test_a_reporter_is_told_from_where_he_was(rules: Rules) -> None:
    """The places in a credit of reporters are no part of their names."""
    words = rulebook_for(rules, None).words
    assert read_byline("Jane Roe in Oslo and John Doe in Bergen", words).authors == ("Jane Roe", "John Doe")

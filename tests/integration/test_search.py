"""The search over articles in many languages, in a real Elasticsearch with the shipped mapping."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from elasticsearch import Elasticsearch
from example_articles import NOW, make_article
from node_process import KeptNode

from newsdex.index import Names, Query, SearchResult, ensure_indices, search, write
from newsdex.index.suggestions import suggest
from newsdex.settings import Settings

EN = make_article(
    ("The elected councillors opened the bridges.", "Boats waited for hours."),
    headline="Bridges opened in Lima",
    agencies=("Reuters", "AFP"),
    published=datetime(2024, 11, 19, 0, 16, tzinfo=UTC),
)
COPY = make_article(
    ("The elected councillors opened the bridges.", "Boats waited for hours."),
    headline="Bridges opened in Lima",
    url="https://example.org/copy",
    publisher="The Copyist",
    agencies=("Reuters",),
    published=datetime(2024, 11, 20, tzinfo=UTC),
)
DE = make_article(
    "Die Häuser am Fluss wurden geräumt, sagte der Bürgermeister.",
    headline="Hochwasser",
    language="de",
    publisher="Das Beispiel",
    published=datetime(2024, 10, 3, tzinfo=UTC),
)
RU = make_article("На выборах победила оппозиция, сообщили газеты.", headline="Выборы", language="ru", publisher=None)
AR = make_article("افتتح الرئيس الجسر الجديد في العاصمة يوم الاثنين.", headline="افتتاح الجسر", language="ar")
ZH = make_article("中国国家主席在北京会见了美国国务卿，双方讨论了贸易问题。", headline="北京会晤", language="zh-Hans")
HANT = make_article("颱風逼近台灣，氣象局發布警報。", headline="颱風警報", language="zh-Hant")
JA = make_article("東京で新しい橋が開通した。", headline="新しい橋", language="ja")
KO = make_article("서울에서 새로운 다리가 개통되었다.", headline="새 다리", language="ko")
TR = make_article("Cumhurbaşkanı Erdoğan köprüyü açtı.", headline="Köprü açıldı", language="tr")
UND = make_article("Zubrowka kvalt mirno.", headline=None, language="und", published=None, publisher=None)

ALL = [EN, COPY, DE, RU, AR, ZH, HANT, JA, KO, TR, UND]


@pytest.fixture(scope="module")
def prefix(node: KeptNode, client: Elasticsearch) -> Iterator[str]:
    """Make an archive of eleven articles."""
    own = Settings(**{**{f: getattr(node.settings, f) for f in Settings.__slots__}, "index_prefix": "search-"})
    ensure_indices(client, own)
    assert len(list(write(client, ALL, prefix="search-", indexed_at=NOW))) == len(ALL)
    client.indices.refresh(index=Names("search-").news)
    yield "search-"
    client.indices.delete(index=list(client.indices.get(index="search-*")))


@pytest.fixture
def find(client: Elasticsearch, prefix: str) -> Any:
    """Search that archive."""

    def find(text: str = "", **filters: Any) -> SearchResult:
        return search(client, Query(text, **filters), prefix=prefix)

    return find


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("bridge", EN),
        ("opening bridges", EN),
        ("Haus", DE),
        ("Haeuser", DE),
        ("выборы", RU),
        ("газета", RU),
        ("الجسر", AR),
        ("جسر جديد", AR),
        ("国家主席", ZH),
        ("贸易", ZH),
        ("颱風", HANT),
        ("新しい橋", JA),
        ("다리가", KO),
        ("erdogan", TR),
        ("Zubrowka", UND),
    ],
)
def test_a_word_finds_its_other_forms(find: Any, typed: str, expected: Any) -> None:
    """Each language by its own analyzer; without a known language by the neutral one."""
    assert find(typed).hits[0].id in {expected.id, COPY.id if expected is EN else expected.id}


@pytest.mark.parametrize("typed", ["bridge", "贸易", "الجسر", "выборы"])
def test_what_matched_is_marked(find: Any, typed: str) -> None:
    """Headline or body carries the tags around the word that matched."""
    hit = find(typed, tags=("[", "]")).hits[0]
    assert "[" in (hit.headline or "") + "".join(hit.fragments)


def test_copies_are_folded_into_one_hit_and_counted(find: Any) -> None:
    """Two articles with one body are one hit of two copies; the total counts both."""
    found = find("bridges", language=("en",))
    assert [hit.copies for hit in found.hits] == [2]
    assert (found.total, found.clusters) == (2, 1)


def test_nothing_asked_gives_the_newest_first(find: Any) -> None:
    """All articles, by the time they are filed under."""
    times = [hit.source["@timestamp"] for hit in find().hits]
    assert times == sorted(times, reverse=True)
    assert len(times) == len(ALL) - 1


def test_words_in_quotes_have_to_stand_together(find: Any) -> None:
    """A phrase finds that order of words only."""
    assert find('"Boats waited"').total == 2
    assert find('"waited boats"').total == 0


@pytest.mark.parametrize(
    ("filters", "total"),
    [
        ({"language": ("en",)}, 2),
        ({"language": ("zh",)}, 2),
        ({"language": ("ZH-hans",)}, 1),
        ({"language": ("de", "ru")}, 2),
        ({"publisher": ("the copyist",)}, 1),
        ({"agency": ("AFP",)}, 1),
        ({"agency": ("reuters",)}, 2),
        ({"since": "2024-11-20", "until": "2024-11"}, 1),
        ({"since": "2024-10", "until": "2024-10-03"}, 1),
        ({"until": "2024-11-19T00:15:59"}, 1),
        ({"language": ("en",), "publisher": ("Das Beispiel",)}, 0),
    ],
)
def test_filters_narrow_the_search(find: Any, filters: dict[str, Any], total: int) -> None:
    """Case is ignored; dates are whole days or months, both ends included; filters join."""
    assert find(**filters).total == total


def test_a_facet_ignores_its_own_filter_and_obeys_the_others(find: Any) -> None:
    """With English chosen, the languages still show the rest; publishers show English ones only."""
    facets = find(language=("en",)).facets
    assert {"en", "de", "ru", "zh-Hans"} <= {facet.value for facet in facets["language"]}
    assert {facet.value: facet.count for facet in facets["publisher"]} == {"The Example": 1, "The Copyist": 1}
    assert {facet.value: facet.count for facet in facets["agencies"]} == {"Reuters": 2, "AFP": 1}
    assert [(facet.value, facet.count) for facet in facets["published"]] == [("2024-11", 2)]


def test_months_count_only_articles_that_have_a_date(find: Any) -> None:
    """The day of the fetch is no day of publication."""
    assert [facet.value for facet in find().facets["published"]] == ["2024-11", "2024-10"]
    assert find("Zubrowka", since="2025-01-01").total == 0


def test_pages_follow_each_other(find: Any) -> None:
    """The second page begins where the first ended."""
    whole = [hit.id for hit in find().hits]
    first = find(size=4)
    assert [hit.id for hit in (*first.hits, *find(size=4, after=first.next).hits)] == whole[:8]


@pytest.mark.parametrize(
    "typed",
    ['"', "AND OR ((", "a:b", "\\", "*", "🦆", "x" * 1000, "the", "-", "-the", "a:", 'publisher:"', "**", "flag:*"],
)
def test_whatever_is_typed_is_no_error(find: Any, typed: str) -> None:
    """The search takes words, and has no syntax to get wrong."""
    assert find(typed).total >= 0


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ('publisher:"Das Beispiel"', [DE]),
        ("lang:zh", [ZH, HANT]),
        ("agency:AFP", [EN]),
        ("bridges -agency:AFP", [COPY]),
        ("Haus -Bürgermeister", []),
        ("headline:Hochwasser", [DE]),
        ("body:Hochwasser", []),
        ("Hochw*", [DE]),
        ("headline:Hoch*", [DE]),
        ("author:roe lang:ru", [RU]),
        ("publisher:Das*", [DE]),
        ("date:2024-10", [DE]),
        ("since:2024-11-20 until:2024-11", [COPY]),
        ("-lang:en since:2024-10-04 publisher:The*", [AR, ZH, HANT, JA, KO, TR]),
    ],
)
def test_the_query_language_says_what_is_meant(find: Any, typed: str, expected: list[Any]) -> None:
    """Fields, values by their beginning, what is not wanted, limits of time."""
    found = find(typed, collapse=False).hits
    assert {hit.id for hit in found} == {article.id for article in expected}


def test_a_chosen_value_that_nothing_has_stays_in_its_facet(find: Any) -> None:
    """So that it can be taken away again."""
    facets = find(language=("fi", "EN")).facets["language"]
    assert {facet.value: facet.count for facet in facets if facet.chosen} == {"en": 2, "fi": 0}


@pytest.mark.parametrize(
    ("typed", "text", "shown"),
    [
        ("publisher:das", 'publisher:"Das Beispiel" ', "Das Beispiel"),
        ("ferry -agency:re", "ferry -agency:Reuters ", "Reuters"),
        ("publ", "publisher:", "publisher:"),
        ("bridges the", 'bridges publisher:"The Copyist" ', "The Copyist"),
        ("hochw", "hochwasser ", "hochwasser"),
        ("выб", "выборы ", "выборы"),
    ],
)
def test_the_box_suggests_how_to_go_on(client: Elasticsearch, prefix: str, typed: str, text: str, shown: str) -> None:
    """Values of the field that is named, else fields, words of headlines, and values of any field."""
    offered = suggest(client, typed, prefix=prefix)
    assert (text, shown) in [(each.text, each.shown) for each in offered]


@pytest.mark.parametrize(
    "typed", ["", " ", "x", "ferry ", 'publisher:"', "flag:((", "since:20", "section:.*", '"', "-"]
)
def test_whatever_is_being_typed_is_no_error_for_suggestions(client: Elasticsearch, prefix: str, typed: str) -> None:
    """Half a word, half a phrase, signs that mean something to a pattern."""
    assert len(suggest(client, typed, prefix=prefix)) <= 8

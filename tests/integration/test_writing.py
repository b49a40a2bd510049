"""Writing to a real Elasticsearch with the shipped mapping: each input once, each with its outcome."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from elasticsearch import BadRequestError, Elasticsearch
from example_articles import NOW, make_article, make_rejection

from newsdex.index import BalanceSheet, Names, Outcome, Unbalanced, Written, ensure_indices, write
from newsdex.records import Article, Reason, Rejection
from newsdex.settings import Settings


@pytest.fixture
def ingest(client: Elasticsearch, settings: Settings) -> Any:
    """Write results into the test's own indices."""

    def ingest(*results: Article | Rejection, at: datetime = NOW, **options: Any) -> list[Written]:
        return list(write(client, results, prefix=settings.index_prefix, indexed_at=at, **options))

    return ingest


@pytest.fixture
def stored(client: Elasticsearch, settings: Settings) -> Any:
    """Read a document back."""

    def stored(written: Written) -> dict[str, Any]:
        names = Names(settings.index_prefix)
        index = names.quarantine if written.outcome is Outcome.QUARANTINED else names.news
        return dict(client.get(index=index, id=written.id)["_source"])

    return stored


def outcomes(written: list[Written]) -> list[str]:
    """Name the outcomes."""
    return [one.outcome.value for one in written]


def test_the_second_time_changes_nothing(ingest: Any, stored: Any) -> None:
    """The same articles again are `unchanged`, and the documents are those of the first time."""
    articles = [make_article("First story."), make_article("Second story.", language="fr")]
    first = ingest(*articles)
    before = [stored(one) for one in first]
    assert outcomes(first) == ["created", "created"]
    assert outcomes(ingest(*articles, at=NOW + timedelta(days=1))) == ["unchanged", "unchanged"]
    assert [stored(one) for one in first] == before


def test_the_order_does_not_matter(ingest: Any, client: Elasticsearch, settings: Settings) -> None:
    """The same articles in another order are the same documents."""
    articles = [make_article(f"Story {number}.") for number in range(7)]
    ingest(*articles)
    assert set(outcomes(ingest(*reversed(articles)))) == {"unchanged"}
    client.indices.refresh(index=Names(settings.index_prefix).news)
    assert client.count(index=Names(settings.index_prefix).news)["count"] == 7


def test_a_changed_body_under_one_address_is_an_update(ingest: Any, stored: Any) -> None:
    """The document is replaced, under its id, as its next version."""
    address = "https://example.org/bridge"
    (first,) = ingest(make_article("The bridge is closed.", url=address))
    (second,) = ingest(make_article("The bridge is open again.", url=address), at=NOW + timedelta(hours=1))
    assert (first.id, second.outcome) == (second.id, Outcome.UPDATED)
    assert stored(second)["body"] == "The bridge is open again."
    assert stored(second)["version"] == 2


def test_both_versions_in_one_write_are_written_in_input_order(ingest: Any, stored: Any) -> None:
    """The later of two versions of one document wins, however near they stand."""
    address = "https://example.org/bridge"
    written = ingest(*(make_article(f"Version {number}.", url=address) for number in (1, 2, 3)))
    assert outcomes(written) == ["created", "updated", "updated"]
    assert (stored(written[0])["body"], stored(written[0])["version"]) == ("Version 3.", 3)


def test_a_document_twice_in_one_write_is_unchanged_the_second_time(ingest: Any) -> None:
    """One input, one outcome, also for the very same document twice in a chunk."""
    article = make_article()
    assert outcomes(ingest(article, article, make_article("Another."), article)) == [
        "created",
        "unchanged",
        "created",
        "unchanged",
    ]


@pytest.mark.parametrize("chunk", [1, 2, 1000])
def test_a_copy_is_a_duplicate_in_the_same_cluster(ingest: Any, stored: Any, chunk: int) -> None:
    """The same body under another id is told as `duplicate` within a chunk and across chunks, and is indexed."""
    written = ingest(
        make_article("One text."),
        make_article("One text.", url="https://example.org/copy"),
        make_article("Another text."),
        chunk_documents=chunk,
    )
    assert outcomes(written) == ["created", "duplicate", "created"]
    assert written[0].id in written[1].detail
    assert stored(written[0])["cluster_id"] == stored(written[1])["cluster_id"] != stored(written[2])["cluster_id"]


def test_a_copy_of_what_another_run_has_just_written_is_a_duplicate(ingest: Any) -> None:
    """Copies are recognised before the index would have shown them to a search."""
    ingest(make_article("One text."))
    assert outcomes(ingest(make_article("One text.", url="https://example.org/copy"))) == ["duplicate"]


def test_an_undated_article_fetched_again_is_unchanged(ingest: Any) -> None:
    """When it was fetched, from where, and where its bytes are kept, are not the article."""
    ingest(make_article(published=None))
    again = make_article(published=None, fetched=NOW + timedelta(days=3), uri="inbox/elsewhere.txt")
    assert outcomes(ingest(again, at=NOW + timedelta(days=3))) == ["unchanged"]


def test_a_document_that_elasticsearch_refuses_is_quarantined_with_its_words(ingest: Any, stored: Any) -> None:
    """The others of its batch are written; it is found in quarantine, with the reason that Elasticsearch gave."""
    bad = replace(make_article("Refused."), word_count=2**40)
    written = ingest(make_article("Before."), bad, make_article("After."))
    assert outcomes(written) == ["created", "quarantined", "created"]
    entry = stored(written[1])
    assert (entry["stage"], entry["reason"], entry["article_id"]) == ("index", "index_refused", bad.id)
    assert "word_count" in entry["detail"]


def test_rejections_are_kept_once(ingest: Any, client: Elasticsearch, settings: Settings) -> None:
    """A rejection is an outcome with a reason; the same again writes over the same entry."""
    for _ in range(2):
        written = ingest(make_rejection("inbox/a.txt"), make_rejection("inbox/b.txt"), make_rejection("inbox/a.txt"))
        assert outcomes(written) == ["quarantined"] * 3
        assert {one.reason for one in written} == {Reason.EMPTY_INPUT}
    client.indices.refresh(index=Names(settings.index_prefix).quarantine)
    assert client.count(index=Names(settings.index_prefix).quarantine)["count"] == 2


def test_outcomes_come_in_input_order(ingest: Any) -> None:
    """Article or rejection, in whatever chunk: the n-th outcome is the n-th input's."""
    results = [
        make_rejection(f"inbox/{number}")
        if number % 3 == 0
        else make_article(f"Story {number}.", uri=f"inbox/{number}")
        for number in range(50)
    ]
    written = ingest(*results, chunk_documents=7)
    assert [one.origin.uri for one in written] == [f"inbox/{number}" for number in range(50)]


def test_text_that_is_hard_to_encode_arrives_as_it_is(ingest: Any, stored: Any) -> None:
    """Quotes, line ends, astral characters and a long paragraph are kept to the letter."""
    body = ('He said "no" \\ and left\u2028.', "😀 𐍈 שלום", "word " * 20_000)
    (written,) = ingest(make_article(body))
    assert stored(written)["body"] == "\n\n".join(body)


def test_ten_thousand_documents_are_all_accounted_for(client: Elasticsearch, settings: Settings) -> None:
    """In one write, with copies and rejections among them: the sheet balances and the index holds what it says."""
    total = 10_000
    results = (
        make_rejection(f"inbox/{number}")
        if number % 500 == 0
        else make_article(f"Story {number % 9_000}. " + "Some words. " * 50, uri=f"{number}", headline=f"{number}")
        for number in range(total)
    )
    sheet = BalanceSheet(inputs=total)
    for written in write(client, results, prefix=settings.index_prefix, indexed_at=NOW):
        sheet.add(written)
    sheet.check()
    names = Names(settings.index_prefix)
    client.indices.refresh(index=[names.news, names.quarantine])
    assert sheet[Outcome.QUARANTINED] == client.count(index=names.quarantine)["count"] == 20
    assert sheet[Outcome.DUPLICATE] == 998
    assert sheet[Outcome.CREATED] + sheet[Outcome.DUPLICATE] == client.count(index=names.news)["count"] == total - 20


def test_a_balance_sheet_is_stored_and_read_back(client: Elasticsearch, settings: Settings) -> None:
    """The sheet of a run lies in news-runs under the run's id, and is the same when read."""
    sheet = BalanceSheet(inputs=2)
    for written in write(client, [make_article(), make_rejection()], prefix=settings.index_prefix, indexed_at=NOW):
        sheet.add(written)
    sheet.store(client, "run-1", prefix=settings.index_prefix, stored_at=NOW)
    kept = client.get(index=Names(settings.index_prefix).runs, id="run-1")["_source"]
    assert BalanceSheet.from_dict(kept) == sheet
    assert kept["balanced"] is True


def test_a_lost_input_unbalances_the_sheet(client: Elasticsearch, settings: Settings) -> None:
    """Two read, one written: the books do not close."""
    sheet = BalanceSheet(inputs=2)
    for written in write(client, [make_article()], prefix=settings.index_prefix, indexed_at=NOW):
        sheet.add(written)
    with pytest.raises(Unbalanced, match="2 inputs, but 1 outcomes"):
        sheet.check()


def test_the_mapping_refuses_a_field_it_does_not_know(client: Elasticsearch, settings: Settings) -> None:
    """`dynamic: strict`: a misspelt field is an error, never a new column."""
    with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
        client.index(index=Names(settings.index_prefix).news_write, document={"headlin": "x"})


def test_the_shipped_mapping_takes_every_field_of_an_article(ingest: Any, stored: Any) -> None:
    """Each field that an article can have is in the mapping, under the one name it has everywhere."""
    full = make_article(
        url="https://example.org/a",
        agencies=("Xinhua",),
        standfirst="A standfirst.",
        byline="By Jane Roe",
        dateline="LIMA, Nov 16 (Xinhua)",
        dateline_place="Lima",
        section="World",
        keywords=("bridge", "river"),
        flags=("garbled_text",),
    )
    (written,) = ingest(replace(full, flags=("garbled_text",)))
    kept = stored(written)
    assert set(full.as_dict()) - {"id", "modified_at"} <= set(kept)
    assert kept["text_en"] == {"headline": "Bridge opens", "standfirst": "A standfirst.", "body": kept["body"]}


def test_making_the_indices_again_changes_nothing(client: Elasticsearch, settings: Settings) -> None:
    """`ensure_indices` may run at every start."""
    assert ensure_indices(client, settings) == []


def test_articles_written_between_two_reads_are_not_overwritten(client: Elasticsearch, settings: Settings) -> None:
    """Another writer's version that came in between is read again, and ours becomes the next one after it."""
    names = Names(settings.index_prefix)
    address = "https://example.org/contested"

    def others_first() -> Any:
        yield make_article("Ours.", url=address)

    class Meddling(Elasticsearch):
        meddled = False

        def mget(self, **options: Any) -> Any:
            answer = super().mget(**options)
            if not Meddling.meddled:
                Meddling.meddled = True
                theirs = make_article("Theirs.", url=address)
                list(write(client, [theirs], prefix=settings.index_prefix, indexed_at=NOW - timedelta(minutes=1)))
            return answer

    with Meddling(settings.elasticsearch_url) as meddling:
        (written,) = write(meddling, others_first(), prefix=settings.index_prefix, indexed_at=NOW)
    assert written.outcome is Outcome.UPDATED
    assert client.get(index=names.news, id=written.id)["_source"]["version"] == 2


def test_the_time_an_article_is_filed_under_is_utc(ingest: Any, stored: Any) -> None:
    """Times are kept as RFC 3339 in UTC."""
    (written,) = ingest(make_article(published=datetime(2024, 11, 19, 0, 16, tzinfo=UTC)))
    assert stored(written)["@timestamp"] == "2024-11-19T00:16:00Z"

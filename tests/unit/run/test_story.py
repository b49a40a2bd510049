"""What a batch tells of itself, however many documents it has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from newsdex.read import open_bytes
from newsdex.records import Reason, Rejection, Stage
from newsdex.run.line import Worked
from newsdex.run.story import Story

NOW = datetime(2026, 1, 2, tzinfo=UTC)
SHEET: dict[str, Any] = {
    "inputs": 1_000,
    "outcomes": {"created": 900, "updated": 0, "quarantined": 100},
    "reasons": {"no_article": 99, "empty_body": 1},
    "passed_over": {"image/png": 7},
}


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


def refused(uri: str, reason: Reason = Reason.NO_ARTICLE, **seconds: float) -> Worked:
    """Make what the line makes of a page without an article."""
    origin = open_bytes(b"x", uri=uri, fetched_at=NOW, limit=10).raw.origin
    times = {Stage(stage): spent for stage, spent in seconds.items()}
    return Worked(Rejection(origin, Stage.EXTRACT, reason, ""), times)


def test_thousands_of_documents_make_some_ten_lines() -> None:
    """Counts by outcome and reason, with an example of each reason, times by stage, and the slowest four."""
    clock = Clock()
    story = Story(clock)
    for number in range(999):
        story.worked(refused(f"{number}.html", extract=0.001 * number, clean=0.01))
    story.worked(refused("empty.html", Reason.EMPTY_BODY, extract=0.01, enrich=3.0))
    clock.now = 50.0
    told = story.tell("batch-1", SHEET, 0)
    assert told[:5] == [
        "batch batch-1: 1,000 documents in 50.0 s, 20.0 a second",
        "outcomes: 900 created, 100 quarantined",
        "refused: 99 no_article, as 0.html",
        "refused: 1 empty_body, as empty.html",
        "passed over: 7 image/png",
    ]
    assert told[5] == "seconds: read 0.0, extract 498.5, clean 10.0, enrich 3.0, index 0.0"
    assert told[6] == "slow: 3.0 s, of it 3.0 in enrich: empty.html"
    assert [line.rpartition(" ")[2] for line in told[7:]] == ["998.html", "997.html", "996.html"]


def test_a_quick_batch_names_nobody_slow() -> None:
    """A tenth of a second is nothing to look into."""
    story = Story(Clock())
    story.worked(refused("a.html", extract=0.09))
    told = story.tell("batch-1", {"inputs": 1, "outcomes": {"quarantined": 1}, "reasons": {}}, 0)
    assert [line.partition(":")[0] for line in told] == ["batch batch-1", "outcomes", "seconds"]


def test_an_earlier_try_is_told_apart() -> None:
    """The rate is of what this one did."""
    clock = Clock()
    story = Story(clock)
    clock.now = 2.0
    first = story.tell("batch-1", {**SHEET, "inputs": 10}, 4)[0]
    assert first == "batch batch-1: 6 documents in 2.0 s, 3.0 a second; 4 more were done by an earlier try"


def test_time_is_put_down_to_the_stage_that_takes_it() -> None:
    """What the index waits for is not its own."""
    clock = Clock()

    def slowly(seconds: float, items: Iterator[int]) -> Iterator[int]:
        for item in items:
            clock.now += seconds
            yield item

    story = Story(clock)
    read = story.timed(Stage.READ, slowly(1.0, iter(range(3))))
    worked = story.waited(slowly(2.0, read))
    assert list(story.timed(Stage.INDEX, slowly(4.0, worked))) == [0, 1, 2]
    told = story.tell("batch-1", {"inputs": 3, "outcomes": {}, "reasons": {}}, 0)
    assert "seconds: read 3.0, extract 0.0, clean 0.0, enrich 0.0, index 12.0" in told


def test_many_reasons_share_a_line() -> None:
    """The rare ones, without an example."""
    reasons = {"a": 9, "b": 8, "c": 7, "d": 6, "e": 5, "f": 4}
    told = Story(Clock()).tell("batch-1", {**SHEET, "reasons": reasons}, 0)
    refused = [line for line in told if line.startswith("refused")]
    assert refused == ["refused: 9 a", "refused: 8 b", "refused: 7 c", "refused: 6 d", "refused: 5 e, 4 f"]


def test_a_long_name_is_cut() -> None:
    """An address may have thousands of letters."""
    story = Story(Clock())
    story.worked(refused("x" * 5_000))
    assert max(len(line) for line in story.tell("batch-1", SHEET, 0)) < 200

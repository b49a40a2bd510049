"""Files through the line without a server: in order, on all cores, and a defect costs one document."""

from __future__ import annotations

import gzip
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import FunctionType

import pytest
import worker_jobs

from newsdex import pipeline, run
from newsdex.errors import UserError
from newsdex.read import open_bytes, open_file
from newsdex.records import Article, RawDocument, Reason, Rejection, Stage
from newsdex.rules import Rules
from newsdex.run import line
from newsdex.settings import Settings, read_settings
from newsdex.workers import Ending, Loss, Workers

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give the settings of a home of the test's own."""
    return replace(read_settings({"NEWSDEX_HOME": str(tmp_path / "home")}), document_bytes=100_000)


def write_stories(folder: Path, count: int) -> list[Path]:
    """Write stories, every fifth of them empty."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        path = folder / f"{number:03}.txt"
        story = f"The ferry with the number {number} came back on Tuesday, its captain said after the landing.\n"
        path.write_text("" if number % 5 == 4 else story, encoding="utf-8")
        paths.append(path)
    return paths


def test_results_come_in_the_order_of_the_inputs_on_any_number_of_cores(settings: Settings, tmp_path: Path) -> None:
    """And are the same, rejections among them."""
    paths = write_stories(tmp_path / "in", 60)[::-1]
    alone, shared = (
        [result.as_dict() for result in run.process_paths(settings, paths, fetched_at=NOW, processes=processes)]
        for processes in (1, 2)
    )
    assert [result["origin"]["uri"] for result in shared] == [str(path) for path in paths]
    assert alone == shared
    assert sum("rejection" in result for result in shared) == 12


def test_a_folder_means_its_files_that_are_not_hidden(settings: Settings, tmp_path: Path) -> None:
    """By name, and those of its folders."""
    write_stories(tmp_path / "in" / "b", 1)
    write_stories(tmp_path / "in" / ".git", 1)
    write_stories(tmp_path / "in", 2)
    found = [path.relative_to(tmp_path).as_posix() for path in run.find_files([tmp_path / "in"])]
    assert found == ["in/000.txt", "in/001.txt", "in/b/000.txt"]


def test_a_path_that_is_not_there_is_told_before_anything_is_done(settings: Settings, tmp_path: Path) -> None:
    """Not after an hour of work."""
    with pytest.raises(UserError, match="no such file"):
        run.process_paths(settings, [*write_stories(tmp_path, 1), tmp_path / "gone"])


def test_a_defect_costs_one_document_and_says_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback is kept with the document; the others go on."""

    def broken(raw: RawDocument, rules: Rules, ended: Callable[[Stage], None]) -> Article | Rejection:
        return whole(raw, rules, ended) if b"number 1 " not in raw.content else 1 / 0  # type: ignore[return-value]

    whole = pipeline.process
    monkeypatch.setattr(pipeline, "process", broken)
    paths = write_stories(tmp_path / "in", 3)
    results = [run.process_document(open_file(path, fetched_at=NOW, limit=1000), Rules()) for path in paths]
    assert [type(result) for result in results] == [Article, Rejection, Article]
    assert isinstance(results[1], Rejection)
    assert results[1].reason is Reason.INTERNAL_ERROR
    assert "ZeroDivisionError" in results[1].detail


def test_a_defect_is_put_down_to_the_stage_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the quarantine says where to look."""
    import newsdex.enrich.fingerprint as module

    broken = FunctionType((lambda clean, rules: 1 / 0).__code__, vars(module))
    monkeypatch.setattr(pipeline, "enrich", broken)
    opened = open_bytes(b"The ferry came back on Tuesday, its captain said.", uri="-", fetched_at=NOW, limit=1000)
    result = run.process_document(opened, Rules())
    assert isinstance(result, Rejection)
    assert result.stage is Stage.ENRICH


_WARM = """
import sys
from datetime import UTC, datetime
from io import BytesIO
from newsdex import run
from newsdex.read import open_bytes
from newsdex.run.knowledge import current_rules

settings = run.read_settings()
run.warm_up(settings)
loaded = set(sys.modules)
for content in (b"The ferry came back on Tuesday.", b"<html><body><p>The ferry came back.</p></body></html>"):
    opened = open_bytes(content, uri="-", fetched_at=datetime.now(UTC), limit=1000)
    run.process_document(opened, current_rules(settings.config))
print(sorted(set(sys.modules) - loaded))
"""


def test_a_warm_process_loads_nothing_more_for_its_first_document() -> None:
    """Neither for a text nor for a page: what is forked from it begins work at once."""
    done = subprocess.run([sys.executable, "-c", _WARM], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_standard_input_may_be_gzipped(settings: Settings) -> None:
    """As any file may."""
    story = b"The ferry came back on Tuesday, its captain said after the landing."
    plain, packed = (
        next(run.process_paths(settings, [run.STDIN], stdin=BytesIO(content), fetched_at=NOW))
        for content in (story, gzip.compress(story))
    )
    assert plain == packed
    assert isinstance(plain, Article)


@pytest.mark.parametrize(
    ("deed", "reason"),
    [("hangs", Reason.EXTRACTION_TIMEOUT), ("eats", Reason.EXTRACTION_CRASH), ("crashes", Reason.EXTRACTION_CRASH)],
)
def test_a_document_that_takes_its_process_with_it_costs_only_itself(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str, reason: Reason
) -> None:
    """N in, N accounted for, in order."""
    monkeypatch.setattr(line, "process_document", worker_jobs.process_or_act)
    paths = write_stories(tmp_path / "in", 20)
    paths[6] = paths[6].rename(tmp_path / "in" / f"006-{deed}.txt")
    bounds = {"document_seconds": 2.0 if deed == "hangs" else 60.0, "document_memory": 200_000_000}
    results = list(run.process_paths(replace(settings, **bounds), paths, processes=2))
    assert [result.origin.uri for result in results] == [str(path) for path in paths]
    rejected = {result.origin.uri: result for result in results if isinstance(result, Rejection)}
    assert len(rejected) == 5
    assert (rejected[str(paths[6])].stage, rejected[str(paths[6])].reason) == (Stage.EXTRACT, reason)


def test_a_document_that_reading_refused_keeps_its_reason_when_its_process_dies() -> None:
    """What is wrong with it is known already."""
    opened = open_bytes(b"", uri="-", fetched_at=NOW, limit=1000)
    assert line.lost(opened, Loss(Ending.CRASH, "")) == opened.rejection


def test_what_forks_workers_has_one_thread_with_all_parsers_loaded(settings: Settings) -> None:
    """A lock that a second thread holds would never be released in the fork."""
    work, lost = worker_jobs.count_threads_of_keeper, worker_jobs.lost
    with Workers(work, lost, line._load_line, (settings.config,), processes=1) as workers:
        assert list(workers.map([["a"]])) == ["1"]

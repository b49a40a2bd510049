"""Files through the line without a server: in order, on all cores, and a defect costs one document."""

from __future__ import annotations

import gzip
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import FunctionType

import pytest

from newsdex import pipeline, run
from newsdex.errors import UserError
from newsdex.records import Article, RawDocument, Reason, Rejection, Stage
from newsdex.rules import Rules
from newsdex.settings import Settings, read_settings

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


def test_a_defect_costs_one_document_and_says_where_it_was(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traceback is kept with the document; the others go on."""

    def broken(raw: RawDocument, rules: Rules) -> Article | Rejection:
        return whole(raw, rules) if b"number 1 " not in raw.content else 1 / 0  # type: ignore[return-value]

    whole = pipeline.process
    monkeypatch.setattr(pipeline, "process", broken)
    results = list(run.process_paths(settings, write_stories(tmp_path / "in", 3), processes=1))
    assert [type(result) for result in results] == [Article, Rejection, Article]
    assert isinstance(results[1], Rejection)
    assert results[1].reason is Reason.INTERNAL_ERROR
    assert "ZeroDivisionError" in results[1].detail


def test_a_defect_is_put_down_to_the_stage_that_has_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the quarantine says where to look."""
    import newsdex.enrich.fingerprint as module

    broken = FunctionType((lambda clean, rules: 1 / 0).__code__, vars(module))
    monkeypatch.setattr(pipeline, "enrich", broken)
    result = run.process_bytes(settings, b"The ferry came back on Tuesday, its captain said.", uri="-")
    assert isinstance(result, Rejection)
    assert result.stage is Stage.ENRICH


def test_a_warm_process_loads_nothing_more_for_its_first_document(settings: Settings) -> None:
    """What is forked from it begins work at once."""
    run.warm_up(settings)
    loaded = set(sys.modules)
    run.process_bytes(settings, b"The ferry came back on Tuesday, its captain said after the landing.", uri="-")
    assert set(sys.modules) - loaded == set()


def test_standard_input_may_be_gzipped(settings: Settings) -> None:
    """As any file may."""
    story = b"The ferry came back on Tuesday, its captain said after the landing."
    plain, packed = (
        run.process_bytes(settings, content, uri="-", fetched_at=NOW) for content in (story, gzip.compress(story))
    )
    assert plain == packed
    assert isinstance(plain, Article)

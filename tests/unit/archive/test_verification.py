"""Verifying finds whatever is not as it was written, says what to do, and is content with a whole archive."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from raw_documents import fill, story
from typer.testing import CliRunner

from newsdex.archive import Archive, Damage, Wrong
from newsdex.cli import app

STORIES = [story(number) for number in range(9)]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Give an archive of two files: nine documents, and three of them once more."""
    archive = Archive(tmp_path / "archive", digests=tmp_path / "digests.sqlite")
    fill(archive, STORIES)
    fill(archive, STORIES[:3], "two")
    return archive


@pytest.fixture
def verify(tmp_path: Path, archive: Archive, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str, str]]:
    """Run the command on that archive."""
    monkeypatch.setenv("NEWSDEX_HOME", str(tmp_path))

    def verify(*options: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(app, ["archive", "verify", *options])
        return done.exit_code, done.stdout, done.stderr

    return verify


def damages(archive: Archive, **options: int) -> list[Damage]:
    """Read everything, or a sample."""
    found: list[Damage] = []
    archive.verify(told=found.append, chance=random.Random(7), **options)
    return found


def paths(tmp_path: Path) -> list[Path]:
    """Give the archive's files."""
    return sorted(tmp_path.rglob("*.warc.gz"))


def flip(path: Path, byte: int) -> None:
    """Change one byte of a file."""
    whole = path.read_bytes()
    path.write_bytes(whole[:byte] + bytes([whole[byte] ^ 0xFF]) + whole[byte + 1 :])


def test_a_whole_archive_is_whole(archive: Archive) -> None:
    """All of it was looked at: documents, and where revisits lead."""
    told: list[Damage] = []
    tally = archive.verify(told=told.append)
    assert (tally.files, tally.documents, tally.revisits, told) == (2, 12, 3, [])
    assert tally.sound


def test_progress_reaches_its_end(archive: Archive, tmp_path: Path) -> None:
    """In bytes, never backwards."""
    steps: list[tuple[int, int]] = []
    archive.verify(told=lambda damage: None, progress=lambda done, of: steps.append((done, of)))
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1] == (sum(path.stat().st_size for path in paths(tmp_path)),) * 2


def test_any_changed_byte_is_found(archive: Archive, tmp_path: Path) -> None:
    """Wherever in the file it is, but in a gzip header's time and system, which mean nothing."""
    path = paths(tmp_path)[0]
    whole = path.read_bytes()
    for byte in random.Random(3).sample(range(len(whole)), 60):
        flip(path, byte)
        found = damages(archive)
        if not found:
            meaningless = whole[:byte].rpartition(b"\x1f\x8b\x08")[2]
            assert len(meaningless) < 7
        path.write_bytes(whole)


def test_a_torn_end_is_found_and_can_be_cut_off_as_advised(archive: Archive, tmp_path: Path) -> None:
    """After that the archive is whole, without the document that was torn."""
    path = paths(tmp_path)[1]
    path.write_bytes(path.read_bytes()[:-30])
    (torn,) = damages(archive)
    assert torn.wrong is Wrong.TORN
    command = torn.advice.partition("`")[2].partition("`")[0]
    subprocess.run(command, shell=True, check=True)
    assert damages(archive) == []
    assert len(list(archive.documents())) == 11


def test_a_revisit_without_its_bytes_is_found(archive: Archive, tmp_path: Path) -> None:
    """Each one: the file may be found again."""
    paths(tmp_path)[0].unlink()
    assert [damage.wrong for damage in damages(archive)] == [Wrong.ASTRAY] * 3


def test_a_revisit_to_other_bytes_is_found(archive: Archive, tmp_path: Path) -> None:
    """A file of the same name, from somewhere else."""
    other = Archive(tmp_path / "other")
    fill(other, STORIES[::-1])
    one, _, other_one = sorted(paths(tmp_path), key=lambda path: path.parts)
    one.write_bytes(other_one.read_bytes())
    assert Wrong.ASTRAY in {damage.wrong for damage in damages(archive)}


def test_a_sample_finds_what_it_reads(archive: Archive, tmp_path: Path) -> None:
    """A large sample of a small archive has every document; a small one has as many as were asked for, at most."""
    told: list[Damage] = []
    tally = archive.verify(told=told.append, sample=500, chance=random.Random(1))
    assert (tally.documents, told) == (12, [])
    tally = archive.verify(told=told.append, sample=3, chance=random.Random(1))
    assert 1 <= tally.documents <= 5
    path = paths(tmp_path)[0]
    flip(path, path.stat().st_size // 2)
    assert {damage.wrong for damage in damages(archive, sample=500)} >= {Wrong.UNREADABLE}


def test_a_sample_finds_torn_ends(archive: Archive, tmp_path: Path) -> None:
    """The end of each file that it touches is looked at."""
    path = paths(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-30])
    assert Wrong.TORN in {damage.wrong for damage in damages(archive, sample=50)}


def test_the_command_says_that_all_is_whole(verify: Callable[..., tuple[int, str, str]]) -> None:
    """Exit code 0, with what was read and where."""
    code, said, _ = verify("--all")
    assert (code, "12 documents in 2 files, 3 revisits" in said) == (0, True)


def test_the_command_says_what_is_damaged_and_what_to_do(
    verify: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> None:
    """Exit code 1."""
    path = paths(tmp_path)[0]
    flip(path, path.stat().st_size // 2)
    code, said, told = verify("--all")
    assert code == 1
    assert "damaged:" in said
    assert f"restore {path} from a backup" in told


def test_the_command_speaks_to_machines(verify: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    """One JSON object, with each damage and its advice."""
    path = paths(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-30])
    code, said, _ = verify("--all", "--json")
    shape = json.loads(said)
    assert (code, shape["documents"], shape["damages"], shape["kinds"]) == (1, 11, 1, {"torn": 1})
    assert shape["damaged"][0]["advice"]


def test_the_command_fills_the_list_of_digests(verify: Callable[..., tuple[int, str, str]], tmp_path: Path) -> None:
    """For a new machine, or after it was lost."""
    code, said, _ = verify("--relearn", "--json")
    assert (code, json.loads(said)["digests"]) == (0, 9)
    assert (tmp_path / "archive-digests.sqlite").exists()


def test_a_sample_of_everything_is_wrong_use(verify: Callable[..., tuple[int, str, str]]) -> None:
    """Exit code 2."""
    assert verify("--all", "--sample", "5")[0] == 2


def test_an_archive_without_a_document_is_whole(tmp_path: Path) -> None:
    """All none of it, whichever way it is read."""
    empty = Archive(tmp_path / "none")
    assert damages(empty) == damages(empty, sample=5) == []


@pytest.mark.parametrize("byte", range(40, 2_400, 236))
def test_a_large_sample_misses_nothing_of_a_small_archive(archive: Archive, tmp_path: Path, byte: int) -> None:
    """Wherever a byte is wrong: in a record's beginning, its middle, its end."""
    flip(paths(tmp_path)[0], byte)
    found = {damage.place for damage in damages(archive)}
    assert found
    assert {damage.place for damage in damages(archive, sample=500)} == found

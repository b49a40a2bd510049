"""The same bytes are stored once, and whatever happens to the list of known digests costs space only."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from raw_documents import DAY, fill, page, raw, story

from newsdex.archive import Archive
from newsdex.errors import UserError

LONG = story(1, 200_000)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Give an archive that knows repeats."""
    return Archive(tmp_path / "archive", digests=tmp_path / "digests.sqlite")


def size(tmp_path: Path) -> int:
    """Count the bytes of the archive's files."""
    return sum(path.stat().st_size for path in tmp_path.rglob("*.warc.gz"))


def is_stored_again(archive: Archive, tmp_path: Path, content: bytes = LONG) -> bool:
    """Add the bytes once more, and tell whether they took the space of a document; they are read back in any case."""
    before = size(tmp_path)
    (reference,) = fill(archive, [content], "again")
    assert archive.read(reference) == content
    return size(tmp_path) - before > len(content) // 4


def test_the_same_bytes_are_stored_once(archive: Archive, tmp_path: Path) -> None:
    """At another address, another time, by another door: each fetch is its own document."""
    fill(archive, [LONG])
    before = size(tmp_path)
    with archive.writer("two", DAY) as writer:
        reference = writer.add(page(LONG))
    assert size(tmp_path) - before < 2_000
    document = archive.document(reference)
    assert (document.content, document.origin.uri) == (LONG, "https://news.example/story")
    assert b"".join(archive.blocks(reference)) == LONG


def test_a_large_file_is_stored_once(archive: Archive, tmp_path: Path) -> None:
    """Files that never are in memory are compared by their digests too."""
    video = tmp_path / "video"
    video.write_bytes(story(1, 3_000_000))
    references = []
    for name in ("one", "two"):
        with archive.writer(name, DAY) as writer:
            references.append(writer.add_file(raw(b"").origin, video))
    assert size(tmp_path) < 2_000_000
    assert [archive.read(reference) for reference in references] == [video.read_bytes()] * 2


def test_bytes_that_are_not_safe_yet_are_no_reason_for_a_revisit(archive: Archive, tmp_path: Path) -> None:
    """Until `flush` returns, a crash may tear them away; from then on they count, for the same writer too."""
    with archive.writer("one", DAY) as writer:
        writer.add(raw(LONG))
        assert is_stored_again(archive, tmp_path)
        writer.add(raw(story(2)))
        writer.flush()
        assert not is_stored_again(archive, tmp_path, LONG)


def test_a_revisit_never_leads_to_a_revisit(archive: Archive) -> None:
    """One step always ends at the bytes."""
    (first,) = fill(archive, [LONG])
    for name in ("two", "three"):
        (reference,) = fill(archive, [LONG], name)
        assert archive._entry(reference, 0).header.refers_to == first


def test_a_lost_list_costs_space_only(archive: Archive, tmp_path: Path) -> None:
    """The bytes are stored once more, and known again."""
    fill(archive, [LONG])
    for path in tmp_path.glob("digests.sqlite*"):
        path.unlink()
    assert is_stored_again(archive, tmp_path)
    assert not is_stored_again(archive, tmp_path)


def test_a_damaged_list_is_begun_anew(archive: Archive, tmp_path: Path) -> None:
    """Whatever stands in its file."""
    fill(archive, [LONG])
    (tmp_path / "digests.sqlite").write_bytes(b"no database at all" * 1_000)
    assert is_stored_again(archive, tmp_path)
    assert not is_stored_again(archive, tmp_path)


def test_a_list_that_cannot_be_opened_is_done_without(tmp_path: Path) -> None:
    """Archiving goes on."""
    archive = Archive(tmp_path / "archive", digests=tmp_path)
    fill(archive, [LONG])
    assert is_stored_again(archive, tmp_path)


def test_the_list_can_be_made_again_from_the_archive(archive: Archive, tmp_path: Path) -> None:
    """Then old bytes are known as if it had never been lost."""
    fill(archive, [LONG, story(2)])
    fill(archive, [LONG], "two")
    (tmp_path / "digests.sqlite").unlink()
    assert archive.learn_digests() == 2
    assert not is_stored_again(archive, tmp_path)


def test_bytes_that_are_gone_are_stored_again(archive: Archive, tmp_path: Path) -> None:
    """The list may say what it likes: the writer reads the bytes back before it relies on them."""
    fill(archive, [LONG])
    (path,) = tmp_path.rglob("*.warc.gz")
    whole = path.read_bytes()
    for harmed in (whole[: len(whole) // 2], whole[:40_000] + b"?" + whole[40_001:], b""):
        path.write_bytes(harmed)
        assert is_stored_again(archive, tmp_path)
        for again in tmp_path.rglob("again*.warc.gz"):
            again.unlink()
    path.unlink()
    fill(archive, [story(3, 200_000)])  # another document where the list says that ours is
    assert is_stored_again(archive, tmp_path)


def test_a_revisit_whose_bytes_are_gone_says_where_they_were(archive: Archive, tmp_path: Path) -> None:
    """An error that names the place, never other bytes."""
    (first,) = fill(archive, [LONG])
    (reference,) = fill(archive, [LONG], "two")
    (tmp_path / "archive" / first.partition("#")[0]).unlink()
    for access in (archive.read, archive.document):
        with pytest.raises(UserError, match="one-00001"):
            access(reference)


def test_several_processes_share_one_list(tmp_path: Path) -> None:
    """They write at once, and afterwards each knows what the others stored."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; from raw_documents import *\n"
        "home, number = Path(sys.argv[1]), int(sys.argv[3])\n"
        "archive = Archive(home / 'archive', digests=home / 'digests.sqlite')\n"
        "with archive.writer(f'writer-{number}', DAY) as writer:\n"
        "    for step in range(40):\n"
        "        writer.add(raw(story(number * 1000 + step), f'{number}/{step}'))\n"
        "        writer.flush()\n"
    )
    support = str(Path(__file__).parents[2] / "support")
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), support, str(number)], stderr=subprocess.PIPE)
        for number in range(4)
    ]
    assert [(writer.communicate()[1], writer.returncode) for writer in writers] == [(b"", 0)] * 4
    archive = Archive(tmp_path / "archive", digests=tmp_path / "digests.sqlite")
    assert len(list(archive.documents())) == 160
    with archive.writer("last", DAY) as writer:
        again = [writer.add(raw(story(number * 1000 + step))) for number in range(4) for step in range(40)]
    assert {archive._entry(reference, 0).header.kind for reference in again} == {"revisit"}

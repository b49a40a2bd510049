"""A writer may be killed at any moment: what `flush` had answered for is there, and the archive goes on."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from raw_documents import DAY, raw, story

from newsdex.archive import Archive, Damage, Wrong

WRITER = (
    "import sys; sys.path.insert(0, sys.argv[2]); from pathlib import Path; from raw_documents import *\n"
    "home = Path(sys.argv[1])\n"
    "archive = Archive(home / 'archive', digests=home / 'digests.sqlite', file_bytes=400_000)\n"
    "with archive.writer('one', DAY) as writer:\n"
    "    for number in range(1_000_000):\n"
    "        written = [writer.add(raw(story(number * 5 + i), str(number * 5 + i))) for i in range(5)]\n"
    "        writer.flush()\n"
    "        print('\\n'.join(written), flush=True)\n"
)
SUPPORT = str(Path(__file__).parents[2] / "support")


@pytest.mark.parametrize("lives", [12, 40, 77, 121])
def test_what_was_flushed_outlives_the_writer(tmp_path: Path, lives: int) -> None:
    """Every reference that it gave out leads to its document; the next writer of the name goes on in a new file."""
    command = [sys.executable, "-c", WRITER, str(tmp_path), SUPPORT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        references = [next(writer.stdout).strip() for _ in range(lives * 5)]
        writer.send_signal(signal.SIGKILL)
        references += [line.strip() for line in writer.stdout if line.endswith("\n")]
    archive = Archive(tmp_path / "archive", digests=tmp_path / "digests.sqlite", file_bytes=400_000)
    assert [archive.read(reference) for reference in references] == [story(n) for n in range(len(references))]
    with archive.writer("one", DAY) as again:
        kept = [again.add(raw(story(number))) for number in random.Random(1).sample(range(len(references)), 20)]
    told: list[Damage] = []
    found = {document.origin.raw_ref for document in archive.documents(told=told.append)}
    assert found >= {*references, *kept}
    assert {damage.wrong for damage in told} <= {Wrong.TORN}
    assert archive.verify(told=lambda damage: None).kinds.keys() <= {"torn"}


def test_a_full_disk_costs_what_was_not_flushed(tmp_path: Path) -> None:
    """The writer ends with the error; all that it had answered for is there, and its torn end is told."""
    limit = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000));"
    limited = WRITER.replace("import sys;", limit)
    done = subprocess.run(
        [sys.executable, "-c", limited, str(tmp_path), SUPPORT], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "File too large" in done.stderr) == (1, True)
    references = done.stdout.split()
    archive = Archive(tmp_path / "archive")
    assert len(references) > 50
    assert [archive.read(reference) for reference in references] == [story(n) for n in range(len(references))]
    told: list[Damage] = []
    found = [document.origin.raw_ref for document in archive.documents(told=told.append)]
    assert found[: len(references)] == references
    assert [damage.wrong for damage in told] == [Wrong.TORN]

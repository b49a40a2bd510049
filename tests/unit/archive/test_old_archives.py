"""Archives from before there were metadata records: a `resource` record for each document, and nothing else."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsdex.archive import Archive, Damage, Wrong
from newsdex.records import Door, Origin

NAME = "2026/11/22/20261122T080000-000-a1b2c3.warc.gz"
STORIES = [b"Rain fell on Tuesday.", b"", b"<html><p>Snow.</p></html>"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Write an old file, as the first version of Newsdex did."""
    path = tmp_path / NAME
    path.parent.mkdir(parents=True)
    for number, content in enumerate(STORIES):
        header = (
            "WARC/1.1\r\nWARC-Type: resource\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-00000000000{number}>\r\n"
            "WARC-Date: 2026-11-22T08:00:00.250000Z\r\n"
            f"WARC-Target-URI: file:inbox/p/caf%C3%A9%20{number}.txt\r\n"
            f"WARC-Payload-Digest: sha256:{hashlib.sha256(content).hexdigest()}\r\n"
            f"Content-Type: text/plain\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        with path.open("ab") as file:
            file.write(gzip.compress(header.encode() + content + b"\r\n\r\n"))
    return path


def test_its_documents_are_read(path: Path, tmp_path: Path) -> None:
    """With what their records say of them; the publisher was not noted then."""
    told: list[Damage] = []
    found = list(Archive(tmp_path).documents(told=told.append))
    assert ([document.content for document in found], told) == (STORIES, [])
    assert found[0].origin == Origin(
        "inbox/p/caf\xe9 0.txt",
        datetime(2026, 11, 22, 8, 0, 0, 250000, tzinfo=UTC),
        "text/plain",
        hashlib.sha256(STORIES[0]).hexdigest(),
        raw_ref=f"{NAME}#0",
        door=Door.FILES,
    )


def test_its_references_lead_to_the_bytes(path: Path, tmp_path: Path) -> None:
    """They stand in articles that were indexed long ago."""
    archive = Archive(tmp_path)
    references = [str(document.origin.raw_ref) for document in archive.documents()]
    assert [archive.read(reference) for reference in references] == STORIES
    assert [archive.document(reference).content for reference in references] == STORIES


def test_it_is_whole(path: Path, tmp_path: Path) -> None:
    """That nothing stands behind a document is no damage there."""
    told: list[Damage] = []
    assert Archive(tmp_path).verify(told=told.append).documents == 3
    assert told == []


def test_its_torn_end_is_told(path: Path, tmp_path: Path) -> None:
    """And costs the torn document only."""
    path.write_bytes(path.read_bytes()[:-5])
    told: list[Damage] = []
    assert [document.content for document in Archive(tmp_path).documents(told=told.append)] == STORIES[:2]
    assert [damage.wrong for damage in told] == [Wrong.TORN]

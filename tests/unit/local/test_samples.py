"""The samples are put into the inbox once in the life of a state folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdex.local.samples import put_into_inbox
from newsdex.settings import Settings, read_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Give settings with a state folder of their own."""
    return read_settings({"NEWSDEX_HOME": str(tmp_path / "home")})


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    """Write two samples, one of them in a publisher's folder, and a README that is none."""
    folder = tmp_path / "samples"
    (folder / "courier").mkdir(parents=True)
    (folder / "a.txt").write_text("a", encoding="utf-8")
    (folder / "courier" / "b.html").write_text("b", encoding="utf-8")
    (folder / "README.md").write_text("about", encoding="utf-8")
    return folder


def test_they_keep_their_folders(settings: Settings, samples: Path) -> None:
    """The first-level folder names the publisher, so it is kept; nothing else is put there."""
    assert put_into_inbox(settings, samples) == 2
    found = {str(path.relative_to(settings.inbox)) for path in settings.inbox.rglob("*") if path.is_file()}
    assert found == {"a.txt", "courier/b.html"}


def test_the_second_run_gets_none(settings: Settings, samples: Path) -> None:
    """Once is enough, also after the inbox was emptied."""
    put_into_inbox(settings, samples)
    (settings.inbox / "a.txt").unlink()
    assert put_into_inbox(settings, samples) == 0
    assert not (settings.inbox / "a.txt").exists()

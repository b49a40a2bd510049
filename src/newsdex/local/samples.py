"""The articles that come with Newsdex: the first run's input."""

from __future__ import annotations

import shutil
from pathlib import Path

from newsdex.settings import PROJECT, Settings


def put_into_inbox(settings: Settings, samples: Path = PROJECT / "samples") -> int:
    """Copy the samples into the inbox, once in the life of a state folder; give the number of files.

    Each file appears in the inbox whole: it is written under a hidden name first, which the inbox does not take.
    """
    note = settings.home / ".samples-given"
    if note.exists() or not samples.is_dir():
        return 0
    given = 0
    for source in sorted(samples.rglob("*")):
        if not source.is_file() or source.name.startswith(".") or source.name.upper().startswith("README"):
            continue
        target = settings.inbox / source.relative_to(samples)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, draft)
        draft.replace(target)
        given += 1
    note.write_text(f"{given}\n", encoding="utf-8")
    return given

"""What the log of a task says of its batch."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest

from newsdex import run
from newsdex.settings import Settings


def test_a_batch_tells_its_story_in_a_few_lines(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    """Of many documents: how many became what, why some were refused, where the time went; and the same sheet."""
    own = replace(settings, home=settings.home / "story", settle_seconds=0.0)
    folder = own.inbox / "wire"
    folder.mkdir(parents=True)
    for number in range(40):
        text = f"Ferry {number} came back to Colonia on Tuesday after {number + 3} days at sea, its captain said.\n"
        (folder / f"{number:02}.txt").write_text(text if number % 10 else "", encoding="utf-8")
    (batch,) = run.claim(own, "run")
    with caplog.at_level("INFO"):
        caplog.clear()
        sheet = run.ingest_batch(own, batch, "run")
    shutil.rmtree(own.home)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) <= 10
    assert told[0].startswith(f"batch {batch}: 40 documents in ")
    assert told[1] == "outcomes: 36 created, 4 quarantined"
    assert told[2] == "refused: 4 empty_input, as inbox/wire/00.txt"
    assert told[3].startswith("seconds: read ")
    assert (sheet["inputs"], sheet["outcomes"]["created"], sheet["balanced"]) == (40, 36, True)

"""What all fetching processes of a machine know together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsdex.errors import UserError
from newsdex.fetch.ledger import Ledger, RobotsEntry, Turn, Wait

HOUR = 3600.0


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "home" / "fetch.sqlite", longest_hold=HOUR) as opened:
        yield opened


def take(ledger: Ledger, domain: str = "gazette.example", *, delay: float = 30.0, lease: float = HOUR) -> Turn | Wait:
    return ledger.take_turn(domain, delay=delay, connections=1, lease=lease)


def test_a_domain_rests_after_each_request(ledger: Ledger) -> None:
    """The rest begins when the request has ended."""
    turn = take(ledger)
    assert isinstance(turn, Turn)
    ledger.give_back(turn)
    wait = take(ledger)
    assert isinstance(wait, Wait)
    assert 29 < wait.seconds <= 30
    assert isinstance(take(ledger, "other.example"), Turn)


def test_a_domain_is_asked_by_one_at_a_time(ledger: Ledger, tmp_path: Path) -> None:
    """By another process neither, though the delay has passed."""
    assert isinstance(take(ledger, delay=0.0), Turn)
    with Ledger(tmp_path / "home" / "fetch.sqlite", longest_hold=HOUR) as another:
        wait = take(another, delay=0.0)
        assert isinstance(wait, Wait)
        assert wait.busy


def test_the_turn_of_a_process_that_was_killed_runs_out(ledger: Ledger) -> None:
    """Else its domain would never be asked again."""
    assert isinstance(take(ledger, delay=0.0, lease=-1.0), Turn)
    assert isinstance(take(ledger, delay=0.0), Turn)


def test_a_turn_that_is_renewed_does_not_run_out(ledger: Ledger) -> None:
    """A long download is no dead process."""
    turn = take(ledger, delay=0.0, lease=-1.0)
    assert isinstance(turn, Turn)
    ledger.renew(turn, HOUR)
    assert isinstance(take(ledger, delay=0.0), Wait)


def test_a_domain_that_asks_for_less_is_held_off_and_slowed(ledger: Ledger) -> None:
    """For as long as it says; and from then on it is asked half as often, until it answers well again."""
    turn = take(ledger, delay=1.0)
    assert isinstance(turn, Turn)
    ledger.slow_down("gazette.example", least=10.0, longest=60.0, hold=100.0)
    ledger.give_back(turn)
    held = take(ledger, delay=0.0)
    assert isinstance(held, Wait)
    assert 99 < held.seconds <= 100


def test_what_a_domain_is_slowed_by_doubles_up_to_a_limit_and_is_halved_by_good_answers(ledger: Ledger) -> None:
    """So the pace finds what the site bears."""
    turn = take(ledger, delay=0.0)
    assert isinstance(turn, Turn)
    for _ in range(4):
        ledger.slow_down("gazette.example", least=10.0, longest=60.0, hold=0.0)
    ledger.give_back(turn)
    slowed = take(ledger, delay=0.0)
    assert isinstance(slowed, Wait)
    assert 59 < slowed.seconds <= 60
    ledger.praise("gazette.example")
    halved = take(ledger, delay=0.0)
    assert isinstance(halved, Wait)
    assert 29 < halved.seconds <= 30


def test_a_domain_that_does_not_answer_is_held_off_ever_longer_but_not_for_ever(ledger: Ledger) -> None:
    """From the third failure in a row on; up to an hour."""
    turn = take(ledger, delay=0.0)
    assert isinstance(turn, Turn)
    ledger.give_back(turn)
    waits = []
    for _ in range(15):
        ledger.note_failure("gazette.example")
        waited = take(ledger, delay=1e-9)
        waits.append(round(waited.seconds) if isinstance(waited, Wait) else 0)
        if isinstance(waited, Turn):
            ledger.give_back(waited)
    assert waits[:5] == [0, 0, 30, 60, 120]
    assert waits[-1] == HOUR
    ledger.praise("gazette.example")
    ledger.note_failure("gazette.example")


def test_a_clock_that_is_put_back_does_not_close_a_domain(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written in the future counts as now."""
    turn = take(ledger)
    assert isinstance(turn, Turn)
    ledger.give_back(turn)
    monkeypatch.setattr("newsdex.fetch.ledger.time.time", lambda: 1_000.0)
    wait = take(ledger)
    assert isinstance(wait, Wait)
    assert wait.seconds <= 30


def test_what_robots_txt_said_is_kept_for_all(ledger: Ledger, tmp_path: Path) -> None:
    """Another process needs not ask again."""
    entry = RobotsEntry(expires_at=5e9, had_at=4e9, rules="User-agent: *\nDisallow: /x")
    ledger.keep_robots("https://gazette.example:443", entry)
    with Ledger(tmp_path / "home" / "fetch.sqlite", longest_hold=HOUR) as another:
        assert another.robots("https://gazette.example:443") == entry
        assert another.robots("http://gazette.example:80") is None


def test_a_ledger_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """Deleting it would not help then."""
    (tmp_path / "fetch.sqlite").mkdir()
    with pytest.raises(UserError, match="writable"), Ledger(tmp_path / "fetch.sqlite", longest_hold=HOUR):
        pass


def test_a_damaged_ledger_is_said_with_what_to_do(tmp_path: Path) -> None:
    """It holds nothing that is lost for long."""
    (tmp_path / "fetch.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(UserError, match="delete it"), Ledger(tmp_path / "fetch.sqlite", longest_hold=HOUR):
        pass

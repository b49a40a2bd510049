"""What all fetching processes of a machine know together: when each domain was last asked, and what robots.txt said."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from newsdex.errors import UserError

_TABLES = """
create table if not exists domains (
    domain text primary key, asked_at real not null, held_until real not null default 0,
    slowed real not null default 0, failures integer not null default 0
) without rowid;
create table if not exists flights (id integer primary key, domain text not null, ends_by real not null);
create table if not exists robots (
    origin text primary key, expires_at real not null, had_at real, failing_since real,
    rules text, reason text, problem text
) without rowid;
"""
_KEPT_DOMAINS = 7 * 24 * 3600.0
_KEPT_ROBOTS = 60 * 24 * 3600.0
_FAILURES_IN_A_ROW = 3
_FIRST_HOLD = 30.0
_LONGEST_HOLD = 3600.0
_NEGLIGIBLE = 0.1


@dataclass(frozen=True, slots=True)
class Turn:
    """The leave to ask a domain once, now."""

    id: int
    domain: str


@dataclass(frozen=True, slots=True)
class Wait:
    """No leave yet: ask again after `seconds`. `busy` when it is others' connections that are waited for."""

    seconds: float
    busy: bool = False


@dataclass(frozen=True, slots=True)
class RobotsEntry:
    """What is kept of one robots.txt.

    `rules` is its text as of `had_at`, None when there is none to obey. `problem` (with its `reason`) says why it could
    not be had, `failing_since` since when.
    """

    expires_at: float
    had_at: float | None = None
    failing_since: float | None = None
    rules: str | None = None
    reason: str | None = None
    problem: str | None = None


class Ledger:
    """A small SQLite file. Each call is one transaction of a tenth of a millisecond, so none waits long for another.

    Times are the wall clock's, which all processes share. Should it be put back, what was written in the future counts
    as now.
    """

    def __init__(self, path: Path, *, longest_hold: float) -> None:
        self._path = path
        self._longest_hold = max(longest_hold, _LONGEST_HOLD)

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(self._path, timeout=10, isolation_level=None)
            self._db.execute("pragma journal_mode=wal")
            self._db.execute("pragma synchronous=normal")
            self._db.executescript(_TABLES)
            with self._writing() as now:
                self._db.execute("delete from domains where max(asked_at, held_until) < ?", (now - _KEPT_DOMAINS,))
                self._db.execute("delete from robots where expires_at < ?", (now - _KEPT_ROBOTS,))
        except sqlite3.OperationalError as wrong:
            raise UserError(
                f"{self._path}: {wrong}", "it has to be writable, on a disk where SQLite's locks work"
            ) from wrong
        except sqlite3.DatabaseError as wrong:
            hint = "delete it: it only holds when which site was last asked, and copies of robots.txt files"
            raise UserError(f"{self._path}: {wrong}", hint) from wrong
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def take_turn(self, domain: str, *, delay: float, connections: int, lease: float) -> Turn | Wait:
        """Reserve the next request to a domain, or say how long to wait for it.

        `delay` is what has to lie between the last request and this one. A turn that is neither given back nor renewed
        (its process was killed) counts as a connection for `lease` seconds.
        """
        with self._writing() as now:
            self._db.execute("delete from flights where ends_by < ?", (now,))
            row = self._db.execute(
                "select asked_at, held_until, slowed from domains where domain = ?", (domain,)
            ).fetchone()
            asked_at, held_until, slowed = row or (0.0, 0.0, 0.0)
            free_at = max(min(asked_at, now) + delay + slowed, min(held_until, now + self._longest_hold))
            if free_at > now:
                return Wait(free_at - now)
            (flying,) = self._db.execute("select count(*) from flights where domain = ?", (domain,)).fetchone()
            if flying >= connections:
                return Wait(max(0.02, min(delay, 0.25)), busy=True)
            self._note_asked(domain, now)
            added = self._db.execute("insert into flights (domain, ends_by) values (?, ?)", (domain, now + lease))
            return Turn(int(added.lastrowid or 0), domain)

    def renew(self, turn: Turn, lease: float) -> None:
        """Say that a request is still under way."""
        with self._writing() as now:
            self._db.execute("update flights set ends_by = ? where id = ?", (now + lease, turn.id))

    def give_back(self, turn: Turn) -> None:
        """Say that a request has ended: the domain's rest begins now."""
        with self._writing() as now:
            self._db.execute("delete from flights where id = ?", (turn.id,))
            self._note_asked(turn.domain, now)

    def praise(self, domain: str) -> None:
        """Note that a domain answers: what it was slowed down by is halved."""
        with self._writing():
            self._db.execute(
                "update domains set failures = 0, slowed = iif(slowed < ?, 0, slowed / 2) where domain = ?",
                (_NEGLIGIBLE, domain),
            )

    def slow_down(self, domain: str, *, least: float, longest: float, hold: float) -> None:
        """Note that a domain asks for less: nothing for `hold` seconds, and twice as slowly from then on."""
        with self._writing() as now:
            self._db.execute(
                "update domains set failures = 0, slowed = min(?, max(?, slowed * 2)),"
                " held_until = max(held_until, ?) where domain = ?",
                (longest, least, now + min(hold, self._longest_hold), domain),
            )

    def note_failure(self, domain: str) -> None:
        """Note that a domain did not answer: after three times in a row it is held off, ever longer, up to an hour."""
        with self._writing() as now:
            self._db.execute("update domains set failures = failures + 1 where domain = ?", (domain,))
            (failures,) = self._db.execute("select failures from domains where domain = ?", (domain,)).fetchone()
            if failures >= _FAILURES_IN_A_ROW:
                hold = min(_LONGEST_HOLD, _FIRST_HOLD * 2.0 ** min(failures - _FAILURES_IN_A_ROW, 10))
                self._db.execute("update domains set held_until = ? where domain = ?", (now + hold, domain))

    def robots(self, origin: str) -> RobotsEntry | None:
        """Give what is kept of an origin's robots.txt, also when it has expired."""
        row = self._db.execute(
            "select expires_at, had_at, failing_since, rules, reason, problem from robots where origin = ?", (origin,)
        ).fetchone()
        return RobotsEntry(*row) if row else None

    def keep_robots(self, origin: str, entry: RobotsEntry) -> None:
        """Keep what was found out about an origin's robots.txt."""
        with self._writing():
            self._db.execute(
                "insert or replace into robots values (?, ?, ?, ?, ?, ?, ?)",
                (
                    origin,
                    entry.expires_at,
                    entry.had_at,
                    entry.failing_since,
                    entry.rules,
                    entry.reason,
                    entry.problem,
                ),
            )

    def _note_asked(self, domain: str, now: float) -> None:
        self._db.execute(
            "insert into domains (domain, asked_at) values (?, ?)"
            " on conflict (domain) do update set asked_at = excluded.asked_at",
            (domain, now),
        )

    @contextlib.contextmanager
    def _writing(self) -> Iterator[float]:
        self._db.execute("begin immediate")
        try:
            yield time.time()
        except BaseException:
            self._db.execute("rollback")
            raise
        self._db.execute("commit")

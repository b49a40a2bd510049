"""Building the index anew from the raw archive, with today's rules and mapping, while the old one serves.

    build:  fill the new index, catch up with what is written meanwhile, compare, report
    switch: block the old one for a moment, catch up once more, count, move the aliases
    roll_back: the same the other way round

Killed at any moment, each goes on where it was when it is called again (docs/adr/0018-rebuild.md).
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from contextlib import closing
from typing import TYPE_CHECKING, Any

from newsdex.errors import UserError
from newsdex.run.clock import now
from newsdex.run.knowledge import current_rules
from newsdex.run.progress import Told
from newsdex.run.rebuild_record import Phase, Rebuilds, Record
from newsdex.run.rebuild_report import describe_report
from newsdex.run.rebuilding import Rebuild
from newsdex.run.replaying import Replay, replay
from newsdex.settings import Settings

if TYPE_CHECKING:
    from newsdex.index.versions import Versions

__all__ = ["build", "describe_report", "discard", "roll_back", "switch"]

log = logging.getLogger(__name__)


def build(
    settings: Settings,
    *,
    only: str | None = None,
    examples: int = 5,
    processes: int | None = None,
    restart: bool = False,
    told: Told | None = None,
) -> dict[str, Any]:
    """Fill a new version of the index and give the report of what changes; nothing that is searched changes.

    With `only`, a publisher's id or name, the articles of all others are taken over as they are. A rebuild that was
    interrupted goes on, unless config/ has changed since, another publisher is asked for, or `restart`. Raises
    `UserError` while another rebuild runs.
    """
    with Rebuilds(settings).alone(), replay(settings, processes or os.cpu_count() or 1, told) as work:
        rebuild = _resume_or_begin(work, only, restart)
        if rebuild.state.phase is Phase.FILLING:
            rebuild.fill()
            rebuild.report(examples)
        report: dict[str, Any] = json.loads((rebuild.record.folder / "report.json").read_text(encoding="utf-8"))
        return report


def switch(
    settings: Settings, *, keep: int = 1, processes: int | None = None, told: Told | None = None
) -> dict[str, Any]:
    """Move the aliases to the index that `build` has filled; keep so many of the older versions. Give what was done.

    Writers wait for the moment that it takes to catch up. Raises `UserError`, with everything as it was, when an
    article would be lost or the counts do not agree.
    """
    with Rebuilds(settings).alone(), replay(settings, processes or os.cpu_count() or 1, told) as work:
        record = Rebuilds(settings).open()
        if record is None or record.state.phase is Phase.FILLING:
            raise UserError("no index has been filled to switch to", "newsdex rebuild fills one")
        rebuild = Rebuild(work, record)
        if record.state.phase is Phase.REPORTED and work.versions.serving() != record.state.new:
            rebuild.switch()
        rebuild.settle_quarantine()
        return {"id": record.state.id, "serving": record.state.new, "removed": work.versions.forget_all_but(keep)}


def discard(settings: Settings) -> str | None:
    """Remove the index that was being filled; the one that serves stays as it is. Give its name, None if none was."""
    from newsdex.index import connect
    from newsdex.index.versions import Versions

    rebuilds = Rebuilds(settings)
    with rebuilds.alone(), closing(connect(settings)) as client:
        _demand_no_rollback(rebuilds)
        return _discard(Versions(client, settings.index_prefix), rebuilds.open())


def roll_back(settings: Settings, *, processes: int | None = None, told: Told | None = None) -> dict[str, Any]:
    """Go back to the index that served before the last switch, caught up with all that came since. Say what was done.

    Raises `UserError` when there is nothing to go back to, or when an article that came since would be lost.
    """
    with Rebuilds(settings).alone(), replay(settings, processes or os.cpu_count() or 1, told) as work:
        serving, rebuilds = work.versions.serving(), Rebuilds(settings)
        record = rebuilds.rolling_back() or rebuilds.that_made(serving)
        if record is None or not work.versions.exists(record.state.old):
            raise UserError(
                f"there is no index to go back to from {serving}",
                "newsdex rebuild keeps the one that served before, unless --keep 0",
            )
        caught_up = Rebuild(work, record).roll_back()
        return {"id": record.state.id, "serving": record.state.old, "caught_up": caught_up}


def _resume_or_begin(work: Replay, only: str | None, restart: bool) -> Rebuild:
    from newsdex.index import ensure_indices
    from newsdex.index.templates import ensure_others, read_mapping

    settings = work.settings
    if not work.client.indices.exists_alias(name=work.versions.names.news_write):
        ensure_indices(work.client, settings)
    ensure_others(work.client, settings)
    rebuilds = Rebuilds(settings)
    _demand_no_rollback(rebuilds)
    record, config = rebuilds.open(), _fingerprint(settings)
    if record is not None:
        state = record.state
        same = not restart and state.config == config and state.only == only
        if same and (work.versions.building() == state.new or work.versions.serving() == state.new):
            log.info("rebuild %s goes on", state.id)
            return Rebuild(work, record)
        log.warning("rebuild %s cannot go on and is begun anew", state.id)
        _discard(work.versions, record)
    elif (other := work.versions.building()) is not None:
        raise UserError(f"{other} is being filled by a rebuild that is not this home's", "newsdex rebuild --discard")
    old = work.versions.serving()
    if only is not None:
        _demand_publisher(settings, only)
        from newsdex.index.templates import index_meta

        wanted = read_mapping(settings, "news")["mappings"]["_meta"]["schema_version"]
        if index_meta(work.client, old).get("schema_version") != wanted:
            raise UserError("the mapping has changed: articles cannot be taken over as they are", "leave --only out")
    record = rebuilds.begin(now(), old=old, new=work.versions.begin(settings), config=config, only=only)
    record.state.caught_up = work.versions.last_operation(old)
    record.save()
    return Rebuild(work, record)


def _discard(versions: Versions, record: Record | None) -> str | None:
    index = versions.building() if record is None else record.state.new
    if record is not None and versions.serving() == index:
        raise UserError(f"{index} serves already", "newsdex rebuild --rollback goes back to the one before")
    if index is not None:
        versions.remove(index)
    if record is not None:
        versions.unblock(record.state.old)
        record.state.phase = Phase.DISCARDED
        record.save()
    return index


def _fingerprint(settings: Settings) -> str:
    digest = hashlib.sha256()
    for path in sorted([*settings.config.glob("**/*.yaml"), settings.config / "elasticsearch" / "news.json"]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _demand_publisher(settings: Settings, only: str) -> None:
    if not only.strip():
        raise UserError("--only names no publisher", "newsdex rebuild --only 'Northmoor Gazette'")
    if current_rules(settings.config).publisher(only) is None:
        log.warning("config/publishers does not know %s: articles are taken by that very name", only)


def _demand_no_rollback(rebuilds: Rebuilds) -> None:
    if rebuilds.rolling_back() is not None:
        raise UserError("a rollback was interrupted", "newsdex rebuild --rollback ends it")

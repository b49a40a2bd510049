"""A rebuild of a whole archive while a client searches without a pause and new files arrive.

Files are ingested (`generate.py`), every tenth of the texts with a line of furniture that no rule knows. Then a rule
for it is added, and the index is built anew, switched, and rolled back, beside two processes of their own: one searches
all the time, for everything and for articles picked at random, the other ingests twenty new files every few seconds.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import random
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from elasticsearch import ApiError, Elasticsearch, TransportError
from elasticsearch.helpers import scan

from bench.generate import generate
from bench.inbox_rate import RESULTS, WORKERS, elasticsearch, forget
from bench.memory import Memory
from bench.sets import machine
from newsdex import run
from newsdex.index import BalanceSheet, Names, connect
from newsdex.run import rebuild
from newsdex.settings import Settings

T = TypeVar("T")

FURNITURE = "Readers find the timetable of all ferries on page nine of the printed paper"
RULE = rf"""language: und
rules:
  - id: bench-newsroom
    where: line
    match: '{FURNITURE}\.'
    why: The paper points to its printed pages.
    examples:
      - {{text: '{FURNITURE}.', removed: true}}
      - {{text: 'The timetable of all ferries changes in June.', removed: false}}
"""
_EVERY_TENTH = 10
_ARRIVING = 20
_PAUSE = 3.0
"""Files that arrive together, and the seconds between two such arrivals."""
_ON_THE_NEW = 15.0
"""Seconds between the switch and the rollback."""


def main() -> int:
    """Run the trial and print its figures. Exit code 1 when a search failed or missed, or a count is not right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000, help="articles to build anew (default 20,000)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsdex-bench-") as scratch:
        place = Path(scratch)
        with elasticsearch(place / "home") as (settings, node):
            shutil.copytree(settings.config, place / "config")
            settings = replace(settings, config=place / "config", index_prefix="bench-rebuild-")
            with closing(connect(settings)) as client:
                forget(client, settings)
            try:
                figures = _try(settings, node, place, arguments.count)
            finally:
                with closing(connect(settings)) as client:
                    forget(client, settings)
    wrong = {name for name, (found, expected) in figures["checks"].items() if found != expected}
    print(json.dumps(figures, indent=2))
    print(f"wrong: {', '.join(sorted(wrong))}" if wrong else "all as expected")
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "rebuild.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 1 if wrong else 0


def _try(settings: Settings, node: int | None, place: Path, count: int) -> dict[str, Any]:
    files = generate(place / "first", count)
    marked = _mark([path for path in files[::_EVERY_TENTH] if path.suffix == ".txt"])
    seconds: dict[str, float] = {}
    sheet = _timed(seconds, "ingest", lambda: run.ingest_paths(settings, files, processes=WORKERS))
    index, stop = Names(settings.index_prefix).news, place / "stop"
    with closing(connect(settings)) as client, Memory(node) as memory:
        known = _count(client, index)
        before = _count_marked(client, index)
        (settings.config / "languages" / "xx.yaml").write_text(RULE, encoding="utf-8")
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as beside:
            searching = beside.submit(_search, settings, stop, known)
            arriving = beside.submit(_arrive, settings, stop, place / "later")
            try:
                report = _timed(seconds, "build", lambda: rebuild.build(settings, processes=WORKERS))
                _timed(seconds, "switch", lambda: rebuild.switch(settings, processes=WORKERS))
                after = _count_marked(client, index)
                time.sleep(_ON_THE_NEW)
                back = _timed(seconds, "rollback", lambda: rebuild.roll_back(settings, processes=WORKERS))
            finally:
                stop.touch()
            searches, arrived = searching.result(), arriving.result()
        again, total = _count_marked(client, index), _count(client, index)
    new = arrived["created"] + arrived["duplicate"]
    return {
        "machine": machine(),
        "articles": known,
        "seconds": seconds,
        "per_second": {"ingest": round(count / seconds["ingest"], 1), "build": round(known / seconds["build"], 1)},
        "searches": searches,
        "arrived": arrived,
        "caught_up_by_rollback": back["caught_up"],
        "report": {
            name: report[name] for name in ("documents", "same", "changed", "missing", "added", "arriving", "regrouped")
        },
        "peak_mb": memory.peak_mb,
        "checks": {
            "inputs accounted for": [sum(_outcomes(sheet).values()), count],
            "searches that failed or missed": [searches["failed"], 0],
            "articles with the line, before": [before, marked],
            "articles with the line, after the switch": [after, 0],
            "articles with the line, after the rollback": [again, marked],
            "changed, as the report says": [report["changed"], marked],
            # The line is English: some text of another language is one of mixed languages with it.
            "fields that changed, as the report says": [sorted(set(report["fields"]) - {"flags"}), ["body"]],
            "lost or new, as the report says": [report["missing"] + report["added"], 0],
            "articles at the end": [total, known + new],
        },
    }


def _mark(paths: list[Path]) -> int:
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        lines.insert(len(lines) // 2, f"{FURNITURE}.")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(paths)


def _timed(seconds: dict[str, float], name: str, work: Callable[[], T]) -> T:
    began = time.perf_counter()
    done = work()
    seconds[name] = round(time.perf_counter() - began, 1)
    print(f"{name}: {seconds[name]:,.1f} s", flush=True)
    return done


def _count(client: Elasticsearch, index: str) -> int:
    client.indices.refresh(index=index)
    return int(client.count(index=index)["count"])


def _count_marked(client: Elasticsearch, index: str) -> int:
    client.indices.refresh(index=index)
    return int(client.count(index=index, query={"match_phrase": {"body": FURNITURE}})["count"])


def _outcomes(sheet: BalanceSheet) -> dict[str, int]:
    return {str(outcome): count for outcome, count in sheet.as_dict()["outcomes"].items()}


def _search(settings: Settings, stop: Path, known: int) -> dict[str, Any]:
    """Search until told to stop: all articles, whose number must not fall, and one at random, which must be found."""
    index, failures, slowest, count = Names(settings.index_prefix).news, [], 0.0, 0
    chance = random.Random(1)
    with closing(connect(settings)) as client:
        ids = [hit["_id"] for hit in scan(client, index=index, query={"_source": False})]
        while _goes_on(stop):
            began = time.perf_counter()
            try:
                failures += _search_once(client, index, known, chance.choice(ids))
            except (ApiError, TransportError) as failure:
                failures.append(repr(failure))
            slowest = max(slowest, time.perf_counter() - began)
            count += 2
    return {"count": count, "failed": len(failures), "failures": failures[:5], "slowest_ms": round(slowest * 1_000)}


def _goes_on(stop: Path) -> bool:
    """Tell whether the trial goes on; one that was killed tells nobody to stop."""
    parent = multiprocessing.parent_process()
    return not stop.exists() and parent is not None and parent.is_alive()


def _search_once(client: Elasticsearch, index: str, known: int, article_id: str) -> list[str]:
    everything = client.search(index=index, size=1, track_total_hits=True)
    one = client.search(index=index, query={"ids": {"values": [article_id]}}, size=2)
    failures = []
    if everything["_shards"]["failed"] or everything["hits"]["total"]["value"] < known:
        failures.append(f"{everything['hits']['total']['value']} of {known} articles")
    if len(one["hits"]["hits"]) != 1:
        failures.append(f"{article_id} found {len(one['hits']['hits'])} times")
    return failures


def _arrive(settings: Settings, stop: Path, folder: Path) -> dict[str, Any]:
    """Ingest some new files every few seconds until told to stop; some of them are new texts of earlier ones."""
    slowest, total = 0.0, BalanceSheet()
    for number in itertools.count(1):
        if not _goes_on(stop):
            break
        files = generate(folder / str(number), _ARRIVING, seed=number)
        began = time.perf_counter()
        total = total + run.ingest_paths(settings, files)
        slowest = max(slowest, time.perf_counter() - began)
        time.sleep(_PAUSE)
    return {**_outcomes(total), "slowest_seconds": round(slowest, 1)}


if __name__ == "__main__":
    raise SystemExit(main())

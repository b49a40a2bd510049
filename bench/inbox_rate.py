"""How many documents a second, and how much memory: Newsdex beside a plain loop, on the same node in the same run.

`paths`   newsdex ingest: archive, the whole line, the index
`batches` the same by claimed batches in processes of their own, as Airflow's tasks do it
`plain`   what one would write in ten lines: read, langdetect, one `index` call each, nothing else
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch

from bench.chart import draw
from bench.generate import generate
from bench.memory import Memory
from bench.sets import machine
from newsdex import run
from newsdex.index import BalanceSheet, Names, connect, ensure_indices
from newsdex.node.server import Node
from newsdex.settings import Settings, read_settings

RESULTS = Path(__file__).parent / "results"
PREFIX = "bench-"
WORKERS = 2
"""Tasks that Airflow runs beside each other on two cores."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One way through: how long it took, what came of it, and the largest memory of each kind of process (MB)."""

    name: str
    documents: int
    seconds: float
    per_second: float
    found: int
    accounted: bool
    outcomes: dict[str, int]
    peak_mb: dict[str, float]


def main() -> int:
    """Run all three ways, print the comparison, and write bench/results/. Exit code 1 when a document is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000, help="documents (default 10,000)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsdex-bench-") as scratch:
        files = generate(Path(scratch) / "files", arguments.count)
        size = sum(path.stat().st_size for path in files) / len(files)
        print(f"{len(files):,} files, {size:,.0f} bytes each")
        with elasticsearch(Path(scratch) / "home") as (settings, node):
            _warm_up(files, settings)
            results = [
                _measure("paths", files, settings, node, _ingest_paths),
                _measure("batches", files, settings, node, _ingest_batches),
                _measure("plain", files, settings, node, _plain_loop),
            ]
    _report(results, len(files), size, arguments.out)
    return 0 if all(result.accounted for result in results) else 1


def _warm_up(files: list[Path], settings: Settings) -> None:
    """Let the server compile its hot paths before the first measurement, or whoever comes first pays for the others."""
    settings = replace(settings, index_prefix=f"{PREFIX}warm-")
    with connect(settings) as client:
        forget(client, settings)
        ensure_indices(client, settings)
        run.ingest_paths(settings, files[:300])
        forget(client, settings)
        _plain_loop(files[:300], settings, client)
        forget(client, settings)


def _measure(
    name: str,
    files: list[Path],
    settings: Settings,
    node: int | None,
    way: Callable[[list[Path], Settings, Elasticsearch], tuple[float, dict[str, int], str]],
) -> Measured:
    settings = replace(settings, index_prefix=f"{PREFIX}{name}-")
    with connect(settings) as client, Memory(node) as memory:
        forget(client, settings)
        try:
            seconds, outcomes, index = way(files, settings, client)
            client.indices.refresh(index=index)
            found = client.count(index=index)["count"]
        finally:
            forget(client, settings)
    written = sum(outcomes.get(outcome, 0) for outcome in ("created", "duplicate"))
    accounted = sum(outcomes.values()) == len(files) and found == written
    result = Measured(
        name, len(files), round(seconds, 2), round(len(files) / seconds, 1), found, accounted, outcomes, memory.peak_mb
    )
    print(f"{name:8} {result.per_second:8,.1f} documents/s  {outcomes}  peak MB {memory.peak_mb}", flush=True)
    return result


def _ingest_paths(files: list[Path], settings: Settings, client: Elasticsearch) -> tuple[float, dict[str, int], str]:
    ensure_indices(client, settings)
    started = time.perf_counter()
    sheet = run.ingest_paths(settings, files)
    seconds = time.perf_counter() - started
    return seconds, _outcomes(sheet), Names(settings.index_prefix).news


def _ingest_batches(files: list[Path], settings: Settings, client: Elasticsearch) -> tuple[float, dict[str, int], str]:
    ensure_indices(client, settings)
    root = files[0].parents[1]
    for path in files:
        target = settings.inbox / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    time.sleep(settings.settle_seconds + 2.5)
    total = BalanceSheet()
    started = time.perf_counter()
    for number in range(len(files)):
        run_id = f"bench-{number}"
        batches = run.claim(settings, run_id)
        if not batches:
            break
        with tasks() as pool:
            sheets = list(
                pool.map(run.ingest_batch, *zip(*((settings, batch, run_id) for batch in batches), strict=True))
            )
        total = total + BalanceSheet.from_dict(run.close_run(settings, run_id, sheets))
    return time.perf_counter() - started, _outcomes(total), Names(settings.index_prefix).news


def tasks() -> ProcessPoolExecutor:
    """Give what runs each batch in a process of its own, forked from one that has all loaded, as Airflow does."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["bench.warm"])
    return ProcessPoolExecutor(WORKERS, mp_context=context, max_tasks_per_child=1)


def _plain_loop(files: list[Path], settings: Settings, client: Elasticsearch) -> tuple[float, dict[str, int], str]:
    from langdetect import DetectorFactory, detect

    DetectorFactory.seed = 0
    index = f"{settings.index_prefix}news"
    client.indices.create(index=index)
    detect("Load the language profiles before the clock starts.")
    started = time.perf_counter()
    for path in files:
        text = path.read_text(encoding="utf-8")
        client.index(index=index, document={"path": str(path), "language": detect(text), "text": text})
    return time.perf_counter() - started, {"created": len(files)}, index


def _outcomes(sheet: BalanceSheet) -> dict[str, int]:
    return {str(outcome): count for outcome, count in sheet.as_dict()["outcomes"].items() if count}


def forget(client: Elasticsearch, settings: Settings) -> None:
    """Delete what an earlier benchmark, or this one, has put into the cluster: all of it has the benchmark's prefix."""
    names = list(client.indices.get(index=f"{settings.index_prefix}*", expand_wildcards="all"))
    if names:
        client.indices.delete(index=names)


@contextmanager
def elasticsearch(home: Path) -> Iterator[tuple[Settings, int | None]]:
    """Use the cluster of ELASTICSEARCH_URL, else start a node of our own; give its process id where it is ours."""
    settings = read_settings()
    program_home = settings
    settings = replace(settings, home=home)
    home.mkdir(parents=True)
    if settings.elasticsearch_external:
        yield settings, None
        return
    from newsdex.node.distribution import install

    port = _free_port()
    settings = replace(settings, elasticsearch_port=port, elasticsearch_url=f"http://127.0.0.1:{port}")
    home.parent.chmod(0o755)  # the node may have to run as another user, who must reach its folder
    node = Node(settings, program=install(program_home))
    node.start()
    try:
        node.wait_ready()
        yield settings, node.pid
    finally:
        node.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _report(results: list[Measured], count: int, size: float, out: Path) -> None:
    plain = results[-1].per_second
    print()
    for result in results:
        accounted = "all accounted for" if result.accounted else "NOT ALL ACCOUNTED FOR"
        print(f"{result.name:8} {result.per_second:8,.1f}/s  {result.per_second / plain:5.2f} x plain  {accounted}")
    out.mkdir(parents=True, exist_ok=True)
    shape: dict[str, Any] = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "documents": count,
        "bytes_each": round(size),
        "results": [asdict(result) for result in results],
        "ratio_to_plain": {result.name: round(result.per_second / plain, 2) for result in results},
    }
    (out / "inbox_rate.json").write_text(json.dumps(shape, indent=2) + "\n", encoding="utf-8")
    (out / "inbox_rate.svg").write_text(draw(shape), encoding="utf-8")
    print(f"\n{out / 'inbox_rate.json'}, {out / 'inbox_rate.svg'}")

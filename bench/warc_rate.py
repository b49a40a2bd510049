"""How many pages of a WARC file a second, and how much memory: Newsdex beside extractors that only extract.

`newsdex`      the whole way: archive, main text, cleaning, dates, language, near-duplicates, index, balance; by batches
               that are worked side by side in processes of their own, as Airflow's tasks work them; `--kills` times
               all of these are killed (`kill -9`) in the middle of their batches and begun again, as Airflow would
`trafilatura`  reads the records and extracts text and metadata from each page; nothing is kept
`news-please`  the same with its own extractor, where it is installed

The pages come from folders that you name (HTML files, also gzipped), as often as it takes to make `--count` records;
each record has an address of its own, and its page a line of its own, so none repeats another to the letter.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import multiprocessing
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

from bench.inbox_rate import RESULTS, WORKERS, elasticsearch, forget, machine, tasks
from bench.memory import Memory
from newsdex import run
from newsdex.index import Names, connect, ensure_indices
from newsdex.settings import Settings

_STARTS_WITH = b"\x1f\x8b"
_AT_ONCE = 32
_INTO_A_BATCH = 2.0
"""Seconds that tasks go on working before they are killed."""
_NAMES_ITSELF = re.compile(rb"<link[^>]*canonical[^>]*>|<meta[^>]*og:url[^>]*>", re.IGNORECASE)
_ADDRESS = re.compile(rb"""["'](https?://[^"']+)["']""")


@dataclass(frozen=True, slots=True)
class Measured:
    """One way through: pages, seconds, what became of them, the largest memory of each kind of process (MB)."""

    name: str
    pages: int
    seconds: float
    per_second: float
    outcomes: dict[str, int]
    peak_mb: dict[str, float]


def main() -> int:
    """Make the file, run all ways, print the comparison. Exit code 1 when a page is not accounted for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help="folders with HTML pages")
    parser.add_argument("--count", type=int, default=20_000, help="records to make (default 20,000)")
    parser.add_argument(
        "--extract", type=int, default=2_000, help="records the extractors are timed on (default 2,000)"
    )
    parser.add_argument("--kills", type=int, default=2, help="how often the tasks are killed (default 2)")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the results")
    arguments = parser.parse_args()
    pages = sorted(path for folder in arguments.folders for path in folder.rglob("*") if path.is_file())
    with (
        tempfile.TemporaryDirectory(prefix="newsdex-bench-") as scratch,
        elasticsearch(Path(scratch) / "home") as found,
    ):
        settings, node = found
        settings = replace(settings, index_prefix="bench-warc-", backfill_folders=(Path(scratch),))
        path = Path(scratch) / "crawl.warc.gz"
        size = make_warc(path, pages, arguments.count)
        packed = path.stat().st_size
        print(
            f"{arguments.count:,} records of {len(pages):,} pages: {packed / 1e6:,.0f} MB, {size / 1e6:,.0f} unpacked"
        )
        ours, accounted = _measure_newsdex(path, settings, node, arguments.count, arguments.kills)
        results = [ours]
        results += [_measure(name, path, arguments.extract, work, node) for name, work in _extractors()]
    _report(results, arguments.out)
    return 0 if accounted else 1


def make_warc(path: Path, pages: list[Path], count: int, seed: int = 20_261_123) -> int:
    """Write `count` records, and give their size in bytes before compression."""
    chance = random.Random(seed)
    order: list[Path] = []
    written = 0
    with path.open("wb") as file:
        for number in range(count):
            order = order or chance.sample(pages, len(pages))
            content = _own(_read(order.pop()), number)
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(content)
            header = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number:032}>\r\n"
                f"WARC-Date: 2026-11-01T00:00:00Z\r\nWARC-Target-URI: https://host-{number % 97}.example/{number}\r\n"
                "Content-Type: application/http; msgtype=response\r\n"
                f"Content-Length: {len(http) + len(content)}\r\n\r\n"
            ).encode()
            file.write(gzip.compress(header + http + content + b"\r\n\r\n", 6))
            written += len(content)
    return written


def _own(content: bytes, number: int) -> bytes:
    """Give a copy of a page an address and a line of its own, as far as it names its address."""
    for address in {tag_address[1] for tag in _NAMES_ITSELF.findall(content) if (tag_address := _ADDRESS.search(tag))}:
        content = content.replace(address, b"%s-%d" % (address, number))
    return content.replace(b"</body>", b"<p>Copy %d.</p></body>" % number)


def _measure_newsdex(path: Path, settings: Settings, node: int | None, count: int, kills: int) -> tuple[Measured, bool]:
    """Load the file; tell besides whether each record is counted once, and each article stands in the index once."""
    names = Names(settings.index_prefix)
    with connect(settings) as client, Memory(node) as memory:
        forget(client, settings)
        try:
            ensure_indices(client, settings)
            started = time.perf_counter()
            groups = run.plan_backfill(settings, "bench", str(path))
            print(f"planned in {time.perf_counter() - started:.1f} s: {len(groups)} batches", flush=True)
            sheet = run.close_run(settings, "bench", _work_all(settings, groups, kills))
            seconds = time.perf_counter() - started
            client.indices.refresh(index=f"{settings.index_prefix}*")
            articles = client.count(index=names.news)["count"]
            refused = client.count(index=names.quarantine)["count"]
        finally:
            forget(client, settings)
    outcomes = {name: number for name, number in sheet["outcomes"].items() if number}
    stored = outcomes.get("created", 0) + outcomes.get("duplicate", 0)
    accounted = (sum(outcomes.values()), articles, refused) == (count, stored, outcomes.get("quarantined", 0))
    print(f"{articles:,} articles, {refused:,} in quarantine: {sheet['reasons']}; {kills} kills", flush=True)
    print("each record accounted for, once" if accounted else "NOT EACH RECORD IS ACCOUNTED FOR, ONCE", flush=True)
    return _told("newsdex", count, seconds, outcomes, memory), accounted


def _work_all(settings: Settings, groups: list[list[str]], kills: int) -> list[dict[str, Any]]:
    """Work all batches; whenever one more of `kills + 1` parts is done, kill every task, and begin the rest again."""
    moments = [len(groups) * number // (kills + 1) for number in range(kills, 0, -1)]
    sheets: dict[int, list[dict[str, Any]]] = {}
    while left := [number for number in range(len(groups)) if number not in sheets]:
        with tasks() as pool:
            working = {pool.submit(_work, (settings, groups[number])): number for number in left}
            try:
                for done in as_completed(working):
                    sheets[working[done]] = done.result()
                    if len(sheets) % 20 == 0:
                        print(f"{len(sheets)} of {len(groups)} batches", flush=True)
                    if moments and len(sheets) >= moments[-1]:
                        moments.pop()
                        time.sleep(_INTO_A_BATCH)
                        _kill_tasks()
            except BrokenProcessPool:
                print(f"killed after {len(sheets)} batches", flush=True)
    return [sheet for number in sorted(sheets) for sheet in sheets[number]]


def _kill_tasks() -> None:
    for task in multiprocessing.active_children():
        task.kill()


def _work(task: tuple[Settings, list[str]]) -> list[dict[str, Any]]:
    settings, batches = task
    return run.ingest_batches(settings, batches, "bench")


def _measure(
    name: str, path: Path, count: int, extract: Callable[[tuple[str, bytes]], bool], node: int | None
) -> Measured:
    """Time an extractor on as many processes as Newsdex had, loaded before the clock starts."""
    context = multiprocessing.get_context("spawn")
    with Memory(node) as memory, ProcessPoolExecutor(WORKERS, mp_context=context) as pool:
        list(pool.map(extract, _records(path, WORKERS * 4)))
        started = time.perf_counter()
        found = sum(_bounded(pool, extract, _records(path, count)))
        seconds = time.perf_counter() - started
    return _told(name, count, seconds, {"extracted": found, "nothing": count - found}, memory)


def _bounded(
    pool: ProcessPoolExecutor, work: Callable[[tuple[str, bytes]], bool], records: Iterable[tuple[str, bytes]]
) -> Iterator[bool]:
    """Map without reading the whole file ahead."""
    running = []
    for each in records:
        running.append(pool.submit(work, each))
        if len(running) >= _AT_ONCE:
            yield running.pop(0).result()
    yield from (future.result() for future in running)


def _records(path: Path, count: int) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        for number, record in enumerate(ArchiveIterator(file, record_types=WarcRecordType.response)):
            if number == count:
                return
            yield record.headers["WARC-Target-URI"], record.reader.read()


def _extractors() -> list[tuple[str, Callable[[tuple[str, bytes]], bool]]]:
    found: list[tuple[str, Callable[[tuple[str, bytes]], bool]]] = [("trafilatura", extract_by_trafilatura)]
    if importlib.util.find_spec("newsplease") is not None:
        found.append(("news-please", extract_by_news_please))
    return found


def extract_by_trafilatura(record: tuple[str, bytes]) -> bool:
    """Extract text and metadata, with the defaults."""
    from trafilatura import bare_extraction

    found = bare_extraction(record[1], url=record[0], with_metadata=True)
    return bool(found and found.text)


def extract_by_news_please(record: tuple[str, bytes]) -> bool:
    """Extract as its own WARC crawler does."""
    from newsplease import NewsPlease

    address, content = record
    try:
        article = NewsPlease.from_html(content.decode("utf-8", "replace"), url=address)
    except Exception as failure:  # noqa: BLE001 - a page it cannot take counts as one without text
        print(f"news-please: {address}: {failure!r}", flush=True)
        return False
    return bool(article.maintext)


def _read(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.GzipFile(fileobj=BytesIO(content)).read() if content.startswith(_STARTS_WITH) else content


def _told(name: str, pages: int, seconds: float, outcomes: dict[str, int], memory: Memory) -> Measured:
    result = Measured(name, pages, round(seconds, 2), round(pages / seconds, 1), outcomes, memory.peak_mb)
    print(f"{name:12} {result.per_second:8,.1f} pages/s  {outcomes}  peak MB {memory.peak_mb}", flush=True)
    return result


def _report(results: list[Measured], out: Path) -> None:
    ours = results[0].per_second
    for other in results[1:]:
        print(f"newsdex is {ours / other.per_second:.2f} x {other.name}, which only extracts")
    out.mkdir(parents=True, exist_ok=True)
    shape = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "processes": WORKERS,
        "results": [asdict(result) for result in results],
    }
    (out / "warc_rate.json").write_text(json.dumps(shape, indent=2) + "\n", encoding="utf-8")
    print(out / "warc_rate.json")


if __name__ == "__main__":
    raise SystemExit(main())

"""How quick the search page is over 100,000 articles: `python -m bench.web [--count N]`.

What counts is the time that the page adds to Elasticsearch's own: from sending the request to the last byte of the
answer, less the `took` of every question that the page asked Elasticsearch meanwhile. And how much a first visit loads.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import statistics
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import uvicorn

from bench.newsstand import fill
from newsdex.index import connect, ensure_indices
from newsdex.local.ports import any_free
from newsdex.node import Node, install
from newsdex.settings import Settings, read_settings
from newsdex.web.app import create_app

MOST_MILLISECONDS = 100
MOST_BYTES = 100_000

SEARCHES = {
    "newest": "/",
    "a word": "/?q=bridge",
    "two words": "/?q=bridge+council",
    "a phrase": "/?q=%22the+old+ferry%22",
    "not": "/?q=ferry+-storm+-Aldport",
    "a field": "/?q=publisher%3A%22Harbour+Post%22+lighthouse",
    "facets": "/?q=bridge&language=en&publisher=Harbour+Post&publisher=Inland+Mirror&agency=Reuters",
    "facets and dates": "/?q=market&language=en&language=de&since=2026-03-01&until=2026-06-30&section=Local",
    "Arabic": "/?q=%D8%A7%D9%84%D8%AC%D8%B3%D8%B1",
    "Chinese": "/?q=%E6%96%B0%E6%A1%A5",
    "each copy": "/?q=harbour&copies=all",
}


@dataclass(frozen=True)
class Measured:
    """One search, asked several times: medians in milliseconds, and bytes of the page.

    `cpu` is what the page and this program that asks for it computed; on a busy machine `added` is more.
    """

    search: str
    found: str
    page: float
    took: float
    added: float
    cpu: float
    bytes: int


def main() -> int:
    """Measure, print the table, and tell by the exit code whether both bars hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="articles in the archive")
    parser.add_argument("--rounds", type=int, default=9, help="times that each search is asked")
    parser.add_argument("--url", default="", help="an Elasticsearch that holds them already")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        archive(Path(home), asked.count, asked.url) as settings,
        serving(settings) as address,
    ):
        measured = [measure(address, name, path, asked.rounds) for name, path in SEARCHES.items()]
        first = first_view(address)
    report(measured, first, asked.count)
    if asked.json:
        told = {"articles": asked.count, "searches": [asdict(each) for each in measured], "first_view": first}
        asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0 if max(each.added for each in measured) < MOST_MILLISECONDS and first["bytes"] < MOST_BYTES else 1


@contextmanager
def archive(home: Path, count: int, url: str) -> Iterator[Settings]:
    """Run a server with so many articles, or take one that runs."""
    if url:
        yield read_settings({"NEWSDEX_HOME": str(home), "ELASTICSEARCH_URL": url})
        return
    program = install(replace(read_settings({}), elasticsearch_external=False))
    port = any_free()
    settings = read_settings({"NEWSDEX_HOME": str(home), "NEWSDEX_ES_PORT": str(port)})
    node = Node(settings, program)
    node.start()
    try:
        node.wait_ready()
        with closing(connect(settings)) as client:
            ensure_indices(client, settings)
            began = time.monotonic()
            fill(client, count)
            sys.stderr.write(f"{count:,} articles written in {time.monotonic() - began:.0f} s\n")
        yield settings
    finally:
        node.stop()


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """Serve the pages from a thread."""
    port = any_free()
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def measure(address: str, name: str, path: str, rounds: int) -> Measured:
    """Ask a search several times, after once that does not count."""
    load(address + path)
    samples = []
    text = ""
    for _ in range(rounds):
        began, computed = time.perf_counter(), time.process_time()
        text = load(address + path).decode()
        milliseconds = (time.perf_counter() - began) * 1000
        took = float((re.search(r"<span>([\d,]+) ms</span>", text) or ["", "nan"])[1].replace(",", ""))
        samples.append((milliseconds, took, milliseconds - took, (time.process_time() - computed) * 1000))
    page, took, added, cpu = (statistics.median(sample[place] for sample in samples) for place in range(4))
    found = (re.search(r"<h1>([\d,]+) article", text) or ["", "?"])[1]
    return Measured(name, found, page, took, added, cpu, len(text.encode()))


def first_view(address: str) -> dict[str, Any]:
    """Load the page with all that it names, as a browser does at a first visit."""
    text = load(address + "/")
    parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', text.decode())
    bodies = [text, *(load(address + part) for part in parts)]
    return {
        "files": len(bodies),
        "bytes": sum(map(len, bodies)),
        "compressed": sum(len(gzip.compress(body, 5)) for body in bodies),
    }


def load(url: str) -> bytes:
    """Get the bytes at an address of ours."""
    with urllib.request.urlopen(url, timeout=120) as answer:
        body: bytes = answer.read()
        return body


def report(measured: list[Measured], first: dict[str, Any], count: int) -> None:
    """Print the table."""
    print(f"\n{count:,} articles; medians in milliseconds\n")
    print(f"| {'search':<16} | {'found':>8} | {'page':>7} | {'took':>7} | {'added':>7} | {'cpu':>6} | {'bytes':>7} |")
    print(f"| {'-' * 16} | {'-' * 7}: | {'-' * 6}: | {'-' * 6}: | {'-' * 6}: | {'-' * 5}: | {'-' * 6}: |")
    for each in measured:
        times = f"{each.page:>7.1f} | {each.took:>7.1f} | {each.added:>7.1f} | {each.cpu:>6.1f}"
        print(f"| {each.search:<16} | {each.found:>8} | {times} | {each.bytes:>7,} |")
    print(f"\nmost added: {max(each.added for each in measured):.1f} ms (bar: {MOST_MILLISECONDS})")
    print(
        f"first view: {first['bytes']:,} bytes in {first['files']} files, {first['compressed']:,} compressed ", end=""
    )
    print(f"(bar: {MOST_BYTES:,})")


if __name__ == "__main__":
    sys.exit(main())

"""Many processes killed by `kill -9` at random moments, on the whole machine at work: the balance has to come out.

Everything runs as an operator runs it: `newsdex up`, Airflow's REST API, an inbox, a web of its own on 127.0.0.1. While
files are dropped, feeds grow, addresses and bulk loads are asked for, processes are killed without warning: tasks in
the middle of a batch, document workers, fetchers, Airflow's scheduler, Elasticsearch. After the last kill the machine
ends what is left; then every input has to be in the index once, or in quarantine, and counted by one run.

The web and the machine are those of the tests: PYTHONPATH=tests/support python -m bench.kills
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import yaml
from elasticsearch.helpers import scan
from feed_makers import Item, rss
from local_site import LocalSite, page
from machine import Machine
from stories import Story, write_story

from newsdex.index import Names, connect
from newsdex.local import state
from newsdex.settings import PROJECT

SHARES = {"task": 20, "document worker": 8, "fetcher": 8, "scheduler": 7, "elasticsearch": 7}
"""Who is killed how often, of fifty."""

HOSTS = tuple(f"www.paper-{letter}.example" for letter in "abcd")
_PATIENCE = 900.0


@dataclass
class Trial:
    """The machine, the web, and what was put in: `expected` has the number of each story, `refused` the bad files."""

    machine: Machine
    web: LocalSite
    chance: random.Random
    expected: dict[int, str] = field(default_factory=dict)
    refused: int = 0
    samples: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    portions: int = 0
    entries: list[Item] = field(default_factory=list)
    orders: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    """Runs to be triggered: DAG, form, id. They stay here until Airflow is known to have them."""

    def ensure_up(self) -> None:
        """Start the machine again when a kill has ended it: without its scheduler or its index it stops by itself."""
        deadline = time.monotonic() + 120
        while (found := state.running(self.machine.settings)) is not None and _half_dead(found):
            assert time.monotonic() < deadline, "the machine does not notice that a part of it is dead"
            time.sleep(0.3)
        if found is None:
            self.machine.start()
            self.starts += 1
            current = state.running(self.machine.settings)
            assert current is not None
            self.samples += current.samples

    def put_in(self) -> None:
        """Give every door more to do, unless it has runs waiting."""
        self.portions += 1
        if sum(path.is_file() for path in self.machine.settings.inbox.rglob("*")) < 100:
            self._drop_files(20)
        if self._active("ingest_urls") < 2:
            self._order("ingest_urls", {"urls": [self._serve("urls") for _ in range(32)]})
        if self._active("ingest_feeds") < 2:
            self.entries += [Item(self._serve("feeds"), "A story") for _ in range(24)]
            self.web.serve("feeds.example", "/feed", rss("Feed", self.entries[-200:]))
            self._order("ingest_feeds", {"sources": ["feed"]})
        if self._active("backfill") < 2:
            self._order("backfill", {"path": self._load(60), "batch_files": 15})
        while self.orders:
            self.machine.trigger(*self.orders[0])
            del self.orders[0]

    def kill(self, kind: str) -> bool:
        """Kill a process of a kind; tell whether there was one to be found in some time."""
        deadline = time.monotonic() + 40
        while time.monotonic() < deadline:
            if victims := list(self._find(kind)):
                victim, what = self.chance.choice(victims)
                try:
                    os.kill(victim, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                self.killed[what] += 1
                time.sleep(0.5)  # until the system has ended it
                return True
            if kind in ("task", "document worker", "fetcher"):
                self.put_in()
            time.sleep(0.05)
        return False

    def finish(self) -> None:
        """Let the machine end all that is left. What dead runs have left is taken over by the next of their kind."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            self.ensure_up()
            try:
                self.put_in()
                time.sleep(1.0)
                while any(self._active(dag) for dag in ("ingest_inbox", "ingest_urls", "ingest_feeds", "backfill")):
                    assert time.monotonic() < deadline, "the machine does not come to rest"
                    time.sleep(1.0)
            except OSError as gone:
                print(f"    Airflow is away by itself: {gone}", flush=True)
                time.sleep(2.0)
                continue
            left = self._left()
            print(f"at rest; left: {left or 'nothing'}", flush=True)
            if not left:
                return

    def check(self) -> dict[str, Any]:
        """Compare what went in with what is there and with what the runs have counted."""
        names = Names(self.machine.settings.index_prefix)
        with closing(connect(self.machine.settings)) as client:
            client.indices.refresh(index="news*")
            articles = [hit["_source"] for hit in scan(client, index=names.news, size=500)]
            quarantined = [hit["_source"] for hit in scan(client, index=names.quarantine)]
            runs = [hit["_source"] for hit in scan(client, index=names.runs)]
        ours = [each for each in articles if (each["headline"] or "").startswith("Ferry ")]
        found = Counter(int(each["headline"].split()[1]) for each in ours)
        reasons = Counter(each["reason"] for each in quarantined)
        inputs = len(self.expected) + self.refused + self.samples
        counted = sum(run["inputs"] for run in runs)
        return {
            "kills": sum(self.killed.values()),
            "killed": dict(self.killed),
            "starts": self.starts,
            "runs": len(runs),
            "unbalanced runs": sum(not run["balanced"] for run in runs),
            "inputs": inputs,
            "by door": dict(Counter(self.expected.values())) | {"bad files": self.refused, "samples": self.samples},
            "inputs counted by runs": counted,
            "outcomes": dict(sum((Counter(run["outcomes"]) for run in runs), Counter())),
            "lost": sorted(set(self.expected) - set(found)),
            "twice in the index": sorted(number for number, times in found.items() if times > 1),
            "written as a change": sum(each["version"] != 1 for each in ours),
            "quarantine": dict(reasons),
            "exact": counted == inputs and found == Counter(dict.fromkeys(self.expected, 1)),
        }

    def _find(self, kind: str) -> Iterator[tuple[int, str]]:
        current = state.running(self.machine.settings)
        if current is None:
            return
        if kind in current.services:
            process = current.services[kind].process
            if process is not None:
                yield process.pid, kind
            return
        scheduler = current.services["scheduler"].process
        if scheduler is None:
            return
        for runner in _task_runners(scheduler.pid):
            if kind == "document worker":
                yield from ((child.pid, kind) for child in _children(runner))
                continue
            name = self._name(runner)
            if kind == "task" or name.endswith((".fetch", ".poll")):
                yield runner.pid, f"{kind} {name}"

    def _name(self, runner: psutil.Process) -> str:
        """Give the DAG and task that a process works, as Airflow tells it."""
        try:
            instance = runner.cmdline()[0].rpartition(" ")[2]
        except (psutil.Error, IndexError):
            return "?"
        told = self.machine.ask("dags/~/dagRuns/~/taskInstances?state=running&limit=100")["task_instances"]
        return next((f"{each['dag_id']}.{each['task_id']}" for each in told if each["id"] == instance), "?")

    def _active(self, dag: str) -> int:
        return int(self.machine.ask(f"dags/{dag}/dagRuns?state=queued&state=running&limit=1")["total_entries"])

    def _left(self) -> dict[str, int]:
        settings = self.machine.settings
        with closing(connect(settings)) as client:
            frontier = Names(settings.index_prefix).frontier
            client.indices.refresh(index=frontier)
            waiting = client.count(index=frontier, query={"terms": {"state": ["waiting", "taken"]}})["count"]
        batches = [path for path in (settings.spool / "runs").glob("*/*") if path.is_file()]
        files = [path for path in settings.inbox.rglob("*") if path.is_file()]
        left = {"addresses": int(waiting), "batches": len(batches), "files": len(files)}
        return {what: count for what, count in left.items() if count}

    def _order(self, dag: str, conf: dict[str, Any]) -> None:
        self.orders.append((dag, conf, f"kills-{self.portions}-{len(self.orders)}"))

    def _drop_files(self, count: int) -> None:
        folder = self.machine.settings.inbox / f"wire-{self.portions}"
        folder.mkdir(parents=True, exist_ok=True)
        for _ in range(count):
            text = self._write("inbox").text
            (folder / f"{len(self.expected)}.txt").write_text(text, encoding="utf-8")
        (folder / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + self.chance.randbytes(200))
        self.refused += 1

    def _serve(self, door: str) -> str:
        story = self._write(door)
        host, path = self.chance.choice(HOSTS), f"/{len(self.expected)}"
        self.web.serve(host, path, page(story.headline, *story.paragraphs))
        return self.web.url(host, path)

    def _load(self, rows: int) -> str:
        path = self.machine.settings.home / "backfill" / f"rows-{self.portions}.jsonl"
        path.parent.mkdir(exist_ok=True)
        written = (self._write("backfill") for _ in range(rows))
        lines = [json.dumps({"title": story.headline, "text": "\n\n".join(story.paragraphs)}) for story in written]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path.name

    def _write(self, door: str) -> Story:
        number = len(self.expected) + 1
        self.expected[number] = door
        return write_story(number)


def main() -> int:
    """Run the trial and print the figures. Exit code 1 when the balance is not exact."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for the machine's state, which is kept")
    arguments = parser.parse_args()
    home = arguments.keep or Path(tempfile.mkdtemp(prefix="newsdex-kills-"))
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)  # Elasticsearch may have to run as another user, who must reach its folder
    began = time.monotonic()
    with LocalSite() as web:
        trial = _set_up(web, home, random.Random(arguments.seed))
        try:
            _kill_all(trial, _order(arguments.kills, trial.chance))
            trial.finish()
            figures = trial.check()
        finally:
            trial.machine.run("down")
    print(json.dumps({**figures, "minutes": round((time.monotonic() - began) / 60, 1)}, indent=2))
    if not arguments.keep:
        shutil.rmtree(home, ignore_errors=True)
    return 0 if figures["exact"] else 1


def _set_up(web: LocalSite, home: Path, chance: random.Random) -> Trial:
    config = home / "config"
    config.mkdir()
    for each in (PROJECT / "config").iterdir():
        if each.name != "sources.yaml":
            (config / each.name).symlink_to(each)
    source = {"id": "feed", "url": web.url("feeds.example", "/feed"), "kind": "feed"}
    (config / "sources.yaml").write_text(yaml.safe_dump({"sources": [source]}), encoding="utf-8")
    for host in (*HOSTS, "feeds.example"):
        web.serve(host, "/", page("Front page"))
    machine = Machine(
        home,
        {
            "NEWSDEX_CONFIG": str(config),
            "NEWSDEX_BATCH_FILES": "25",
            "NEWSDEX_FETCH_HOSTS": str(web.write_hosts(home / "hosts")),
            "NEWSDEX_FETCH_ALLOW_NETWORKS": "127.0.0.0/8",
            "NEWSDEX_FETCH_DELAY": "0.3",
            "NEWSDEX_POLL_MINUTES": "600",
        },
    )
    machine.borrow_program()
    return Trial(machine, web, chance)


def _kill_all(trial: Trial, order: list[str]) -> None:
    for number, kind in enumerate(order, start=1):
        done = False
        while not done:
            trial.ensure_up()
            try:
                trial.put_in()
                time.sleep(trial.chance.uniform(0.0, 4.0))
                done = trial.kill(kind)
            except OSError as gone:
                print(f"    Airflow is away by itself: {gone}", flush=True)
                time.sleep(2.0)
        print(f"{number:3} {kind}", flush=True)


def _order(kills: int, chance: random.Random) -> list[str]:
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    order = [kinds[number % len(kinds)] for number in range(kills)] if kills >= len(kinds) else kinds
    chance.shuffle(order)
    return order[:kills]


def _half_dead(current: state.State) -> bool:
    return any(each.process is not None and not each.process.alive for each in current.services.values())


def _task_runners(scheduler: int) -> list[psutil.Process]:
    """Give the processes that work Airflow's tasks: children of the executor's own, which the scheduler forks."""
    try:
        return [runner for worker in _children(psutil.Process(scheduler)) for runner in _children(worker)]
    except psutil.NoSuchProcess:
        return []


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.Error:
        return []


if __name__ == "__main__":
    raise SystemExit(main())

"""Tasks, document workers, fetchers and Elasticsearch killed by `kill -9` at random moments: the balance is exact."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import dying_worker
import psutil
import pytest
from elasticsearch.helpers import scan
from fetch_process import start_fetch
from free_ports import free_port
from local_site import LocalSite, page
from node_process import KeptNode
from stories import write_story

from newsdex import run
from newsdex.index import Names, connect
from newsdex.index.addresses import Sighting
from newsdex.index.frontier import Frontier
from newsdex.index.templates import ensure_others
from newsdex.read.inbox import run_folder
from newsdex.settings import Settings, read_settings
from newsdex.spool import Spool

pytestmark = pytest.mark.node

WORKER = Path(dying_worker.__file__)
KILLS = ("task", "task", "document worker", "document worker", "fetcher", "fetcher", "elasticsearch", "elasticsearch")
SEED = 11
FILES, ADDRESSES = 30, 30


class Trial:
    """A home without rules (workers start sooner), an Elasticsearch of its own, a web, and what was put in so far."""

    def __init__(self, settings: Settings, node: KeptNode, web: LocalSite) -> None:
        self.settings, self.node, self.web = settings, node, web
        self.chance = random.Random(SEED)
        self.expected: set[str] = set()
        self.sheets: list[dict[str, Any]] = []
        self._tasks: list[str] = []
        self._runs = 0

    def start_node(self) -> None:
        """Start Elasticsearch, which was killed or never started."""
        self.node.stop()
        self.node.start()
        self.node.wait_ready()

    def put_in(self) -> None:
        """Drop files and name addresses, each a story of its own."""
        folder = self.settings.inbox / "wire"
        folder.mkdir(parents=True, exist_ok=True)
        first = len(self.expected)
        for number in range(first, first + FILES):
            (folder / f"{number}.txt").write_text(write_story(number).text, encoding="utf-8")
            self.expected.add(f"inbox/wire/{number}.txt")
        sightings = []
        for number in range(first + FILES, first + FILES + ADDRESSES):
            host, story = f"www.paper-{number % 3}.example", write_story(number)
            self.web.serve(host, f"/{number}", page(story.headline, *story.paragraphs))
            sightings.append(Sighting(self.web.url(host, f"/{number}")))
        with closing(connect(self.settings)) as client:
            ensure_others(client, self.settings)
            Frontier(client, self.settings.index_prefix).offer(sightings, run.clock.now())
        self.expected |= {sighting.url for sighting in sightings}

    def kill(self, victim: str) -> None:
        """Have the victim at work, and kill it at some moment."""
        if victim == "fetcher":
            process = start_fetch(self.settings, self._next("fetch"), "feeds")
            before = len(self.web.asked())
            _wait_until(lambda: len(self.web.asked()) > before + self.chance.randrange(1, 20))
            assert process.pid is not None
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            return
        with self._start_task() as task:
            assert task.stdout is not None
            task.stdout.readline()  # it has claimed
            time.sleep(self.chance.uniform(0.0, 1.5))
            if victim == "task":
                task.kill()
            elif victim == "elasticsearch":
                os.killpg(self.node.pid, signal.SIGKILL)
                self.start_node()
                task.wait(180)  # it has waited for the server, or has failed
            else:
                _wait_until(lambda: bool(_document_workers(task.pid)) or task.poll() is not None)
                for worker in _document_workers(task.pid)[:1]:
                    with suppress(psutil.NoSuchProcess):
                        worker.kill()
                assert task.wait(180) == 0

    def finish(self) -> None:
        """Try the killed runs again, as Airflow does, and then run once more for what they have not claimed."""
        spool = Spool(self.settings.spool)
        for run_id in self._tasks:
            self._end(run_id, spool.run_batches(run_folder(run_id)))
        self._end("last-inbox", run.claim(self.settings, "last-inbox"))
        self._end("last-feeds", run.fetch_waiting(self.settings, "last-feeds", queue="feeds"))

    def _end(self, run_id: str, batches: list[str]) -> None:
        sheets = [run.ingest_batch(self.settings, batch, run_id) for batch in batches]
        self.sheets.append(run.close_run(self.settings, run_id, sheets))

    def _start_task(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "NEWSDEX_HOME": str(self.settings.home),
            "NEWSDEX_CONFIG": str(self.settings.config),
            "NEWSDEX_ES_PORT": str(self.settings.elasticsearch_port),
        }
        self._tasks.append(self._next("task"))
        command = [sys.executable, str(WORKER), "never", self._tasks[-1]]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def _next(self, name: str) -> str:
        self._runs += 1
        return f"{name}-{self._runs}"


@pytest.fixture
def trial(tmp_path_factory: pytest.TempPathFactory, program: Path) -> Iterator[Trial]:
    """Set the trial up."""
    home = tmp_path_factory.mktemp("kills")
    shipped = read_settings({})
    environment = {"NEWSDEX_HOME": str(home), "NEWSDEX_ES_PORT": str(free_port()), "NEWSDEX_ES_HEAP": "512m"}
    node = KeptNode(environment, program)
    settings = replace(node.settings, config=home / "config", settle_seconds=0.0, fetch_delay=0.05, batch_files=25)
    (settings.config / "languages").mkdir(parents=True)
    (settings.config / "publishers").mkdir()
    (settings.config / "agencies.yaml").write_text("agencies: []", encoding="utf-8")
    shutil.copytree(shipped.config / "elasticsearch", settings.config / "elasticsearch")
    with LocalSite() as web:
        for number in range(3):
            web.serve(f"www.paper-{number}.example", "/", page("Front page"))
        hosts = web.write_hosts(home / "hosts")
        allowed = (ip_network("127.0.0.0/8"),)
        started = Trial(replace(settings, fetch_hosts=hosts, fetch_allow_networks=allowed), node, web)
        try:
            started.start_node()
            yield started
        finally:
            node.stop()


def test_after_many_kills_every_input_is_there_once(trial: Trial) -> None:
    """New work comes in before each kill; in the end each file and address is indexed once and counted by one run."""
    order = list(KILLS)
    trial.chance.shuffle(order)
    for victim in order:
        trial.put_in()
        trial.kill(victim)
    trial.finish()
    names = Names(trial.settings.index_prefix)
    with closing(connect(trial.settings)) as client:
        client.indices.refresh(index="news*")
        articles = [hit["_source"] for hit in scan(client, index=names.news)]
        refused = [hit["_source"]["reason"] for hit in scan(client, index=names.quarantine)]
    assert sum(sheet["inputs"] for sheet in trial.sheets) == len(trial.expected) == len(KILLS) * (FILES + ADDRESSES)
    assert all(sheet["balanced"] for sheet in trial.sheets)
    assert refused == []
    assert Counter(article["origin"]["uri"] for article in articles) == Counter(trial.expected)
    assert {article["version"] for article in articles} == {1}
    assert [path for path in trial.settings.inbox.rglob("*") if path.is_file()] == []


def _document_workers(task: int) -> list[psutil.Process]:
    """Give the processes that work documents: children of the keeper, which is the task's child."""
    try:
        return [worker for keeper in psutil.Process(task).children() for worker in keeper.children()]
    except psutil.NoSuchProcess:
        return []


def _wait_until(reached: Any) -> None:
    deadline = time.monotonic() + 120
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)

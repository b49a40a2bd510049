"""The whole machine, for real: `newsdex up`, a file dropped into the inbox, found by search, `newsdex down`."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
from collections.abc import Iterator

import psutil
import pytest
from machine import Machine

from newsdex.local import airflow, airflow_api, processes, state

pytestmark = [pytest.mark.node, pytest.mark.airflow]

_STORY = """Quillfeather observatory reopens after the flood

The observatory on Mount Quillfeather reopened on Thursday, nine months after a flood carried its access road away.

Astronomers had reached the telescope by cable car since the winter, and the mirror came through without a scratch.
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """Start everything on a machine; it is stopped afterwards whatever happened."""
    started = Machine(tmp_path_factory.mktemp("home"))
    started.borrow_program()
    started.start()
    yield started
    started.run("down")


def test_the_first_start_ingests_the_samples(machine: Machine) -> None:
    """When `up` returns, the samples are searchable, and all of them are accounted for."""
    status = json.loads(machine.run("status", "--json").stdout)
    samples = state.running(machine.settings)
    assert status["all_up"]
    assert status["holdings"]["last_run"]["balanced"]
    assert samples is not None
    assert 0 < samples.samples <= status["holdings"]["documents"] + status["holdings"]["quarantined"]


def test_the_search_page_is_part_of_it(machine: Machine) -> None:
    """It finds the samples, at the address that `up` told."""
    with urllib.request.urlopen(f"{machine.settings.web_url}/search.json?q=lighthouse", timeout=60) as answer:
        assert json.load(answer)["hits"]


def test_airflow_reads_every_dag(machine: Machine) -> None:
    """No file of dags/ fails to import, and `status` would say so."""
    assert json.loads(machine.run("status", "--json").stdout)["unreadable_dags"] == {}


def test_the_pools_that_the_dags_name_are_there(machine: Machine) -> None:
    """A task in a pool that is missing would wait for ever."""
    login = airflow.login(machine.settings)
    assert {pool["name"] for pool in airflow.POOLS} <= airflow_api.pools(login.url, login.user, login.password)


def test_a_file_dropped_into_the_inbox_is_found(machine: Machine) -> None:
    """No command but the drop: Airflow wakes up, and search finds the document under its publisher."""
    draft = machine.settings.inbox / ".story.txt.part"
    draft.write_text(_STORY, encoding="utf-8")
    (machine.settings.inbox / "courier").mkdir(exist_ok=True)
    draft.rename(machine.settings.inbox / "courier" / "story.txt")
    deadline = time.monotonic() + 120
    while not (hits := machine.search("Quillfeather")) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert [hit["origin"]["uri"] for hit in hits] == ["inbox/courier/story.txt"]


def test_a_second_up_says_that_it_runs(machine: Machine) -> None:
    """And starts nothing."""
    done = machine.run("up")
    assert (done.returncode, "Already running" in done.stdout) == (1, True)


def test_down_leaves_no_process(machine: Machine) -> None:
    """Neither of Airflow nor of Elasticsearch, by the run's mark and by the process ids."""
    current, family = machine.running()
    assert machine.run("down").returncode == 0
    assert [member for member in family if member.is_running() and member.status() != psutil.STATUS_ZOMBIE] == []
    assert processes.of_run(current.run_id) == []


def test_a_killed_supervisor_takes_all_along(machine: Machine) -> None:
    """After `kill -9` of the supervisor nothing runs any more, and nobody had to clean up."""
    current, family = machine.running()
    os.kill(current.supervisor.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    assert processes.of_run(current.run_id) == []


def test_a_dead_server_stops_everything(machine: Machine) -> None:
    """When Airflow's scheduler dies, the rest is stopped, and `status` says why."""
    current, family = machine.running()
    scheduler = current.services["scheduler"].process
    assert scheduler is not None
    os.kill(scheduler.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    assert "scheduler died" in json.loads(machine.run("status", "--json").stdout)["error"]

"""The embedded Elasticsearch as a process."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from elasticsearch import Elasticsearch, NotFoundError
from free_ports import free_port
from node_process import KeptNode

from newsdex.errors import UserError
from newsdex.index import connect, ensure_indices
from newsdex.index.templates import Names
from newsdex.node import Node, stop_leftover
from newsdex.settings import Settings, read_settings


def group(pid: int) -> list[psutil.Process]:
    """List the living processes of a group."""
    living = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == pid and process.status() != psutil.STATUS_ZOMBIE:
                living.append(process)
        except (ProcessLookupError, psutil.Error):
            continue
    return living


def eventually(claim: object, seconds: float = 60.0) -> bool:
    """Wait until a claim holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():  # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False


def settings_in(home: Path) -> Settings:
    """Settle on a home and a free port."""
    return read_settings({"NEWSDEX_HOME": str(home), "NEWSDEX_ES_PORT": str(free_port()), "NEWSDEX_ES_HEAP": "256m"})


def test_the_running_server_is_no_root_process(node: KeptNode) -> None:
    """Elasticsearch refuses root: whoever we are, it runs as somebody else or as an ordinary user."""
    assert node.pid
    assert {process.uids().effective for process in group(node.pid)} != {0}


def test_the_server_listens_on_this_machine_only(node: KeptNode) -> None:
    """Every port it opened is bound to the loopback address."""
    assert node.pid
    listening = [
        connection.laddr.ip
        for process in group(node.pid)
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) <= {"127.0.0.1", "::ffff:127.0.0.1", "::1"}


def test_a_document_for_an_unknown_index_makes_none(client: Elasticsearch) -> None:
    """A misspelt index name is an error, not a new index with a guessed mapping."""
    with pytest.raises(NotFoundError):
        client.index(index="newz-write", document={"headline": "x"})


def test_a_second_start_of_the_same_home_is_refused(node: KeptNode, program: Path) -> None:
    """Two servers on one data folder would harm each other."""
    with pytest.raises(UserError, match=r"already runs"):
        Node(replace(node.settings, elasticsearch_port=free_port()), program).start()


def test_a_taken_port_is_named_with_its_holder(tmp_path: Path, program: Path) -> None:
    """The message names the port, who holds it, and the setting that moves ours."""
    settings = settings_in(tmp_path)
    with socket.socket() as held:
        held.bind(("127.0.0.1", settings.elasticsearch_port))
        held.listen()
        with pytest.raises(UserError) as told:
            Node(settings, program).start()
    assert f"port {settings.elasticsearch_port} is taken by" in told.value.message
    assert str(os.getpid()) in told.value.message
    assert "NEWSDEX_ES_PORT" in told.value.hint


def test_a_server_that_dies_at_its_start_is_told_with_its_last_words(tmp_path: Path, program: Path) -> None:
    """A heap that is no size: the server's own sentence is in the error, and a hint which setting it is."""
    server = Node(replace(settings_in(tmp_path), elasticsearch_heap="12parsec"), program)
    server.start()
    with pytest.raises(UserError, match="12parsec") as told:
        server.wait_ready()
    assert "NEWSDEX_ES_HEAP" in told.value.hint
    server.stop()


_STARTER = """
import sys, time
from pathlib import Path
from newsdex.node import Node
from newsdex.settings import read_settings
node = Node(read_settings(), Path(sys.argv[1]))
node.start()
node.wait_ready()
print(node.pid, flush=True)
time.sleep(600)
"""


def start_elsewhere(settings: Settings, program: Path) -> tuple[subprocess.Popen[str], int]:
    """Start a node from a process of its own; give that process, and the node's id."""
    environment = {
        **os.environ,
        "NEWSDEX_HOME": str(settings.home),
        "NEWSDEX_ES_PORT": str(settings.elasticsearch_port),
        "NEWSDEX_ES_HEAP": settings.elasticsearch_heap,
    }
    starter = subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(program)], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert starter.stdout is not None
    return starter, int(starter.stdout.readline())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_the_server_dies_with_the_process_that_started_it(tmp_path: Path, program: Path) -> None:
    """Even when that one is killed without a word, and even below folders closed to everyone but us."""
    home = tmp_path / "closed" / "home"
    home.mkdir(parents=True)
    (tmp_path / "closed").chmod(stat.S_IRWXU)
    starter, pid = start_elsewhere(settings_in(home), program)
    assert group(pid)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    assert eventually(lambda: not group(pid))


def test_a_server_started_by_another_process_can_be_stopped(tmp_path: Path, program: Path) -> None:
    """And its data is there again at the next start."""
    settings = settings_in(tmp_path)
    starter, pid = start_elsewhere(settings, program)
    try:
        with connect(settings) as connection:
            ensure_indices(connection, settings)
        assert stop_leftover(settings)
        assert not group(pid)
        assert not stop_leftover(settings)
    finally:
        starter.kill()
        starter.wait()
    again = Node(settings, program)
    again.start()
    try:
        assert again.wait_ready() > 0
        with connect(settings) as connection:
            assert connection.indices.exists_alias(name=Names().news_write)
    finally:
        again.stop()
    assert again.pid is None

"""What is asked in a way that cannot be meant is answered with a page that says so."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from fastapi import Request
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from newsdex.settings import Settings, read_settings
from newsdex.web.access import Visitor
from newsdex.web.app import create_app
from newsdex.web.safety import is_same_origin

OWN = "http://127.0.0.1:8090"


@pytest.fixture
def nowhere() -> Settings:
    """Give settings that lead to no Elasticsearch."""
    return read_settings({"ELASTICSEARCH_URL": "http://127.0.0.1:9"})


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/pipeline?older=x", "older"),
        ("/pipeline?older=1e400", "older"),
        ("/pipeline/quarantine?start=%00", "start"),
        ("/article/a/changes?since=&to=x", "since"),
        ("/article/a/report?paragraph=x", "paragraph"),
        ("/article/a/report?paragraph=1&want=%3Cb%3E", "want"),
        ("/article/a/report.yaml?paragraph=1&scope=all", "scope"),
    ],
)
def test_a_parameter_that_is_none_is_named_on_a_page(nowhere: Settings, path: str, named: str) -> None:
    """With what was wanted, and the way back."""
    answer = TestClient(create_app(nowhere), base_url=OWN).get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (400, "text/html; charset=utf-8")
    assert f"<p>{named}: Input should be" in answer.text


def test_a_form_with_a_file_in_it_is_named_on_a_page(nowhere: Settings) -> None:
    """Nothing of ours takes a file."""
    pages = TestClient(create_app(nowhere), base_url=OWN)
    answer = pages.post("/pipeline/quarantine/release", files={"reason": b"x"}, headers={"origin": OWN})
    assert (answer.status_code, "reason: " in answer.text) == (400, True)


@pytest.mark.parametrize("host", ["[", "]:1", "a/b", "a:b:c"])
def test_a_host_that_is_none_is_answered_too(nowhere: Settings, host: str) -> None:
    """Below another program, which looks after the name itself."""

    async def admit(_request: Request) -> Visitor:
        return Visitor()

    pages = TestClient(create_app(nowhere, access=admit))
    assert pages.get("/nowhere", headers={"host": host}).status_code == 404


def test_what_breaks_before_anybody_is_asked_is_a_page(nowhere: Settings) -> None:
    """As when the login of the other program cannot be asked."""

    async def fail(_request: Request) -> Visitor:
        raise OSError("no database")

    answer = TestClient(create_app(nowhere, access=fail), raise_server_exceptions=False).get("/")
    assert (answer.status_code, "defect" in answer.text) == (500, True)
    assert "no database" not in answer.text


def test_a_browser_that_says_where_it_stands_is_believed_behind_a_proxy() -> None:
    """Which has a name of its own for us."""
    assert is_same_origin(
        Headers({"sec-fetch-site": "same-origin", "origin": "https://desk.example", "host": "127.0.0.1:8090"})
    )
    assert not is_same_origin(Headers({"origin": "https://desk.example", "host": "127.0.0.1:8090"}))
    assert not is_same_origin(Headers({"origin": "http://[", "host": "["}))


def test_kibana_opens_in_our_space_and_not_within_airflow(nowhere: Settings) -> None:
    """It is shown in no frame."""
    settings = replace(nowhere, kibana_url="https://kibana.example", kibana_space="desk")
    shown = TestClient(create_app(settings), base_url=OWN).get("/nowhere").text
    assert '<a href="https://kibana.example/s/desk" target="_top">Kibana</a>' in shown


def test_the_pages_are_up_without_what_reads_documents() -> None:
    """Parsers take seconds to load, and only the processes that explain a document need them."""
    command = "import sys, newsdex.web.app; print('newsdex.extract' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"

"""What an operator has in Airflow: the page behind Airflow's login, buttons at each task, and word of what fails."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

import jwt
import pytest
from newsroom import KIBANA, Newsroom

from newsdex.local import airflow
from newsdex.read.inbox import run_folder
from newsdex.spool import Spool

pytestmark = [pytest.mark.node, pytest.mark.airflow]

HTML = {"Accept": "text/html"}


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    text: str


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def ask(newsroom: Newsroom, path: str, headers: Mapping[str, str], body: bytes | None = None) -> Answer:
    """Ask Airflow's server, and follow no redirect."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay)
    request = urllib.request.Request(airflow.login(newsroom.machine.settings).url + path, body, dict(headers))
    try:
        with opener.open(request, timeout=60) as answer:
            return Answer(answer.status, answer.headers, answer.read().decode())
    except urllib.error.HTTPError as refused:
        return Answer(refused.code, refused.headers, refused.read().decode())


def cookie(newsroom: Newsroom, role: str = "admin") -> dict[str, str]:
    """Give the cookie of somebody who has logged in; of another role than the one account's, signed as Airflow does."""
    token = newsroom.machine.token()
    if role != "admin":
        secret = (newsroom.machine.settings.home / "keys" / "airflow-jwt").read_text(encoding="utf-8").strip()
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(token, options={"verify_signature": False})
        token = jwt.encode({**claims, "role": role}, secret, algorithm=header["alg"], headers=header)
    return {**HTML, "Cookie": f"_token={token}"}


def test_a_stranger_is_sent_to_airflows_login(newsroom: Newsroom) -> None:
    """And comes back to what was asked for; a program is told in a word."""
    sent = ask(newsroom, "/newsdex/?q=ferry", HTML)
    assert sent.status == 303
    assert sent.headers["Location"] == f"/api/v2/auth/login?next={quote('/newsdex/?q=ferry', safe='')}"
    assert ask(newsroom, "/newsdex/?q=ferry", {}).status == 401
    assert ask(newsroom, "/newsdex/", {**HTML, "Cookie": "_token=made-up"}).status in (303, 401)


def test_whoever_is_logged_in_sees_the_page(newsroom: Newsroom) -> None:
    """All its addresses are below the mount, and it may stand in Airflow's frame, and in no other's."""
    page = ask(newsroom, "/newsdex/", cookie(newsroom))
    assert page.status == 200
    assert 'href="/newsdex/pipeline"' in page.text
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]


def test_only_who_may_run_the_release_may_release(newsroom: Newsroom) -> None:
    """A viewer reads; the page's own check comes after that of the sender's origin."""
    viewer, admin = cookie(newsroom, "viewer"), cookie(newsroom)
    assert ask(newsroom, "/newsdex/pipeline", viewer).status == 200
    release, same = "/newsdex/pipeline/quarantine/release", {"Sec-Fetch-Site": "same-origin"}
    assert ask(newsroom, release, {**viewer, **same}, b"ids=none").status == 403
    assert ask(newsroom, release, {**admin, "Origin": "http://evil.example"}, b"ids=none").status == 403
    assert ask(newsroom, release, {**admin, **same}, b"ids=none").status != 403


def test_each_task_has_buttons_to_its_run(newsroom: Newsroom) -> None:
    """To the balance sheet on the page, which opens, and in Kibana; also at each mapped batch."""
    folder = newsroom.machine.settings.home / "backfill"
    folder.mkdir(exist_ok=True)
    (folder / "button.txt").write_text("The ferry came back on Tuesday, its captain said in the harbour.", "utf-8")
    run = newsroom.run("backfill", path="button.txt")
    tasks = f"dags/backfill/dagRuns/{run.id}/taskInstances"
    for task in ("plan/links", "balance/links", "ingest/links?map_index=0"):
        links = newsroom.machine.ask(f"{tasks}/{task}")["extra_links"]
        assert links["Newsdex"] == f"/newsdex/pipeline?run=backfill__{run.id}"
        assert links["Kibana"].startswith(f"{KIBANA}/app/discover#/")
    assert ask(newsroom, links["Newsdex"], cookie(newsroom)).status == 200


def test_a_task_tells_the_story_of_its_batch(newsroom: Newsroom) -> None:
    """In its log, in a few lines."""
    folder = newsroom.machine.settings.home / "backfill" / "story"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(30):
        text = f"Ferry {number} came back to Colonia after {number + 3} days at sea, its captain said.\n"
        (folder / f"{number}.txt").write_text(text if number else "", encoding="utf-8")
    run = newsroom.run("backfill", path="story")
    told = newsroom.machine.log_of(run, "ingest", 0)
    assert "30 documents in " in told
    assert "outcomes: 29 created, 1 quarantined" in told
    assert "refused: 1 empty_input, as story/0.txt" in told
    assert "seconds: read " in told
    assert told.count('"event"') < 40


def test_a_failed_balance_is_told_once(newsroom: Newsroom) -> None:
    """At once, though tasks are tried again otherwise: a batch of the run has no balance sheet, and never will."""
    run_id = f"manual__{time.time_ns()}"
    Spool(newsroom.machine.settings.spool).assign(run_folder(f"ingest_urls__{run_id}"), "lost-batch")
    newsroom.webhook.taken.clear()
    newsroom.machine.trigger("ingest_urls", {"urls": ["http://127.0.0.1:1/never"]}, run_id)
    assert newsroom.machine.wait("ingest_urls", run_id).state == "failed"
    deadline = time.monotonic() + 60
    while not newsroom.webhook.taken and time.monotonic() < deadline:
        time.sleep(0.5)
    (message,) = newsroom.webhook.taken
    assert (message["dag"], message["task"], message["run"]) == ("ingest_urls", "balance", run_id)
    assert "1 batches did not finish" in message["text"]
    assert message["links"]["Run"].endswith(f"/dags/ingest_urls/runs/{run_id}/tasks/balance")
    assert newsroom.machine.ask(f"dags/ingest_urls/dagRuns/{run_id}/taskInstances/balance")["try_number"] == 1

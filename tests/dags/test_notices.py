"""What people are told of a run that failed, by a real webhook and a real mail server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from free_ports import free_port
from mail_server import MailServer
from webhook import Webhook, serve_webhook

from newsdex.index import Unbalanced
from newsdex.run import Notice, post_notice

SAID = "2 batches did not finish and wait for the next run: b1, b2 <&> {{ dag }}"
NOTICE = Notice("ingest_inbox", "Ingest the inbox", "r1", "balance", SAID, {"Run": "http://ops.example/r1"})
SUMMED_UP = {"ingest"}


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """Serve one."""
    with serve_webhook() as hook:
        yield hook


@pytest.fixture
def context(dag_bag: Any) -> dict[str, Any]:
    """Give what Airflow gives a task's callback."""
    dag = dag_bag.dags["ingest_inbox"]
    return {"dag": dag, "run_id": "r1", "ti": SimpleNamespace(task_id="balance"), "exception": Unbalanced(SAID)}


def tell(context: dict[str, Any]) -> None:
    """Call back as Airflow does."""
    from newsdex_notices import FailureNotice

    FailureNotice()(context)


def test_a_failed_balance_is_told_by_the_webhook(
    airflow: None, webhook: Webhook, context: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, in its own words, with links to the run; `text` is escaped as Slack wants it."""
    monkeypatch.setenv("NEWSDEX_NOTIFY_URL", webhook.url)
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://ops.example/airflow")
    monkeypatch.setenv("NEWSDEX_KIBANA_URL", "https://kibana.example")
    tell(context)
    (message,) = webhook.taken
    assert (message["dag"], message["run"], message["task"], message["said"]) == ("ingest_inbox", "r1", "balance", SAID)
    assert message["links"]["Run"] == "https://ops.example/airflow/dags/ingest_inbox/runs/r1/tasks/balance"
    assert message["links"]["Newsdex"] == "https://ops.example/airflow/newsdex/pipeline?run=r1"
    assert message["links"]["Kibana"].startswith("https://kibana.example/app/discover")
    told = message["text"].splitlines()
    assert told[0] == "Newsdex: Ingest the inbox failed in balance"
    assert told[1].endswith("b1, b2 &lt;&amp;&gt; {{ dag }}")
    assert message["links"]["Run"] in message["text"]


def test_a_run_that_took_too_long_is_told(
    airflow: None, webhook: Webhook, context: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Airflow stops its tasks without their callbacks; the DAG's own is all there is."""
    monkeypatch.setenv("NEWSDEX_NOTIFY_URL", webhook.url)
    tell({"dag": context["dag"], "run_id": "r1", "reason": "timed_out"})
    (message,) = webhook.taken
    assert (message["task"], message["said"]) == ("", "it took longer than a run may, and was stopped")


@pytest.mark.parametrize(("name", "again"), [("Unbalanced", False), ("ConnectionError", True)])
def test_a_balance_that_is_wrong_is_told_at_once(dag_bag: Any, name: str, again: bool) -> None:
    """Counted again it would be the same; a server that is away is waited for."""
    policy = dag_bag.dags["ingest_inbox"].get_task("balance").retry_policy
    wrong = Unbalanced(SAID) if name == "Unbalanced" else ConnectionError(SAID)
    assert (policy.evaluate(wrong, 1, 4).action.value == "default") is again


def test_nobody_is_told_twice(
    airflow: None, webhook: Webhook, context: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a failed task the DAG's own callback hears, too."""
    monkeypatch.setenv("NEWSDEX_NOTIFY_URL", webhook.url)
    tell({**context, "reason": "task_failure"})
    assert webhook.taken == []


def test_every_failure_is_told_by_one_task(dag_bag: Any) -> None:
    """Each task tells of itself, but for those whose failure the last task sums up; and every DAG has its own."""
    for dag in dag_bag.dags.values():
        assert dag.on_failure_callback
        silent = {task.task_id for task in dag.tasks if not task.has_on_failure_callback}
        summary = {"balance", "summary"} & {task.task_id for task in dag.tasks}
        assert silent == (SUMMED_UP if "balance" in summary else set(dag.task_ids) - summary if summary else set())


@pytest.mark.parametrize("answers", [[500, 429, 200], [503, 200]])
def test_a_webhook_that_is_busy_is_asked_again(webhook: Webhook, answers: list[int]) -> None:
    """Three times in all."""
    webhook.answers = answers
    tries = len(answers)
    assert post_notice(webhook.url, NOTICE, pauses=(0.0, 0.0))
    assert len(webhook.taken) == tries


@pytest.mark.parametrize(("answer", "asked"), [(404, 1), (302, 1), (500, 3)])
def test_a_webhook_that_refuses_fails_nothing(
    webhook: Webhook, answer: int, asked: int, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says so without the secret in its address; a redirect is not followed."""
    webhook.answers = [answer]
    assert not post_notice(webhook.url, NOTICE, pauses=(0.0, 0.0))
    assert len(webhook.taken) == asked
    assert f"answers {answer}" in caplog.text
    assert "secret" not in caplog.text


def test_a_webhook_that_is_away_fails_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The log says so."""
    assert not post_notice(f"http://127.0.0.1:{free_port()}/secret", NOTICE, pauses=())
    assert "does not answer" in caplog.text
    assert "secret" not in caplog.text


def test_mailboxes_are_told_by_airflows_own_smtp(
    airflow: None, context: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was said is text: neither markup nor a template."""
    with MailServer() as server:
        extra = {"from_email": "newsdex@ops.example", "disable_ssl": True, "disable_tls": True}
        connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": server.port, "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
        monkeypatch.setenv("NEWSDEX_NOTIFY_EMAIL", "desk@ops.example,night@ops.example")
        tell(context)
    (mail,) = server.mails
    assert (mail["Subject"], mail["From"]) == ("Newsdex: Ingest the inbox failed in balance", "newsdex@ops.example")
    assert "night@ops.example" in mail["To"]
    (body,) = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/html"]
    assert "b1, b2 &lt;&amp;&gt; {{ dag }}" in body


def test_a_mail_server_that_is_away_fails_nothing(
    airflow: None, context: dict[str, Any], webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the webhook is told all the same."""
    connection = {"conn_type": "smtp", "host": "127.0.0.1", "port": free_port(), "extra": {"retry_limit": 1}}
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", json.dumps(connection))
    monkeypatch.setenv("NEWSDEX_NOTIFY_EMAIL", "desk@ops.example")
    monkeypatch.setenv("NEWSDEX_NOTIFY_URL", webhook.url)
    tell(context)
    assert len(webhook.taken) == 1


def test_where_nobody_is_named_nobody_is_told(
    airflow: None, context: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing is tried."""
    monkeypatch.delenv("NEWSDEX_NOTIFY_URL", raising=False)
    monkeypatch.delenv("NEWSDEX_NOTIFY_EMAIL", raising=False)
    tell(context)

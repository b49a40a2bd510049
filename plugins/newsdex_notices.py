"""Who is told when a run of Newsdex's DAGs fails: a webhook, mailboxes, or nobody where neither is set."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from airflow.sdk import BaseNotifier
from newsdex_links import base_url, run_in_airflow, run_in_kibana, run_on_page

if TYPE_CHECKING:
    from newsdex.run import Notice

_TOLD_BY_TASK = "task_failure"
_REASONS = {
    "timed_out": "it took longer than a run may, and was stopped",
    "all_tasks_deadlocked": "none of its tasks can go on",
}


class FailureNotice(BaseNotifier):
    """Tells people once of a run that failed, in the words of the task that failed it.

    It stands at the DAG, and at each of its tasks whose failure no later task sums up. The DAG's own is silent when a
    task has failed: that has told it. A webhook or a mail server that does not work fails nothing; the log says so.
    """

    def notify(self, context: Any) -> None:
        """Tell by the webhook and by mail, whichever is set."""
        from newsdex import run  # plugins/ is imported by every task

        settings = run.read_settings()
        if context.get("reason") == _TOLD_BY_TASK or not (settings.notify_url or settings.notify_mailboxes):
            return
        notice = _compose(context)
        if settings.notify_url:
            run.post_notice(settings.notify_url, notice)
        if settings.notify_mailboxes:
            self._mail(notice, list(settings.notify_mailboxes), context)

    def _mail(self, notice: Notice, mailboxes: list[str], context: Any) -> None:
        from airflow.providers.smtp.notifications.smtp import SmtpNotifier

        content = html.escape(notice.text).replace("\n", "<br>\n")
        try:
            # It is not rendered: what a document or a server said is no template.
            SmtpNotifier(to=mailboxes, subject=notice.headline, html_content=content).notify(context)
        except Exception as wrong:  # noqa: BLE001 - whatever a mail server does, the run is not to blame
            self.log.error("nobody was told by mail: %s", wrong)  # noqa: TRY400 - not a defect


def _compose(context: Any) -> Notice:
    from newsdex.run import Notice

    dag, run_id = context["dag"], context["run_id"]
    reason = context.get("reason")
    task = "" if reason else context["ti"].task_id
    said = _REASONS.get(reason, reason) if reason else str(context.get("exception") or "its process ended")
    links = {
        "Run": run_in_airflow(dag.dag_id, run_id, task),
        "Newsdex": urljoin(f"{base_url()}/", run_on_page(dag.dag_id, run_id)),
        "Kibana": run_in_kibana(dag.dag_id, run_id),
    }
    shown = {name: link for name, link in links.items() if link}
    return Notice(dag.dag_id, dag.dag_display_name, run_id, task, said, shown)

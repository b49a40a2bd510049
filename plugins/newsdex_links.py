"""Where a run of a DAG is seen: in Airflow, on the search page inside it, and in Kibana.

Airflow's API server asks for the links while it draws a task, so nothing of Newsdex is loaded for them.
"""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import quote, urlsplit

from airflow.configuration import conf
from airflow.sdk import BaseOperatorLink

MOUNT = "/newsdex"
"""Below which path of Airflow's own the search page is."""

_COUNTED = {
    "backfill": "{dag}__{run}",
    "ingest_feeds": "{dag}__{run}",
    "ingest_inbox": "{run}",
    "ingest_stream": "{dag}__{run}",
    "ingest_urls": "{dag}__{run}",
    "release_quarantine": "{run}",
}
"""What the balance sheet of a DAG's run is called in `news-runs`."""
_UNCOUNTED = frozenset({"maintain", "rebuild_index"})
_RUNS_VIEW = "news-runs"
"""The id of Kibana's data view on the balance sheets, behind the indices' prefix."""


def base_path() -> str:
    """Give the path below which Airflow is served, without its last slash; mostly it is empty."""
    return urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")


def base_url() -> str:
    """Give Airflow's own address, as its configuration says it."""
    return str(conf.get("api", "base_url", fallback="http://localhost:8080")).rstrip("/")


def run_in_airflow(dag_id: str, run_id: str, task_id: str = "") -> str:
    """Give the address of a run, or of one of its tasks, in Airflow's pages."""
    task = f"/tasks/{quote(task_id, safe='')}" if task_id else ""
    return f"{base_url()}/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}{task}"


def run_on_page(dag_id: str, run_id: str) -> str:
    """Give the path of a run on the search page inside Airflow; nothing for a DAG that is not Newsdex's own."""
    if dag_id in _COUNTED:
        return f"{base_path()}{MOUNT}/pipeline?run={quote(_sheet(dag_id, run_id), safe='')}"
    return f"{base_path()}{MOUNT}/pipeline" if dag_id in _UNCOUNTED else ""


def run_in_kibana(dag_id: str, run_id: str) -> str:
    """Give the address of a run's balance sheet in Kibana; nothing without one, or without a Kibana."""
    kibana = os.environ.get("NEWSDEX_KIBANA_URL", "").strip().rstrip("/")
    if not kibana or dag_id not in _COUNTED:
        return ""
    sheet = _sheet(dag_id, run_id).replace("\\", "\\\\").replace('"', '\\"')
    query = _rison(f'run_id:"{sheet}"')
    view = _rison(os.environ.get("NEWSDEX_INDEX_PREFIX", "").strip() + _RUNS_VIEW)
    state = f"(dataSource:(dataViewId:{view},type:dataView),query:(language:kuery,query:{query}))"
    space = os.environ.get("NEWSDEX_KIBANA_SPACE", "").strip()
    place = f"{kibana}/s/{space}" if space else kibana
    return f"{place}/app/discover#/?_g=(time:(from:now-1y,to:now))&_a={quote(state, safe='():,!')}"


class PageLink(BaseOperatorLink):
    """The button on each task of Newsdex's DAGs that leads to its run on the search page."""

    name = "Newsdex"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Give the path; an empty one, for a task of another DAG, draws no button."""
        return run_on_page(ti_key.dag_id, ti_key.run_id)


class KibanaLink(BaseOperatorLink):
    """The button that leads to the run in Kibana."""

    name = "Kibana"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Give the address; an empty one draws no button."""
        return run_in_kibana(ti_key.dag_id, ti_key.run_id)


def _sheet(dag_id: str, run_id: str) -> str:
    return _COUNTED[dag_id].format(dag=dag_id, run=run_id)


def _rison(text: str) -> str:
    """Quote a text as Kibana's addresses do."""
    return "'" + text.replace("!", "!!").replace("'", "!'") + "'"

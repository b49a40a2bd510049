"""Where the buttons at a task lead, and what reading the plugins costs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from dag_files import read_dag

from newsdex import run

PROJECT = Path(__file__).resolve().parents[2]
COUNTED = ["backfill", "ingest_feeds", "ingest_inbox", "ingest_stream", "ingest_urls", "release_quarantine"]
RUN = "asset_triggered__2026-01-02T03:04:05+00:00_x/y"


def leads_to(link: Any, dag_id: str) -> str:
    """Press a button."""
    return str(link.get_link(None, ti_key=SimpleNamespace(dag_id=dag_id, run_id=RUN, task_id="balance")))


@pytest.mark.parametrize("dag_id", COUNTED)
def test_a_task_leads_to_the_balance_sheet_of_its_run(
    airflow: None, dag_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the very name under which the last task stores it."""
    from newsdex_assets import ARTICLES
    from newsdex_links import KibanaLink, PageLink

    stored: list[str] = []

    def close(settings: Any, run_id: str, sheets: Any) -> dict[str, Any]:
        stored.append(run_id)
        return {"inputs": 7, "outcomes": {"created": 7}}

    monkeypatch.setattr(run, "close_run", close)
    monkeypatch.setattr(run, "close_stream", close)
    events = {ARTICLES: SimpleNamespace(extra=None)}
    read_dag(dag_id).get_task("balance").python_callable([], RUN, events)
    address = urlsplit(leads_to(PageLink(), dag_id))
    assert (address.path, parse_qs(address.query)) == ("/newsdex/pipeline", {"run": stored})
    assert events[ARTICLES].extra == {"inputs": 7, "created": 7}
    monkeypatch.setenv("NEWSDEX_KIBANA_URL", "https://kibana.example/s/desk/")
    kibana = leads_to(KibanaLink(), dag_id)
    assert kibana.startswith("https://kibana.example/s/desk/app/discover#/?")
    assert f"query:'run_id:\"{stored[0]}\"'" in unquote(kibana)


def test_the_way_to_kibana_knows_its_space_and_the_archive(airflow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Several archives share one Kibana: the data view carries the prefix of the indices."""
    from newsdex_links import KibanaLink

    monkeypatch.setenv("NEWSDEX_KIBANA_URL", "https://kibana.example")
    monkeypatch.setenv("NEWSDEX_KIBANA_SPACE", "desk")
    monkeypatch.setenv("NEWSDEX_INDEX_PREFIX", "north-")
    kibana = leads_to(KibanaLink(), "ingest_inbox")
    assert kibana.startswith("https://kibana.example/s/desk/app/discover#/?")
    assert "dataViewId:'north-news-runs'" in unquote(kibana)


def test_upkeep_leads_to_the_pipeline(airflow: None) -> None:
    """Its runs have no balance sheet."""
    from newsdex_links import KibanaLink, PageLink

    assert leads_to(PageLink(), "maintain") == "/newsdex/pipeline"
    assert leads_to(KibanaLink(), "maintain") == ""


def test_other_peoples_dags_get_no_button(airflow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty address draws none."""
    from newsdex_links import KibanaLink, PageLink

    monkeypatch.setenv("NEWSDEX_KIBANA_URL", "https://kibana.example")
    assert [leads_to(link, "somebody_elses") for link in (PageLink(), KibanaLink())] == ["", ""]


def test_without_a_kibana_there_is_no_button_to_it(airflow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor one that leads nowhere."""
    from newsdex_links import KibanaLink

    monkeypatch.delenv("NEWSDEX_KIBANA_URL", raising=False)
    assert leads_to(KibanaLink(), "ingest_inbox") == ""


def test_every_dag_of_ours_is_known_to_the_links(dag_bag: Any) -> None:
    """A new one without a button would not be noticed."""
    from newsdex_links import PageLink

    assert [name for name in dag_bag.dags if not leads_to(PageLink(), name)] == []


def test_an_airflow_below_a_path_has_the_page_below_it(airflow: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As behind a proxy that serves more than Airflow."""
    from newsdex_links import PageLink, run_in_airflow

    monkeypatch.setenv("AIRFLOW__API__BASE_URL", "https://ops.example/airflow")
    assert leads_to(PageLink(), "maintain") == "/airflow/newsdex/pipeline"
    assert (
        run_in_airflow("maintain", "a b", "disk") == "https://ops.example/airflow/dags/maintain/runs/a%20b/tasks/disk"
    )


_READ = """
import sys
import airflow.plugins_manager, airflow.sdk, airflow.triggers.base
before = set(sys.modules)
import newsdex_assets, newsdex_links, newsdex_notices, newsdex_pages, newsdex_streams, newsdex_triggers
print(sorted({name.partition(".")[0] for name in set(sys.modules) - before if not name.startswith("airflow")}))
"""


def test_reading_the_plugins_loads_nothing_but_themselves(airflow: None) -> None:
    """Every task's process reads them: neither Newsdex, nor its pages, nor what those are made of."""
    command = [sys.executable, "-c", _READ]
    done = subprocess.run(command, cwd=PROJECT / "plugins", capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1]
    assert [name for name in ("'newsdex'", "fastapi", "starlette", "elasticsearch", "jinja2") if name in loaded] == []


_TAKE = """
import json
from airflow import plugins_manager
plugins, wrong = plugins_manager._get_plugins()
(ours,) = [plugin for plugin in plugins if plugin.name == "newsdex"]
menu = [(view["category"], view["name"], view["href"]) for view in ours.external_views]
print(json.dumps([wrong, menu, [app["url_prefix"] for app in ours.fastapi_apps]]))
"""


def test_airflow_takes_the_plugin(airflow: None) -> None:
    """One that does not import vanishes without a word; the menu has two entries."""
    done = subprocess.run([sys.executable, "-c", _TAKE], capture_output=True, text=True, check=True)
    wrong, menu, mounted = json.loads(done.stdout.splitlines()[-1])
    assert wrong == {}
    assert menu == [["Newsdex", "Search", "/newsdex/"], ["Newsdex", "Pipeline", "/newsdex/pipeline"]]
    assert mounted == ["/newsdex"]

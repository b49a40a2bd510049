"""Settings come from the environment, and what cannot be meant is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from newsdex.errors import UserError
from newsdex.settings import PROJECT, VARIABLES, read_settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSDEX_ES_PORT", "70000"),
        ("NEWSDEX_ES_PORT", "-1"),
        ("NEWSDEX_ES_PORT", "http"),
        ("NEWSDEX_ES_HEAP", "much"),
        ("NEWSDEX_INDEX_PREFIX", "News-"),
        ("NEWSDEX_BATCH_FILES", "0"),
        ("ELASTICSEARCH_URL", "localhost:9200"),
        ("ELASTICSEARCH_URL", "http://localhost"),
        ("ELASTICSEARCH_URL", "http://elastic:secret@localhost:9200"),
        ("ELASTICSEARCH_URL", "http://localhost:port"),
        ("ELASTICSEARCH_CA_CERTS", "/nowhere/ca.pem"),
        ("ELASTICSEARCH_USER", "elastic"),
        ("NEWSDEX_ARCHIVE", "s3://key:secret@bucket/news"),
        ("NEWSDEX_ARCHIVE_FILE_BYTES", "1GB"),
        ("NEWSDEX_NOTIFY_URL", "hooks.example/T0"),
        ("NEWSDEX_NOTIFY_EMAIL", "desk@ops.example,nobody"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(name: str, value: str) -> None:
    """The error names the variable."""
    with pytest.raises(UserError, match=name):
        read_settings({name: value})


def test_a_password_in_the_address_is_not_repeated() -> None:
    """The error about it does not show it."""
    with pytest.raises(UserError) as told:
        read_settings({"ELASTICSEARCH_URL": "http://elastic:secret@localhost:9200"})
    assert "secret" not in str(told.value)


def test_the_address_of_a_webhook_is_not_repeated() -> None:
    """Whoever knows it may post there: neither an error has it, nor the settings as they are printed."""
    with pytest.raises(UserError) as refused:
        read_settings({"NEWSDEX_NOTIFY_URL": "hooks.example/hush"})
    assert "hush" not in f"{refused.value.message} {refused.value.hint}"
    assert "hush" not in repr(read_settings({"NEWSDEX_NOTIFY_URL": "https://hooks.example/hush"}))


@pytest.mark.parametrize(
    "environment",
    [
        {"ELASTICSEARCH_API_KEY": "hush"},
        {"ELASTICSEARCH_USER": "elastic", "ELASTICSEARCH_PASSWORD": "hush"},
        {"NEWSDEX_WEB_USER": "desk", "NEWSDEX_WEB_PASSWORD": "hush"},
        {"NEWSDEX_KIBANA_API_KEY": "hush"},
        {"NEWSDEX_KIBANA_USER": "desk", "NEWSDEX_KIBANA_PASSWORD": "hush"},
        {"NEWSDEX_KAFKA_OPTIONS": '{"sasl.password": "hush"}'},
    ],
)
def test_settings_do_not_print_a_secret(environment: dict[str, str]) -> None:
    """A traceback or a log that shows them shows no key and no password."""
    assert "hush" not in repr(read_settings(environment))


def test_an_api_key_beside_a_user_is_refused() -> None:
    """Which of them is meant cannot be known."""
    env = {"ELASTICSEARCH_API_KEY": "k", "ELASTICSEARCH_USER": "u", "ELASTICSEARCH_PASSWORD": "p"}
    with pytest.raises(UserError, match="both set"):
        read_settings(env)


def test_one_port_for_two_servers_is_refused() -> None:
    """Elasticsearch and Airflow need a port each."""
    with pytest.raises(UserError, match="both 8080"):
        read_settings({"NEWSDEX_ES_PORT": "8080"})


def test_an_address_means_a_cluster_of_ones_own() -> None:
    """With ELASTICSEARCH_URL no node is started."""
    settings = read_settings({"ELASTICSEARCH_URL": "https://search.example.org:9243/"})
    assert (settings.elasticsearch_external, settings.elasticsearch_url) == (True, "https://search.example.org:9243")


def test_children_get_absolute_paths(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A relative NEWSDEX_HOME means the same folder to a process that stands elsewhere."""
    monkeypatch.chdir(tmp_path)
    assert read_settings({"NEWSDEX_HOME": "state"}).paths_for_children()["NEWSDEX_HOME"] == str(tmp_path / "state")


def test_the_raw_archive_may_lie_elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In another folder, also named by a URL or from where we stand; or in an object store, which has no folder."""
    monkeypatch.chdir(tmp_path)
    assert read_settings({"NEWSDEX_HOME": "/srv"}).archive == Path("/srv/archive")
    assert read_settings({"NEWSDEX_ARCHIVE": "raw"}).archive_location == str(tmp_path / "raw")
    assert read_settings({"NEWSDEX_ARCHIVE": "file:///mnt/raw%20news"}).archive == Path("/mnt/raw news")
    stored = read_settings({"NEWSDEX_ARCHIVE": "s3://bucket/news"})
    assert stored.archive_location == "s3://bucket/news"
    assert stored.paths_for_children()["NEWSDEX_ARCHIVE"] == "s3://bucket/news"
    with pytest.raises(UserError, match="s3://bucket/news"):
        _ = stored.archive


def test_every_variable_that_is_read_is_told() -> None:
    """`newsdex help environment` lists exactly the variables that the source reads, but those of docker-compose.yml."""
    sources = (PROJECT / "src" / "newsdex").rglob("*.py")
    read = {
        name
        for path in sources
        for name in re.findall(r'"((?:NEWSDEX|ELASTICSEARCH)_[A-Z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert {variable.name for variable in VARIABLES} == read - {"NEWSDEX_RUN", "NEWSDEX_UID"}

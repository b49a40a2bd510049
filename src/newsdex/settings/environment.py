"""The settings as the environment has them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from newsdex.settings.shape import PROJECT, Settings
from newsdex.settings.values import (
    demand_different_ports,
    read_address,
    read_credentials,
    read_days,
    read_existing_file,
    read_folders,
    read_json_object,
    read_mailboxes,
    read_matching,
    read_networks,
    read_optional_path,
    read_page,
    read_place,
    read_port,
    read_seconds,
    read_switch,
    read_topics,
    read_webhook,
    read_whole,
)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment (the process's own by default); `VARIABLES` lists what is read.

    Raises `UserError` naming the variable for a value that cannot be meant: a port of 70000, an address without a
    scheme, an API key beside a user.

    >>> read_settings({"NEWSDEX_HOME": "/srv/newsdex"}).inbox
    PosixPath('/srv/newsdex/inbox')
    """
    env = os.environ if environment is None else environment
    es_port = read_port(env, "NEWSDEX_ES_PORT", 9200)
    airflow_port = read_port(env, "NEWSDEX_AIRFLOW_PORT", 8080)
    web_port = read_port(env, "NEWSDEX_WEB_PORT", 8090)
    external = read_address(env, "ELASTICSEARCH_URL")
    demand_different_ports(
        {
            **({} if external else {"NEWSDEX_ES_PORT": es_port}),
            "NEWSDEX_AIRFLOW_PORT": airflow_port,
            "NEWSDEX_WEB_PORT": web_port,
        }
    )
    user, password = read_credentials(env, "ELASTICSEARCH_USER", "ELASTICSEARCH_PASSWORD", "ELASTICSEARCH_API_KEY")
    web_user, web_password = read_credentials(env, "NEWSDEX_WEB_USER", "NEWSDEX_WEB_PASSWORD")
    kibana_user, kibana_password = read_credentials(
        env, "NEWSDEX_KIBANA_USER", "NEWSDEX_KIBANA_PASSWORD", "NEWSDEX_KIBANA_API_KEY"
    )
    return Settings(
        home=Path(env.get("NEWSDEX_HOME") or PROJECT / "var").absolute(),
        config=Path(env.get("NEWSDEX_CONFIG") or PROJECT / "config").absolute(),
        elasticsearch_url=external or f"http://127.0.0.1:{es_port}",
        elasticsearch_external=bool(external),
        elasticsearch_api_key=env.get("ELASTICSEARCH_API_KEY") or None,
        elasticsearch_user=user,
        elasticsearch_password=password,
        elasticsearch_ca=read_existing_file(env, "ELASTICSEARCH_CA_CERTS"),
        elasticsearch_heap=read_matching(env, "NEWSDEX_ES_HEAP", "1g", r"[1-9][0-9]*[mg]", "a size such as 512m or 2g"),
        elasticsearch_port=es_port,
        elasticsearch_run_as=env.get("NEWSDEX_ES_USER") or "nobody",
        airflow_port=airflow_port,
        web_host=read_matching(env, "NEWSDEX_WEB_HOST", "127.0.0.1", r"[0-9A-Za-z.:-]+", "an address of this machine"),
        web_port=web_port,
        web_url=read_page(env, "NEWSDEX_WEB_URL") or f"http://127.0.0.1:{web_port}",
        web_user=web_user,
        web_password=web_password,
        web_changes=read_switch(env, "NEWSDEX_WEB_CHANGES"),
        kibana_url=read_page(env, "NEWSDEX_KIBANA_URL"),
        kibana_space=read_matching(env, "NEWSDEX_KIBANA_SPACE", "", r"[a-z0-9_-]*", "the id of a space"),
        kibana_api_key=env.get("NEWSDEX_KIBANA_API_KEY") or None,
        kibana_user=kibana_user,
        kibana_password=kibana_password,
        kibana_ca=read_existing_file(env, "NEWSDEX_KIBANA_CA_CERTS"),
        notify_url=read_webhook(env, "NEWSDEX_NOTIFY_URL"),
        notify_mailboxes=read_mailboxes(env, "NEWSDEX_NOTIFY_EMAIL"),
        index_prefix=read_matching(
            env, "NEWSDEX_INDEX_PREFIX", "", r"([a-z0-9][a-z0-9._-]*)?", "lower-case letters, digits, `.`, `_` and `-`"
        ),
        batch_files=read_whole(env, "NEWSDEX_BATCH_FILES", 500),
        batch_bytes=read_whole(env, "NEWSDEX_BATCH_BYTES", 64_000_000),
        batches_per_run=read_whole(env, "NEWSDEX_BATCHES_PER_RUN", 16),
        document_bytes=read_whole(env, "NEWSDEX_DOCUMENT_BYTES", 20_000_000),
        document_seconds=read_whole(env, "NEWSDEX_DOCUMENT_SECONDS", 20),
        document_memory=read_whole(env, "NEWSDEX_DOCUMENT_MEMORY", 1_000_000_000),
        task_workers=read_whole(env, "NEWSDEX_TASK_WORKERS", 1),
        archive_place=read_place(env, "NEWSDEX_ARCHIVE"),
        archive_file_bytes=read_whole(env, "NEWSDEX_ARCHIVE_FILE_BYTES", 1_000_000_000),
        fetch_contact=read_matching(
            env, "NEWSDEX_FETCH_CONTACT", "", r"(https?://[!-~]+|[!-~]+@[!-~]+)?", "an address of a page or a mailbox"
        ),
        fetch_delay=read_seconds(env, "NEWSDEX_FETCH_DELAY", 1.0),
        fetch_connections=read_whole(env, "NEWSDEX_FETCH_CONNECTIONS", 32),
        fetch_seconds=read_seconds(env, "NEWSDEX_FETCH_SECONDS", 240.0),
        fetch_addresses=read_whole(env, "NEWSDEX_FETCH_ADDRESSES", 2_000),
        poll_minutes=read_whole(env, "NEWSDEX_POLL_MINUTES", 5),
        fetch_allow_networks=read_networks(env, "NEWSDEX_FETCH_ALLOW_NETWORKS"),
        fetch_hosts=read_optional_path(env, "NEWSDEX_FETCH_HOSTS"),
        fetch_proxy=read_address(env, "NEWSDEX_FETCH_PROXY") or None,
        fetch_ca_certs=read_optional_path(env, "NEWSDEX_FETCH_CA_CERTS"),
        backfill_folders=read_folders(env, "NEWSDEX_BACKFILL_ROOTS"),
        quarantine_days=read_days(env, "NEWSDEX_QUARANTINE_DAYS", 365),
        history_days=read_days(env, "NEWSDEX_HISTORY_DAYS", 365),
        version_days=read_days(env, "NEWSDEX_VERSION_DAYS", 30),
        kafka_servers=read_matching(
            env, "NEWSDEX_KAFKA_SERVERS", "", r"([^\s,/]+:\d+(,[^\s,/]+:\d+)*)?", "a list: kafka-1:9092,kafka-2:9092"
        ),
        kafka_topics=read_topics(env, "NEWSDEX_KAFKA_TOPICS"),
        kafka_group=read_matching(env, "NEWSDEX_KAFKA_GROUP", "newsdex", r"[!-~]{1,200}", "a name without blanks"),
        kafka_options=read_json_object(env, "NEWSDEX_KAFKA_OPTIONS"),
        kafka_connection=read_matching(env, "NEWSDEX_KAFKA_CONNECTION", "", r"[\w.:-]*", "an id of a connection"),
        kafka_mapping=read_json_object(env, "NEWSDEX_KAFKA_MAPPING"),
    )

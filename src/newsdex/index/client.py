"""The connection to Elasticsearch, checked once so that what is wrong is said at the start."""

from __future__ import annotations

import logging
from typing import Any

import elasticsearch
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from newsdex.errors import UserError
from newsdex.settings import Settings

CLIENT_MAJOR = int(elasticsearch.__version__[0])
"""Elasticsearch answers a client of its own major version only."""


def connect(settings: Settings) -> Elasticsearch:
    """Open the connection that the settings describe, and check the server's version and the credentials.

    Raises `UserError` when nothing answers, the credentials are wrong, or the server's major version is another.
    """
    logging.getLogger("elastic_transport").setLevel(logging.WARNING)
    options: dict[str, Any] = {"request_timeout": 30, "retry_on_timeout": False}
    if settings.elasticsearch_api_key:
        options["api_key"] = settings.elasticsearch_api_key
    elif settings.elasticsearch_user:
        options["basic_auth"] = (settings.elasticsearch_user, settings.elasticsearch_password or "")
    if settings.elasticsearch_ca:
        options["ca_certs"] = settings.elasticsearch_ca
    try:
        client = Elasticsearch(settings.elasticsearch_url, **options)
    except (ValueError, OSError) as wrong:
        raise UserError(f"ELASTICSEARCH_URL: {wrong}", "write it like https://search.example.org:9200") from wrong
    try:
        check_version(_server_version(client), settings.elasticsearch_url)
    except BaseException:
        client.close()
        raise
    return client


def check_version(version: str, url: str) -> None:
    """Refuse a server whose major version is not the client's.

    >>> check_version(f"{CLIENT_MAJOR}.2.0", "http://127.0.0.1:9200")
    """
    major = int(version.split(".", maxsplit=1)[0])
    if major < CLIENT_MAJOR:
        raise UserError(
            f"the Elasticsearch at {url} is {version}, too old: Newsdex speaks version {CLIENT_MAJOR}",
            f"upgrade the cluster to {CLIENT_MAJOR}.x, or unset ELASTICSEARCH_URL to use the embedded one",
        )
    if major > CLIENT_MAJOR:
        raise UserError(
            f"the Elasticsearch at {url} is {version}, newer than this Newsdex knows (version {CLIENT_MAJOR})",
            "upgrade Newsdex",
        )


def _server_version(client: Elasticsearch) -> str:
    url = "ELASTICSEARCH_URL"
    try:
        # Not `GET /`: the core distribution does not have it.
        nodes = client.nodes.info(node_id="_local", filter_path="nodes.*.version")["nodes"]
        return str(next(iter(nodes.values()))["version"])
    except UnsupportedProductError as wrong:
        raise UserError(
            f"what answers at {url} is no Elasticsearch, or one older than 7.14", "check the address"
        ) from wrong
    except ApiError as refused:
        raise _explain(refused) from refused
    except elasticsearch.TransportError as silent:
        raise UserError(
            f"Elasticsearch does not answer: {_first_line(silent)}",
            "newsdex up starts the embedded one; newsdex status says what runs; ELASTICSEARCH_URL names another",
        ) from silent


def _explain(refused: ApiError) -> UserError:
    status = refused.meta.status
    if "media_type_header_exception" in str(refused.body):
        return UserError(
            f"the Elasticsearch that answers is too old for this client (version {CLIENT_MAJOR})",
            f"upgrade the cluster to {CLIENT_MAJOR}.x, or unset ELASTICSEARCH_URL to use the embedded one",
        )
    if status == 401:
        return UserError(
            "Elasticsearch refuses the credentials (401)",
            "check ELASTICSEARCH_API_KEY, or ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD",
        )
    if status == 403:
        return UserError(
            "Elasticsearch knows these credentials, but they may not read the server's version (403)",
            "give them the cluster privilege `monitor`",
        )
    return UserError(f"Elasticsearch answers {status}: {_first_line(refused)}", "newsdex doctor says what is wrong")


def _first_line(wrong: Exception) -> str:
    return (str(wrong).splitlines() or [type(wrong).__name__])[0]

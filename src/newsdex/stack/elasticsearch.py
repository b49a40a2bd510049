"""What Elasticsearch needs before the stack uses it: passwords, roles, users, indices. Repeating it is harmless."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace

from elasticsearch import Elasticsearch

from newsdex.errors import UserError
from newsdex.index.client import connect
from newsdex.index.roles import Role, ensure_role, ensure_user, role_name, set_password
from newsdex.index.templates import Names, ensure_indices, index_meta
from newsdex.settings import Settings

KIBANA_USER = "kibana_system"
"""The user by which Kibana itself comes; the cluster has it, without a password that anybody knows."""


def read_passwords(environment: Mapping[str, str]) -> tuple[dict[Role, str], str | None]:
    """Read the passwords of the users from NEWSDEX_WRITER_PASSWORD and so on, and Kibana's own from KIBANA_PASSWORD.

    Kibana's may be missing: it has been set then by whoever keeps the cluster. Raises `UserError` naming a variable.
    """
    passwords = {}
    for role in Role:
        name = f"NEWSDEX_{role.name}_PASSWORD"
        if len(environment.get(name, "")) < 6:
            raise UserError(f"{name} is missing, or shorter than the six characters that Elasticsearch demands")
        passwords[role] = environment[name]
    return passwords, environment.get("KIBANA_PASSWORD") or None


def prepare_elasticsearch(settings: Settings, passwords: Mapping[Role, str], kibana: str | None) -> Iterator[str]:
    """Make roles, users and indices, and say what was done.

    The settings name a user who may manage security. The indices are made by the writer, so that a role that lacks a
    right is found here. An index with another version of the mapping is only told: everything else can start, and
    `newsdex rebuild` is called for.
    """
    with closing(connect(settings)) as client:
        yield from _prepare_accounts(client, settings, passwords, kibana)
    writer = replace(
        settings,
        elasticsearch_api_key=None,
        elasticsearch_user=role_name(Role.WRITER, settings.index_prefix),
        elasticsearch_password=passwords[Role.WRITER],
    )
    with closing(connect(writer)) as client:
        yield from _prepare_indices(client, writer)


def _prepare_accounts(
    client: Elasticsearch, settings: Settings, passwords: Mapping[Role, str], kibana: str | None
) -> Iterator[str]:
    if kibana is not None:
        set_password(client, KIBANA_USER, kibana)
        yield f"user {KIBANA_USER}: password set"
    for role in Role:
        name = role_name(role, settings.index_prefix)
        made = ensure_role(client, settings, role)
        yield f"role {name}: {'made' if made else 'as its file says'}"
        made = ensure_user(client, settings, role, passwords[role])
        yield f"user {name}: {'made' if made else 'password set'}"


def _prepare_indices(client: Elasticsearch, writer: Settings) -> Iterator[str]:
    try:
        made = ensure_indices(client, writer)
    except UserError as outdated:
        # Without the alias there is no index to search either, and the stack had better not start.
        index_meta(client, Names(writer.index_prefix).news_write)
        yield f"warning: {outdated}"
    else:
        yield f"indices: {', '.join(made) or 'all there'}"

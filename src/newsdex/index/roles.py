"""Who may do what in a cluster with security on: the roles of config/security, and the users that have them."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from newsdex.errors import UserError
from newsdex.settings import Settings


class Role(StrEnum):
    """Those who come to the cluster: the workers that write, the pages that read, the people in Kibana."""

    WRITER = "writer"
    READER = "reader"
    ANALYST = "analyst"


def role_name(role: Role, prefix: str = "") -> str:
    """Give the name of a role in the cluster, which is also that of the user that has it.

    Archives that share a cluster have different prefixes, and so roles of their own.

    >>> role_name(Role.WRITER), role_name(Role.READER, "team-")
    ('newsdex_writer', 'team-newsdex_reader')
    """
    return f"{prefix}newsdex_{role}"


def read_role(settings: Settings, role: Role) -> dict[str, Any]:
    """Read a role from config/security, with the prefix before its indices. Raises `UserError` naming the file."""
    path = settings.config / "security" / f"{role}.json"
    try:
        shape = json.loads(path.read_text(encoding="utf-8"))
        for grant in shape["indices"]:
            grant["names"] = [f"{settings.index_prefix}{name}" for name in grant["names"]]
    except FileNotFoundError as missing:
        raise UserError(f"{path}: no such file", "set NEWSDEX_CONFIG to the config folder of a checkout") from missing
    except (ValueError, KeyError, TypeError) as wrong:
        raise UserError(f"{path}: no role: {wrong}", "restore the file from git") from wrong
    return dict(shape)


def ensure_role(client: Elasticsearch, settings: Settings, role: Role) -> bool:
    """Make a role what its file says; tell whether it was anything else before.

    Needs the cluster privilege `manage_security`. Raises `UserError` with the cluster's words when it refuses.
    """
    name = role_name(role, settings.index_prefix)
    try:
        answer = client.security.put_role(name=name, **read_role(settings, role))
    except ApiError as refused:
        raise _explain(f"the role {name}", refused) from refused
    return bool(answer["role"]["created"])


def ensure_user(client: Elasticsearch, settings: Settings, role: Role, password: str) -> bool:
    """Make the user of a role, or give it this password again; tell whether it was made."""
    name = role_name(role, settings.index_prefix)
    try:
        answer = client.security.put_user(
            username=name, password=password, roles=[name], full_name=f"Newsdex: {role}", refresh="wait_for"
        )
    except ApiError as refused:
        raise _explain(f"the user {name}", refused) from refused
    return bool(answer["created"])


def set_password(client: Elasticsearch, user: str, password: str) -> None:
    """Set the password of a user that the cluster has by itself, such as `kibana_system`."""
    try:
        client.security.change_password(username=user, password=password)
    except NotFoundError as missing:
        raise UserError(f"the cluster has no user {user}", "is security on?") from missing
    except ApiError as refused:
        raise _explain(f"the password of {user}", refused) from refused


def _explain(what: str, refused: ApiError) -> UserError:
    hint = "security is off there, or this user may not manage it" if refused.meta.status in (400, 403, 405) else ""
    return UserError(f"Elasticsearch does not take {what}: {refused}", hint)

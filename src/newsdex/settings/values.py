"""The value of one variable, read and checked: what cannot be meant is refused in a sentence that names it."""

from __future__ import annotations

import ipaddress
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from newsdex.errors import UserError


def read_place(env: Mapping[str, str], name: str) -> str | None:
    """Read where something lies: a folder, made absolute, or the URL of a place that is none."""
    text = env.get(name, "").strip()
    if text.startswith("file://"):
        text = unquote(text.removeprefix("file://").removeprefix("localhost")) or "/"
    if not text or "://" not in text:
        return str(Path(text).absolute()) if text else None
    if re.match("[^/]*://[^/@]*:[^/@]*@", text):
        raise UserError(f"{name} holds a user or a password", "put them where the store's own client looks for them")
    return text


def read_folders(env: Mapping[str, str], name: str) -> tuple[Path, ...]:
    """Read folders, with the system's separator between, made absolute."""
    return tuple(Path(part).absolute() for part in env.get(name, "").split(os.pathsep) if part.strip())


def read_topics(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Read names of Kafka topics, with `,` between, each once."""
    topics = tuple(dict.fromkeys(part.strip() for part in env.get(name, "").split(",") if part.strip()))
    if wrong := next((topic for topic in topics if not re.fullmatch(r"[A-Za-z0-9._-]{1,249}", topic)), None):
        raise UserError(f"{name}: {wrong!r} is no name of a topic", f"write names like {name}=news,wires")
    return topics


def read_json_object(env: Mapping[str, str], name: str) -> dict[str, Any]:
    """Read a JSON object. What stands there is not repeated in an error: it may be a password."""
    text = env.get(name, "").strip()
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise UserError(f"{name} is no JSON object", f'write it like {name}=\'{{"key": "value"}}\'')
    return value


def read_whole(env: Mapping[str, str], name: str, default: int) -> int:
    """Read a whole number above zero."""
    text = env.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise UserError(f"{name}={text!r} is not a whole number above zero", f"unset it to use {default}")
    return int(text)


def read_days(env: Mapping[str, str], name: str, default: int) -> int:
    """Read a number of days; 0 is one."""
    return 0 if env.get(name, "").strip() == "0" else read_whole(env, name, default)


def read_seconds(env: Mapping[str, str], name: str, default: float) -> float:
    """Read a number of seconds above zero."""
    text = env.get(name, "").strip()
    if not text:
        return default
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text, re.ASCII) is None or float(text) == 0:
        raise UserError(f"{name}={text!r} is not a number of seconds above zero", f"unset it to use {default:g}")
    return float(text)


def read_networks(env: Mapping[str, str], name: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Read networks, with `,` or blanks between."""
    try:
        return tuple(ipaddress.ip_network(word) for word in re.split(r"[\s,]+", env.get(name, "")) if word)
    except ValueError as wrong:
        raise UserError(f"{name}: {wrong}", f"write networks like {name}=10.1.0.0/16,192.168.7.0/24") from wrong


def read_port(env: Mapping[str, str], name: str, default: int) -> int:
    """Read a port."""
    port = read_whole(env, name, default)
    if port > 65535:
        raise UserError(f"{name}={port} is no port: the highest is 65535", f"unset it to use {default}")
    return port


def read_matching(env: Mapping[str, str], name: str, default: str, pattern: str, wanted: str) -> str:
    """Read a text that a pattern takes as a whole; `wanted` says what that is."""
    text = env.get(name, "").strip() or default
    if re.fullmatch(pattern, text) is None:
        raise UserError(f"{name}={text!r} is not {wanted}", f"unset it to use {default!r}")
    return text


def read_address(env: Mapping[str, str], name: str) -> str:
    """Read the address of a server, with its port and without its last slash."""
    text = env.get(name, "").strip().rstrip("/")
    if not text:
        return ""
    wrong = UserError(
        f"{name}={text!r} is no address of a server", f"write it like {name}=https://search.example.org:9200"
    )
    try:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port is None:
            raise wrong
    except ValueError:
        raise wrong from None
    if parts.username or parts.password:
        hint = "put them into ELASTICSEARCH_USER and ELASTICSEARCH_PASSWORD: addresses end up in logs"
        raise UserError(f"{name} holds a user or a password", hint)
    return text


def read_page(env: Mapping[str, str], name: str) -> str:
    """Read where people find a page: an address, perhaps with a path, without its last slash."""
    text = env.get(name, "").strip().rstrip("/")
    try:
        parts = urlsplit(text)
        right = (
            parts.scheme in ("http", "https")
            and parts.hostname
            and not (parts.query or parts.fragment or parts.username)
        )
        right = right and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    if text and not right:
        raise UserError(f"{name}={text!r} is no address of a page", f"write it like {name}=https://news.example.org")
    return text


def read_webhook(env: Mapping[str, str], name: str) -> str:
    """Read the address of a webhook. It is not repeated in an error: whoever knows it may post there."""
    text = env.get(name, "").strip()
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    if text and not right:
        raise UserError(f"{name} is no address of a webhook", f"write it like {name}=https://hooks.example.org/T0/B0")
    return text


def read_mailboxes(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Read mailboxes, with `,` between, each once."""
    boxes = tuple(dict.fromkeys(part.strip() for part in env.get(name, "").split(",") if part.strip()))
    if wrong := next((box for box in boxes if not re.fullmatch(r"[!-~]+@[!-~]+", box, re.ASCII)), None):
        raise UserError(f"{name}: {wrong!r} is no mailbox", f"write it like {name}=desk@news.example,ops@news.example")
    return boxes


def read_switch(env: Mapping[str, str], name: str) -> bool:
    """Read yes or no."""
    return read_matching(env, name, "no", "yes|no", "yes or no") == "yes"


def demand_different_ports(ports: Mapping[str, int]) -> None:
    """Raise `UserError` for two servers with one port."""
    for name, port in ports.items():
        if same := [other for other, number in ports.items() if number == port and other != name]:
            raise UserError(f"{name} and {same[0]} are both {port}", "give them two ports")


def read_credentials(
    env: Mapping[str, str], user: str, password: str, api_key: str | None = None
) -> tuple[str | None, str | None]:
    """Read a user and the password, which go together, and not with an API key; given are the variables' names."""
    name, secret = env.get(user) or None, env.get(password) or None
    if (name is None) != (secret is None):
        raise UserError(f"{user} and {password} go together", "set both, or neither")
    if api_key and name is not None and env.get(api_key):
        raise UserError(f"{api_key} and {user} are both set", "unset one of them")
    return name, secret


def read_optional_path(env: Mapping[str, str], name: str) -> Path | None:
    """Read the path of a file that exists."""
    text = read_existing_file(env, name)
    return Path(text) if text else None


def read_existing_file(env: Mapping[str, str], name: str) -> str | None:
    """Read the path of a file that exists, made absolute, as a text."""
    text = env.get(name, "").strip()
    if text and not Path(text).is_file():
        raise UserError(f"{name}={text!r}: no such file", "give the path of a file that exists")
    return str(Path(text).absolute()) if text else None

"""The limits of fetching come from the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdex.errors import UserError
from newsdex.fetch import FetchSettings, read_fetch_settings
from newsdex.settings import read_settings


def test_nothing_inside_is_open_unless_it_is_named() -> None:
    """The operator's own networks are closed by default."""
    assert FetchSettings(Path()).policy.refusal("127.0.0.1", 80) is not None
    opened = read_fetch_settings(read_settings({"NEWSDEX_FETCH_ALLOW_NETWORKS": "127.0.0.0/8, fd00::/8"}))
    assert opened.policy.refusal("127.0.0.1", 80) is None
    assert opened.policy.refusal("fd00::1", 80) is None
    assert opened.policy.refusal("10.0.0.1", 80) is not None


def test_the_user_agent_names_us_and_whom_to_turn_to() -> None:
    """The first word is the name that robots.txt files use."""
    settings = read_fetch_settings(read_settings({"NEWSDEX_FETCH_CONTACT": "https://archive.example/bot"}))
    assert settings.user_agent.startswith("Newsdex/")
    assert settings.user_agent.endswith("(+https://archive.example/bot)")
    assert settings.product == "newsdex"


def test_hosts_are_read_from_a_file_like_etc_hosts(tmp_path: Path) -> None:
    """Comments, several names a line, several addresses a name."""
    file = tmp_path / "hosts"
    file.write_text("# ours\n127.0.0.1 A.example b.example # both\n::1 a.example\n\n", encoding="utf-8")
    hosts = read_fetch_settings(read_settings({"NEWSDEX_FETCH_HOSTS": str(file)})).hosts
    assert hosts == {"a.example": ("127.0.0.1", "::1"), "b.example": ("127.0.0.1",)}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NEWSDEX_FETCH_ALLOW_NETWORKS", "10.0.0.1/8"),
        ("NEWSDEX_FETCH_ALLOW_NETWORKS", "inside"),
        ("NEWSDEX_FETCH_DELAY", "0"),
        ("NEWSDEX_FETCH_DELAY", "-1"),
        ("NEWSDEX_FETCH_CONTACT", "me\nX: y"),
        ("NEWSDEX_FETCH_PROXY", "proxy"),
        ("NEWSDEX_FETCH_HOSTS", "/nowhere/hosts"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(name: str, value: str) -> None:
    """The error names the variable."""
    with pytest.raises(UserError, match=name):
        read_settings({name: value})

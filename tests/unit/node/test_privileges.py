"""Who the server runs as."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsdex.errors import UserError
from newsdex.node.privileges import Account, closed_folders, plan_launch

NOBODY = Account("nobody", 65534, 65534)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root drops its rights")
as_user = pytest.mark.skipif(os.geteuid() == 0, reason="an ordinary user keeps its account")


def test_folders_closed_to_the_account_are_found(tmp_path: Path) -> None:
    """Those on the way that are ours alone; the last one does not matter."""
    (tmp_path / "ours" / "inner").mkdir(parents=True)
    (tmp_path / "ours").chmod(0o700)
    found = closed_folders(tmp_path / "ours" / "inner", NOBODY)
    assert tmp_path / "ours" in found
    assert tmp_path / "ours" / "inner" not in found


def test_an_owner_passes_where_others_do_not(tmp_path: Path) -> None:
    """The account's own folder, closed to the rest."""
    owner = Account("me", tmp_path.stat().st_uid, tmp_path.stat().st_gid)
    (tmp_path / "ours").mkdir(mode=0o700)
    assert tmp_path / "ours" not in closed_folders(tmp_path / "ours" / "x", owner)


@as_root
def test_root_drops_to_the_account(tmp_path: Path) -> None:
    """Elasticsearch refuses root."""
    launch = plan_launch("nobody", (Path("/usr/bin"),))
    assert launch.account is not None
    assert launch.account.uid != 0
    assert "--ambient-caps" not in launch.prefix


@as_root
def test_an_account_that_does_not_exist_is_told() -> None:
    """With the setting that names another."""
    with pytest.raises(UserError, match="NEWSDEX_ES_USER"):
        plan_launch("no-such-account", ())


@as_root
def test_root_as_the_account_is_told() -> None:
    """It would be refused a minute later, less clearly."""
    with pytest.raises(UserError, match="refuses to run as root"):
        plan_launch("root", ())


@as_user
def test_an_ordinary_user_runs_it_itself(tmp_path: Path) -> None:
    """Nothing to drop, nothing to own."""
    assert plan_launch("nobody", (tmp_path,)).account is None

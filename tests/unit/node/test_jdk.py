"""Finding a JDK, wherever it lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsdex.errors import UserError
from newsdex.node.jdk import find_jdk, read_jdk


def make_jdk(home: Path, version: str, *programs: str) -> Path:
    """Make a folder that looks like a JDK."""
    (home / "bin").mkdir(parents=True)
    for program in programs or ("java", "javac"):
        (home / "bin" / program).touch(mode=0o755)
    (home / "release").write_text(f'IMPLEMENTOR="Example"\nJAVA_VERSION="{version}"\n')
    return home


@pytest.mark.parametrize(("printed", "version"), [("21.0.2", 21), ("25", 25), ("1.8.0_402", 8), ("17.0.15", 17)])
def test_the_version_is_read_without_starting_java(tmp_path: Path, printed: str, version: int) -> None:
    """From the `release` file; the 8 was once written 1.8."""
    jdk = read_jdk(make_jdk(tmp_path / "jdk", printed))
    assert jdk is not None
    assert jdk.version == version


def test_a_java_without_a_compiler_is_no_jdk(tmp_path: Path) -> None:
    """The plugin has to be compiled."""
    assert read_jdk(make_jdk(tmp_path / "jre", "21.0.2", "java")) is None


def test_java_home_is_taken_when_it_is_new_enough(tmp_path: Path) -> None:
    """Before anything that lies elsewhere."""
    home = make_jdk(tmp_path / "jdk", "21.0.2")
    assert find_jdk({"JAVA_HOME": str(home), "PATH": ""}).home == home


def test_an_old_one_in_java_home_or_first_on_path_is_passed_over(tmp_path: Path) -> None:
    """A newer one under the user's SDKMAN is found behind it."""
    old = make_jdk(tmp_path / "old", "17.0.1")
    new = make_jdk(tmp_path / "home/.sdkman/candidates/java/21.0.5-tem", "21.0.5")
    found = find_jdk({"JAVA_HOME": str(old), "PATH": str(old / "bin"), "HOME": str(tmp_path / "home")})
    assert found.version >= 21
    assert found.home == new or not found.home.is_relative_to(tmp_path)


def test_a_link_on_path_leads_to_its_jdk(tmp_path: Path) -> None:
    """As /usr/bin/javac does."""
    home = make_jdk(tmp_path / "jdk", "21.0.2")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "javac").symlink_to(home / "bin" / "javac")
    assert find_jdk({"PATH": str(tmp_path / "bin")}).home == home


def test_our_own_variable_decides(tmp_path: Path) -> None:
    """NEWSDEX_JAVA_HOME is taken before JAVA_HOME."""
    ours, theirs = make_jdk(tmp_path / "ours", "22"), make_jdk(tmp_path / "theirs", "21")
    assert find_jdk({"NEWSDEX_JAVA_HOME": str(ours), "JAVA_HOME": str(theirs)}).home == ours


def test_our_own_variable_is_not_passed_over_in_silence(tmp_path: Path) -> None:
    """Who sets it wants that one: an unfit one is an error."""
    old = make_jdk(tmp_path / "old", "17.0.1")
    with pytest.raises(UserError, match="NEWSDEX_JAVA_HOME"):
        find_jdk({"NEWSDEX_JAVA_HOME": str(old)})

"""The Java that Elasticsearch needs, wherever on this machine it lies."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from newsdex.errors import UserError

OLDEST = 21
"""Elasticsearch 9 runs on this Java and later ones."""

NEWEST_TRIED = 25
"""Later ones are taken only where nothing in the tried range is installed."""


@dataclass(frozen=True, slots=True)
class Jdk:
    """A Java development kit: its home folder and its major version."""

    home: Path
    version: int

    @property
    def java(self) -> Path:
        """The program that runs Java."""
        return self.home / "bin" / "java"


def find_jdk(environment: Mapping[str, str] | None = None) -> Jdk:
    """Find the best JDK on this machine, not only the first on PATH.

    NEWSDEX_JAVA_HOME decides when it is set; then JAVA_HOME, then PATH, when they are new enough; then the newest in
    the usual folders. A Java without a compiler does not count. Raises `UserError` with the command that installs one.
    """
    env = os.environ if environment is None else environment
    if chosen := env.get("NEWSDEX_JAVA_HOME"):
        jdk = read_jdk(Path(chosen))
        if jdk is None or jdk.version < OLDEST:
            raise UserError(f"NEWSDEX_JAVA_HOME={chosen} is no JDK {OLDEST} or later", f"unset it, or {install_hint()}")
        return jdk
    found: list[Jdk] = []
    for preferred, home in _candidates(env):
        jdk = read_jdk(home)
        if jdk is None:
            continue
        if preferred and OLDEST <= jdk.version <= NEWEST_TRIED:
            return jdk
        found.append(jdk)
    fit = [jdk for jdk in found if jdk.version >= OLDEST]
    if not fit:
        older = ", ".join(f"{jdk.version} at {jdk.home}" for jdk in found)
        raise UserError(f"no JDK {OLDEST} or later found" + (f" (found: {older})" if older else ""), install_hint())
    return max(
        fit, key=lambda jdk: (jdk.version <= NEWEST_TRIED, jdk.version if jdk.version <= NEWEST_TRIED else -jdk.version)
    )


def read_jdk(home: Path) -> Jdk | None:
    """Read which version a folder holds from its `release` file; None when it is no JDK with a compiler."""
    try:
        release = (home / "release").read_text(encoding="utf-8", errors="replace")
        usable = os.access(home / "bin" / "java", os.X_OK) and os.access(home / "bin" / "javac", os.X_OK)
    except OSError:
        return None
    version = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', release, re.MULTILINE)
    return Jdk(home, int(version[1])) if version and usable else None


def install_hint() -> str:
    """Say how a JDK is installed here.

    >>> "NEWSDEX_JAVA_HOME" in install_hint()
    True
    """
    return f"{_install_command()}; or unpack any JDK {OLDEST}+ and set NEWSDEX_JAVA_HOME to it"


def _install_command() -> str:
    if sys.platform == "darwin":
        return f"brew install openjdk@{OLDEST}"
    for program, command in (
        ("apt-get", f"sudo apt-get install openjdk-{OLDEST}-jdk-headless (or temurin-{OLDEST}-jdk from adoptium.net)"),
        ("dnf", f"sudo dnf install java-{OLDEST}-openjdk-devel"),
        ("pacman", f"sudo pacman -S jdk{OLDEST}-openjdk"),
        ("zypper", f"sudo zypper install java-{OLDEST}-openjdk-devel"),
        ("apk", f"sudo apk add openjdk{OLDEST}"),
    ):
        if shutil.which(program):
            return command
    return "install one from adoptium.net"


def _candidates(env: Mapping[str, str]) -> Iterator[tuple[bool, Path]]:
    if java_home := env.get("JAVA_HOME"):
        yield True, Path(java_home)
    if javac := shutil.which("javac", path=env.get("PATH", "")):
        yield True, Path(javac).resolve().parent.parent
    home = Path(env.get("HOME") or "/nonexistent")
    sdkman = Path(env.get("SDKMAN_DIR") or home / ".sdkman")
    asdf = Path(env.get("ASDF_DATA_DIR") or home / ".asdf")
    for folder, pattern in (
        (Path("/usr/lib/jvm"), "*"),
        (Path("/usr/java"), "*"),
        (Path("/opt"), "*jdk*"),
        (Path("/Library/Java/JavaVirtualMachines"), "*/Contents/Home"),
        (home / "Library/Java/JavaVirtualMachines", "*/Contents/Home"),
        (sdkman / "candidates/java", "*"),
        (asdf / "installs/java", "*"),
        (home / ".local/share/mise/installs/java", "*"),
        (home / ".jdks", "*"),
        (Path("/opt/homebrew/opt"), "openjdk*/libexec/openjdk.jdk/Contents/Home"),
        (Path("/usr/local/opt"), "openjdk*/libexec/openjdk.jdk/Contents/Home"),
        (Path("/home/linuxbrew/.linuxbrew/opt"), "openjdk*/libexec"),
    ):
        try:
            yield from ((False, path) for path in sorted(folder.glob(pattern)))
        except PermissionError:
            continue

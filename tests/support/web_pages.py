"""The pages in a process of their own, and a real browser to open them with."""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from free_ports import free_port
from playwright.sync_api import Page

BROWSER_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
_PATIENCE = 120.0


def find_browser() -> str:
    """Find the Chromium of this machine."""
    found = next(filter(None, map(shutil.which, _NAMES)), None) or (str(_MAC) if _MAC.exists() else None)
    assert found is not None, f"install Chromium: none of {', '.join(_NAMES)} is there"
    return found


class WebServer:
    """The pages at a free port; `variables` are their whole configuration."""

    def __init__(self, variables: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._log = log.open("ab")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("NEWSDEX", "ELASTICSEARCH"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "newsdex.web.server"],
            env={**clean, **variables, "NEWSDEX_WEB_PORT": str(self.port)},
            stdout=self._log,
            stderr=self._log,
        )

    def wait_ready(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request("GET", "/favicon.ico")
                connection.getresponse()
            except OSError:
                assert self._process.poll() is None, Path(self._log.name).read_text(encoding="utf-8")
                assert time.monotonic() < deadline, "the pages gave no sign of life"
                time.sleep(0.05)
            else:
                return
            finally:
                connection.close()

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        try:
            self._process.wait(60)
        finally:
            self._process.kill()
            self._log.close()


def serious_faults(page: Page) -> list[str]:
    """Let axe-core look at a page; give what it finds serious or worse, each with the first place."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found if each["impact"] in ("serious", "critical")
    ]

"""The live display of `newsdex up`: what starts, what is ready after how many seconds, which documents went where."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from newsdex.cli.console import out
from newsdex.cli.rendering import counted
from newsdex.local import airflow
from newsdex.local.state import Phase, Service, State
from newsdex.local.status import Work, dag_errors, waiting, work_since
from newsdex.settings import Settings

_MARKS = {Phase.READY: ("✓", "green"), Phase.FAILED: ("✗", "red"), Phase.WAITING: ("·", "dim")}
_PATIENCE = 120.0
_LOOK_EVERY = 1.0


class Board:
    """Shows a run's state as it changes: drawn in place on a terminal, a line for each change elsewhere.

    Call it with each state. `finished` turns true when everything is ready and the first run's samples are through
    (or two minutes later, whatever became of them).
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._live = Live(console=out, auto_refresh=False, transient=False) if out.is_terminal else None
        self._spinner = Spinner("dots", style="cyan")
        self._said: set[str] = set()
        self._work: Work | None = None
        self._next_look = 0.0
        self._ready_since = 0.0
        self.finished = False

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, state: State) -> None:
        """Show a state."""
        if state.phase == Phase.READY:
            self._look(state)
        if self._live is not None:
            self._live.update(self._drawing(state), refresh=True)
        else:
            self._say_changes(state)
        if state.phase == Phase.READY and not self.finished:
            self._finish_when_through(state)

    def _look(self, state: State) -> None:
        now = time.monotonic()
        self._ready_since = self._ready_since or now
        if now >= self._next_look:
            self._work = work_since(self._settings, state.started_at) or self._work
            self._next_look = now + _LOOK_EVERY

    def _finish_when_through(self, state: State) -> None:
        through = self._work is not None and self._work.inputs >= state.samples
        if through or time.monotonic() - self._ready_since > _PATIENCE:
            self.finished = True
            for line in farewell(self._settings, through=through):
                out.print(line, soft_wrap=True)

    def _drawing(self, state: State) -> RenderableType:
        table = Table.grid(padding=(0, 2))
        for service in state.services.values():
            mark: RenderableType = self._spinner
            if service.phase in _MARKS:
                mark = Text(*_MARKS[service.phase])
            table.add_row(mark, Text(service.name), Text(_told(service), "dim"))
        return Group(table, Text(self._documents(state)))

    def _documents(self, state: State) -> str:
        if state.phase == Phase.STOPPING:
            return "stopping ..."
        if self._work is None or state.phase != Phase.READY:
            return ""
        outcomes = ", ".join(f"{count} {name}" for name, count in self._work.outcomes.items())
        left = waiting(self._settings)
        told = (
            f"{counted(self._work.inputs, 'document')} in {counted(self._work.runs, 'run')}: {outcomes}"
            if self._work.inputs
            else "no documents yet"
        )
        return f"{told}; {left} in the inbox" if left else told

    def _say_changes(self, state: State) -> None:
        lines = [
            f"{service.name}: {_told(service)}" for service in state.services.values() if service.phase != Phase.WAITING
        ]
        if documents := self._documents(state):
            lines.append(documents)
        for line in lines:
            if line not in self._said:
                self._said.add(line)
                sys.stdout.write(line + "\n")
        sys.stdout.flush()


def farewell(settings: Settings, *, through: bool = True) -> list[str]:
    """Say what to do now that everything runs, as lines with rich's markup."""
    login = airflow.login(settings)
    program = escape(program_name())
    lines = [
        "",
        f"[bold]Search[/]    {escape(settings.web_url)}  (or: {program} search council --facets)",
        f"[bold]Airflow[/]   {login.url}  user {login.user}, password {login.password}",
        f"[bold]Inbox[/]     {escape(str(settings.inbox))}  (drop files here; a subfolder names the publisher)",
        f"[bold]Stop[/]      {program} down, or Ctrl-C where it runs",
    ]
    if not through:
        lines.insert(0, f"[yellow]The samples are not through yet: see {login.url}/dags/ingest_inbox[/]")
    for file, complaint in dag_errors(settings).items():
        lines.insert(0, f"[red]Airflow cannot read {escape(file)}:[/] {escape(complaint)}")
    return lines


def program_name() -> str:
    """Say how this program is called from where the person stands: by name only when that finds this very one."""
    here = Path(sys.executable).parent / "newsdex"
    found = shutil.which("newsdex")
    if found is not None and Path(found).resolve() == here.resolve():
        return "newsdex"
    try:
        return str(here.relative_to(Path.cwd()))
    except ValueError:
        return str(here)


def _told(service: Service) -> str:
    where = f" on port {service.port}" if service.port else ""
    if service.phase == Phase.READY:
        return f"ready after {service.ready_after:.1f} s{where}"
    return service.note or f"{service.phase}{where}"

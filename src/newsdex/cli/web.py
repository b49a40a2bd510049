"""The pages for people, without anything else: `newsdex web`."""

from __future__ import annotations

import typer

from newsdex.cli.console import examples, out
from newsdex.settings import read_settings


def add_commands(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command(
        rich_help_panel="This machine",
        epilog=examples(
            "newsdex web",
            "NEWSDEX_WEB_PORT=8091 newsdex web",
            "NEWSDEX_WEB_HOST=0.0.0.0 NEWSDEX_WEB_USER=desk NEWSDEX_WEB_PASSWORD=... newsdex web",
        ),
    )(web)


def web() -> None:
    """Serve the search page, and stay until Ctrl-C; newsdex up does it too.

    The page reads the archive and changes nothing, unless NEWSDEX_WEB_CHANGES is yes. On another address than this
    machine's own it needs a user and a password.
    """
    from newsdex.local import ports
    from newsdex.web.access import LOOPBACK
    from newsdex.web.server import serve

    settings = read_settings()
    if settings.web_host in LOOPBACK:
        ports.demand(settings.web_port, "the search page", "NEWSDEX_WEB_PORT", command="newsdex web")
    out.print(f"[bold]Search page[/]  {settings.web_url}  (Ctrl-C ends it)", soft_wrap=True)
    serve(settings)

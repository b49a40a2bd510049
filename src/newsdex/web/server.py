"""The pages as a server of their own: `newsdex web`, and a part of `newsdex up`."""

from __future__ import annotations

import sys
from urllib.parse import urlsplit

import uvicorn

from newsdex.errors import UserError
from newsdex.settings import Settings, read_settings
from newsdex.web.app import create_app


def serve(settings: Settings) -> None:
    """Serve the pages until a signal ends it. Raises `UserError` when they would stand open to other machines."""
    # A proxy that has them below a path takes the path off before it asks.
    app = create_app(settings, base_path=urlsplit(settings.web_url).path)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=settings.web_host,
            port=settings.web_port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=3,
        )
    )
    server.run()


def main() -> int:
    """Serve without a terminal; what goes wrong is for the log."""
    try:
        serve(read_settings())
    except UserError as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

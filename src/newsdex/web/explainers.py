"""The one explainer of an app, made when it is first asked for."""

from __future__ import annotations

from threading import Lock

from fastapi import Request

from newsdex.errors import UserError
from newsdex.index.reading import Stored
from newsdex.records import Rejection
from newsdex.run.explaining import Explained, Explainer
from newsdex.settings import Settings
from newsdex.web.frame import settings_of


class Explainers:
    """Holds the explainer for all threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._explainer: Explainer | None = None

    def of(self, settings: Settings) -> Explainer:
        """Give it."""
        with self._lock:
            if self._explainer is None:
                self._explainer = Explainer(settings)
            return self._explainer

    def close(self) -> None:
        """End its processes."""
        with self._lock:
            if self._explainer is not None:
                self._explainer.close()
                self._explainer = None


def explain(explainers: Explainers, request: Request, article: Stored) -> tuple[Explained | Rejection | None, str]:
    """Make an article anew from its bytes; else say why that cannot be done."""
    raw_ref = (article.source.get("origin") or {}).get("raw_ref")
    if not raw_ref:
        return None, "Its bytes are not in the raw archive, so nothing can be put back to its place."
    try:
        return explainers.of(settings_of(request)).explain(str(raw_ref)), ""
    except UserError as wrong:
        hint = f" ({wrong.hint})" if wrong.hint else ""
        return None, f"It cannot be made anew from its bytes: {wrong.message}{hint}"

"""What people are told when a run fails: one message, posted to a webhook."""

from __future__ import annotations

import html
import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

log = logging.getLogger(__name__)

_MOST_SAID = 2_000
_SECONDS = 10.0
_PAUSES = (1.0, 3.0)
_TRY_LATER = 429


@dataclass(frozen=True, slots=True)
class Notice:
    """A run that failed: which one, where in it, and what it said. `links` are addresses by what they lead to."""

    dag: str
    title: str
    run: str
    task: str
    said: str
    links: dict[str, str]

    @property
    def headline(self) -> str:
        """Say in one line what has failed.

        >>> Notice("maintain", "Maintain", "r1", "summary", "1 thing needs a person", {}).headline
        'Newsdex: Maintain failed in summary'
        """
        return f"Newsdex: {self.title} failed" + (f" in {self.task}" if self.task else "")

    @property
    def text(self) -> str:
        """Say it in some lines, with the links below."""
        said = self.said if len(self.said) <= _MOST_SAID else f"{self.said[:_MOST_SAID]} ..."
        return "\n".join((self.headline, said, *(f"{name}: {link}" for name, link in self.links.items())))

    def as_message(self) -> dict[str, Any]:
        r"""Give the JSON shape: `text`, escaped as Slack wants it, and the same in fields, as it is.

        >>> Notice("maintain", "Maintain", "r1", "", "2 < 3", {}).as_message()["text"]
        'Newsdex: Maintain failed\n2 &lt; 3'
        """
        return {"text": html.escape(self.text, quote=False), **asdict(self)}


def post_notice(url: str, notice: Notice, *, pauses: Sequence[float] = _PAUSES) -> bool:
    """Post a notice as JSON; tell whether it was taken.

    A webhook that does not answer, or answers that it cannot now, is asked again after each of `pauses` (seconds).
    Nothing is raised: a run must not fail by what tells of it. The log names the webhook's host only; the rest of its
    address is a secret. A redirect is not followed.
    """
    host = urlsplit(url).netloc.rpartition("@")[2]
    content = json.dumps(notice.as_message()).encode()
    request = urllib.request.Request(url, content, {"Content-Type": "application/json"})  # noqa: S310 - http or https
    why = ""
    for pause in (0.0, *pauses):
        time.sleep(pause)
        try:
            with _OPENER.open(request, timeout=_SECONDS) as answer:
                answer.read(1)
        except urllib.error.HTTPError as answer:
            why = f"answers {answer.code}"
            answer.close()
            if answer.code < 500 and answer.code != _TRY_LATER:
                break
        except (OSError, HTTPException) as wrong:
            why = f"does not answer: {getattr(wrong, 'reason', None) or type(wrong).__name__}"
        else:
            return True
    log.error("nobody was told by the webhook of NEWSDEX_NOTIFY_URL: %s %s", host, why)
    return False


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect)

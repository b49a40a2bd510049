"""One question to one server: sent, answered within limits, or given up with a sentence that says why."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Self

import aiohttp

from newsdex.errors import Rejected
from newsdex.fetch.addresses import Target
from newsdex.fetch.decompression import ACCEPTED, Unpacking
from newsdex.fetch.limits import FetchSettings
from newsdex.fetch.resolving import AddressRefused, GuardedResolver, guarded_sockets
from newsdex.records import Reason, Stage

_HEADER_BYTES = 32_768
_GLANCED_BYTES = 65_536


class Unanswered(Rejected):
    """No whole answer came. `passing` says that the next attempt may get one, `unknown_name` that nobody was asked."""

    def __init__(self, detail: str, *, passing: bool = True, unknown_name: bool = False) -> None:
        super().__init__(Stage.READ, Reason.UNREACHABLE, detail)
        self.passing = passing
        self.unknown_name = unknown_name


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server sent: headers as they came, in order; `content` unpacked. `cut` when not all of it was read."""

    url: str
    status: int
    phrase: str
    headers: tuple[tuple[str, str], ...]
    content: bytes
    cut: bool = False

    def header(self, wanted: str) -> str | None:
        """Give the first header of a name, which is in lower case."""
        return next((value for name, value in self.headers if name.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class Measure:
    """How much of an answer is read.

    Beyond `most` bytes an answer is `too_large`, or just cut there. `enough` looks at its first bytes and says whether
    the rest is worth nothing. Of an error page no more is read than an excerpt.
    """

    most: int
    cut: bool = False
    enough: Callable[[bytes], bool] | None = None


class Exchange:
    """Asks servers: a connection for each question, no cookies kept, no redirect followed, no second try."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings

    async def __aenter__(self) -> Self:
        settings = self._settings
        policy = settings.policy
        connector = aiohttp.TCPConnector(
            # A connection left open is often closed by the server just as it is used again, and there is no haste.
            force_close=True,
            limit=0,
            use_dns_cache=False,
            resolver=None if settings.proxy else GuardedResolver(policy, settings.hosts, settings.connections),
            socket_factory=None if settings.proxy else guarded_sockets(policy),
            ssl=ssl.create_default_context(cafile=settings.ca_certs),
        )
        timeout = aiohttp.ClientTimeout(connect=settings.connect_seconds, sock_read=settings.stall_seconds)
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding"),
        )
        # It would ask again by itself after a reset: faster than the limit of the domain, and uncounted.
        self._session._retry_connection = False
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def ask(self, target: Target, accept: str, measure: Measure, conditions: Mapping[str, str]) -> Answer:
        """Ask for one address.

        Raises `Unanswered`, or `Rejected` when the answer is not to be had or its machine may not be asked.
        """
        settings = self._settings
        headers = {"User-Agent": settings.user_agent, "Accept": accept, "Accept-Encoding": ACCEPTED, **conditions}
        try:
            async with asyncio.timeout(settings.total_seconds):
                async with asyncio.timeout(settings.connect_seconds + settings.answer_seconds):
                    response = await self._session.get(
                        target.url, headers=headers, allow_redirects=False, proxy=settings.proxy
                    )
                async with response:
                    return await self._read(response, target, measure)
        except aiohttp.ClientConnectorCertificateError as wrong:
            raise Unanswered(f"the certificate of {target.host} is not valid: {wrong.certificate_error}") from wrong
        except aiohttp.ClientConnectorError as wrong:
            if isinstance(wrong.os_error, AddressRefused):
                raise Rejected(Stage.READ, Reason.ADDRESS_REFUSED, str(wrong.os_error.strerror)) from wrong
            detail = f"no connection to {target.host}: {wrong.os_error.strerror or wrong.os_error}"
            raise Unanswered(detail, unknown_name=isinstance(wrong, aiohttp.ClientConnectorDNSError)) from wrong
        except aiohttp.ClientResponseError as wrong:
            raise Unanswered(f"{target.host} does not speak HTTP: {wrong.message}") from wrong
        except aiohttp.ClientPayloadError as wrong:
            raise Unanswered(f"the answer broke off: {wrong}") from wrong
        except (aiohttp.ConnectionTimeoutError, aiohttp.SocketTimeoutError, TimeoutError) as wrong:
            raise Unanswered(_too_long(wrong, settings)) from wrong
        except (aiohttp.ClientError, OSError) as wrong:
            raise Unanswered(f"{target.host} broke off: {wrong or type(wrong).__name__}") from wrong

    async def _read(self, response: aiohttp.ClientResponse, target: Target, measure: Measure) -> Answer:
        headers = tuple((_text(name), _text(value)) for name, value in response.raw_headers)
        answer = Answer(str(target), response.status, response.reason or "", headers, b"")
        if response.status != 200:
            measure = Measure(min(measure.most, self._settings.error_bytes), cut=True)
        content, cut = await self._read_content(response, answer, measure)
        return Answer(answer.url, answer.status, answer.phrase, headers, content, cut)

    async def _read_content(
        self, response: aiohttp.ClientResponse, answer: Answer, measure: Measure
    ) -> tuple[bytes, bool]:
        """Give the content, and whether it was cut. Raises `Rejected` for a content that is not to be had."""
        if not measure.cut and (response.content_length or 0) > measure.most:
            raise _too_large(f"{response.content_length:,} bytes; {measure.most:,} are taken at most")
        unpacking = Unpacking(",".join(response.headers.getall("Content-Encoding", ())), measure.most)
        clock = asyncio.get_running_loop().time
        began = clock()
        arrived = 0
        content = bytearray()
        glanced = measure.enough is None
        try:
            async for piece in response.content.iter_any():
                arrived += len(piece)
                waited = clock() - began
                if waited > self._settings.slow_start and arrived < self._settings.slowest * waited:
                    raise Unanswered(f"too slow: {arrived:,} bytes in {waited:.0f} seconds", passing=False)
                content += unpacking.feed(piece)
                if not glanced and len(content) >= _GLANCED_BYTES:
                    glanced = True
                    if measure.enough is not None and measure.enough(bytes(content)):
                        return bytes(content), True
            unpacking.finish()
        except Rejected as out:
            if measure.cut and out.reason in (Reason.TOO_LARGE, Reason.BROKEN_COMPRESSION):
                return bytes(content), True
            raise
        return bytes(content), False


def _too_long(wrong: BaseException, settings: FetchSettings) -> str:
    if isinstance(wrong, aiohttp.ConnectionTimeoutError):
        return f"no connection in {settings.connect_seconds:g} seconds"
    if isinstance(wrong, aiohttp.SocketTimeoutError):
        return f"not a byte for {settings.stall_seconds:g} seconds"
    return f"no end of the answer in the {settings.total_seconds:g} seconds that it may take"


def _too_large(detail: str) -> Rejected:
    return Rejected(Stage.READ, Reason.TOO_LARGE, detail)


def _text(raw: bytes) -> str:
    """Headers have no encoding: UTF-8 where they are that, else what the oldest rule says (RFC 9110, 5.5)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")

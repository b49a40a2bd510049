"""A web of 40 feeds and 2,000 pages, half of its hosts ill-behaved, and what ought to become of each page.

Every domain has two hosts, `www.` and `m.`: its pages are spread over both, and the limit is the domain's.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from feed_makers import Item, atom, json_feed, news_sitemap, rss
from local_site import Asked, LocalSite, Reply, Script, bomb, dripping, moved, page
from stories import Story, write_story

FEEDS = 40
PAGES = 2_000
RETRY_AFTER = 1.0
INSIDE = {"intranet.example": "10.0.0.5", "cloud.example": "169.254.169.254"}
"""Names of the public web's DNS that stand for machines inside."""

_MAKERS = (rss, atom, lambda _, items: json_feed("Feed", items), lambda _, items: news_sitemap(items))
_CYRILLIC = "Паром вернулся в порт Колонии во вторник, сообщил капитан порта журналистам."
_FRENCH = "Le capitaine a été reçu à la mairie : « C’était très long », a-t-il déclaré à l’arrivée."
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_GZIPPED = {**_HTML, "Content-Encoding": "gzip"}
_CHUNKED = {**_HTML, "Transfer-Encoding": "chunked"}
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Page:
    """A page, and what ought to come of it: its article, or the reason why there is none."""

    url: str
    story: Story
    reason: str | None = None
    says: str = ""
    """Words that have to be in the article, whatever happened to its bytes on the way."""


@dataclass
class BigSite:
    """The web and its pages by address. `busy` has when a domain said that it is to be left alone for a second."""

    web: LocalSite
    pages: dict[str, Page] = field(default_factory=dict)
    busy: list[tuple[str, float]] = field(default_factory=list)
    feeds: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Address and kind of each feed, by id."""

    def domains(self) -> Iterator[tuple[str, str]]:
        """Give the hosts of each domain."""
        for number in range(FEEDS):
            yield f"www.paper-{number:02}.example", f"m.paper-{number:02}.example"

    def build(self) -> None:
        """Serve everything."""
        for feed, hosts in enumerate(self.domains()):
            numbers = range(feed * PAGES // FEEDS, (feed + 1) * PAGES // FEEDS)
            for host in hosts:
                self.web.serve(host, "/robots.txt", Reply(body=b"User-agent: *\nDisallow: /private/\n"))
            items = [self._serve(hosts[number % 2], number, feed) for number in numbers]
            kind = feed % len(_MAKERS)
            path = "/news.xml" if kind == 3 else "/feed"
            self.web.serve(hosts[0], path, _MAKERS[kind](f"Paper {feed}", items))
            self.feeds[f"paper-{feed:02}"] = (self.web.url(hosts[0], path), "sitemap" if kind == 3 else "feed")

    def _serve(self, host: str, number: int, feed: int) -> Item:
        story = write_story(number)
        position = number % (PAGES // FEEDS)
        manner = self._manner(position, feed)
        path = f"/private/{number}" if manner == "robots_disallowed" else f"/story-{number}"
        url = self.web.url(host, path)
        script, reason, says = self._script(manner, host, path, story)
        self.web.serve(host, path, *script)
        self.pages[url] = Page(url, story, reason, says)
        return Item(url, story.headline)

    def _manner(self, position: int, feed: int) -> str:
        """Say how a page behaves: four pages of each feed in a bad way, some in a difficult one, the others well."""
        if position in (7, 17, 27):
            return BAD[(feed * 3 + position // 10) % len(BAD)]
        if position == 37:
            return UNREACHABLE[feed % len(UNREACHABLE)]
        return DIFFICULT[feed % len(DIFFICULT)] if position % 12 == 5 else "well"

    def _script(self, manner: str, host: str, path: str, story: Story) -> tuple[tuple[Script, ...], str | None, str]:
        good = page(story.headline, *story.paragraphs)
        if manner == "well":
            return (good,), None, ""
        if manner in _DIFFICULT:
            script, says = _DIFFICULT[manner](self, host, path, story, good)
            return script, None, says
        reason, make = _BAD[manner]
        return (make(self, host, path),), reason, ""

    def note_busy(self, host: str) -> Script:
        """Give an answer that asks to be left alone for a second."""

        def answer(asked: Asked) -> Reply:
            self.busy.append((host.partition(".")[2], asked.at))
            return Reply(429, headers={"Retry-After": f"{RETRY_AFTER:.0f}"})

        return answer


Difficult = Callable[[BigSite, str, str, Story, Reply], tuple[tuple[Script, ...], str]]
Bad = Callable[[BigSite, str, str], Script]


def _encoded(story: Story, sentence: str, encoding: str, *, meta: str = "", header: str = "") -> Reply:
    """Give the page in an encoding, with what its head and its server say about it."""
    html = (
        f"<!doctype html><html><head>{f'<meta charset={meta}>' if meta else ''}<title>{story.headline}</title></head>"
        f"<body><article><h1>{story.headline}</h1>"
        + "".join(f"<p>{paragraph}</p>" for paragraph in (*story.paragraphs, sentence))
        + "</article></body></html>"
    )
    kind = "text/html" + (f"; charset={header}" if header else "")
    return Reply(body=html.encode(encoding), headers={"Content-Type": kind})


def _led_on(site: BigSite, host: str, path: str, good: Reply) -> Reply:
    """Lead over three addresses to the page, the last one in another host of the domain."""
    other = ("m." if host.startswith("www.") else "www.") + host.partition(".")[2]
    site.web.serve(host, f"{path}/1", moved(f"{path}/2", 301))
    site.web.serve(host, f"{path}/2", moved(site.web.url(other, f"{path}/3"), 307))
    site.web.serve(other, f"{path}/3", good)
    return moved(f"{path}/1", 308)


def _chunked(content: bytes) -> Reply:
    async def write(writer: asyncio.StreamWriter) -> None:
        for start in range(0, len(content), 100):
            piece = content[start : start + 100]
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    return Reply(body=write, headers={**_HTML, "Transfer-Encoding": "chunked"})


def _body(reply: Reply) -> bytes:
    assert isinstance(reply.body, bytes)
    return reply.body


_DIFFICULT: dict[str, Difficult] = {
    "busy": lambda site, host, path, story, good: ((site.note_busy(host), good), ""),
    "failing": lambda site, host, path, story, good: ((Reply(500), good), ""),
    "slow": lambda site, host, path, story, good: ((replace(good, wait=1.0),), ""),
    "leading on": lambda site, host, path, story, good: ((_led_on(site, host, path, good),), ""),
    "packed": lambda site, host, path, story, good: (
        (Reply(body=gzip.compress(_body(good)), headers={**_HTML, "Content-Encoding": "gzip"}),),
        "",
    ),
    "in pieces": lambda site, host, path, story, good: ((_chunked(_body(good)),), ""),
    "Cyrillic, in its head only": lambda site, host, path, story, good: (
        (_encoded(story, _CYRILLIC, "windows-1251", meta="windows-1251"),),
        "Паром вернулся",
    ),
    "said to be UTF-8": lambda site, host, path, story, good: (
        (_encoded(story, _FRENCH, "windows-1252", header="utf-8"),),
        "reçu à la mairie",
    ),
    "said to be Latin-1": lambda site, host, path, story, good: (
        (_encoded(story, _FRENCH, "utf-8", meta="utf-8", header="iso-8859-1"),),
        "reçu à la mairie",
    ),
    "said to be nothing": lambda site, host, path, story, good: ((_encoded(story, _FRENCH, "utf-8"),), "reçu à"),
}
DIFFICULT = tuple(_DIFFICULT)

_BAD: dict[str, tuple[str, Bad]] = {
    "gone": ("http_error", lambda *_: Reply(410, b"Gone.")),
    "forbidden": ("http_error", lambda *_: Reply(403, b"No.")),
    "always failing": ("http_error", lambda *_: Reply(500, b"Oh.")),
    "circle": ("too_many_redirects", lambda site, host, path: moved(path)),
    "endless": ("too_many_redirects", lambda site, host, path: _endless(site, host, path)),
    "private": ("address_refused", lambda *_: moved("http://10.0.0.1/")),
    "metadata": ("address_refused", lambda *_: moved("http://169.254.169.254/latest/meta-data/")),
    "loopback": ("address_refused", lambda *_: moved("http://[::1]/")),
    "decimal": ("address_refused", lambda *_: moved("http://2852039166/latest/meta-data/")),
    "name of the inside": ("address_refused", lambda *_: moved("http://intranet.example/")),
    "name of metadata": ("address_refused", lambda *_: moved("http://cloud.example/latest/meta-data/")),
    "no web": ("address_refused", lambda *_: moved("file:///etc/passwd")),
    "bomb": ("too_large", lambda *_: bomb(20_000_000)),
    "flood": ("too_large", lambda *_: dripping(b"<p>And on. " * 10_000, 0.0)),
    "torn gzip": (
        "broken_compression",
        lambda *_: Reply(body=gzip.compress(b"<p>A story.</p>" * 500)[:-20], headers=_GZIPPED),
    ),
    "image": ("binary", lambda *_: Reply(body=b"\x89PNG\r\n\x1a\n" + bytes(2_000), headers=_HTML)),
    "data": ("unsupported_type", lambda *_: Reply(body=b'{"story": "A ferry"}', headers=_JSON)),
    "empty": ("empty_input", lambda *_: Reply(body=b"", headers=_HTML)),
    "robots_disallowed": ("robots_disallowed", lambda *_: Reply(body=b"Private.")),
    "unending": ("unreachable", lambda *_: dripping(b"<p>On.", 0.1)),
    "broken off": ("unreachable", lambda *_: Reply(body=b"<p>A story", headers={**_HTML, "Content-Length": "9000"})),
    "broken chunks": ("unreachable", lambda *_: Reply(body=b"zz\r\nno chunk\r\n", headers=_CHUNKED)),
    "reset": ("unreachable", lambda *_: Reply(reset=True)),
    "no HTTP": ("unreachable", lambda *_: Reply(raw=b"SSH-2.0-OpenSSH_9.9\r\n")),
}
UNREACHABLE = tuple(manner for manner, (reason, _) in _BAD.items() if reason == "unreachable")
BAD = tuple(manner for manner in _BAD if manner not in UNREACHABLE)


def _endless(site: BigSite, host: str, path: str) -> Reply:
    """Lead on and on: every address below this one leads to the next."""
    for number in range(20):
        site.web.serve(host, f"{path}/{number}", moved(f"{path}/{number + 1}"))
    return moved(f"{path}/0")

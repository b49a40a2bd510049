"""What comes of every kind of answer, from a real server."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import brotli
import pytest
from fetching import collect, fetch_one, settings_for
from local_site import LocalSite, Reply, dripping, moved, page, unless_known

from newsdex.fetch import Purpose, Request, fetch_all
from newsdex.records import Door, FoundIn, Given, Reason

HOST = "www.gazette.example"


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with LocalSite() as running:
        running.serve(HOST, "/story", page("The bridge opens"))
        yield running


async def test_a_document_comes_with_all_that_is_known_of_it(site: LocalSite, tmp_path: Path) -> None:
    """Its address as asked, its door and source, what the feed said, what the server said."""
    given = Given(FoundIn.FEED, headline="The bridge opens", published="Tue, 19 Nov 2024 00:16:00 GMT")
    request = Request(site.url(HOST, "/story"), given, source="gazette", publisher="The Gazette", door=Door.FEED)
    fetched = await fetch_one(site, tmp_path, request)
    assert fetched.opened is not None
    assert fetched.rejection is None
    raw = fetched.opened.raw
    assert b"<h1>The bridge opens</h1>" in raw.content
    origin = raw.origin
    assert (origin.uri, origin.media_type, origin.door) == (request.url, "text/html", Door.FEED)
    assert (origin.source, origin.publisher, raw.given) == ("gazette", "The Gazette", given)
    assert raw.response == fetched.response
    assert raw.response is not None
    assert ("Content-Type", "text/html; charset=utf-8") in raw.response.headers
    assert (fetched.attempts, fetched.retry_after, fetched.postponed) == (1, None, False)


async def test_we_say_who_we_are_and_keep_no_cookies(site: LocalSite, tmp_path: Path) -> None:
    """The User-Agent is ours in each request, robots.txt included."""
    site.serve(HOST, "/cookie", Reply(302, headers={"Location": "/story", "Set-Cookie": "id=1; Path=/"}))
    await fetch_one(site, tmp_path, site.url(HOST, "/cookie"), user_agent="Newsdex/9 (+https://archive.example)")
    assert {asked.headers["user-agent"] for asked in site.log} == {"Newsdex/9 (+https://archive.example)"}
    assert not any("cookie" in asked.headers for asked in site.log)


@pytest.mark.parametrize("coding", ["gzip", "br"])
async def test_a_packed_answer_is_unpacked_and_its_headers_stay(coding: str, site: LocalSite, tmp_path: Path) -> None:
    """The bytes are the document's, the headers the server's."""
    html = b"<!doctype html><p>The harbour was closed on Tuesday.</p>" * 50
    packed = gzip.compress(html) if coding == "gzip" else brotli.compress(html)
    site.serve(HOST, "/packed", Reply(body=packed, headers={"Content-Encoding": coding}))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/packed"))
    assert fetched.opened is not None
    assert fetched.opened.raw.content == html
    assert fetched.response is not None
    assert ("Content-Encoding", coding) in fetched.response.headers


async def test_bytes_in_any_encoding_stay_as_they_are(site: LocalSite, tmp_path: Path) -> None:
    """What they mean is found out later, also with the header's help."""
    html = "<!doctype html><p>Мост открыт</p>".encode("cp1251")
    site.serve(HOST, "/ru", Reply(body=html, headers={"Content-Type": "text/html; charset=utf-8"}))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/ru"))
    assert fetched.opened is not None
    assert fetched.opened.raw.content == html
    assert fetched.opened.raw.origin.encoding is None


async def test_the_copy_already_had_is_not_sent_again(site: LocalSite, tmp_path: Path) -> None:
    """By ETag; the answer of before gives what is to be sent."""
    site.serve(HOST, "/feed", unless_known(page("News"), '"v1"'))
    first = await fetch_one(site, tmp_path, site.url(HOST, "/feed"))
    assert (first.etag, first.not_modified) == ('"v1"', False)
    again = await fetch_one(site, tmp_path, Request(site.url(HOST, "/feed"), etag=first.etag))
    assert (again.not_modified, again.opened, again.rejection, again.postponed) == (True, None, None, False)


async def test_what_the_server_gave_is_sent_back_to_it_as_it_was(site: LocalSite, tmp_path: Path) -> None:
    """Both validators; what no header can hold is not sent."""
    dated = "Tue, 19 Nov 2024 00:16:00 GMT"
    await fetch_one(site, tmp_path, Request(site.url(HOST, "/story"), etag='W/"a b"', last_modified=dated))
    await fetch_one(site, tmp_path, Request(site.url(HOST, "/story"), etag='"v"\r\nX-Evil: 1'))
    first, second = (asked.headers for asked in site.asked(HOST))
    assert (first["if-none-match"], first["if-modified-since"]) == ('W/"a b"', dated)
    assert "if-none-match" not in second
    assert "x-evil" not in second


async def test_a_304_that_nobody_asked_for_is_an_error(site: LocalSite, tmp_path: Path) -> None:
    """There is no copy that it could stand for."""
    site.serve(HOST, "/odd", Reply(304))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/odd"))
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.HTTP_ERROR


async def test_redirects_lead_to_the_document_which_keeps_the_address_it_was_asked_by(
    site: LocalSite, tmp_path: Path
) -> None:
    """Relative ones, and to another host; where they ended is in the response."""
    site.serve(HOST, "/old", moved("new", 301))
    site.serve(HOST, "/new", moved(site.url("m.courier.example", "/story"), 307))
    site.serve("m.courier.example", "/story", page("Elsewhere"))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/old"))
    assert fetched.opened is not None
    assert fetched.opened.raw.origin.uri == site.url(HOST, "/old")
    assert fetched.response is not None
    assert fetched.response.url == site.url("m.courier.example", "/story")


async def test_redirects_in_a_circle_and_without_end_are_named(site: LocalSite, tmp_path: Path) -> None:
    """Both end at once."""
    site.serve(HOST, "/a", moved("/b"))
    site.serve(HOST, "/b", moved("/a"))
    for number in range(20):
        site.serve(HOST, f"/{number}", moved(f"/{number + 1}"))
    outcomes = await collect([site.url(HOST, "/a"), site.url(HOST, "/0")], settings_for(site, tmp_path, redirects=4))
    circle, endless = (outcomes[site.url(HOST, path)].rejection for path in ("/a", "/0"))
    assert circle is not None
    assert endless is not None
    assert (circle.reason, endless.reason) == (Reason.TOO_MANY_REDIRECTS, Reason.TOO_MANY_REDIRECTS)
    assert "circle" in circle.detail
    assert len([asked for asked in site.asked(HOST) if asked.path[1:].isdigit()]) == 5


async def test_no_way_in_which_a_request_ends_keeps_its_seat(site: LocalSite, tmp_path: Path) -> None:
    """More of each than there are connections, and the last one still gets its answer."""
    site.serve(HOST, "/circle", moved("/circle"))
    site.serve(HOST, "/inside", moved("http://10.0.0.1/"))
    site.serve(HOST, "/broken", Reply(500))
    site.serve(HOST, "/packed", Reply(body=b"no gzip", headers={"Content-Encoding": "gzip"}))
    kinds = ("circle", "inside", "broken", "gone", "packed", "story")
    requests = [site.url(HOST, f"/{kind}") for kind in kinds for _ in range(3)]
    came = [each async for each in fetch_all(map(Request, requests), settings_for(site, tmp_path, connections=2))]
    assert sorted(each.request.url for each in came) == sorted(requests)
    assert sum(each.rejection is None for each in came) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_an_error_is_kept_with_its_page_and_not_asked_again(status: int, site: LocalSite, tmp_path: Path) -> None:
    """Asking twice changes nothing."""
    site.serve(HOST, "/gone", Reply(status, b"<!doctype html><p>Not here any more"))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/gone"))
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.HTTP_ERROR
    assert str(status) in fetched.rejection.detail
    assert fetched.opened is not None
    assert fetched.opened.raw.content == b"<!doctype html><p>Not here any more"
    assert (fetched.retry_after, len(site.asked(HOST))) == (None, 1)


@pytest.mark.parametrize(
    "failure",
    [
        Reply(500),
        Reply(502),
        Reply(reset=True),
        Reply(raw=b"SSH-2.0-OpenSSH\r\n"),
        Reply(raw=b""),
        Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<!doctype html><p>half"),
        Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n"),
    ],
    ids=["500", "502", "reset", "no HTTP", "nothing", "half", "broken chunks"],
)
async def test_what_may_pass_is_tried_again(failure: Reply, site: LocalSite, tmp_path: Path) -> None:
    """Each attempt is one request on the server's side, no more."""
    site.serve(HOST, "/flaky", failure, failure, page("At last"))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/flaky"))
    assert fetched.rejection is None
    assert (fetched.attempts, len(site.asked(HOST))) == (3, 3)


@pytest.mark.parametrize(
    ("failure", "reason"), [(Reply(500), Reason.HTTP_ERROR), (Reply(reset=True), Reason.UNREACHABLE)]
)
async def test_what_does_not_pass_is_given_up_for_now(
    failure: Reply, reason: Reason, site: LocalSite, tmp_path: Path
) -> None:
    """With a time after which it is worth another try."""
    site.serve(HOST, "/broken", failure)
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/broken"))
    assert fetched.rejection is not None
    assert fetched.rejection.reason is reason
    assert (fetched.attempts, len(site.asked(HOST))) == (3, 3)
    assert fetched.retry_after is not None


async def test_a_host_that_is_not_there_is_unreachable(site: LocalSite, tmp_path: Path) -> None:
    """By its name, or because nobody listens; robots.txt is what is asked first."""
    site.serve("closed.example", None, page("x"))
    addresses = ["http://no-such-host.invalid/x", "http://closed.example:1/x"]
    outcomes = await collect(addresses, settings_for(site, tmp_path))
    for outcome in outcomes.values():
        assert outcome.rejection is not None
        assert outcome.rejection.reason is Reason.UNREACHABLE
        assert outcome.retry_after is not None


@pytest.mark.parametrize(
    ("reply", "limits"),
    [
        (Reply(wait=30), {"answer_seconds": 0.2, "connect_seconds": 0.2}),
        (dripping(b"<p>drop", 5), {"stall_seconds": 0.2}),
        (dripping(b"<p>drop", 0.01), {"slow_start": 0.2, "slowest": 50_000}),
        (dripping(b"<p>drop", 0.01), {"total_seconds": 0.5}),
    ],
    ids=["no answer", "stalled", "slower than allowed", "no end in time"],
)
async def test_a_server_that_takes_its_time_is_left(
    reply: Reply, limits: dict[str, float], site: LocalSite, tmp_path: Path
) -> None:
    """However it does so, the request ends as unreachable."""
    site.serve(HOST, "/slow", reply)
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/slow"), attempts=1, **limits)
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.UNREACHABLE


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"%PDF-1.7\n" + b"\x00\x01\x02" * 200_000, Reason.BINARY),
        (b'{"items": [' + b'{"a": 1}, ' * 200_000, Reason.UNSUPPORTED_TYPE),
    ],
)
async def test_what_is_no_article_is_refused_after_its_first_bytes(
    content: bytes, reason: Reason, site: LocalSite, tmp_path: Path
) -> None:
    """Whatever the server calls it; the rest is not fetched."""
    site.serve(HOST, "/file", Reply(body=content, headers={"Content-Type": "text/html"}))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/file"))
    assert fetched.rejection is not None
    assert fetched.rejection.reason is reason
    assert "the rest of it was not fetched" in fetched.rejection.detail
    assert fetched.opened is not None
    assert len(fetched.opened.raw.content) < len(content)


async def test_a_listing_may_be_xml_or_json_and_packed(site: LocalSite, tmp_path: Path) -> None:
    """What leads to articles is no article, and is taken nevertheless."""
    xml = b'<?xml version="1.0"?><urlset><url><loc>https://x.example/</loc></url></urlset>'
    site.serve(HOST, "/sitemap.xml.gz", Reply(body=gzip.compress(xml)))
    site.serve(HOST, "/feed.json", Reply(body=b'{"version": "https://jsonfeed.org/version/1.1", "items": []}'))
    urls = [site.url(HOST, path) for path in ("/sitemap.xml.gz", "/feed.json")]
    outcomes = await collect([Request(url, purpose=Purpose.LISTING) for url in urls], settings_for(site, tmp_path))
    assert [outcomes[url].rejection for url in urls] == [None, None]
    packed = outcomes[urls[0]].opened
    assert packed is not None
    assert packed.raw.content == xml


async def test_addresses_that_are_none_are_refused_without_a_request(site: LocalSite, tmp_path: Path) -> None:
    """Each with its own outcome."""
    outcomes = await collect(
        ["ftp://x.example/", "nonsense", "http://user:pw@x.example/"], settings_for(site, tmp_path)
    )
    assert all(each.rejection and each.rejection.reason is Reason.ADDRESS_REFUSED for each in outcomes.values())
    assert (len(outcomes), site.log) == (3, [])


async def test_a_slow_host_holds_nobody_up(site: LocalSite, tmp_path: Path) -> None:
    """Its many requests come first, and all others are there before its first answer."""
    site.serve("slow.example", None, Reply(wait=3600))
    site.serve("slow.example", "/robots.txt", Reply(404))
    quick = [f"host{number}.example" for number in range(20)]
    for host in quick:
        site.serve(host, None, page(host))
    slow = [Request(site.url("slow.example", f"/{number}")) for number in range(50)]
    fast = [Request(site.url(host, f"/{number}")) for host in quick for number in range(3)]
    came = []
    async with contextlib.aclosing(fetch_all([*slow, *fast], settings_for(site, tmp_path, connections=4))) as outcomes:
        async for outcome in outcomes:
            came.append(outcome.request)
            if len(came) == len(fast):
                break
    assert set(came) == set(fast)


async def test_requests_that_lead_to_a_slow_host_do_not_hold_up_the_domain_that_they_came_from(
    site: LocalSite, tmp_path: Path
) -> None:
    """A shortener's other addresses go on while one of its targets takes its time."""
    site.serve("slow.example", "/x", Reply(wait=3600))
    site.serve("short.example", "/1", moved(site.url("slow.example", "/x")))
    site.serve("short.example", None, page("Quick"))
    requests = [Request(site.url("short.example", f"/{number}")) for number in (1, 2, 3)]
    async with contextlib.aclosing(fetch_all(requests, settings_for(site, tmp_path))) as outcomes:
        came = {(await anext(outcomes)).request.url, (await anext(outcomes)).request.url}
    assert came == {site.url("short.example", "/2"), site.url("short.example", "/3")}


async def test_when_the_time_is_up_what_was_taken_is_given_back(site: LocalSite, tmp_path: Path) -> None:
    """Each request that was taken has an outcome; those not asked are postponed, those not taken are not lost."""
    taken: list[str] = []

    async def endless() -> AsyncIterator[Request]:
        number = 0
        while True:
            url = site.url(HOST, f"/story?{number}")
            taken.append(url)
            yield Request(url)
            number += 1
            await asyncio.sleep(0.005)

    site.serve(HOST, None, page("x"))
    outcomes = [each async for each in fetch_all(endless(), settings_for(site, tmp_path, delay=0.1), seconds=1.0)]
    assert [each.request.url for each in sorted(outcomes, key=lambda each: taken.index(each.request.url))] == taken
    asked = {site.url(HOST, asked.path) for asked in site.asked(HOST)}
    assert {each.request.url for each in outcomes if not each.postponed} == asked
    assert any(each.postponed for each in outcomes)


async def test_the_caller_can_stop_it(site: LocalSite, tmp_path: Path) -> None:
    """What is under way ends, nothing new begins."""
    site.serve(HOST, None, page("x"))
    stop = asyncio.Event()
    requests = [Request(site.url(HOST, f"/{number}")) for number in range(50)]
    outcomes = []
    async for outcome in fetch_all(requests, settings_for(site, tmp_path), stop=stop):
        outcomes.append(outcome)
        stop.set()
    assert len(outcomes) == 50
    assert len(site.asked(HOST)) == sum(not outcome.postponed for outcome in outcomes) < 50


async def test_answers_that_nobody_takes_stop_the_fetching(site: LocalSite, tmp_path: Path) -> None:
    """So the memory holds no more documents than there are connections."""
    hosts = [f"host{number}.example" for number in range(30)]
    for host in hosts:
        site.serve(host, "/", page(host))
    requests = [Request(site.url(host)) for host in hosts]
    async with contextlib.aclosing(fetch_all(requests, settings_for(site, tmp_path, connections=5))) as outcomes:
        await anext(outcomes)
        await asyncio.sleep(0.5)
        assert len(site.asked()) <= 6
        rest = [outcome async for outcome in outcomes]
    assert len(rest) == 29


async def test_what_the_callers_source_raises_is_raised(site: LocalSite, tmp_path: Path) -> None:
    """It is no outcome of any request."""

    def broken() -> Iterator[Request]:
        yield Request(site.url(HOST, "/story"))
        raise LookupError("the frontier is gone")

    with pytest.raises(LookupError, match="frontier"):
        async for _ in fetch_all(broken(), settings_for(site, tmp_path)):
            pass

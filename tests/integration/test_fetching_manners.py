"""A guest's manners, proved by the server's log: one limit a domain, robots.txt, Retry-After."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fetching import collect, fetch_one, settings_for
from local_site import LocalSite, Reply, moved, page

from newsdex.fetch import Request
from newsdex.records import Reason

HOST = "www.gazette.example"
HOSTS = (HOST, "feeds.gazette.example", "gazette.example")
DELAY = 0.15

FETCHER = """
import asyncio, json, sys
from ipaddress import ip_network
from pathlib import Path
from newsdex.fetch import FetchSettings, Request, fetch_all
from newsdex.fetch.addresses import AddressPolicy

async def main(home, delay, urls, lease=15.0):
    hosts = {url.split("/")[2].split(":")[0]: ("127.0.0.1",) for url in urls}
    policy = AddressPolicy((ip_network("127.0.0.0/8"),))
    settings = FetchSettings(Path(home), policy=policy, hosts=hosts, delay=delay, lease=lease)
    async for outcome in fetch_all([Request(url) for url in urls], settings):
        print(outcome.request.url, outcome.rejection and outcome.rejection.detail)

asyncio.run(main(*json.loads(sys.argv[1])))
"""


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with LocalSite() as running:
        for host in HOSTS:
            running.serve(host, None, page("x"))
        yield running


async def test_a_domain_is_asked_by_one_at_a_time_with_a_rest_between(site: LocalSite, tmp_path: Path) -> None:
    """All its hosts together, robots.txt included, whatever leads there."""
    urls = [site.url(host, f"/{number}") for number in range(3) for host in HOSTS]
    outcomes = await collect(urls, settings_for(site, tmp_path, delay=DELAY))
    assert all(outcome.rejection is None for outcome in outcomes.values())
    assert len(site.log) == 12
    assert min(site.gaps(*HOSTS)) >= DELAY
    assert site.most_at_once(*HOSTS) == 1


async def test_redirects_and_second_attempts_keep_to_the_limit_too(site: LocalSite, tmp_path: Path) -> None:
    """A redirect from another domain waits for its turn like anybody."""
    site.serve("short.example", None, lambda asked: moved(site.url(HOST, f"/target{asked.path}")))
    site.serve(HOST, "/target/1", Reply(500), Reply(reset=True), page("At last"))
    urls = [site.url("short.example", "/1"), site.url("short.example", "/2"), site.url(HOST, "/3")]
    outcomes = await collect(urls, settings_for(site, tmp_path, delay=DELAY))
    assert all(outcome.rejection is None for outcome in outcomes.values())
    assert min(site.gaps(HOST)) >= DELAY
    assert min(site.gaps("short.example")) >= DELAY


async def test_the_limit_holds_across_processes(site: LocalSite, tmp_path: Path) -> None:
    """Three of them, each with addresses of the same domain, share one home and so one limit."""

    async def run(number: int) -> str:
        urls = [site.url(HOSTS[(number + each) % 3], f"/{number}/{each}") for each in range(4)]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", FETCHER, json.dumps([str(tmp_path), DELAY, urls])),
            stdout=asyncio.subprocess.PIPE,
        )
        return (await process.communicate())[0].decode()

    told = await asyncio.gather(*(run(number) for number in range(3)))
    assert sum(line.endswith(" None") for each in told for line in each.splitlines()) == 12
    assert len(site.asked()) == 12
    assert min(site.gaps(*HOSTS)) >= DELAY
    assert site.most_at_once(*HOSTS) == 1


async def test_a_long_answer_is_one_connection_to_its_end(site: LocalSite, tmp_path: Path) -> None:
    """Its lease is renewed: nobody else takes the domain for free meanwhile."""
    site.serve(HOST, "/long", Reply(body=b"<!doctype html><p>x", wait=1.5))
    quick = settings_for(site, tmp_path, lease=0.3)
    long = asyncio.ensure_future(collect([site.url(HOST, "/long")], quick))
    while not site.asked(HOST):
        await asyncio.sleep(0.02)
    await collect([site.url(HOST, "/short")], quick)
    await long
    assert site.most_at_once(*HOSTS) == 1


async def test_the_domains_of_a_fetcher_that_is_killed_are_free_again_soon(site: LocalSite, tmp_path: Path) -> None:
    """What it was waiting for counts no longer than its lease; the rest of the domain is kept all the same."""
    site.serve(HOST, "/stuck", Reply(wait=3600))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", FETCHER, json.dumps([str(tmp_path), DELAY, [site.url(HOST, "/stuck")], 2.0]))
    )
    while not site.asked(HOST):
        await asyncio.sleep(0.02)
    process.kill()
    await process.wait()
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/next"), delay=DELAY)
    assert fetched.rejection is None
    assert min(site.gaps(HOST)) >= DELAY


async def test_different_domains_do_not_wait_for_each_other(site: LocalSite, tmp_path: Path) -> None:
    """While each keeps its own limit, many are asked in the same moment."""
    hosts = [f"www.paper{number}.example" for number in range(6)]
    for host in hosts:
        site.serve(host, None, Reply(body=b"<!doctype html><p>x", wait=0.3))
        site.serve(host, "/robots.txt", Reply(404))
    await collect([site.url(host, "/x") for host in hosts], settings_for(site, tmp_path))
    assert site.most_at_once(*hosts) > 1


async def test_what_robots_txt_disallows_is_not_asked(site: LocalSite, tmp_path: Path) -> None:
    """It is a rejection that says so; robots.txt is asked for once."""
    site.serve(HOST, "/robots.txt", Reply(body=b"User-agent: *\nDisallow: /private"))
    urls = [site.url(HOST, path) for path in ("/private/1", "/public", "/private/2")]
    outcomes = await collect(urls, settings_for(site, tmp_path))
    rejections = [outcomes[url].rejection for url in urls]
    assert [each and each.reason for each in rejections] == [Reason.ROBOTS_DISALLOWED, None, Reason.ROBOTS_DISALLOWED]
    assert [asked.path for asked in site.log] == ["/robots.txt", "/public"]


async def test_the_robots_txt_of_every_host_on_the_way_is_obeyed(site: LocalSite, tmp_path: Path) -> None:
    """An address that is allowed may lead to one that is not."""
    site.serve("closed.example", "/robots.txt", Reply(body=b"User-agent: Newsdex\nDisallow: /"))
    site.serve(HOST, "/out", moved(site.url("closed.example", "/story")))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/out"))
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.ROBOTS_DISALLOWED
    assert [asked.path for asked in site.log if asked.host == "closed.example"] == ["/robots.txt"]


async def test_robots_txt_is_kept_for_the_next_run(site: LocalSite, tmp_path: Path) -> None:
    """For a day, for all processes."""
    site.serve(HOST, "/robots.txt", Reply(body=b"User-agent: *\nDisallow: /private"))
    for path in ("/1", "/private", "/2"):
        await fetch_one(site, tmp_path, site.url(HOST, path))
    assert [asked.path for asked in site.log] == ["/robots.txt", "/1", "/2"]


@pytest.mark.parametrize("reply", [Reply(404), Reply(403), Reply(410), Reply(body=b"<html>Welcome!</html>")])
async def test_a_site_without_robots_txt_allows_all(reply: Reply, site: LocalSite, tmp_path: Path) -> None:
    """RFC 9309, 2.3.1.3: a status of 400 to 499 means that there is none."""
    site.serve(HOST, "/robots.txt", reply)
    assert (await fetch_one(site, tmp_path, site.url(HOST, "/x"))).rejection is None


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(500), Reason.ROBOTS_DISALLOWED),
        (Reply(429, headers={"Retry-After": "0"}), Reason.ROBOTS_DISALLOWED),
        (Reply(reset=True), Reason.UNREACHABLE),
    ],
    ids=["500", "429", "reset"],
)
async def test_a_robots_txt_that_cannot_be_had_closes_the_site_for_now(
    reply: Reply, reason: Reason, site: LocalSite, tmp_path: Path
) -> None:
    """Nothing of it is asked until robots.txt is there; the outcome says when that is tried again."""
    site.serve(HOST, "/robots.txt", reply)
    urls = [site.url(HOST, "/1"), site.url(HOST, "/2")]
    outcomes = await collect(urls, settings_for(site, tmp_path, slowed_longest=0.02, robots_retried=0.5))
    for outcome in outcomes.values():
        assert outcome.rejection is not None
        assert outcome.rejection.reason is reason
        assert "robots.txt" in outcome.rejection.detail
        assert outcome.retry_after is not None
    assert {asked.path for asked in site.log} == {"/robots.txt"}
    site.serve(HOST, "/robots.txt", Reply(404))
    await asyncio.sleep(0.6)
    later = await fetch_one(site, tmp_path, site.url(HOST, "/1"), slowed_longest=0.02, patience=1.0)
    assert later.rejection is None


async def test_a_robots_txt_that_fails_for_a_moment_is_tried_again(site: LocalSite, tmp_path: Path) -> None:
    """One bad answer does not cost the whole run."""
    site.serve(HOST, "/robots.txt", Reply(502), Reply(reset=True), Reply(body=b"User-agent: *\nDisallow: /private"))
    assert (await fetch_one(site, tmp_path, site.url(HOST, "/x"))).rejection is None


async def test_while_robots_txt_cannot_be_had_the_last_one_holds(site: LocalSite, tmp_path: Path) -> None:
    """RFC 9309, 2.4: a site that had rules yesterday has them today."""
    site.serve(HOST, "/robots.txt", Reply(body=b"User-agent: *\nDisallow: /private"), Reply(500))
    await fetch_one(site, tmp_path, site.url(HOST, "/1"), robots_kept=-1.0)
    urls = [site.url(HOST, "/2"), site.url(HOST, "/private")]
    outcomes = await collect(urls, settings_for(site, tmp_path))
    assert outcomes[urls[0]].rejection is None
    assert outcomes[urls[1]].rejection is not None


async def test_after_a_month_without_one_a_site_is_open(site: LocalSite, tmp_path: Path) -> None:
    """RFC 9309, 2.3.1.4: a source is not closed for ever because its robots.txt is broken."""
    site.serve(HOST, "/robots.txt", Reply(500))
    closed = await fetch_one(site, tmp_path, site.url(HOST, "/1"), robots_retried=-1.0)
    assert closed.rejection is not None
    opened = await fetch_one(site, tmp_path, site.url(HOST, "/1"), robots_given_up=0.0)
    assert opened.rejection is None


async def test_a_robots_txt_is_followed_five_redirects_far(site: LocalSite, tmp_path: Path) -> None:
    """To other hosts too; beyond, a site counts as having none (RFC 9309, 2.3.1.2)."""
    site.serve(HOST, "/robots.txt", moved(site.url("near.example", "/1")))
    for number in range(1, 5):
        site.serve("near.example", f"/{number}", moved(f"/{number + 1}"))
    site.serve("near.example", "/5", Reply(body=b"User-agent: *\nDisallow: /"))
    site.serve("far.example", "/robots.txt", moved("/1"))
    for number in range(1, 6):
        site.serve("far.example", f"/{number}", moved(f"/{number + 1}"))
    site.serve("far.example", "/6", Reply(body=b"User-agent: *\nDisallow: /"))
    site.serve("far.example", "/story", page("x"))
    outcomes = await collect([site.url(HOST, "/x"), site.url("far.example", "/story")], settings_for(site, tmp_path))
    assert outcomes[site.url(HOST, "/x")].rejection is not None
    assert outcomes[site.url("far.example", "/story")].rejection is None


async def test_of_an_endless_robots_txt_the_beginning_counts(site: LocalSite, tmp_path: Path) -> None:
    """Five hundred kibibytes are read (RFC 9309, 2.5); the rest of it is not."""
    rules = b"User-agent: *\nDisallow: /early\n" + b"# padding\n" * 60_000 + b"Disallow: /late\n"
    site.serve(HOST, "/robots.txt", Reply(body=rules))
    urls = [site.url(HOST, "/early"), site.url(HOST, "/late")]
    outcomes = await collect(urls, settings_for(site, tmp_path))
    assert outcomes[urls[0]].rejection is not None
    assert outcomes[urls[1]].rejection is None


async def test_a_crawl_delay_is_honoured(site: LocalSite, tmp_path: Path) -> None:
    """Between all requests but the one for robots.txt, which nobody knew of it."""
    site.serve(HOST, "/robots.txt", Reply(body=b"User-agent: *\nCrawl-delay: 0.4"))
    await collect([site.url(HOST, f"/{number}") for number in range(3)], settings_for(site, tmp_path))
    assert min(site.gaps(HOST)) >= 0.4


async def test_a_crawl_delay_that_is_too_long_is_capped_and_that_is_said(site: LocalSite, tmp_path: Path) -> None:
    """Else one line would close a site for days."""
    site.serve(HOST, "/robots.txt", Reply(body=b"User-agent: *\nCrawl-delay: 86400"))
    urls = [site.url(HOST, "/1"), site.url(HOST, "/2")]
    outcomes = await collect(urls, settings_for(site, tmp_path, crawl_delay_longest=0.3))
    assert [outcomes[url].notes for url in urls] == [("a crawl-delay of 86400 seconds is capped at 0.3",)] * 2
    assert min(site.gaps(HOST)) >= 0.3


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_honoured_by_all_requests_to_the_domain(
    status: int, site: LocalSite, tmp_path: Path
) -> None:
    """Nobody asks before the time is up, and then the same request succeeds."""
    site.serve(HOST, "/busy", Reply(status, headers={"Retry-After": "1"}), page("Now"))
    urls = [site.url(HOST, "/busy"), site.url("feeds.gazette.example", "/other")]
    outcomes = await collect(urls, settings_for(site, tmp_path, slowed_longest=0.1))
    assert all(outcome.rejection is None for outcome in outcomes.values())
    (refused, *_) = [asked.at for asked in site.log if asked.path == "/busy"]
    assert all(asked.at - refused >= 1.0 for asked in site.log if asked.at > refused)


async def test_a_retry_after_that_is_too_long_to_wait_gives_all_its_requests_back(
    site: LocalSite, tmp_path: Path
) -> None:
    """The refused one as a rejection, the others as postponed, each with the time; the next run keeps to it."""
    site.serve(HOST, "/busy", Reply(429, headers={"Retry-After": "3600"}))
    urls = [site.url(HOST, "/busy"), *(site.url(HOST, f"/{number}") for number in range(5))]
    outcomes = await collect(urls, settings_for(site, tmp_path))
    busy = outcomes.pop(urls[0])
    assert busy.rejection is not None
    assert busy.rejection.reason is Reason.HTTP_ERROR
    assert (busy.retry_after, busy.attempts) == (3600, 1)
    assert all(each.postponed and 3500 < (each.retry_after or 0) <= 3600 for each in outcomes.values())
    again = await fetch_one(site, tmp_path, urls[1])
    assert again.postponed
    assert len(site.asked()) == 1


async def test_a_retry_after_of_years_is_capped(site: LocalSite, tmp_path: Path) -> None:
    """A source is never switched off for ever."""
    site.serve(HOST, "/busy", Reply(503, headers={"Retry-After": "Fri, 31 Dec 2999 23:59:59 GMT"}))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/busy"), retry_after_longest=7200.0)
    assert fetched.retry_after == 7200


async def test_a_domain_that_never_answers_is_left_alone_for_a_while(site: LocalSite, tmp_path: Path) -> None:
    """After some failures in a row its other requests are given back, not worn out one by one."""
    site.serve(HOST, None, Reply(reset=True))
    urls = [site.url(HOST, f"/{number}") for number in range(20)]
    outcomes = await collect(urls, settings_for(site, tmp_path, patience=5.0))
    assert len(site.asked()) == 3
    assert all(outcome.retry_after is not None for outcome in outcomes.values())


async def test_a_name_that_nobody_knows_says_nothing_about_its_domain(site: LocalSite, tmp_path: Path) -> None:
    """A feed on a host that is gone does not hold off the paper's other hosts."""
    site.serve("old.nowhere.invalid", None, page("x"))
    hosts = {host: addresses for host, addresses in site.hosts.items() if host != "old.nowhere.invalid"}
    hosts["www.nowhere.invalid"] = ("127.0.0.1",)
    site.serve("www.nowhere.invalid", None, page("x"))
    gone = [site.url("old.nowhere.invalid", f"/{number}") for number in range(3)]
    there = site.url("www.nowhere.invalid", "/x")
    outcomes = await collect([*gone, there], settings_for(site, tmp_path, hosts=hosts, patience=5.0))
    assert outcomes[there].rejection is None
    assert not outcomes[there].postponed


async def test_a_request_may_come_after_its_feed_was_asked_by_another_run(site: LocalSite, tmp_path: Path) -> None:
    """The rest of a domain is kept between runs."""
    for number in range(3):
        await fetch_one(site, tmp_path, Request(site.url(HOST, f"/{number}")), delay=0.3)
    assert min(site.gaps(HOST)) >= 0.3

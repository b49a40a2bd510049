"""What a site may not do to us: lead us inside, fill the memory, pass for somebody else."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fetching import LOOPBACK, collect, fetch_one, settings_for
from local_site import LocalSite, Reply, bomb, dripping, moved, page

from newsdex.fetch import Purpose, Request
from newsdex.fetch.addresses import AddressPolicy
from newsdex.records import Reason

HOST = "www.gazette.example"
ONE_MACHINE = AddressPolicy((ipaddress.ip_network("127.0.0.1/32"),))


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with LocalSite() as running:
        running.serve(HOST, None, page("x"))
        yield running


async def test_nothing_inside_is_asked_unless_the_operator_allows_it(site: LocalSite, tmp_path: Path) -> None:
    """By a name that stands for it, by its number, by `localhost`."""
    urls = [site.url(host, "/x") for host in (HOST, "127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]")]
    outcomes = await collect(urls, settings_for(site, tmp_path, policy=AddressPolicy()))
    assert {each.rejection.reason for each in outcomes.values() if each.rejection} == {Reason.ADDRESS_REFUSED}
    assert (len(outcomes), site.log) == (5, [])


@pytest.mark.parametrize(
    "place",
    [
        *("http://169.254.169.254/latest/meta-data/", "http://127.0.0.2/", "http://[::1]:80/", "http://10.0.0.1/"),
        *("http://2130706433/", "http://0x7f.2/", "file:///etc/passwd", "//127.0.0.2/", "http://user:pw@127.0.0.1/"),
        *("http://inside.example/", "http://[::ffff:10.0.0.1]/", "gopher://127.0.0.1:6379/_x"),
    ],
)
async def test_a_redirect_does_not_lead_inside(place: str, site: LocalSite, tmp_path: Path) -> None:
    """However the place is spelled; the detail names who led there. One machine is allowed here, no other is."""
    site.serve(HOST, "/out", moved(place))
    hosts = {**site.hosts, "inside.example": ("127.0.0.3",)}
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/out"), policy=ONE_MACHINE, hosts=hosts)
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.ADDRESS_REFUSED
    assert len(site.asked()) == 1


class Rebinding(Mapping[str, tuple[str, ...]]):
    """A DNS that changes its mind: the first look-ups are answered with an allowed machine, later ones with another."""

    def __init__(self, allowed: int) -> None:
        self.left = allowed

    def __getitem__(self, host: str) -> tuple[str, ...]:
        self.left -= 1
        return ("127.0.0.1",) if self.left >= 0 else ("127.0.0.2",)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


async def test_a_name_that_changes_its_mind_is_judged_each_time(site: LocalSite, tmp_path: Path) -> None:
    """Between robots.txt and the page, and between two pages."""
    urls = [site.url(HOST, f"/{number}") for number in range(3)]
    outcomes = await collect(urls, settings_for(site, tmp_path, policy=ONE_MACHINE, hosts=Rebinding(2)))
    rejected = [each.rejection for each in outcomes.values() if each.rejection]
    assert [each.reason for each in rejected] == [Reason.ADDRESS_REFUSED] * 2
    assert len(site.log) == 2


async def test_a_robots_txt_does_not_lead_inside(site: LocalSite, tmp_path: Path) -> None:
    """Its site is closed for now, as for any robots.txt that cannot be had."""
    site.serve(HOST, "/robots.txt", moved(f"http://127.0.0.2:{site.port}/robots.txt"))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/x"), policy=ONE_MACHINE)
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.ROBOTS_DISALLOWED


@pytest.mark.parametrize("purpose", list(Purpose))
async def test_a_bomb_is_too_large(purpose: Purpose, site: LocalSite, tmp_path: Path) -> None:
    """A hundred kilobytes that unpack to a hundred megabytes; it is not tried again."""
    site.serve(HOST, "/bomb", bomb())
    request = Request(site.url(HOST, "/bomb"), purpose=purpose)
    fetched = await fetch_one(site, tmp_path, request, document_bytes=1_000_000, listing_bytes=1_000_000)
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.TOO_LARGE
    assert (fetched.retry_after, len(site.asked())) == (None, 1)


async def test_a_body_without_end_is_too_large(site: LocalSite, tmp_path: Path) -> None:
    """As soon as it is."""
    site.serve(HOST, "/endless", dripping(b"<p>More and more." * 1_000, 0.0))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/endless"), document_bytes=500_000)
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.TOO_LARGE


async def test_a_body_that_says_it_is_too_large_is_not_begun(site: LocalSite, tmp_path: Path) -> None:
    """Its length is in the detail."""
    site.serve(HOST, "/huge", Reply(headers={"Content-Length": "5000000000"}))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/huge"))
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.TOO_LARGE
    assert "5,000,000,000" in fetched.rejection.detail


async def test_an_error_page_without_end_is_cut(site: LocalSite, tmp_path: Path) -> None:
    """It is an error all the same; some of its text is kept."""
    endless = dripping(b"<p>Sorry." * 1_000, 0.0)
    site.serve(HOST, "/gone", Reply(404, endless.body))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/gone"))
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.HTTP_ERROR
    assert fetched.opened is not None
    assert 0 < len(fetched.opened.raw.content) <= 200_000


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nX-Big: " + b"x" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(20_000)) + b"\r\n",
    ],
    ids=["one huge header", "headers without end"],
)
async def test_headers_have_limits_too(raw: bytes, site: LocalSite, tmp_path: Path) -> None:
    """Such a server is no web server."""
    site.serve(HOST, "/headers", Reply(raw=raw))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/headers"), attempts=1)
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.UNREACHABLE


@pytest.mark.parametrize(
    ("coding", "body"), [("gzip", b"<!doctype html><p>plain"), ("br", b"\xff" * 500), ("gzip", b"\x1f\x8b\x08\x00" * 3)]
)
async def test_a_packed_answer_that_is_damaged_is_named_so(
    coding: str, body: bytes, site: LocalSite, tmp_path: Path
) -> None:
    """It says what the site has to mend."""
    site.serve(HOST, "/damaged", Reply(body=body, headers={"Content-Encoding": coding}))
    fetched = await fetch_one(site, tmp_path, site.url(HOST, "/damaged"))
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.BROKEN_COMPRESSION


async def test_the_environment_names_no_proxy_for_us(
    site: LocalSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable meant for other programs does not send our requests elsewhere."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert (await fetch_one(site, tmp_path, site.url(HOST, "/x"))).rejection is None


async def test_a_proxy_of_the_operators_choice_is_used(site: LocalSite, tmp_path: Path) -> None:
    """It looks names up itself, so no name has to be known here; addresses spelled out are judged all the same."""
    site.serve("beyond.example", "/x", page("By proxy"))
    through = {"proxy": site.url("127.0.0.1", "").rstrip("/"), "hosts": {}, "policy": AddressPolicy()}
    fetched = await fetch_one(site, tmp_path, "http://beyond.example/x", **through)
    assert fetched.rejection is None
    inside = await fetch_one(site, tmp_path, "http://169.254.169.254/latest", **through)
    assert inside.rejection is not None
    assert inside.rejection.reason is Reason.ADDRESS_REFUSED


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate for the host that no authority has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    pem = serialization.Encoding.PEM
    unlocked = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(unlocked + signed.public_bytes(pem))
    return file


@pytest.fixture
def tls_site(certificate: Path) -> Iterator[LocalSite]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with LocalSite(context) as running:
        for host in (HOST, "other.example"):
            running.serve(host, None, page("x"))
        yield running


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(tls_site: LocalSite, tmp_path: Path) -> None:
    """The detail says that it is the certificate; nothing was asked."""
    fetched = await fetch_one(tls_site, tmp_path, tls_site.url(HOST, "/x"))
    assert fetched.rejection is not None
    assert fetched.rejection.reason is Reason.UNREACHABLE
    assert "certificate" in fetched.rejection.detail
    assert tls_site.log == []


async def test_an_authority_of_the_operators_own_is_trusted_for_its_names(
    tls_site: LocalSite, certificate: Path, tmp_path: Path
) -> None:
    """For those, and for no other host that shows the same certificate."""
    own = {"ca_certs": certificate}
    assert (await fetch_one(tls_site, tmp_path, tls_site.url(HOST, "/x"), **own)).rejection is None
    other = await fetch_one(tls_site, tmp_path, tls_site.url("other.example", "/x"), **own)
    assert other.rejection is not None
    assert "certificate" in other.rejection.detail


async def test_being_led_from_https_to_http_is_noted(
    site: LocalSite, tls_site: LocalSite, certificate: Path, tmp_path: Path
) -> None:
    """It is followed, as browsers do, but a person should know."""
    tls_site.serve(HOST, "/down", moved(site.url(HOST, "/x")))
    fetched = await fetch_one(tls_site, tmp_path, tls_site.url(HOST, "/down"), ca_certs=certificate)
    assert fetched.rejection is None
    assert fetched.notes == (f"led from https to http: {site.url(HOST, '/x')}",)


async def test_a_defect_of_ours_costs_one_request_only(
    site: LocalSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an outcome like others, with the traceback."""
    site.serve(HOST, "/bad", Reply(body=b"<!doctype html><p>bad"))

    def defective(content: bytes, **known: object) -> object:
        if b"bad" in content:
            raise KeyError("a defect")
        return opened(content, **known)

    from newsdex.fetch import errands

    opened = errands.open_bytes
    monkeypatch.setattr(errands, "open_bytes", lambda content, **known: defective(content, **known))
    urls = [site.url(HOST, "/bad"), site.url(HOST, "/good")]
    outcomes = await collect(urls, settings_for(site, tmp_path, policy=LOOPBACK))
    bad = outcomes[urls[0]].rejection
    assert bad is not None
    assert bad.reason is Reason.INTERNAL_ERROR
    assert "a defect" in bad.detail
    assert outcomes[urls[1]].rejection is None

"""Which addresses are asked, and which never."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from newsdex.errors import Rejected
from newsdex.fetch.addresses import AddressPolicy, domain_of, read_address
from newsdex.records import Reason

PUBLIC = AddressPolicy()


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *("169.254.169.254", "100.100.100.200", "168.63.129.16", "192.0.0.192", "100.64.0.1"),
        *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "198.18.0.1", "203.0.113.9"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "5f00::1"),
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::", "64:ff9b::10.0.0.1"),
        *("64:ff9b:1::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"),
    ],
)
def test_a_machine_off_the_public_web_is_refused(address: str) -> None:
    """Private, loopback, link-local, metadata, multicast, reserved; and all of them wrapped into IPv6."""
    assert PUBLIC.refusal(address, 443) is not None


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::8.8.8.8", "::ffff:8.8.8.8"],
)
def test_a_public_machine_is_asked(address: str) -> None:
    """A public IPv4 address behind NAT64 is one too: that is how networks without IPv4 see it."""
    assert PUBLIC.refusal(address, 443) is None


@pytest.mark.parametrize("port", [22, 25, 3306, 6379, 9200])
def test_another_services_port_is_refused(port: int) -> None:
    """A feed is no way to talk to a database, even a public one."""
    assert "port" in (PUBLIC.refusal("8.8.8.8", port) or "")


def test_a_network_that_the_operator_allows_is_open_with_all_its_ports() -> None:
    """That one only, and also when it comes wrapped."""
    policy = AddressPolicy((ip_network("10.1.0.0/16"),))
    assert policy.refusal("10.1.2.3", 9000) is None
    assert policy.refusal("::ffff:10.1.2.3", 80) is None
    assert policy.refusal("10.2.0.1", 80) is not None


@pytest.mark.parametrize(
    "address",
    [
        *("http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/"),
        *("http://127.0.0.1./", "http://127.0.0.1:80/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://0/"),
        *("http://①②⑦.⓪.⓪.①/", "http://[fe80::1%25eth0]/", "http://user@news.example/", "http://a:b@127.0.0.1/"),
        *("http://news.example\\@127.0.0.1/", "http://127.0.0.1\t/", "http://ne ws.example/", "http:///x", "http://./"),
        *(
            "file:///etc/passwd",
            "gopher://news.example/",
            "ftp://news.example/x",
            "javascript:alert(1)",
            "news.example",
        ),
        *("//news.example/x", "", "http://", "http://[::1", "http://news.example:port/", "http://news.example:99999/"),
        "http://news.example/" + "x" * 9_000,
    ],
)
def test_what_is_no_plain_web_address_is_refused(address: str) -> None:
    """Other schemes, users and passwords, and every odd spelling of a machine inside."""
    with pytest.raises(Rejected) as told:
        read_address(address, PUBLIC)
    assert told.value.reason is Reason.ADDRESS_REFUSED


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("HTTP://WWW.News.Example/A?b=C#d", "http://www.news.example/A?b=C"),
        ("https://news.example.", "https://news.example/"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        (" https://news.example/a b ", "https://news.example/a%20b"),
        ("https://news.example:8443/x", "https://news.example:8443/x"),
        ("https://8.8.8.8/x", "https://8.8.8.8/x"),
    ],
)
def test_an_address_is_read_into_the_one_that_is_asked(address: str, asked: str) -> None:
    """Host folded, no fragment, nothing that a server would not take."""
    assert str(read_address(address, PUBLIC)) == asked


def test_a_relative_address_is_read_from_where_it_stood() -> None:
    """A redirect may give only a path; one that changes scheme or host is judged like any other."""
    here = read_address("https://news.example/a/b", PUBLIC).url
    assert str(read_address("../c", PUBLIC, here)) == "https://news.example/c"
    with pytest.raises(Rejected):
        read_address("//169.254.169.254/latest", PUBLIC, here)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("www.news.example.co.uk", "example.co.uk"),
        ("a.b.gazette.com", "gazette.com"),
        ("one.blogspot.com", "blogspot.com"),
        ("feeds.gazette.test", "gazette.test"),
        ("intranet", "intranet"),
    ],
)
def test_a_limit_is_kept_for_the_registered_domain(host: str, domain: str) -> None:
    """All hosts of it together; hosts of a hosting service too, for they are one service's machines."""
    assert domain_of(host) == domain


def test_a_machine_asked_by_its_number_is_a_domain_of_its_own() -> None:
    """There is no registered domain to go by."""
    assert read_address("http://8.8.8.8/", PUBLIC).domain == "8.8.8.8"

"""What a document is, is told by its bytes."""

from __future__ import annotations

import pytest

from newsdex.read.media_type import sniff
from newsdex.records import Reason


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE html><html><body><p>Rain.</p></body></html>",
        b"\xef\xbb\xbf  \n<!doctype HTML>\n<title>Rain</title>",
        b"<!-- saved from a browser -->\n<html lang='en'><p>Rain.</p></html>",
        b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0"><html xmlns="http://www.w3.org/1999/xhtml"/>',
        b"<article class='story'><h1>Rain</h1><p>It fell.</p></article>",
        b"\n\n<p>Rain fell on Tuesday.</p>",
        b"HTTP notes kept by a crawler\n<!DOCTYPE html><html><p>Rain.</p></html>",
        "<!doctype html><p>Дождь</p>".encode("utf-16"),
    ],
)
def test_a_page_is_html_however_it_begins(content: bytes) -> None:
    """A doctype, a comment, an XML declaration, a fragment, a byte order mark: still a page."""
    assert sniff(content).media_type == "text/html"
    assert sniff(content).reason is None


@pytest.mark.parametrize(
    "content",
    [
        b"LIMA, Nov 16 - Leaders met on Saturday.\n\nThey talked.",
        "Les élus réunis à Orléans.".encode("latin-1"),
        "日本語の記事です。".encode("shift_jis"),
        "日本語の記事です。".encode("iso2022_jp"),
        "Дождь шёл весь день.".encode("utf-16"),
        b"Profit < loss, said the <b>chair</b>, and so it stayed.",
        b"[Photo: a harbour]\nThe boats stayed in.",
        b"{The editors have removed a name.}\nThe court sat on Monday.",
        b"The import of steel fell; exports rose;\nprices did not move.\nThe return of the minister was expected.",
        b"A stray \x07 bell in a text that is long. " + b"It went on for several days, the ministry said. " * 9,
        b"BM, the bank, said on Friday that it would close 40 branches.",
    ],
)
def test_text_stays_text_where_in_doubt(content: bytes) -> None:
    """Old encodings, stray tags, brackets, semicolons and a stray control character do not make text anything else."""
    assert sniff(content).media_type == "text/plain"
    assert sniff(content).reason is None


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" * 20, "Portable Network Graphics"),
        (b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj", "application/pdf"),
        (b"{\\rtf1\\ansi The minister resigned.}", "application/rtf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00\x01\x02" * 50, "JPEG"),
        (bytes(range(32)) * 40, "binary data of an unknown kind"),
    ],
)
def test_bytes_that_are_no_text_are_refused_by_the_name_of_what_they_are(content: bytes, kind: str) -> None:
    """An editor who dropped a photograph is told that it is one."""
    sniffed = sniff(content)
    assert sniffed.reason is Reason.BINARY
    assert kind in sniffed.detail


@pytest.mark.parametrize("content", [b"", b" \r\n\t ", b"\xef\xbb\xbf\n", "\ufeff \n".encode("utf-16-le")])
def test_nothing_is_refused_as_empty(content: bytes) -> None:
    """White space and a byte order mark are nothing."""
    assert sniff(content).reason is Reason.EMPTY_INPUT


@pytest.mark.parametrize(
    "content",
    [
        b'{"headline": "Rain", "body": ["It fell."]}',
        b'[{"headline": "Rain"}]',
        b'{"headline": "Rain"}\n{"headline": "Snow"}\n',
        b'{"headline": "cut off in mid',
        b'<?xml version="1.0"?><rss version="2.0"><channel/></rss>',
        b'<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>',
        b"#!/usr/bin/env python\nprint(1)\n",
        b"<?php echo 'rain'; ?>",
        b"import os\nfrom pathlib import Path\n\ndef rain(days):\n    return days * 2\n\nclass Sky:\n    pass\n",
        b'#include <stdio.h>\nint main(void) {\n  printf("rain");\n  return 0;\n}\n',
    ],
)
def test_text_of_another_kind_is_refused_where_it_is_clear(content: bytes) -> None:
    """JSON, feeds and program source are text, but no article."""
    assert sniff(content).reason is Reason.UNSUPPORTED_TYPE

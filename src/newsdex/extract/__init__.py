"""The second stage: read what a document itself says, its metadata and its paragraphs, repaired but not cleaned."""

from __future__ import annotations

from newsdex.errors import Rejected
from newsdex.extract.given import merge_given
from newsdex.extract.html import extract_html
from newsdex.extract.plain_text import extract_plain_text
from newsdex.records import ExtractedArticle, RawDocument, Reason, Stage

__all__ = ["extract"]


def extract(raw: RawDocument) -> ExtractedArticle:
    """Read a raw document by its media type, and add what its door and its server say of it.

    Raises `Rejected` for a type no extractor reads, and for a document with no text.
    """
    if raw.origin.media_type == "text/plain":
        return merge_given(extract_plain_text(raw), raw)
    if raw.origin.media_type in ("text/html", "application/xhtml+xml"):
        return merge_given(extract_html(raw), raw)
    raise Rejected(Stage.EXTRACT, Reason.UNSUPPORTED_TYPE, f"no extractor reads {raw.origin.media_type}")

"""The stage that infers what the document does not say outright: language, dates, agencies, identity, with evidence."""

from __future__ import annotations

from typing import Any

from newsdex.enrich.agencies import find_credits
from newsdex.enrich.dates import decide_dates
from newsdex.enrich.fingerprint import article_id, canonicalize_url, content_hash, count_words, registered_domain
from newsdex.enrich.language import detect_language
from newsdex.enrich.near_duplicates import sign
from newsdex.records import Article, CleanArticle, Dated, Offset
from newsdex.rules import Rules

OFFSET_ASSUMED = "offset_assumed"
"""A time was printed without its offset from UTC."""
MIXED_LANGUAGES = "mixed_languages"
"""A good part of the text is in another language than the rest."""

__all__ = ["MIXED_LANGUAGES", "OFFSET_ASSUMED", "enrich"]

_READ_CHARACTERS = 1_000


def enrich(clean: CleanArticle, rules: Rules) -> Article:
    """Make the finished article: language, dates, agencies, address, identifiers; each guess with its evidence."""
    canonical_url = canonicalize_url(clean.canonical_url) or canonicalize_url(clean.url)
    domain = registered_domain(canonical_url)
    language = detect_language(_opening(clean.body), clean.declared_language)
    published, modified = decide_dates(clean, rules, language.code, domain=domain)
    credited = find_credits(clean, rules)
    words = count_words(clean.body)
    evidence: dict[str, Any] = {}
    if credited:
        evidence["agencies"] = [{"agency": c.agency, "rule": c.rule, "text": c.text} for c in credited]
    flags = [*clean.flags]
    if _assumed(published) or _assumed(modified):
        flags.append(OFFSET_ASSUMED)
    if language.mixed:
        flags.append(MIXED_LANGUAGES)
    return Article(
        id=article_id(canonical_url, clean.origin),
        clean=clean,
        language=language,
        published=published,
        modified=modified,
        agencies=tuple(credit.agency for credit in credited),
        canonical_url=canonical_url,
        domain=domain,
        content_hash=content_hash(clean.body),
        word_count=words,
        flags=tuple(dict.fromkeys(flags)),
        evidence=evidence,
        signature=sign(clean.body, words),
    )


def _assumed(dated: Dated) -> bool:
    return dated.evidence is not None and dated.evidence.offset is Offset.ASSUMED


def _opening(body: tuple[str, ...]) -> str:
    """Give the start of the body, as much as language detection reads."""
    opening: list[str] = []
    length = 0
    for paragraph in body:
        opening.append(paragraph)
        length += len(paragraph) + 1
        if length > _READ_CHARACTERS:
            break
    return "\n".join(opening)

"""The metadata of an article set out for a reader: each value, where it was found, and what was not believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from newsdex.web.wording import flag_name, language_name, printed_date, printed_time

_LABELS = {
    "headline": "Headline",
    "standfirst": "Standfirst",
    "byline": "Byline",
    "authors": "Authors",
    "dateline": "Dateline",
    "dateline_place": "Place",
    "publisher": "Publisher",
    "agencies": "Agencies",
    "section": "Section",
    "keywords": "Keywords",
}
_PLACES = {
    "record": "a field of its record",
    "json-ld": "the page’s structured data",
    "meta": "a meta tag of the page",
    "time-tag": "a time tag of the page",
    "line": "a line of the text",
    "url": "its address",
    "feed": "the feed’s entry",
    "http": "what the server said",
    "config": "what config/ knows of this publisher",
    "operator": "what whoever brought it says",
}
_DOORS = {
    "inbox": "the inbox",
    "files": "a file",
    "feed": "a feed",
    "sitemap": "a sitemap",
    "url": "an address somebody gave",
    "jsonl": "a JSON line",
    "csv": "a row of a table",
    "warc": "a web archive",
    "kafka": "a Kafka topic",
}
_FLAGS = {
    "offset_assumed": "a date was printed without its UTC offset, and one was supplied",
    "mixed_languages": "a good part of the text is in another script than the rest",
    "encoding_detected": "nothing said the encoding, and it is not UTF-8: it was guessed",
    "encoding_misdeclared": "the page says one encoding, its bytes are in another",
    "mojibake_repaired": "the text had been decoded wrongly on its way, and was put right",
    "undecodable_bytes": "some bytes are no text in the encoding, and were replaced",
    "garbled_text": "a piece of the text is damaged, and stays as it is",
}
_SHOWN = 300
_CONFIDENT = 0.995


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a value was found or why one was refused: the place in words, the text as printed there, and a remark."""

    place: str = ""
    text: str = ""
    remark: str = ""
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One field: its value as a reader reads it, what speaks for it, and the rivals that were refused.

    `printed` tells that the value is in the article's own words and language.
    """

    name: str
    label: str
    value: str
    proofs: tuple[Proof, ...] = ()
    rivals: tuple[Proof, ...] = ()
    printed: bool = True


def metadata_rows(source: Mapping[str, Any]) -> list[Row]:
    """Set out what the index has of an article; a field without value and without a refused rival is left."""
    return [row for row in _rows(source) if row.value or row.rivals]


def _rows(source: Mapping[str, Any]) -> Iterator[Row]:
    evidence: Mapping[str, Any] = source.get("evidence") or {}
    for name, label in _LABELS.items():
        value = source.get(name)
        values = [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []
        proofs, rivals = _told(evidence.get(name))
        yield Row(name, label, ", ".join(map(_cut, values)), proofs or _seen(source, name, values), rivals)
    for name, label in (("published_at", "Published"), ("modified_at", "Changed")):
        yield _date(name, label, source.get(name), evidence.get(name) or {})
    if source.get("timestamp_source") != "published_at":
        yield Row("@timestamp", "Filed under", printed_time(source.get("@timestamp")), _filed(source), printed=False)
    yield _language(str(source.get("language") or "und"), evidence.get("language") or {})
    origin: Mapping[str, Any] = source.get("origin") or {}
    address = source.get("canonical_url") or source.get("url") or ""
    given = source.get("url")
    proofs = (Proof("as given", _cut(str(given))),) if given and given != address else ()
    yield Row("url", "Address", _cut(str(address)), proofs, printed=False)
    yield Row("origin", "Came from", _cut(str(origin.get("uri") or "")), tuple(_way_in(origin)), printed=False)
    yield Row("fetched_at", "Fetched", printed_time(origin.get("fetched_at")), printed=False)
    yield Row("indexed_at", "Searchable since", printed_time(source.get("indexed_at")), printed=False)
    read_as = ", ".join(filter(None, (origin.get("media_type"), origin.get("encoding"))))
    declared, refused = _told(evidence.get("declared_language"))
    yield Row("media_type", "Read as", read_as, printed=False)
    flags = [str(flag) for flag in source.get("flags") or ()]
    meanings = tuple(Proof(remark=_FLAGS[flag]) for flag in flags if flag in _FLAGS)
    yield Row("flags", "Warnings", ", ".join(map(flag_name, flags)), meanings, printed=False)
    if declared or refused:
        yield Row("declared_language", "Language declared", declared[0].text if declared else "", declared, refused)


def _date(name: str, label: str, value: Any, evidence: Mapping[str, Any]) -> Row:
    rivals = tuple(_proof(each) for each in evidence.get("rejected") or ())
    if not value:
        return Row(name, label, "", (), rivals, printed=False)
    shown = printed_date(str(value), evidence.get("precision"), evidence.get("day"))
    offset = {"given": "UTC offset given there", "assumed": "UTC offset assumed"}.get(str(evidence.get("offset")), "")
    finely = f"to the {evidence['precision']}" if evidence.get("precision") else ""
    remark = ", ".join(filter(None, (finely, offset, _sure(evidence.get("confidence")))))
    proof = Proof(_place(evidence.get("found_in")), _cut(str(evidence.get("text") or "")), remark)
    return Row(name, label, shown, (proof,) if evidence.get("text") else (), rivals, printed=False)


def _filed(source: Mapping[str, Any]) -> tuple[Proof, ...]:
    by = {"modified_at": "it has no date of publication; this is when it was changed"}
    return (Proof(remark=by.get(str(source.get("timestamp_source")), "it has no date; this is when it was fetched")),)


def _language(tag: str, evidence: Mapping[str, Any]) -> Row:
    votes = ", ".join(f"{voter} says {vote}" for voter, vote in (evidence.get("votes") or {}).items())
    declared = f"the page says {evidence['declared']}" if evidence.get("declared") else "the page does not say"
    mixed = "partly in another script" if evidence.get("mixed") else ""
    remark = "; ".join(filter(None, (votes, mixed, _sure(evidence.get("confidence")))))
    proofs = (Proof("its letters and words", remark=remark), Proof(remark=declared)) if evidence else ()
    return Row("language", "Language", f"{language_name(tag)} ({tag})", proofs, printed=False)


def _way_in(origin: Mapping[str, Any]) -> Iterator[Proof]:
    if origin.get("door"):
        source = f", source {origin['source']}" if origin.get("source") else ""
        yield Proof(remark=f"by {_DOORS.get(str(origin['door']), origin['door'])}{source}")
    if origin.get("container"):
        yield Proof("in", _cut(str(origin["container"])))
    if origin.get("publisher"):
        yield Proof("published, says whoever brought it, by", _cut(str(origin["publisher"])))


def _seen(source: Mapping[str, Any], name: str, values: list[str]) -> tuple[Proof, ...]:
    """Find where a value stands that nobody wrote evidence for: a line that was taken out, or the page's own data."""
    proofs: list[Proof] = []
    for value in values:
        folded = value.casefold()
        for piece in source.get("removed") or ():
            if folded in str(piece["text"]).casefold():
                proofs.append(Proof("a line that was taken out", _cut(str(piece["text"])), rule=str(piece["rule"])))
                break
    if proofs or not values:
        return tuple(dict.fromkeys(proofs))
    if name in ("dateline", "dateline_place"):
        return (Proof("opens the story"),)
    if (source.get("origin") or {}).get("media_type") == "text/html":
        return (Proof("the page’s own data or markup"),)
    return (Proof("a line above the story"),) if name in ("headline", "standfirst") else ()


def _told(evidence: Any) -> tuple[tuple[Proof, ...], tuple[Proof, ...]]:
    """Read evidence of any shape: what speaks for a value, and what was refused."""
    pieces = evidence if isinstance(evidence, list) else [evidence]
    proofs: list[Proof] = []
    rivals: list[Proof] = []
    for piece in pieces:
        if not isinstance(piece, Mapping):
            continue
        rivals += [_proof(each) for each in piece.get("rejected") or () if isinstance(each, Mapping)]
        if any(piece.get(key) for key in ("found_in", "rule", "text", "value", "agency")):
            proofs.append(_proof(piece))
    return tuple(proofs), tuple(rivals)


def _proof(piece: Mapping[str, Any]) -> Proof:
    value = str(piece.get("value") or piece.get("agency") or "")
    text = str(piece.get("text") or value)
    refused = str(piece.get("refused") or "")
    also = f"also: {_cut(str(piece['also']))}" if piece.get("also") else ""
    meant = value if value and value != text else ""
    remark = "; ".join(filter(None, (meant, refused, also, _sure(piece.get("confidence")))))
    rule = str(piece["rule"]) if piece.get("rule") else None
    return Proof(_place(piece.get("found_in")), _cut(text), remark, rule)


def _place(found_in: Any) -> str:
    return _PLACES.get(str(found_in), str(found_in)) if found_in else ""


def _sure(confidence: Any) -> str:
    if not isinstance(confidence, (int, float)) or confidence <= 0:
        return ""
    return "sure" if confidence >= _CONFIDENT else f"{100 * confidence:.0f} % sure"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"

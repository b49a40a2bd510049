"""Furniture by rule: whole lines, runs of lines, pieces of lines, and everything below a closing line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from newsdex.clean.paragraphs import count_words, ends_sentence, fold
from newsdex.clean.printed_dates import Masked
from newsdex.clean.quotation import empty_quotations
from newsdex.clean.rulebook import LONGEST_FURNITURE, Match, rule_language
from newsdex.clean.sheet import Line, Sheet
from newsdex.errors import Rejected
from newsdex.records import Kind, Reason, Removed, Stage
from newsdex.rules import Rule

CREDIT_WORDS = (
    "fotos?|photos?|photographs?|images?|bilder|foto:?s|bilde|kuvat?|kép|fotók|zdjęcia|fotografie|fotografi|foto di"
    "|фото|снимки|ảnh|fotoğraf|عکس|تصوير|صور|写真|撮影|摄影|攝影|图|圖|사진|ภาพ|फोटो|ছবি|צילום|φωτογραφίες"
)
_SEGMENTS = re.compile(rf"\s*[|•·›»／]\s*|\s{{2,}}|\s+[-–—/]\s+|[.;]?\s+(?=(?i:{CREDIT_WORDS})\s?[:：・])")
_EDGE_PROSE = 2
"""So many paragraphs of prose may stand between a document's edge and a line that still belongs to it."""
_QUOTING_WORDS = 4
_ERROR_PAGE_WORDS = 150
_END_OF_LIST = re.compile(r"end of list", re.IGNORECASE)


def take_furniture(sheet: Sheet) -> None:
    """Take out all that rules know. Raises `Rejected` (error_page) when a rule shows the document to be one."""
    matches = _match_lines(sheet)
    _refuse_error_page(sheet, matches)
    cut_at = _cut(sheet, matches)
    _take_blocks(sheet, cut_at)
    for at, match in matches.items():
        line = sheet.lines[at]
        if line.stays and at < cut_at:
            sheet.take(line, match)
    if cut_at < len(sheet.lines):
        _take_below(sheet, cut_at, matches)
    _take_pieces(sheet)


def _match_lines(sheet: Sheet) -> dict[int, Match]:
    lines = sheet.lines
    prose = [at for at, line in enumerate(lines) if line.prose]
    found: dict[int, Match] = {}
    for _ in range(2):  # furniture that reads as prose blurs the edges; seen without it, they are clear
        prose = [at for at in prose if at not in found]
        head_ends = prose[_EDGE_PROSE] if len(prose) > _EDGE_PROSE else len(lines)
        tail_starts = prose[-_EDGE_PROSE - 1] if len(prose) > _EDGE_PROSE else -1
        for at, line in enumerate(lines):
            inner_heading = line.kind is Kind.HEADING and 0 < at < tail_starts
            if at in found or inner_heading or len(line.text) > LONGEST_FURNITURE:
                continue
            match = _match(sheet, line, in_head=at < head_ends, in_tail=at > tail_starts)
            if match:
                found[at] = match
    own = _own_language(found.values())
    for at, match in found.items():
        if own and match.start == 0 and rule_language(match.rule) not in (None, own):
            again = sheet.book.match_line(sheet.masked(lines[at]), _same_place(match.rule), own)
            found[at] = again if again and again.rule.to == match.rule.to else match
    return dict(sorted(found.items()))


def _own_language(matches: Iterable[Match]) -> str | None:
    """Give the language most of a document's furniture is in."""
    votes = Counter(code for match in matches if (code := rule_language(match.rule)))
    return min(votes, key=lambda code: (-votes[code], code)) if votes else None


def _same_place(first: Rule) -> Callable[[Rule], bool]:
    return lambda rule: (
        rule.where in (first.where, "line") and rule.cuts == first.cuts and rule.rejects == first.rejects
    )


def _match(sheet: Sheet, line: Line, *, in_head: bool, in_tail: bool) -> Match | None:
    def allowed(rule: Rule) -> bool:
        if rule.where == "head":
            return in_head
        if rule.where == "tail":
            return in_tail
        return rule.where != "edge" or in_head or in_tail

    masked = sheet.masked(line)
    if line.kind is Kind.TABLE_ROW:  # a row of buttons looks like a row of figures, and figures look like dates
        match = _match_segments(sheet, masked, lambda rule: allowed(rule) and rule.to is None)
        return match if match is None or not match.groups else None
    match = sheet.book.match_line(masked, allowed)
    if match is not None and in_tail and line.words <= 6 and not match.rule.cuts:
        match = sheet.book.match_line(masked, lambda rule: rule.cuts and allowed(rule)) or match
    if match is not None and line.prose and _is_quoted(sheet, line, allowed):
        return None
    if match is not None and match.rule.to == "captions" and in_head and line.words <= 12:
        signed = _match_segments(sheet, masked, allowed)
        if signed is not None and "byline" in signed.groups:
            return signed
    if match is None and line.words <= 40 and (in_head or in_tail):
        return _match_segments(sheet, masked, allowed)
    return match


def _is_quoted(sheet: Sheet, line: Line, allowed: Callable[[Rule], bool]) -> bool:
    """Tell whether a line matches by what it quotes only: without its quotations no rule takes it."""
    emptied = empty_quotations(line.folded)
    if emptied is None or count_words(emptied) < _QUOTING_WORDS:
        return False
    return sheet.book.match_line(sheet.book.date_words.mask(emptied, emptied), allowed) is None


def _match_segments(sheet: Sheet, masked: Masked, allowed: Callable[[Rule], bool]) -> Match | None:
    """Read a line such as `Agency | Place | Updated: date` as several lines printed side by side."""
    bounds, last = [], 0
    for gap in _SEGMENTS.finditer(masked.text):
        bounds.append((last, gap.start()))
        last = gap.end()
    bounds.append((last, len(masked.text)))
    bounds = [(start, end) for start, end in bounds if end > start]
    if len(bounds) < 2:
        return None
    matches, unknown, groups = [], [], {}
    for start, end in bounds:
        source = masked.original(start, end)
        segment = sheet.book.date_words.mask(fold(source), source)
        match = sheet.book.match_line(segment, allowed)
        if match is None:
            unknown.append(source)
            continue
        matches.append(match)
        own = match.groups or ({match.rule.to: source} if match.rule.to else {})
        groups.update({name: value for name, value in own.items() if name not in groups})
    if not matches or len(matches) < len(unknown) or any(count_words(part) > 3 for part in unknown):
        return None
    dated = {"published_at", "modified_at"} & set(groups)
    for part in unknown:
        if part.strip().casefold() in sheet.rules.agencies_by_name:
            groups.setdefault("agencies", part)
        elif (dated or (part is unknown[0] and len(matches) > 1)) and sheet.book.words.is_person(part):
            groups.setdefault("byline", part)
        elif dated and part[:1].isupper():
            groups.setdefault("place", part)
    leading = next((match for match in matches if match.groups), matches[0])
    return Match(leading.rule, groups, 0, len(masked.source))


def _refuse_error_page(sheet: Sheet, matches: dict[int, Match]) -> None:
    if sum(line.words for line in sheet.lines) > _ERROR_PAGE_WORDS:
        return
    for at, match in matches.items():
        if match.rule.rejects:
            detail = f"{sheet.lines[at].text[:120]!r} in a document of {len(sheet.lines)} lines ({match.rule.id})"
            raise Rejected(Stage.CLEAN, Reason.ERROR_PAGE, detail)
    for at in [at for at, match in matches.items() if match.rule.rejects]:
        del matches[at]


def _cut(sheet: Sheet, matches: dict[int, Match]) -> int:
    """Find the line from which everything goes: a closing rule's, with half of the prose or more above it."""
    lines = sheet.lines
    sizes = [len(line.text) if line.prose and at not in matches else 0 for at, line in enumerate(lines)]
    total = sum(sizes)
    for at, match in matches.items():
        if match.rule.cuts and total and sum(sizes[:at]) * 2 >= total:
            return at
    for at in [at for at, match in matches.items() if match.rule.cuts]:
        del matches[at]
    return len(lines)


def _take_below(sheet: Sheet, cut_at: int, matches: dict[int, Match]) -> None:
    closing = matches[cut_at]
    for at in range(cut_at, len(sheet.lines)):
        line = sheet.lines[at]
        own = matches.get(at)
        if own is not None and own.rule.to == "publisher":
            sheet.take(line, own)
        elif line.stays:
            line.rule = closing.rule.id
    if closing.rule.to or closing.groups:
        sheet.learn(closing, sheet.lines[cut_at].text)


def _take_blocks(sheet: Sheet, cut_at: int) -> None:
    lines = sheet.lines
    hits: dict[int, list[tuple[int, Match]]] = {}
    for at, line in enumerate(lines):
        if len(line.text) <= LONGEST_FURNITURE and at < cut_at:
            found = list(sheet.book.match_blocks(sheet.masked(line)))
            if found:
                hits[at] = found
    for at, found in hits.items():
        for position, match in found:
            if position == 0 and lines[at].stays:
                run = _block_at(match, at, hits)
                if run and _again(match, lines, at + len(run)):
                    _take_block(sheet, at, run)
                    break


def _block_at(first: Match, at: int, hits: dict[int, list[tuple[int, Match]]]) -> list[Match]:
    run = [first]
    for place in range(1, len(first.rule.patterns)):
        same = [match for position, match in hits.get(at + place, ()) if position == place and match.rule is first.rule]
        if not same:
            return []
        run += same
    return run


def _again(match: Match, lines: list[Line], below: int) -> bool:
    name = match.groups.get("again")
    return name is None or (below < len(lines) and fold(name).casefold() in lines[below].folded.casefold())


def _take_block(sheet: Sheet, at: int, run: list[Match]) -> None:
    lines = sheet.lines
    rule = run[0].rule
    again = "again" in run[0].groups
    groups = {name: value for match in run for name, value in match.groups.items() if name != "again"}
    text = lines[at + len(run) - 1].text
    sheet.learn(Match(rule, groups, 0, len(text)), text)
    end = at + len(run)
    for line in lines[at:end]:
        line.rule = rule.id
        line.masthead = rule.to in ("published_at", "modified_at", "byline")
    if again:
        lines[end].rule = rule.id
        return
    if not any(line.prose for line in lines[:at]):
        return
    for line in _below(lines, end, rule.takes_below):
        line.rule = rule.id


def _below(lines: list[Line], start: int, most: int) -> list[Line]:
    """Give the short lines under a block's heading that belong to it; a section heading before prose does not."""
    taken: list[Line] = []
    for line in lines[start : start + most]:
        if line.prose or (line.sentence and line.words > 25) or line.kind in (Kind.HEADING, Kind.TABLE_ROW):
            break
        taken.append(line)
        if _END_OF_LIST.fullmatch(line.text):
            return taken
    below = start + len(taken)
    if below >= len(lines) or not any(line.prose for line in lines[below:]) or len(taken) == most:
        return taken
    if taken and taken[-1].words <= 4 and not taken[-1].sentence and lines[below].prose:
        taken.pop()
    return taken


def _take_pieces(sheet: Sheet) -> None:
    for at, line in sheet.staying():
        for match in sheet.book.match_inline(sheet.masked(line)):
            if match.end > len(line.text) or match.start >= match.end:
                continue
            piece, rest = line.text[match.start : match.end].strip(), line.text[: match.start] + line.text[match.end :]
            if not piece or not rest.strip() or not ends_sentence(line.text[: match.start].rstrip()):
                continue
            sheet.learn(match, piece)
            sheet.pieces.append((at, Removed(piece, match.rule.id)))
            line.text = rest.strip()
            line.folded = fold(line.text)
            break

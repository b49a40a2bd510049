"""Furniture by rule: whole lines, runs of lines, pieces of lines, and everything below a closing line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from newsdex.clean.appeals import APPEAL_RULE, BUTTONS_RULE, MOST_WORDS
from newsdex.clean.paragraphs import count_words, ends_sentence, fold
from newsdex.clean.printed_dates import Masked
from newsdex.clean.quotation import empty_quotations
from newsdex.clean.rulebook import LONGEST_FURNITURE, Match, rule_language
from newsdex.clean.sheet import Line, Sheet
from newsdex.clean.vocabulary import Words
from newsdex.errors import Rejected
from newsdex.records import Kind, Reason, Removed, Stage
from newsdex.rules import Rule

_EDGE_PROSE = 2
"""So many paragraphs of prose may stand between a document's edge and a line that still belongs to it."""
_QUOTING_WORDS = 4
_PARTED = re.compile(r"[|•·›»／:：・]|\s\s|\s[-–—/]")
"""What every place between texts printed side by side has: a quick look spares most lines the exact one."""
_ERROR_PAGE_WORDS = 150


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
    edges = None
    for _ in range(2):  # furniture that reads as prose blurs the edges; seen without it, they are clear
        prose = [at for at in prose if at not in found]
        head_ends = prose[_EDGE_PROSE] if len(prose) > _EDGE_PROSE else len(lines)
        tail_starts = prose[-_EDGE_PROSE - 1] if len(prose) > _EDGE_PROSE else -1
        if edges == (head_ends, tail_starts):
            break
        edges = (head_ends, tail_starts)
        for at, line in enumerate(lines):
            inner_heading = line.kind is Kind.HEADING and 0 < at < tail_starts
            if at in found or inner_heading or len(line.text) > LONGEST_FURNITURE:
                continue
            place = (at < head_ends, at > tail_starts)
            if place not in line.matched:
                line.matched[place] = _match(sheet, line, in_head=place[0], in_tail=place[1])
            match = line.matched[place]
            if match:
                found[at] = match
    own = _own_language(found.values())
    for at, match in found.items():
        if own and match.start == 0 and rule_language(match.rule.id) not in (None, own):
            again = sheet.book.match_line(sheet.masked(lines[at]), _same_place(match.rule), own)
            found[at] = again if again and again.rule.to == match.rule.to else match
    return dict(sorted(found.items()))


def _own_language(matches: Iterable[Match]) -> str | None:
    """Give the language most of a document's furniture is in."""
    votes = Counter(code for match in matches if (code := rule_language(match.rule.id)))
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
    if match is not None and line.prose and (_is_quoted(sheet, line, allowed) or _is_signed_off(sheet, match, in_head)):
        return None
    if match is not None and match.rule.to == "captions" and in_head and line.words <= 12:
        signed = _match_segments(sheet, masked, allowed)
        if signed is not None and "byline" in signed.groups:
            return signed
    if match is None and line.words <= 40 and (in_head or in_tail):
        match = _match_segments(sheet, masked, allowed)
    return match or _match_words(sheet, line, at_edge=in_head or in_tail)


def _match_words(sheet: Sheet, line: Line, *, at_edge: bool) -> Match | None:
    """Tell by a line's words alone that it is furniture, where no rule knows its wording."""
    appeals = sheet.book.appeals
    if line.kind is not Kind.HEADING and not line.sentence and appeals.are_buttons(line.folded):
        return Match(BUTTONS_RULE, {}, 0, len(line.text))
    if line.words <= MOST_WORDS and appeals.is_appeal(line.folded, at_edge=at_edge):
        return Match(APPEAL_RULE, {}, 0, len(line.text))
    return None


def _is_quoted(sheet: Sheet, line: Line, allowed: Callable[[Rule], bool]) -> bool:
    """Tell whether a line matches by what it quotes only: without its quotations no rule takes it."""
    emptied = empty_quotations(line.folded)
    if emptied is None or count_words(emptied) < _QUOTING_WORDS:
        return False
    return sheet.book.match_line(sheet.book.date_words.mask(emptied, emptied), allowed) is None


def _is_signed_off(sheet: Sheet, match: Match, in_head: bool) -> bool:
    """Tell the last paragraph of an agency's story from a caption: `... the mayor said on Monday. (© Reuters)`."""
    credit = match.groups.get("credit", "").strip(" ()[].©")
    return (
        match.rule.to == "captions" and not in_head and sheet.rules.agencies_by_name.get(credit.casefold()) is not None
    )


def _match_segments(sheet: Sheet, masked: Masked, allowed: Callable[[Rule], bool]) -> Match | None:
    """Read a line such as `Agency | Place | Updated: date` as several lines printed side by side."""
    if not _PARTED.search(masked.text):
        return None
    bounds, last = [], 0
    for gap in sheet.book.words.side_by_side.finditer(masked.text):
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
        elif (dated or "agencies" in groups or (part is unknown[0] and len(matches) > 1)) and _is_reporter(sheet, part):
            groups.setdefault("byline", part)
        elif dated and part[:1].isupper():
            groups.setdefault("place", part)
    leading = next((match for match in matches if match.groups), matches[0])
    return Match(leading.rule, groups, 0, len(masked.source))


def _is_reporter(sheet: Sheet, text: str) -> bool:
    """Tell a person's name, also with an agency, a paper or a job behind it: `Jane Roe, Reuters`."""
    name, *others = (part.strip() for part in text.split(","))
    words = sheet.book.words
    return words.is_person(name) and all(
        part.casefold() in sheet.rules.agencies_by_name or words.is_publisher(part) or words.has_role(part)
        for part in others
    )


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
    for at, line in enumerate(sheet.lines[:cut_at]):
        if len(line.text) > LONGEST_FURNITURE:
            continue
        for first in sheet.book.open_blocks(sheet.masked(line)):
            run = _block_at(sheet, first, at, cut_at) if line.stays else []
            if run and _again(first, sheet.lines, at + len(run)):
                _take_block(sheet, at, run)
                break


def _block_at(sheet: Sheet, first: Match, at: int, cut_at: int) -> list[Match]:
    run = [first]
    for place in range(1, len(first.rule.patterns)):
        line = sheet.lines[at + place] if at + place < cut_at else None
        if line is None or len(line.text) > LONGEST_FURNITURE:
            return []
        match = sheet.book.match_in_block(first.rule, place, sheet.masked(line))
        if match is None:
            return []
        run.append(match)
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
    for line in _below(lines, end, rule.takes_below, sheet.book.words):
        line.rule = rule.id


def _below(lines: list[Line], start: int, most: int, words: Words) -> list[Line]:
    """Give the short lines under a block's heading that belong to it; a section heading before prose does not."""
    taken: list[Line] = []
    for line in lines[start : start + most]:
        if line.prose or (line.sentence and line.words > 25) or line.kind in (Kind.HEADING, Kind.TABLE_ROW):
            break
        taken.append(line)
        if line.folded.casefold() in words.list_ends:
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
            line.rewrite(rest.strip())
            break

"""How a drafted rule is written: a pattern made of a line, an id made of its words, and the YAML around both."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import yaml

from newsdex.clean.paragraphs import count_words, fold
from newsdex.patterns import DATE_MARK
from newsdex.run.new_publisher import slug

if TYPE_CHECKING:
    from newsdex.clean.printed_dates import DateWords
    from newsdex.rules import Example

_SPECIAL = re.compile(r"[\\.^$*+?{}\[\]|()]")
_NUMBER = re.compile(r"\d+")
_LABEL = re.compile(r"([^:：]{2,40}?) ?[:：] ?(?=\S)")
_LABEL_WORDS = 4
_ID_WORDS = 3
_LONGEST_ID = 40


def pattern_of(text: str, date_words: DateWords, *, only_beginning: bool = False) -> str:
    r"""Write the pattern that matches a line, with other dates and numbers in their places too.

    With `only_beginning`, the label before a colon is fixed and anything may follow it.

    >>> from newsdex.clean.printed_dates import DateWords
    >>> english = DateWords(["en"], (), ())
    >>> pattern_of("Call us on 0100 555 (free)", english)
    'call us on \\d{1,8} \\d{1,8} \\(free\\)'
    >>> pattern_of("Read also: Bridge shut for weeks", english, only_beginning=True)
    'read also ?: ?.{2,200}'
    """
    folded = fold(text)
    if only_beginning and (label := label_of(text)) is not None:
        colon = folded[len(label) :].lstrip()[:1]
        return f"{_escape(fold(label))} ?{colon} ?.{{2,200}}"
    masked = date_words.mask(folded, text).text
    return DATE_MARK.join(map(_escape, masked.split(DATE_MARK))).replace(DATE_MARK, "{date}")


def label_of(text: str) -> str | None:
    """Give the few words that stand before a line's colon, None where it has none.

    >>> label_of("Read also: Bridge shut for weeks"), label_of("The bridge is shut")
    ('Read also', None)
    """
    found = _LABEL.match(text)
    if found is None or count_words(found[1]) > _LABEL_WORDS or count_words(text[found.end() :]) < 2:
        return None
    return found[1]


def id_of(text: str, owner: str, taken: Collection[str]) -> str:
    """Make an id that no rule has: the owner's, a language's or publisher's, with the first words of the line.

    >>> id_of("Lees ook: Brug dicht", "nl", {"nl-lees-ook-brug"}), id_of("相关阅读", "zh", ())
    ('nl-lees-ook-brug-2', 'zh-line-0973')
    """
    words = slug(text).split("-")[:_ID_WORDS]
    name = "-".join(filter(None, words))[:_LONGEST_ID].strip("-")
    name = name or f"line-{hashlib.sha256(text.encode()).hexdigest()[:4]}"
    base = f"{slug(owner) or 'any'}-{name}"
    number, chosen = 1, base
    while chosen in taken:
        number += 1
        chosen = f"{base}-{number}"
    return chosen


def rule_yaml(shape: Mapping[str, Any], examples: Iterable[Example]) -> str:
    """Write one rule as the files of config/ have it."""
    lines = [f"  - id: {shape['id']}"]
    for key, value in shape.items():
        if key == "id":
            continue
        if isinstance(value, (list, tuple)):
            lines += [f"    {key}:", *(f"      - {quoted(each)}" for each in value)]
        elif isinstance(value, Mapping):
            inner = ", ".join(f"{name}: {word}" for name, word in value.items())
            lines.append(f"    {key}: {{{inner}}}")
        else:
            lines.append(f"    {key}: {quoted(value) if key == 'match' else plain(value)}")
    lines.append("    examples:")
    lines += [
        f"      - {{text: {quoted(example.text)}, removed: {'true' if example.removed else 'false'}}}"
        for example in examples
    ]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Write a text as a quoted YAML scalar on one line, with single quotes where it may have them."""
    return yaml.safe_dump(text, default_style="'", allow_unicode=True, width=float("inf")).rstrip("\n")


def plain(value: object) -> str:
    """Write a value on one line, quoted only where YAML would read it as something else.

    >>> plain(["gazette.example"]), plain("yes: no")
    ('[gazette.example]', "'yes: no'")
    """
    written = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=float("inf"))
    return written.removesuffix("\n...\n").rstrip("\n")


def _escape(text: str) -> str:
    escaped = _SPECIAL.sub(lambda found: f"\\{found[0]}", text.lower())
    return _NUMBER.sub(r"\\d{1,8}", escaped)

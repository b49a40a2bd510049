"""How often the language is right: Newsdex beside langdetect, CLD2 and py3langid on the same labelled texts.

    python -m bench.quality_language TEXTS.jsonl [--json OUT]

One JSON object a line (gzip if the name ends in .gz) with `text`, `lang` (BCP 47; `und` for what is no prose) and `cls`
(the kind of text). For each class: macro accuracy, the mean over languages of the share that is right, over all and
over those langdetect knows; then junk answered `und`, Chinese and Serbian scripts, answers that change in another
order, and the CPU time of one text.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import langdetect
import pycld2
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bench.sets import read_rows, thin_out, told
from newsdex.enrich.language import UNDETERMINED, detect_language, load_detectors
from newsdex.enrich.voices import LANGDETECT, code_of, known_to

Identifier = Callable[[str], str]


def main() -> int:
    """Print the table; `--json` writes the figures as well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--json", type=Path, help="write the figures there")
    arguments = parser.parse_args()
    figures = measure_lists([arguments.texts], None)
    for shape in figures.values():
        print(table(shape["systems"]))
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def measure_lists(lists: Sequence[Path], sample: int | None) -> dict[str, Any]:
    """Measure all identifiers on each list of texts."""
    figures = {}
    for path in lists:
        rows = thin_out(read_rows(path), sample)
        figures[path.name.partition(".")[0]] = {
            "texts": len(rows),
            "languages": len({_base(row["lang"]) for row in rows if row["lang"] != UNDETERMINED}),
            "systems": measure(rows, path.name),
        }
    return figures


def identifiers() -> dict[str, Identifier]:
    """Give Newsdex and its three voices as one would call them alone, each loaded and ready."""
    langdetect.DetectorFactory.seed = 0
    langid = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    load_detectors()

    def by_newsdex(text: str) -> str:
        return detect_language(text).code

    def by_langdetect(text: str) -> str:
        try:
            return str(langdetect.detect(text))
        except langdetect.LangDetectException:
            return UNDETERMINED

    def by_cld2(text: str) -> str:
        try:
            return str(pycld2.detect(text, isPlainText=True, bestEffort=True)[2][0][1])
        except pycld2.error:
            return UNDETERMINED

    def by_langid(text: str) -> str:
        return str(langid.classify(text)[0])

    named = {"newsdex": by_newsdex, "langdetect": by_langdetect, "cld2": by_cld2, "py3langid": by_langid}
    for identify in named.values():
        identify("loading")
    return named


def measure(rows: list[dict[str, Any]], name: str) -> dict[str, dict[str, float]]:
    """Measure all identifiers, which take turns, text by text: percentages by class, and milliseconds of CPU a text.

    Then a third of the texts are asked again, from the end to the beginning, and changed answers are counted.
    """
    named = identifiers()
    answers: dict[str, list[str]] = {each: [] for each in named}
    spent = dict.fromkeys(named, 0.0)
    for row in told(rows, name):
        for each, identify in named.items():
            started = time.process_time()
            answers[each].append(identify(row["text"]))
            spent[each] += time.process_time() - started
    results = {}
    for each, identify in named.items():
        again = [identify(row["text"]) for row in rows[::-3]]
        results[each] = {
            **judge(rows, answers[each]),
            "answers changed in another order": float(
                sum(a != b for a, b in zip(again, answers[each][::-3], strict=True))
            ),
            "CPU ms a text": round(1000 * spent[each] / len(rows), 3),
            "cost": round(spent[each] / spent["langdetect"], 2),
        }
    return results


def judge(rows: Sequence[dict[str, Any]], answers: Sequence[str]) -> dict[str, float]:
    """Give the percentages that are right: by class, over all languages and over langdetect's own."""
    figures: dict[str, float] = {}
    known = {_base(code) for code in known_to(LANGDETECT)}
    for name in dict.fromkeys(row["cls"] for row in rows):
        judged = [(row["lang"], got) for row, got in zip(rows, answers, strict=True) if row["cls"] == name]
        if all(gold == UNDETERMINED for gold, _ in judged):
            figures[f"{name} to und"] = _percent(_base(got) == UNDETERMINED for _, got in judged)
            continue
        figures[f"{name}, all languages"] = _macro(judged)
        figures[f"{name}, langdetect's"] = _macro([pair for pair in judged if _base(pair[0]) in known])
    scripted = [
        (row["lang"], got) for row, got in zip(rows, answers, strict=True) if row["lang"].startswith(("zh-", "sr-"))
    ]
    figures["script of zh and sr"] = _percent(code_of(got.lower()) == gold or got == gold for gold, got in scripted)
    return figures


def table(results: dict[str, dict[str, float]]) -> str:
    """Lay the figures out as a Markdown table, one column an identifier."""
    rows = [["", *results], ["---", *("---:" for _ in results)]]
    rows += [[name, *(f"{result[name]:g}" for result in results.values())] for name in next(iter(results.values()))]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _macro(judged: list[tuple[str, str]]) -> float:
    right: dict[str, list[bool]] = defaultdict(list)
    for gold, got in judged:
        right[_base(gold)].append(_base(gold) == _base(got))
    return round(100 * sum(sum(hits) / len(hits) for hits in right.values()) / max(1, len(right)), 2)


def _percent(hits: Iterable[bool]) -> float:
    judged = list(hits)
    return round(100 * sum(judged) / max(1, len(judged)), 2)


def _base(tag: str) -> str:
    """Give the language without its script; what names no language is `und`."""
    base = code_of(tag.lower()).partition("-")[0]
    return UNDETERMINED if base in ("un", "zxx", "zzp", "unknown") else base


if __name__ == "__main__":
    sys.exit(main())

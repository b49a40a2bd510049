"""How well plain texts become articles: `python -m bench.quality_text FOLDER... [--worst N] [--json]`.

FOLDER has raw texts and a `gold.jsonl` (bench/README.md has its keys). A body is compared paragraph by paragraph: F1 of
the paragraphs that are there to the letter, mean over files; gold paragraphs *lost*, whose words are gone; furniture
*left* in the body. Each field is right where its value is the gold's, and counted apart where gold has none. A file
that should be refused is right when it is. Beside Newsdex, in the same run: the text cut at line breaks, with its first
line as headline, and jusText and trafilatura, which are made for pages, with each line given to them as a paragraph.
"""

from __future__ import annotations

import argparse
import html
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import justext
import trafilatura

from bench.scoring import FIELDS, RULES, Reading, compare, is_right, score_body
from bench.sets import read_rows, thin_out, told
from newsdex.errors import Rejected
from newsdex.pipeline import process
from newsdex.read import read_file
from newsdex.records import Article, Dated, Offset, Precision

_FETCHED = datetime(2026, 11, 1, tzinfo=UTC)
_LIMIT = 10_000_000
System = Callable[[Path], Reading]


def main() -> None:
    """Run every system over every folder and print what it got."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--worst", type=int, default=0, help="show so many of the files that Newsdex does worst on")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    figures = measure_texts(arguments.folders, None)
    print(json.dumps(figures, indent=2))
    for folder in arguments.folders if arguments.worst else ():
        _show_worst(folder, arguments.worst)


def measure_texts(folders: Sequence[Path], sample: int | None) -> dict[str, Any]:
    """Measure all systems on each folder."""
    figures = {}
    for folder in folders:
        golds = thin_out(read_rows(folder / "gold.jsonl"), sample)
        read = {name: [] for name in _systems()}  # type: dict[str, list[Reading]]
        for gold in told(golds, folder.name):
            for name, system in _systems().items():
                read[name].append(system(folder / f"{gold['id']}.txt"))
        figures[folder.name] = {
            "files": len(golds),
            "languages": len({gold["language"].partition("-")[0] for gold in golds if not gold.get("reject")}),
            "systems": {name: compare(golds, readings) for name, readings in read.items()},
        }
    return figures


@cache
def _systems() -> dict[str, System]:
    return {
        "newsdex": by_newsdex,
        "trafilatura, a line a paragraph": by_trafilatura,
        "jusText, a line a paragraph": by_justext,
        "the lines as they are": by_lines,
    }


def by_newsdex(path: Path) -> Reading:
    """Take a file through the line."""
    try:
        result = process(read_file(path, fetched_at=_FETCHED, limit=_LIMIT), RULES)
    except Rejected:
        return Reading(refused=True)
    if not isinstance(result, Article):
        return Reading(refused=True)
    clean = result.clean
    return Reading(
        clean.body,
        {
            "headline": clean.headline,
            "standfirst": clean.standfirst,
            "published": _printed(result.published),
            "modified": _printed(result.modified),
            "authors": clean.authors,
            "agencies": result.agencies,
            "publisher": clean.publisher,
            "captions": [caption.text for caption in clean.captions],
            "dateline_place": clean.dateline_place,
            "language": result.language.code,
        },
    )


def by_lines(path: Path) -> Reading:
    """Cut a text at its line breaks; the first line is the headline."""
    lines = _lines(path)
    return Reading(lines, {"headline": lines[0] if lines else None})


def by_trafilatura(path: Path) -> Reading:
    """Give trafilatura each line as a paragraph."""
    found = trafilatura.extract(_page(path), include_comments=False) or ""
    return Reading(found.splitlines(), refused=not found)


def by_justext(path: Path) -> Reading:
    """Give jusText each line as a paragraph, and the stop words of all its languages."""
    paragraphs = justext.justext(_page(path).encode(), _stop_words(), encoding="utf-8")
    found = [paragraph.text for paragraph in paragraphs if not paragraph.is_boilerplate]
    return Reading(found, refused=not found)


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(word for name in justext.get_stoplists() for word in justext.get_stoplist(name))


def _lines(path: Path) -> list[str]:
    return [line.strip() for line in path.read_bytes().decode("utf-8", "replace").splitlines() if line.strip()]


def _page(path: Path) -> str:
    paragraphs = "\n".join(f"<p>{html.escape(line)}</p>" for line in _lines(path))
    return f"<html><body>\n{paragraphs}\n</body></html>"


def _printed(dated: Dated) -> str | None:
    """Give a date as gold has it: the day alone, wall time where the offset was assumed, else UTC."""
    if dated.value is None or dated.evidence is None:
        return None
    day: date = dated.evidence.day or dated.value.date()
    if dated.evidence.precision is not Precision.MINUTE:
        return day.isoformat()
    return (
        dated.value.isoformat()
        if dated.evidence.offset is Offset.GIVEN
        else dated.value.replace(tzinfo=None).isoformat()
    )


def _show_worst(folder: Path, count: int) -> None:
    golds = [gold for gold in read_rows(folder / "gold.jsonl") if not gold.get("reject")]
    scored = [(gold, reading := by_newsdex(folder / f"{gold['id']}.txt"), score_body(gold, reading)) for gold in golds]
    for gold, reading, body in sorted(scored, key=lambda each: (each[2].f1, each[0]["id"]))[:count]:
        wrong = [name for name in FIELDS if not is_right(name, gold, reading)]
        print(f"{folder.name}/{gold['id']}: F1 {body.f1:.3f}, {body.altered} altered, wrong: {', '.join(wrong) or '-'}")
        for kind, texts in (("lost", body.lost), ("left", body.left)):
            print(*(f"  {kind}: {text[:140]}" for text in texts), sep="\n", end="\n" if texts else "")


if __name__ == "__main__":
    main()

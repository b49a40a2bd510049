"""Each table of docs/quality.md from its figures: the rows as Markdown, and the panels of its chart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from bench.panels import Bar, Panel

Figures = dict[str, Any]
_OURS = "newsdex"


class View(NamedTuple):
    """A table as Markdown, and its chart."""

    rows: str
    panels: Sequence[Panel]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out a Markdown table, figures to the right."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _is_ours(name: str) -> bool:
    return name.startswith(_OURS)


def _label(name: str) -> str:
    return f"**{name}**" if _is_ours(name) else name


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}" if whole else "none"


def view_text(sets: Figures) -> View:
    """Show bodies of all systems, and the fields of Newsdex."""
    blocks, panels = [], []
    for name, figures in sets.items():
        systems = figures["systems"]
        rows = [
            [
                _label(system),
                f"{result['f1']:.3f}",
                _share(result["exact"], result["articles"]),
                _share(result["lost"], result["paragraphs"]),
                f"{result['left']} of {result['furniture']} ({result['left'] / max(1, result['furniture']):.1%})",
                _share(result["refused_right"], result["to_refuse"]),
                str(result["refused_wrong"]),
            ]
            for system, result in sorted(systems.items(), key=lambda each: -each[1]["f1"])
        ]
        head = ["", "paragraph F1", "bodies exact", "paragraphs lost", "furniture left", "refused rightly", "wrongly"]
        fields = systems[_OURS]["fields"]
        field_rows = [
            [
                f"`{field}`",
                _share(count["right"], count["there"]),
                f"{count['right'] / count['there']:.3f}" if count["there"] else "",
                _share(count["right_none"], count["none"]),
            ]
            for field, count in fields.items()
        ]
        about = f"`{name}`: {figures['files']} files in {figures['languages']} languages."
        field_table = table(["field, Newsdex", "right where there is one", "share", "none where none is"], field_rows)
        blocks.append(f"{about}\n\n{table(head, rows)}\n\n{field_table}")
        panels.append(
            Panel(
                f"{name}: body paragraphs (1 - F1)",
                [
                    Bar(each, (1 - result["f1"],), f"F1 {result['f1']:.3f}", _is_ours(each))
                    for each, result in systems.items()
                ],
            )
        )
        panels.append(
            Panel(
                f"{name}: fields that newsdex gets wrong, where there is one",
                [
                    Bar(
                        field,
                        ((count["there"] - count["right"]) / count["there"],),
                        f"{count['there'] - count['right']} of {count['there']}",
                        ours=True,
                    )
                    for field, count in fields.items()
                    if count["there"]
                ],
            )
        )
    return View("\n\n".join(blocks), panels)


def view_html(sets: Figures) -> View:
    """Show F1 and cost, table by table."""
    blocks, panels = [], []
    for name, figures in sets.items():
        systems = figures["systems"]
        best = max(result["f1"] for system, result in systems.items() if system.startswith("trafilatura"))
        rows = [
            [
                _label(system),
                f"{result['f1']:.3f}",
                f"{result['f1'] - best:+.3f}",
                f"{result['precision']:.3f}",
                f"{result['recall']:.3f}",
                f"{result['cost']:.2f}" if "cost" in result else "",
                str(result.get("failed", "")),
            ]
            for system, result in sorted(systems.items(), key=lambda each: -each[1]["f1"])
        ]
        how = "runs of four words" if figures["by"] == "body" else "snippets"
        head = ["", "F1", "to trafilatura's best", "precision", "recall", "CPU, trafilatura = 1", "failed"]
        blocks.append(f"`{name}`: {figures['pages']} pages, compared by {how}.\n\n{table(head, rows)}")
        bars = [
            Bar(each, (1 - result["f1"],), f"F1 {result['f1']:.3f}", _is_ours(each)) for each, result in systems.items()
        ]
        panels.append(Panel(f"{name}: main text (1 - F1)", bars))
        costs = [
            Bar(each, (result["cost"],), f"{result['cost']:.2f}", _is_ours(each))
            for each, result in systems.items()
            if "cost" in result
        ]
        panels.append(Panel(f"{name}: CPU time, trafilatura's default = 1", costs))
    return View("\n\n".join(blocks), panels)


def _stacked(system: str, result: Figures, kinds: Sequence[str]) -> Bar:
    """Draw how often each kind of mistake was made, beside each other."""
    parts = tuple(float(result[kind]) for kind in kinds)
    return Bar(system, parts, " + ".join(str(result[kind]) for kind in kinds), _is_ours(system))


def view_dates(sets: Figures) -> View:
    """Show wrong, missing and invented days."""
    blocks, panels = [], []
    kinds = ("wrong", "missing", "invented")
    for name, figures in sets.items():
        ranked = sorted(figures["systems"].items(), key=lambda each: sum(each[1][kind] for kind in kinds))
        rows = [
            [_label(system), *(str(result[kind]) for kind in ("right", *kinds, "a day off"))]
            for system, result in ranked
        ]
        undated = figures["pages"] - figures["dated"]
        about = f"`{name}`: {figures['pages']} pages, {undated} of them without a date."
        head = ["", "right", "wrong", "missing", "invented", "of the wrong, a day off"]
        blocks.append(f"{about}\n\n{table(head, rows)}")
        bars = [_stacked(system, result, kinds) for system, result in ranked]
        panels.append(Panel(f"{name}: {figures['pages']} pages", bars, kinds))
    return View("\n\n".join(blocks), panels)


def view_metadata(sets: Figures) -> View:
    """Show wrong, missing and invented headlines and authors."""
    blocks, panels = [], []
    kinds = ("wrong", "missing", "invented")
    for name, figures in sets.items():
        rows = []
        for field, word in (("title", "headlines"), ("authors", "authors")):
            found = {system: result[field] for system, result in figures["systems"].items()}
            ranked = sorted(found.items(), key=lambda each: sum(each[1][kind] for kind in kinds))
            rows += [[f"{word}: {_label(s)}", *(str(result[k]) for k in ("right", *kinds))] for s, result in ranked]
            bars = [_stacked(system, result, kinds) for system, result in ranked]
            panels.append(Panel(f"{name}: {word}", bars, kinds))
        blocks.append(f"`{name}`: {figures['pages']} pages.\n\n{table(['', 'right', *kinds], rows)}")
    return View("\n\n".join(blocks), panels)


def view_language(sets: Figures) -> View:
    """Show the percentages that are right, and charts of those that are wrong."""
    blocks, panels = [], []
    for name, figures in sets.items():
        systems = figures["systems"]
        measures = list(systems[_OURS])
        rows = [[measure, *(f"{result[measure]:g}" for result in systems.values())] for measure in measures]
        about = f"`{name}`: {figures['texts']:,} texts in {figures['languages']} languages."
        blocks.append(f"{about}\n\n{table(['', *map(_label, systems)], rows)}")
        charted = ("sentence, all languages", "article, all languages", "sentence, langdetect's", "junk to und")
        for measure in (each for each in charted if each in measures):
            bars = [
                Bar(each, (100 - result[measure],), f"{result[measure]:g} % right", _is_ours(each))
                for each, result in systems.items()
            ]
            panels.append(Panel(measure, bars))
        bars = [
            Bar(each, (result["CPU ms a text"],), f"{result['CPU ms a text']:.2f} ms", _is_ours(each))
            for each, result in systems.items()
        ]
        panels.append(Panel("CPU time a text", bars))
    return View("\n\n".join(blocks), panels)


def view_duplicates(sets: Figures) -> View:
    """Show the shares of edited copies that are recognised, and charts of those that are missed."""
    figures = sets["all"]
    systems, edits = figures["systems"], list(figures["systems"][_OURS]["found"])
    rows = [
        [
            _label(system),
            *(f"{result['found'][edit]:.1%}" for edit in edits),
            f"{result['alike_as_they_are']} ({result['false']})",
            f"{result['per_cpu_second']:,.0f}",
        ]
        for system, result in systems.items()
    ]
    copies, events = figures["labelled_copies"], figures["labelled_events"]
    about = (
        f"{figures['texts']:,} texts of {figures['characters']:,} characters on average, {figures['pairs']:,} pairs."
    )
    if copies["pairs"]:
        about += f" Pairs labelled as copies: {copies['pairs']}, which Newsdex calls alike: {copies['alike']}."
    if events["pairs"]:
        about += f" Pairs of different texts on one event: {events['pairs']}, called alike: {events['alike']}."
    laid_out = table(["", *edits, "pairs alike unedited (false)", "texts/s CPU"], rows)
    panels = [
        Panel(
            f"edited copies missed: {edit}",
            [
                Bar(each, (1 - result["found"][edit],), f"{result['found'][edit]:.1%} found", _is_ours(each))
                for each, result in systems.items()
            ],
        )
        for edit in edits
    ]
    return View(f"{about}\n\n{laid_out}", panels)


VIEWS: dict[str, Callable[[Figures], View]] = {
    "text": view_text,
    "html": view_html,
    "dates": view_dates,
    "metadata": view_metadata,
    "language": view_language,
    "duplicates": view_duplicates,
}

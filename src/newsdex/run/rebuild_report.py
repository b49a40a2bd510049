"""What a rebuild changes, told before it does: for a machine and for a person."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newsdex.records import rfc3339
from newsdex.run.rebuild_record import State

if TYPE_CHECKING:
    from newsdex.index.comparison import Comparison

_PUBLISHERS = 30
_WIDTH = 100


def make_report(
    state: State,
    comparison: Comparison,
    explained: Mapping[str, dict[str, Any]],
    recovered: Sequence[dict[str, Any]],
    examples: int,
    at: datetime,
) -> dict[str, Any]:
    """Put the report together: counts, and per field, publisher and reason, with `examples` of each."""
    refused = {name: why for name, why in explained.items() if "reason" in why}
    renamed = {name: why["now"] for name, why in explained.items() if "now" in why}
    told = [_about(name, comparison.missing.get(name, {}), why) for name, why in refused.items()]
    return {
        "id": state.id,
        "old": state.old,
        "new": state.new,
        "only": state.only,
        "started_at": state.started_at,
        "reported_at": rfc3339(at),
        "documents": state.read,
        "taken_over": state.copied,
        **comparison.as_dict(),
        "refused": {
            "count": len(refused),
            "reasons": dict(Counter(str(why["reason"]) for why in refused.values()).most_common()),
            "examples": told[:examples],
        },
        "renamed": {"count": len(renamed), "examples": dict(list(renamed.items())[:examples])},
        "recovered": {"count": len(recovered), "examples": list(recovered[:examples])},
        "added_examples": comparison.added_examples,
    }


def describe_report(report: Mapping[str, Any]) -> str:
    """Write the report for a person."""
    what = f"only {report['only']}" if report["only"] else "everything"
    lines = [
        f"Rebuild {report['id']} of {what}: {report['old']} -> {report['new']}",
        "",
        f"{report['documents']:>12,}  documents of the raw archive worked",
        f"{report['taken_over']:>12,}  articles taken over as they are",
        f"{report['same']:>12,}  articles the same",
        f"{report['changed']:>12,}  articles changed",
        f"{report['refused']['count']:>12,}  articles refused now, to be quarantined",
        f"{report['renamed']['count']:>12,}  articles that are another one now",
        f"{report['added']:>12,}  articles new, {report['recovered']['count']:,} documents out of quarantine",
        f"{report['arriving']:>12,}  articles being written just now, not yet in {report['old']}",
        f"{report['regrouped']:>12,}  articles in one cluster with others than before",
    ]
    if report["fields"]:
        lines += ["", "Fields", f"    {'':<20}{'changed':>10}{'appeared':>10}{'gone':>10}"]
        for name, change in report["fields"].items():
            lines.append(f"    {name:<20}{change['changed']:>10,}{change['appeared']:>10,}{change['gone']:>10,}")
        for name, change in report["fields"].items():
            lines += ["", f"{name}, for example"]
            for example in change["examples"]:
                lines += [f"    {example['id']}  {_line(example['headline'])}"]
                lines += [f"        - {_line(example['before'])}", f"        + {_line(example['after'])}"]
    if report["refused"]["count"]:
        lines += ["", "Refused now"]
        lines += [f"    {reason:<20}{count:>10,}" for reason, count in report["refused"]["reasons"].items()]
        for example in report["refused"]["examples"]:
            lines.append(f"    {example['id']}  {_line(example['headline'])}: {_line(example['detail'])}")
    for title, examples in (("Out of quarantine", report["recovered"]["examples"]), ("New", report["added_examples"])):
        if examples:
            lines += ["", f"{title}, for example", *(f"    {e['id']}  {_line(e['uri'])}" for e in examples)]
    changed = {name: counts for name, counts in report["publishers"].items() if _changes(counts)}
    if changed:
        lines += ["", "Publishers", f"    {'':<30}{'before':>10}{'changed':>10}{'missing':>10}{'added':>10}"]
        for name, counts in list(changed.items())[:_PUBLISHERS]:
            figures = "".join(f"{counts[key]:>10,}" for key in ("before", "changed", "missing", "added"))
            lines.append(f"    {name[:29]:<30}{figures}")
        if len(changed) > _PUBLISHERS:
            lines.append(f"    and {len(changed) - _PUBLISHERS} more: report.json has all")
    return "\n".join(lines)


def _about(name: str, old: Mapping[str, Any], why: Mapping[str, Any]) -> dict[str, Any]:
    uri = old.get("origin", {}).get("uri")
    return {"id": name, "headline": old.get("headline"), "publisher": old.get("publisher"), "uri": uri, **why}


def _changes(counts: Mapping[str, int]) -> int:
    return counts["changed"] + counts["missing"] + counts["added"]


def _line(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"

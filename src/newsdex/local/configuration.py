"""The check of config/: that the rules load and do what they say, and that the index mappings are whole."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from newsdex.clean import failing_examples
from newsdex.errors import UserError
from newsdex.rules import all_rules, load_rules
from newsdex.settings import Settings

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Checked:
    """How much was checked, all of it right."""

    rules: int
    examples: int
    publishers: int
    languages: int
    agencies: int
    mappings: int

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON shape."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.rules} rules with {self.examples} examples, {self.publishers} publishers, "
            f"{self.languages} languages, {self.agencies} agencies, {self.mappings} mappings"
        )


def check(settings: Settings) -> Checked:
    """Check all of config/. Raises `UserError` naming the file, rule or example that is wrong."""
    rules = load_rules(settings.config)
    if failing := failing_examples(rules):
        shown = "\n  ".join(str(example) for example in failing[:_SHOWN])
        more = f"\n  and {len(failing) - _SHOWN} more" if len(failing) > _SHOWN else ""
        raise UserError(f"rules do not do what their examples say:\n  {shown}{more}", "mend the pattern or the example")
    every = list(all_rules(rules))
    return Checked(
        rules=len(every),
        examples=sum(len(rule.examples) for rule in every),
        publishers=len(rules.publishers),
        languages=len(rules.languages),
        agencies=len(rules.agencies),
        mappings=len([_mapping(path) for path in _mapping_files(settings)]),
    )


def _mapping_files(settings: Settings) -> list[Path]:
    files = sorted((settings.config / "elasticsearch").glob("*.json"))
    if not files:
        raise UserError(f"{settings.config / 'elasticsearch'}: no mapping there", "restore the files from git")
    return files


def _mapping(path: Path) -> dict[str, Any]:
    try:
        shape: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise UserError(f"{path}: not readable as JSON: {wrong}", "mend it at that line") from wrong
    mappings = shape.get("mappings", {})
    if mappings.get("dynamic") != "strict" or "schema_version" not in mappings.get("_meta", {}):
        raise UserError(
            f'{path}: mappings need "dynamic": "strict" and "_meta": {{"schema_version": N}}',
            "an open mapping lets any document add fields",
        )
    return shape

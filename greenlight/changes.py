"""What a deploy would change of a stack, in one line: two templates in, a sentence out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from greenlight.templates import Template
from greenlight.wording import printable

NAMED = 4
"""How many resources are named; the others are counted."""


@dataclass(frozen=True)
class Change:
    """A stack, its template as it is deployed (empty without one), and as it would be. False when they are the same."""

    stack: str
    before: Template
    after: Template

    def __bool__(self) -> bool:
        return self.before != self.after

    def __str__(self) -> str:
        old, new = _resources(self.before), _resources(self.after)
        if not self.before:
            return f"{self.stack}: new, {len(new)} resources"
        kinds = {
            "adds": [name for name in new if name not in old],
            "changes": [name for name in new if name in old and new[name] != old[name]],
            "removes": [name for name in old if name not in new],
        }
        said = [f"{verb} {_listed(names, {**old, **new})}" for verb, names in kinds.items() if names]
        return printable(f"{self.stack}: {'; '.join(said) or 'changes no resource'}")


def _resources(template: Template) -> Mapping[str, Any]:
    found: Mapping[str, Any] = template.get("Resources", {})
    return found


def _listed(names: Iterable[str], resources: Mapping[str, Any]) -> str:
    named = [f"{name} ({resources[name].get('Type', 'no type')})" for name in names]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return f"{', '.join(named[:NAMED])}{more}"

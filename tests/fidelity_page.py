"""How tests read docs/fidelity.md: which interface of AWS is in it, and what is said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "fidelity.md"
FIDELITIES = ("as AWS", "simplified", "absent")

_ADAPTER = re.compile(r"`greenlight/rehearsal/cloud/(\w+)/`")
_NAMES = re.compile(r"`([\w:*]+)`")


@dataclass(frozen=True)
class Row:
    """One row of a section's table."""

    section: str
    interface: str
    fidelity: str
    words: str

    @property
    def names(self) -> tuple[str, ...]:
        """The resource types and actions of the row, e.g. `AWS::SNS::Topic` and `sns:Publish`."""
        return tuple(_NAMES.findall(self.interface))


@cache
def rows() -> tuple[Row, ...]:
    """Every row of the page. A line of a table that has not three cells is an error."""
    found, section = [], ""
    for line in PAGE.read_text().splitlines():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif line.startswith("| ") and not line.startswith("| Interface "):
            interface, fidelity, words = (cell.strip() for cell in line.strip("|").split(" | "))
            found.append(Row(section, interface, fidelity, words))
    return tuple(found)


@cache
def named() -> frozenset[str]:
    """Every resource type and action that some row names."""
    return frozenset(name for row in rows() for name in row.names)


@cache
def adapters() -> frozenset[str]:
    """The folders of greenlight/rehearsal/cloud/ that some section names as its adapter."""
    return frozenset(_ADAPTER.findall(PAGE.read_text()))

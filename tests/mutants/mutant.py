"""The mutants of a run, and what became of each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import NamedTuple

from mutmut.stats import status_by_exit_code

_NAME = re.compile(r"x(?:ǁ(?P<owner>\w+)ǁ|_)(?P<function>\w+?)__mutmut_(?:\d+|orig)\b")
"""How mutmut calls a copy of a function: `x_judge__mutmut_3`, or `xǁGateǁjudge__mutmut_3` for a method."""


class Change(NamedTuple):
    """What was changed, by the lines themselves: mutmut's numbers move whenever a function does."""

    function: str
    """With its module, and its class if it has one."""
    was: str
    becomes: str
    """The changed lines without their indentation; empty where a line was taken out."""


@dataclass(frozen=True)
class Mutant:
    """One change of one function, and how the tests took it."""

    change: Change
    module: str
    status: str
    """mutmut's word: killed, timeout, survived, no tests, suspicious, segfault, or not checked."""

    @property
    def package(self) -> str:
        """Return the module's package, which is one of those in `lambda/`."""
        return self.module.partition(".")[0]

    @property
    def killed(self) -> bool:
        """Tell whether the tests noticed. A mutant that makes them run for ever is noticed too."""
        return self.status in ("killed", "timeout")


def read_mutants(copy: Path) -> Iterator[Mutant]:
    """Read what mutmut left below its copy of the sources."""
    for verdicts in sorted((copy / "src").rglob("*.meta")):
        source = verdicts.with_suffix("")
        spans = json.loads(source.with_name(source.name + ".spans").read_text())["spans"]
        lines = source.read_text().splitlines()
        codes = json.loads(verdicts.read_text())["exit_code_by_key"]
        for key, code in codes.items():
            module, _, name = key.rpartition(".")
            places = (spans[f"{name.partition('__mutmut_')[0]}__mutmut_orig"], spans[name])
            change = _change(module, name, *(lines[first - 1 : last] for first, last in places))
            yield Mutant(change, module, status_by_exit_code[code])


def _change(module: str, name: str, original: Iterable[str], mutated: Iterable[str]) -> Change:
    before, after = ([_plain(line) for line in lines] for lines in (original, mutated))
    difference = list(unified_diff(before, after, n=0, lineterm=""))[2:]
    was, becomes = ("\n".join(line[1:].strip() for line in difference if line[0] == sign) for sign in "-+")
    return Change(f"{module}.{_plain(name)}", was, becomes)


def _plain(text: str) -> str:
    """Give the copies of a function their own names back."""
    return _NAME.sub(lambda found: ".".join(filter(None, found.group("owner", "function"))), text)

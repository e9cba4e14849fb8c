"""Judges a run: enough mutants killed, and every survivor known, with a reason."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tests.mutants.mutant import Change, Mutant

FLOORS = {"traffic_switch": 90.0}
"""The least share of killed mutants, in percent. In these packages every survivor has to be listed, too."""

SURVIVORS = Path(__file__).with_name("survivors.toml")


class ListError(Exception):
    """The list of survivors cannot be used; the line says which entry and why."""


def read_survivors(text: str) -> dict[Change, str]:
    """Return each listed survivor with its reason.

    Raises:
        ListError: an entry lacks a part, has no reason, or is there twice.
    """
    listed: dict[Change, str] = {}
    for number, entry in enumerate(tomllib.loads(text).get("survivor", ()), start=1):
        reason = str(entry.get("reason", "")).strip()
        if set(entry) != {"function", "was", "becomes", "reason"} or not reason:
            raise ListError(f"survivor {number}: got {entry}; it needs function, was, becomes and a reason")
        for becomes in entry["becomes"]:
            change = Change(entry["function"], entry["was"], becomes)
            if change in listed:
                raise ListError(f"survivor {number}: {change.function} is listed twice with {becomes!r}; remove one")
            listed[change] = reason
    return listed


def share(mutants: Collection[Mutant]) -> float:
    """Return how many of the mutants were killed, in percent."""
    return 100.0 * sum(mutant.killed for mutant in mutants) / len(mutants) if mutants else 0.0


def complaints(mutants: Sequence[Mutant], listed: Mapping[Change, str]) -> list[str]:
    """Return what is wrong with a run, a line each; nothing when it passes.

    A listed mutant may hang: a machine that has other things to do takes a survivor's tests for ones without an end.
    """
    judged = [mutant for mutant in mutants if mutant.package in FLOORS]
    alive = {mutant.change for mutant in judged if not mutant.killed}
    hung = {mutant.change for mutant in judged if mutant.status == "timeout"}
    return [
        *filter(None, (_too_few(package, floor, judged) for package, floor in FLOORS.items())),
        *(f"{_shown(change)} is listed, but survives no longer" for change in sorted(listed.keys() - alive - hung)),
        *(f"{_shown(change)} survives and is not listed" for change in sorted(alive - listed.keys())),
    ]


def as_entries(changes: Collection[Change]) -> str:
    """Return entries for the list, ready but for their reasons."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for change in sorted(changes):
        grouped.setdefault((change.function, change.was), []).append(change.becomes)
    return "\n".join(_entry(*named, becomes) for named, becomes in grouped.items())


def table(mutants: Sequence[Mutant]) -> str:
    """Return the counts by package, and by module where there is a floor."""
    rows = {name for mutant in mutants for name in _rows(mutant)}
    head = f"{'':48}{'mutants':>9}{'killed':>9}{'hung':>7}{'alive':>8}{'not run':>9}{'killed %':>10}"
    return "\n".join([head, *(_row(name, [one for one in mutants if name in _rows(one)]) for name in sorted(rows))])


def _rows(mutant: Mutant) -> set[str]:
    return {mutant.package, mutant.module} if mutant.package in FLOORS else {mutant.package}


def _row(name: str, mutants: Sequence[Mutant]) -> str:
    count = Counter(mutant.status for mutant in mutants)
    alive = sum(not mutant.killed for mutant in mutants) - count["no tests"]
    figures = f"{count['killed']:>9}{count['timeout']:>7}{alive:>8}{count['no tests']:>9}{share(mutants):>10.1f}"
    return f"{name:48}{len(mutants):>9}{figures}"


def _too_few(package: str, floor: float, mutants: Sequence[Mutant]) -> str:
    got = share([mutant for mutant in mutants if mutant.package == package])
    return f"{package}: {got:.1f} % of the mutants are killed; at least {floor:g} % have to be" if got < floor else ""


def _shown(change: Change) -> str:
    return f"{change.function}: {change.was!r} -> {change.becomes!r}"


def _entry(function: str, was: str, becomes: Sequence[str]) -> str:
    lines = "".join(f"    {_quoted(line)},\n" for line in becomes)
    return f'[[survivor]]\nfunction = "{function}"\nwas = {_quoted(was)}\nbecomes = [\n{lines}]\nreason = ""\n'


def _quoted(text: str) -> str:
    """Return a TOML string: a literal one, which needs no escapes, wherever the text allows it."""
    if "'" not in text and "\n" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'

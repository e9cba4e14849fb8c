"""Leaves the report where people and programs look for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from greenlight.rehearsal.report.document import as_json
from greenlight.rehearsal.report.html.page import as_html
from greenlight.rehearsal.report.result import RehearsalReport


@dataclass(frozen=True)
class ReportFiles:
    """Where the report is."""

    json: Path
    html: Path


def write_report(report: RehearsalReport, folder: Path) -> ReportFiles:
    """Write report.json and report.html into the folder, replacing those of an earlier rehearsal."""
    folder.mkdir(parents=True, exist_ok=True)
    files = ReportFiles(folder / "report.json", folder / "report.html")
    _replace(files.json, as_json(report) + "\n")
    _replace(files.html, as_html(report))
    return files


def _replace(path: Path, text: str) -> None:
    """A reader finds the old report or the new one, never half of one."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(path)

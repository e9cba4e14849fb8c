"""Play one shape: `python -m tests.rehearsal.shapes NAME FOLDER`; its report is left in FOLDER/NAME/report.json."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from greenlight.errors import OperatorError
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import rehearse
from greenlight.rehearsal.report.result import ActResult
from greenlight.rehearsal.report.write import write_report
from tests.rehearsal.shapes.catalog import STAGED, order
from tests.rehearsal.shapes.staging import play_staging

name, folder = sys.argv[1:]
asked = order(name, Path(folder))
staged: list[ActResult] = []
and_staging = (lambda stage: staged.append(play_staging(asked, stage))) if name == STAGED else None
try:
    with Progress(Console(quiet=True)) as progress:
        report = rehearse(asked, progress, and_staging)
    write_report(replace(report, acts=(*report.acts, *staged)), asked.place.root)
except OperatorError as error:
    sys.exit(error.format_message())

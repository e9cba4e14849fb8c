"""Play one shape: `python -m tests.rehearsal.shapes NAME FOLDER`; its report is left in FOLDER/NAME/report.json."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from greenlight.errors import OperatorError
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import rehearse
from greenlight.rehearsal.report.write import write_report
from tests.rehearsal.shapes.catalog import order

name, folder = sys.argv[1:]
asked = order(name, Path(folder))
try:
    with Progress(Console(quiet=True)) as progress:
        write_report(rehearse(asked, progress), asked.place.root)
except OperatorError as error:
    sys.exit(error.format_message())

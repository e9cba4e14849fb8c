"""Play one shape: `python -m tests.rehearsal.shapes NAME FOLDER`; its report is left in FOLDER/NAME/report.json."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console

from greenlight.errors import OperatorError
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.rehearsal import rehearse
from greenlight.rehearsal.report.write import write_report
from tests.rehearsal.shapes.catalog import SHAPES, order
from tests.rehearsal.shapes.strict import keeps_its_promises

name, folder = sys.argv[1:]
asked = order(name, Path(folder))
try:
    with Progress(Console(quiet=True)) as progress:
        linger = keeps_its_promises if SHAPES[name].get("security") == "strict" else None
        write_report(rehearse(asked, progress, linger), asked.place.root)
except OperatorError as error:
    sys.exit(error.format_message())

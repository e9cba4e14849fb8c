"""The templates of later acts are synthesized while the first ones are deployed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from greenlight.processes.owner import Processes
from greenlight.rehearsal.keys import RunKeys
from greenlight.rehearsal.place import Place
from greenlight.rehearsal.progress import Progress
from greenlight.rehearsal.stage import SYNTHESIS_NICENESS, CommandOutcome, Stage
from greenlight.rehearsal.synthesis import finished_mark
from stacks.settings import Settings


class Undeployed(Stage):
    """Runs no command."""

    def run(self, command: Sequence[str], log: str, look: Callable[[], None]) -> CommandOutcome:
        return CommandOutcome(0, "")


def test_the_synthesis_of_later_templates_gives_way_to_a_deploy(tmp_path: Path) -> None:
    place = Place(tmp_path)
    finished_mark(place.assembly("first")).parent.mkdir()
    finished_mark(place.assembly("first")).touch()
    with Processes() as processes:
        synthesis = processes.start([sys.executable, "-S", "-c", "import time; time.sleep(60)"], environment={})
        stage = Undeployed(
            place, cast(Settings, None), {}, processes, synthesis, cast(Progress, None), 0, RunKeys.draw()
        )
        stage.deploy("first", lambda: None)
        assert os.getpriority(os.PRIO_PROCESS, synthesis.pid) == SYNTHESIS_NICENESS

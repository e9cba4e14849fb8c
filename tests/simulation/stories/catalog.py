"""All stories by name."""

from __future__ import annotations

from tests.simulation.stories.breaks import BREAKS
from tests.simulation.stories.forged import FORGED
from tests.simulation.stories.front_door import FRONT_DOOR
from tests.simulation.stories.one_way import ONE_WAY
from tests.simulation.stories.repertoire import PLAIN
from tests.simulation.stories.troubles import TROUBLES
from tests.simulation.stories.upkeep import UPKEEP

STORIES = {story.name: story for story in (*PLAIN, *TROUBLES, *UPKEEP, *ONE_WAY, *FRONT_DOOR, *FORGED, *BREAKS)}

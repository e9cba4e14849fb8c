"""What a review broke, once each: every story fails without the repair that it stands for."""

from __future__ import annotations

from tests.simulation.stories.breaks_events import EVENTS
from tests.simulation.stories.breaks_items import ITEMS
from tests.simulation.stories.breaks_rules import RULES

BREAKS = (*EVENTS, *ITEMS, *RULES)

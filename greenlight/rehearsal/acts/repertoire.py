"""All acts. Those of every rehearsal come first, in the order in which each begins where the one before ended."""

from __future__ import annotations

from greenlight.rehearsal.acts.interruptions import INTERRUPTIONS
from greenlight.rehearsal.acts.releases import RELEASES
from greenlight.rehearsal.acts.upkeep import UPKEEP

DEFAULT = RELEASES
"""What `greenlight rehearse` plays when it is not told otherwise."""
REPERTOIRE = (*RELEASES, *UPKEEP, *INTERRUPTIONS)

"""The stories that bugs are tried on."""

from __future__ import annotations

from tests.simulation.stories.catalog import STORIES

__all__ = ["STORIES"]

"""A cloud whose health checks are fast, and a shop in it with a healthy target of each color."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from greenlight.rehearsal.cloud.elbv2.check_scale import CHECK_SCALE_VARIABLE
from greenlight.rehearsal.cloud.elbv2.publication import INTERVAL_VARIABLE
from tests.rehearsal.load_balancing import SCALE, Server, Shop
from tests.rehearsal.local_cloud import LocalCloud, started


@contextmanager
def fast_cloud(folder: Path, *adapters: str) -> Iterator[LocalCloud]:
    """Run a cloud in which a health check of 5 s takes a quarter of a second, and metrics come every second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(INTERVAL_VARIABLE, "1")
        patch.setenv(CHECK_SCALE_VARIABLE, str(SCALE))
        with started(folder, *adapters) as cloud:
            yield cloud


def serve_both(shop: Shop, blue: Server, green: Server) -> Shop:
    """Give each color a healthy target; blue is live."""
    shop.register(shop.blue, blue.port)
    shop.register(shop.green, green.port)
    assert shop.becomes(shop.blue, "healthy")
    assert shop.becomes(shop.green, "healthy")
    return shop

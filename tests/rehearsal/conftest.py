"""An owner of processes; for the load balancer's tests a shop in the module's own `cloud`, and servers behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from greenlight.processes.owner import Processes
from tests.rehearsal.live_shop import serve_both
from tests.rehearsal.load_balancing import Server, Shop, serving
from tests.rehearsal.local_cloud import LocalCloud


@pytest.fixture
def processes() -> Iterator[Processes]:
    with Processes() as processes:
        yield processes


@pytest.fixture
def shop(cloud: LocalCloud) -> Iterator[Shop]:
    shop = Shop(cloud)
    yield shop
    shop.delete()


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Server]]:
    with serving("blue", "green") as servers:
        yield servers


@pytest.fixture
def blue(servers: list[Server]) -> Iterator[Server]:
    yield servers[0]
    servers[0].set()


@pytest.fixture
def green(servers: list[Server]) -> Iterator[Server]:
    yield servers[1]
    servers[1].set()


@pytest.fixture
def live(shop: Shop, blue: Server, green: Server) -> Shop:
    return serve_both(shop, blue, green)

"""A report of the green color in version 2.1.0, asked without a network."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from report.app import create_app
from report.config import Config
from report.lifecycle import Lifecycle

CONFIG = Config(environment="green", version="2.1.0")


@pytest.fixture
def lifecycle() -> Lifecycle:
    return Lifecycle()


@pytest.fixture
def client(lifecycle: Lifecycle) -> FlaskClient:
    return create_app(CONFIG, lifecycle).test_client()

"""The app as the CDK CLI would synthesize it: cdk.json's context, and on top what `-c` says. Each set is built once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from aws_cdk import App

from app import build, committed_context
from tests.synth.templates import Template

FAIL_AT_SYNTH = "@aws-cdk/core:validateAgainstDefaultRules"
"""The CDK's own validation of templates. Here it warns, so that one bad stack fails one test and not all of them."""

Synthesize = Callable[..., dict[str, Template]]


@pytest.fixture(scope="session")
def synthesize() -> Synthesize:
    """Return a function from flags to the templates by stack name: `synthesize(active_color="green")`."""
    return _templates


@pytest.fixture(scope="session")
def built() -> Callable[..., App]:
    """Return a function from flags to the app, for what is to be seen in constructs rather than in templates."""
    return _app


@cache
def _app(**flags: Any) -> App:
    declared = committed_context()
    app = App(context={**declared, FAIL_AT_SYNTH: False, **flags})
    build(app, declared)
    return app


@cache
def _templates(**flags: Any) -> dict[str, Template]:
    return {stack.stack_name: stack.template for stack in _app(**flags).synth().stacks}

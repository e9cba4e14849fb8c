"""Where problems are planted, and the ways that most of them have: settings, variables, several at once."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3


@dataclass(frozen=True)
class Ground:
    """Where problems are planted: a project whose system is deployed and sound, and its file of names."""

    folder: Path
    hosts: Path

    @contextmanager
    def settings(self, *, shop: Mapping[str, Any] | None = None, **changed: Any) -> Iterator[None]:
        """Change settings in cdk.json, those of the service among them."""
        file = self.folder / "cdk.json"
        before = file.read_text()
        body = json.loads(before)
        body["context"].update(copy.deepcopy(changed))
        body["context"]["services"]["shop"].update(shop or {})
        file.write_text(json.dumps(body))
        try:
            yield
        finally:
            file.write_text(before)

    @contextmanager
    def environment(self, **changed: str) -> Iterator[None]:
        """Change variables."""
        before = dict(os.environ)
        os.environ.update(changed)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def physical(self, stack: str, kind: str) -> str:
        """The physical id of a stack's first resource of a type."""
        found = boto3.client("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
        return next(each["PhysicalResourceId"] for each in found if each["ResourceType"] == kind)


Plant = Callable[[Ground], AbstractContextManager[Any]]


def declared(*, shop: Mapping[str, Any] | None = None, **settings: Any) -> Plant:
    """Settings in cdk.json."""
    return lambda ground: ground.settings(shop=shop, **settings)


def variables(**changed: str) -> Plant:
    """The environment."""
    return lambda ground: ground.environment(**changed)


def both(*plants: Plant) -> Plant:
    """Several at once."""

    @contextmanager
    def planted(ground: Ground) -> Iterator[None]:
        with ExitStack() as stack:
            for plant in plants:
                stack.enter_context(plant(ground))
            yield

    return planted

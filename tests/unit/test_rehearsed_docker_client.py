from __future__ import annotations

import pytest

from greenlight.rehearsal.host.docker_client import told


@pytest.mark.parametrize(
    ("arguments", "sent"),
    [
        (["run", "--env", "A=1", "image"], ["run", "--env", "A=1", "image"]),
        (["run", "--env", "SECRET", "image"], ["run", "--env", "SECRET=x y", "image"]),
        (["run", "--env", "MISSING", "image"], ["run", "image"]),
        (["ps", "--quiet"], ["ps", "--quiet"]),
    ],
)
def test_a_variable_that_is_only_named_gets_the_value_that_the_client_has(
    arguments: list[str], sent: list[str]
) -> None:
    assert [*told(arguments, {"SECRET": "x y"})] == sent

"""How tests find the parts of the switch's stack."""

from __future__ import annotations

import re
from typing import Any

from greenlight_cdk.switch_duties import Duty, Places, duties
from traffic_switch.asl import DEFINITION, expand

from tests.synth.templates import Template, resources

PLACES = Places("journal", "requests", "listener", "rules", "topic", "secret")
DUTIES: dict[str, Duty] = {duty.name: duty for duty in duties(PLACES)}
CALLED = set(re.findall(r"\$\{(\w+)FunctionArn\}", expand(DEFINITION.read_text(), 3000)))
"""The functions that the state machine calls, by the names of their duties."""


def function(template: Template, name: str) -> dict[str, Any]:
    """Return the properties of one duty's function."""
    key = logical_id(template, "Lambda::Function", f"Switch{name}Function")
    found: dict[str, Any] = template["Resources"][key]["Properties"]
    return found


def logical_id(template: Template, kind: str, part: str) -> str:
    """Return the one logical id of a type that starts like the path of a construct, e.g. `SwitchDiedQueue`."""
    (found,) = (key for key in resources(template, kind) if re.fullmatch(f"{part}[0-9A-F]{{8}}", key))
    return found

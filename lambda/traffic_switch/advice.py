"""Advice that names commands, made to name the stage too. Pure.

What the switch says is written once for every stage. A command without its stage would act on production.
"""

from __future__ import annotations

import re

COMMANDS = re.compile(
    r"`(greenlight (?:release|rollback|repair|abort|status|history|doctor|renew-host|rotate-preview)|npx cdk \w+)\b"
    r"(?![^`]*(?:-c stage=|--stage ))"
)
"""Those that name no stage yet."""


def for_stage(text: str, stage: str) -> str:
    """Complete each command in backticks with the option that names the stage; production's need none."""
    return COMMANDS.sub(lambda found: f"`{found[1]} {_option(found[1], stage)}", text) if stage else text


def _option(command: str, stage: str) -> str:
    return f"--stage {stage}" if command.startswith("greenlight") else f"-c stage={stage}"

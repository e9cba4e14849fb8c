"""`cdk synth` and `cdk deploy`, for commands that are typed without either."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

REFUSAL = """
{stack}: creating CloudFormation changeset...
Stack {stack} (aws://123456789012/eu-west-1)
IAM Statement Changes
┌───┬──────────┬────────┬──────────────┐
│   │ Resource │ Effect │ Action       │
├───┼──────────┼────────┼──────────────┤
│ + │ *        │ Allow  │ s3:PutObject │
└───┴──────────┴────────┴──────────────┘
(NOTE: There may be security-related changes not in this list. See https://github.com/aws/aws-cdk/issues/1299)


Stack includes security-sensitive updates, but terminal (TTY) is not attached so we are unable to get a confirmation \
from the user
"""


@dataclass
class FakeDeployment:
    """`cdk deploy`, which does `effect` and ends with its code.

    It widens the permissions of these stacks, and stops before each unless nobody has to approve.
    """

    effect: Callable[[], int]
    reason: str = "the stack failed"
    widened: list[str] = field(default_factory=list)
    templates: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What is synthesized, by stack."""
    output: str = ""
    commands: list[list[str]] = field(default_factory=list)

    def __call__(self, command: list[str], *_: object) -> FakeDeployment:
        self.commands.append(command)
        return self

    def __enter__(self) -> FakeDeployment:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return

    def follow(self, look: Callable[[], None], say: Callable[[str], None]) -> int:
        if "synth" in self.commands[-1]:
            write_assembly(Path(self.commands[-1][self.commands[-1].index("--output") + 1]), self.templates)
            return 0
        if self.widened and "never" not in self.commands[-1]:
            self.output = REFUSAL.format(stack=self.widened[0])
            return 1
        by_itself = [stack for stack in self.widened if stack in self.commands[-1]]
        self.widened = [stack for stack in self.widened if stack not in by_itself]
        self.output = ""
        if by_itself:
            return 0
        code = self.effect()
        look()
        return code

    def why(self) -> str:
        return self.reason

    @property
    def deploys(self) -> list[list[str]]:
        """The commands that deploy."""
        return [command for command in self.commands if "deploy" in command]


def write_assembly(folder: Path, templates: Mapping[str, Mapping[str, Any]]) -> None:
    """What `cdk synth` leaves, as far as it is read."""
    folder.mkdir(parents=True, exist_ok=True)
    for stack, body in templates.items():
        (folder / f"{stack}.template.json").write_text(json.dumps(body))
    artifacts = {stack: {"type": "aws:cloudformation:stack"} for stack in templates}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))

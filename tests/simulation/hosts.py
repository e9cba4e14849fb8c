"""Systems Manager as `host_color` uses it: commands that a host runs after a while, and what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.simulation.errors import AwsError
from tests.simulation.kernel import Kernel

Run: TypeAlias = Callable[[Mapping[str, list[str]]], tuple[str, str]]
"""Does what a command asks for, given its parameters; returns its final status, such as `Success`, and its output."""


@dataclass
class Command:
    """One command on one instance. `known_at`: Systems Manager forgets for a moment that it has taken it."""

    instance: str
    known_at: float
    status: str = "InProgress"
    output: str = ""


class Hosts:
    """The instances that are managed, and their documents.

    `seconds`: how long a command takes. `documents`: what each of them does on a host.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.instances: set[str] = set()
        self.documents: dict[str, Run] = {}
        self.seconds = 8.0
        self._kernel = kernel
        self._commands: dict[str, Command] = {}

    def send_command(self, request: dict[str, Any]) -> dict[str, Any]:
        instances = request.get("InstanceIds", [])
        if request["DocumentName"] not in self.documents:
            raise AwsError("InvalidDocument", "The specified document does not exist")
        if not instances or not self.instances.issuperset(instances):
            raise AwsError("InvalidInstanceId", f"Instances {instances} not in a valid state for account")
        id_ = f"{len(self._commands) + 1:08x}-0000-4000-8000-000000000000"
        command = self._commands[id_] = Command(instances[0], self._kernel.time + self._kernel.random.random())
        run, parameters = self.documents[request["DocumentName"]], request.get("Parameters", {})
        self._kernel.at(self.seconds, lambda: self._run(command, run, parameters))
        return {"Command": {"CommandId": id_, "Status": "Pending", "InstanceIds": instances}}

    def get_command_invocation(self, request: dict[str, Any]) -> dict[str, Any]:
        command = self._commands.get(request["CommandId"])
        if command is None or command.instance != request["InstanceId"] or self._kernel.time < command.known_at:
            raise AwsError("InvocationDoesNotExist", "")
        output = {"StandardOutputContent": command.output, "StandardErrorContent": ""}
        return {"CommandId": request["CommandId"], "Status": command.status, **output}

    def _run(self, command: Command, run: Run, parameters: Mapping[str, list[str]]) -> None:
        """A host that is gone by now never reports back."""
        if command.instance in self.instances:
            command.status, command.output = run(parameters)

"""What `cdk deploy` does to Greenlight's stacks: first the compute, then the release, if the compute was deployed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from traffic_switch.contract import (
    GUARD_RESOURCE_TYPE,
    HOST_COLOR_RESOURCE_TYPE,
    KEEP,
    RELEASE_RESOURCE_TYPE,
    Color,
)

from tests.simulation.cloudformation.stacks import Stacks
from tests.simulation.cloudformation.template import CustomResource, OwnResource, Properties, Resource, Template
from tests.simulation.errors import AwsError
from tests.simulation.kernel import Process

COMPUTE, RELEASE = "GreenlightCompute", "GreenlightRelease"
GUARD_SECONDS, HOST_SECONDS = 180.0, 960.0
"""ServiceTimeout of the version guard and of a color on the host, as the constructs set them."""

Put = Callable[[str, str, str], object]
"""Service, color, version: what makes a color run a version at once, as ECS would in the end."""

Places = Mapping[tuple[str, str], Properties]
"""By service and color: Image (with `{version}` in it), Document, InstanceId, Port and TargetGroupArn."""


@dataclass(frozen=True)
class Declared:
    """The facts of one service. `color` is "blue", "green" or "keep"; `one_way` a version, `undo_one_way` a door."""

    service: str
    blue: str
    green: str
    color: str = KEEP
    attempt: int = 1
    https: bool = False
    one_way: str = ""
    undo_one_way: str = ""

    def version(self, color: str) -> str:
        """The version that a color runs."""
        return self.blue if color == Color.BLUE else self.green


def release(*declared: Declared, seconds: float = 3300.0, function: str = "Request") -> Template:
    """The ReleaseStack: one resource for each service, as the construct ReleaseRequest makes it."""
    return {
        _logical_id(one, "Request"): CustomResource(
            RELEASE_RESOURCE_TYPE,
            function,
            {"Service": one.service, "Attempt": one.attempt, **_front_door(one), **_wanted(one)},
            seconds,
        )
        for one in declared
    }


def _front_door(one: Declared) -> Properties:
    return {"FrontDoor": "port 443's listener"} if one.https else {}


def _wanted(one: Declared) -> Properties:
    if one.color == KEEP:
        return {"Color": KEEP, "BlueVersion": one.blue, "GreenVersion": one.green}
    return {"Color": one.color, "Version": one.version(one.color), **_door(one)}


def _door(one: Declared) -> Properties:
    """As the construct writes it."""
    if one.undo_one_way:
        return {"UndoOneWay": one.undo_one_way}
    return {"OneWay": "true"} if one.one_way == one.version(one.color) else {}


def guard(one: Declared, *, allow: bool = False, function: str = "VersionGuard") -> CustomResource:
    """The resource that refuses to change a live color."""
    properties = {"Service": one.service, "BlueVersion": one.blue, "GreenVersion": one.green, "AllowLiveChange": allow}
    return CustomResource(GUARD_RESOURCE_TYPE, function, properties, GUARD_SECONDS)


def fargate(*declared: Declared, put: Put, seconds: float = 60.0, allow: bool = False) -> Template:
    """The compute stack with ECS services behind their guards. `put` is called when a color runs its new version."""

    def service(one: Declared, color: Color) -> Resource:
        def apply(properties: Properties) -> None:
            put(one.service, color.value, properties["Version"])

        return OwnResource({"Version": one.version(color)}, seconds, apply=apply, after=(_logical_id(one, "Guard"),))

    return _compute(declared, service, allow)


def host(*declared: Declared, places: Places, allow: bool = False, function: str = "HostColor") -> Template:
    """The compute stack with one host, on which green is changed after blue."""

    def container(one: Declared, color: Color) -> Resource:
        place = dict(places[one.service, color.value])
        place["Image"] = place["Image"].format(version=one.version(color))
        properties = {"Service": one.service, "Color": color.value, **place}
        before = ["Guard", "Blue"] if color is Color.GREEN else ["Guard"]
        after = tuple(_logical_id(one, name) for name in before)
        return CustomResource(HOST_COLOR_RESOURCE_TYPE, function, properties, HOST_SECONDS, after)

    return _compute(declared, container, allow)


def _compute(declared: Sequence[Declared], resource: Callable[[Declared, Color], Resource], allow: bool) -> Template:
    template: dict[str, Resource] = {}
    for one in declared:
        template[_logical_id(one, "Guard")] = guard(one, allow=allow)
        for color in Color:
            template[_logical_id(one, color.capitalize())] = resource(one, color)
    return template


def deploy(stacks: Stacks, *steps: tuple[str, Template]) -> str:
    """Deploy stacks one after the other, in the current process; return "" or why it stopped, as the CLI would say."""
    for name, template in steps:
        try:
            process = _started(stacks, name, template)
        except AwsError as error:
            return f"{name}: {error.message}"
        if process is not None:
            stacks.kernel.wait(process)
        stack = stacks.all[name]
        if stack.status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE") and process is not None:
            return f"{name}: {stack.status}: {stack.reason}"
    return ""


def _started(stacks: Stacks, name: str, template: Template) -> Process | None:
    """The CLI deletes a stack whose creation was rolled back before it creates it again."""
    stack = stacks.all.get(name)
    if stack is not None and stack.status == "ROLLBACK_COMPLETE":
        process = stacks.delete(name)
        assert process is not None
        stacks.kernel.wait(process)
    return stacks.deploy(name, template)


def _logical_id(one: Declared, name: str) -> str:
    return f"{one.service.capitalize()}{name}"

"""The act: everything is tried under load, and everything must be refused."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from traffic_switch.contract import Color

from greenlight.rehearsal.acts.act import Act, Complaints, Seen
from greenlight.rehearsal.acts.intruder import neighbor, page, principal, service
from greenlight.rehearsal.acts.intruder.tries import Prey, Try
from greenlight.rehearsal.acts.judging import no_request_failed, nothing_new_is_live
from greenlight.rehearsal.acts.performance import Performance, client
from greenlight.rehearsal.stage import CommandOutcome

LET_IN = 1


def _attack(performance: Performance) -> None:
    prey = _prey(performance)
    keys, root = performance.stage.keys, Path(performance.stage.place.root)
    _note(performance, "page", page.tries(prey))
    _note(performance, "neighbor", neighbor.tries(prey, root, (keys.secret_key, keys.token)))
    _note(performance, "service", service.tries(prey))
    functions = tuple(
        name for name in prey.functions if name.startswith(performance.stage.settings.names.stack("Switch"))
    )
    _note(performance, "principal", principal.tries(replace(prey, functions=functions), client))


def _note(performance: Performance, who: str, tries: Iterable[Try]) -> None:
    tried = list(tries)
    let_in = [f"{each.what}: {each.got}" for each in tried if each.got]
    performance.stage.progress.note(f"{who}: {len(tried)} tries, {len(let_in)} let in")
    performance.note(
        who, CommandOutcome(LET_IN if let_in else 0, "\n".join(each.what for each in tried), "; ".join(let_in))
    )


def _prey(performance: Performance) -> Prey:
    lookout = performance.lookout
    switch = lookout.outputs("Switch")
    groups = [
        {"TargetGroupArn": lookout.group(color), "Weight": weight}
        for color, weight in ((Color.BLUE, 50), (Color.GREEN, 50))
    ]
    found = client("lambda").list_functions()["Functions"]
    return Prey(
        port=performance.stage.port,
        rule_arn=lookout.rule()[0],
        actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
        state_machine=switch["StateMachineArn"],
        table=lookout.outputs("Data")["JournalTableName"],
        topic=switch["TopicArn"],
        document=performance.stage.settings.names.run_document,
        functions=tuple(each["FunctionName"] for each in found),
        release_stack=performance.stage.settings.names.stack("Release"),
        containers=tuple(each["pid"] for each in performance.stage.ask("containers") if each["state"] == "running"),
    )


def _of_the_switch(prey: Prey, performance: Performance) -> Prey:
    stack = performance.stage.settings.names.stack("Switch")
    return replace(prey, functions=tuple(name for name in prey.functions if name.startswith(stack)))


def _is_refused_everywhere(seen: Seen) -> Complaints:
    for who, step in seen.steps.items():
        if not step.outcome.output:
            yield f"{who} tried nothing, so nothing was proved"
        if step.outcome.code:
            yield f"{who} got in: {step.outcome.why}"
        if (step.after.weights, step.after.rule_arn) != (step.before.weights, step.before.rule_arn):
            yield f"{who} changed the rule from {step.before.weights} to {step.after.weights}"
        if step.after.processes != step.before.processes:
            yield f"{who} changed what runs"
    if not any(message.is_page and "forged" in message.subject for message in seen.messages):
        yield "nobody was told of the forged executions"
    if seen.switches:
        yield f"a switch was begun: {seen.switches[0]}"
    yield from nothing_new_is_live(seen)
    yield from no_request_failed(seen)


INTRUDER = (
    Act(
        name="intruder",
        claim="A web page, another user, a service that misbehaves and a forged execution change nothing.",
        scenes=("undo",),
        leaves="undo",
        perform=_attack,
        complaints=_is_refused_everywhere,
    ),
)

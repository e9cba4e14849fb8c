"""The alarms that guard a switch: a missing one forbids it, and so does one that is in ALARM."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from greenlight.doctor.finding import Finding, one_or, problem, warning

AGAIN = "`npx cdk deploy GreenlightSwitch --exclusively --revert-drift` makes it again, and touches no traffic"
"""A drift-aware change set creates what was deleted outside of CloudFormation (AWS DevOps blog, "Safely handle
configuration drift with CloudFormation drift-aware change sets", scenario 3). To destroy the stack instead would take
GreenlightRelease along, and with it the production rule.
"""


def judge_alarms(
    named: Collection[str], own: Collection[str], guards: Collection[str], states: Mapping[str, str]
) -> tuple[Finding, ...]:
    """Judge the alarms of `alarm_names`, and Greenlight's own, which are missing before the first deploy only.

    The switch's preflight refuses an alarm in ALARM or missing; its bake never passes one without data. It looks at
    `guards` alone of Greenlight's own: the others tell people of queues and looks that fail.
    """
    findings = [*_judge_named(named, states), *_judge_own(own, guards, states)]
    return one_or(findings, f"{len(named)} of alarm_names and {len(own)} of Greenlight's own, none in ALARM")


def _judge_named(named: Collection[str], states: Mapping[str, str]) -> Iterator[Finding]:
    for name in named:
        state = states.get(name, "")
        if not state:
            yield problem(
                f"there is no alarm {name}: every switch would be refused", "create it, or correct alarm_names"
            )
        elif state == "ALARM":
            yield problem(f"{name} is in ALARM: every switch would be refused", "clear it first")
        elif state == "INSUFFICIENT_DATA":
            yield warning(f"{name} has no data: no bake passes while it is so", "give its metric data")


def _judge_own(own: Collection[str], guards: Collection[str], states: Mapping[str, str]) -> Iterator[Finding]:
    for name in own:
        is_guard = name in guards
        if states.get(name) == "ALARM" and is_guard:
            yield warning(f"{name} is in ALARM: a switch to its color would be refused", "see its metric, and clear it")
        elif states.get(name) == "ALARM":
            yield warning(f"{name} is in ALARM, which no switch minds", "do what its description says")
        elif name not in states and is_guard:
            yield problem(f"{name} was deleted outside CloudFormation: a switch to its color would be refused", AGAIN)
        elif name not in states:
            yield warning(f"{name} was deleted outside CloudFormation: nobody would be told of what it watched", AGAIN)

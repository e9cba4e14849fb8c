"""The stages that cdk.json declares beside production, and what the settings of each are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from re import fullmatch
from typing import Any

from greenlight_cdk.names import Names
from traffic_switch.contract import STAGE_VARIABLE

from stacks.options.context import DECLARED_STATE
from stacks.options.document import of_flag
from stacks.options.refusal import unknown
from stacks.options.service import LONGEST_NAME
from stacks.options.values import SettingsError

STAGE, STAGES, SERVICES = "stage", "stages", "services"
PATTERN = r"[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*"
WELL_FORMED = "lower case letters, digits and hyphens, with a letter first and after each hyphen"
RESERVED = ("production", "prod", "default", "all", "none", "null")
"""Words that people may take for production, for every stage, or for the lack of one."""

Context = Mapping[str, Any]


def declared_stages(context: Context, known: Collection[str]) -> dict[str, Context]:
    """The stages by name, each with its own settings; empty for a cdk.json that declares none.

    Raises:
        SettingsError: when a stage cannot have its name, or has a setting that nobody knows.
    """
    described = of_flag(context.get(STAGES, {}))
    if not isinstance(described, dict) or not all(isinstance(each, dict) for each in described.values()):
        raise SettingsError(
            f"{STAGES}: got {described!r}; allowed: a JSON object of stages by name, each with its own settings"
        )
    for name in described:
        _check_name(name)
    _refuse_alike(list(described))
    for name, own in described.items():
        for key, value in own.items():
            if key not in {*known, SERVICES} - {STAGE}:
                raise unknown(f"{STAGES}.{name}.{key}", value, [f"{STAGES}.{name}.{each}" for each in known])
    return described


def chosen_stage(context: Context, declared: Context, stages: Collection[str]) -> str:
    """The stage that `-c stage=...` names; empty for production.

    Raises:
        SettingsError: when there is no such stage, or when cdk.json itself chooses one: a plain deploy and a plain
            `greenlight release` have to mean production.
    """
    if STAGE in declared:
        raise SettingsError(
            f"{STAGE}: got {declared[STAGE]!r} in cdk.json; allowed: on the command line alone, as -c stage=NAME"
        )
    stage = context.get(STAGE)
    if stage is None:
        return ""
    if stage in stages:
        return str(stage)
    there = f"one that cdk.json declares under `stages`: {', '.join(stages)}" if stages else "none"
    hint = "" if stages else ", since cdk.json declares no stage: write `stages` first (docs/operations.md)"
    raise SettingsError(f"{STAGE}: got {stage!r}; allowed: {there}{hint}; leave it out for production")


def agree_on_stage(chosen: Any, environment: Context) -> None:
    """Refuse a deploy to another stage than the one that `greenlight` would look at in this terminal.

    Raises:
        SettingsError: GREENLIGHT_STAGE names a stage that `-c stage` does not.
    """
    named = environment.get(STAGE_VARIABLE)
    if named and named != chosen:
        raise SettingsError(
            f"{STAGE}: got {'nothing' if chosen is None else repr(chosen)}, but {STAGE_VARIABLE} says {named!r};"
            f" allowed: -c stage={named}, or {STAGE_VARIABLE} unset"
        )


def of_production(declared: Context, flags: Context) -> dict[str, Any]:
    """Production's settings: the top level of cdk.json, with flags on top."""
    return {**_plain(declared), **_plain(flags)}


def of_stage(name: str, own: Context, declared: Context, flags: Context) -> dict[str, Any]:
    """A stage's settings: production's, then its own, with flags on top.

    Its services are those that it lists. Each is like production's of that name in everything that it does not say
    otherwise, but for the declared state: versions and colors of another stage are none of its own.
    """
    like_production = {key: value for key, value in _plain(declared).items() if not _is_declared_state(key)}
    services = _services(own.get(SERVICES), declared.get(SERVICES))
    return {**like_production, **own, SERVICES: services, **_plain(flags), STAGE: name}


@contextmanager
def telling_the_stage(name: str) -> Iterator[None]:
    """Say in a refusal which stage it is about."""
    try:
        yield
    except SettingsError as error:
        raise SettingsError(f"stage {name}: {error}") from error


def _plain(context: Context) -> dict[str, Any]:
    return {key: value for key, value in context.items() if key not in (STAGE, STAGES)}


def _is_declared_state(key: str) -> bool:
    return key.rpartition(".")[2] in DECLARED_STATE


def _services(own: Any, models: Any) -> Any:
    if not isinstance(own, dict) or not isinstance(models, dict):
        return own
    return {name: _service(body, models.get(name)) for name, body in own.items()}


def _service(own: Any, model: Any) -> Any:
    if not isinstance(own, dict) or not isinstance(model, dict):
        return own
    return {**{field: value for field, value in model.items() if field not in DECLARED_STATE}, **own}


def _check_name(name: str) -> None:
    if not fullmatch(PATTERN, name):
        raise SettingsError(f"{STAGES}: got a stage {name!r}; allowed: {WELL_FORMED}")
    if name in RESERVED:
        raise SettingsError(
            f"{STAGES}: got a stage {name!r}; allowed: any name but {', '.join(RESERVED)}; production is what"
            " there is without -c stage"
        )
    for each in Names(name).lengths(LONGEST_NAME):
        if len(each.name) > each.most:
            most = min(_most_letters(name))
            raise SettingsError(
                f"{STAGES}.{name}: got {len(name)} characters; allowed: up to {most}, since {each.of} has"
                f" {each.most} at most and would get {len(each.name)}"
            )


def _most_letters(name: str) -> Iterator[int]:
    """How long a name may be by each of AWS's limits."""
    for each in Names(name).lengths(LONGEST_NAME):
        yield len(name) - (len(each.name) - each.most)


def _refuse_alike(names: list[str]) -> None:
    """Refuse two names that give one: stacks drop hyphens, and not every name of AWS's tells cases apart."""
    for index, name in enumerate(names):
        for other in names[:index]:
            if name.replace("-", "") == other.replace("-", ""):
                raise SettingsError(
                    f"{STAGES}.{name}: got {name!r} beside {other!r}, whose stacks would have the same names but for"
                    f" case ({Names(name).stack('Edge')}, {Names(other).stack('Edge')}); allowed: names that differ in"
                    " more than hyphens"
                )

"""A build specification: the commands of a build, its variables, and what it hands on.

Source: docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html. What the rehearsal does not play is refused
by name when a build begins, so that nothing is passed over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from greenlight.rehearsal.cloud.codebuild.errors import BuildSpecError

PHASES = ("install", "pre_build", "build", "post_build")
ABORT = "ABORT"

_KEYS = {
    "": frozenset({"version", "env", "phases", "artifacts", "cache"}),
    "env": frozenset(
        {"shell", "variables", "parameter-store", "secrets-manager", "exported-variables", "git-credential-helper"}
    ),
    "phases": frozenset(PHASES),
    "phase": frozenset({"commands", "finally", "on-failure", "runtime-versions"}),
    "artifacts": frozenset({"files", "base-directory", "name", "secondary-artifacts"}),
}
"""What is played; `cache` and `runtime-versions` are read and change nothing (docs/fidelity.md)."""


@dataclass(frozen=True)
class Phase:
    """The commands of one phase, and those that run after them in any case."""

    commands: tuple[str, ...] = ()
    at_last: tuple[str, ...] = ()
    on_failure: str = ""


@dataclass(frozen=True)
class Files:
    """Which files an artifact has: patterns below a folder of the source."""

    patterns: tuple[str, ...]
    base: str = "."


@dataclass(frozen=True)
class BuildSpec:
    """What a build does.

    Attributes:
        shell: `sh` unless the specification names another one.
        stored: variables by the names of the parameters that hold them.
        secret: variables by `<secret>:<key>:<stage>:<version>`.
        exported: the variables that later actions of a pipeline can read.
        git_credentials: whether git may use the source's credentials after the clone (git-credential-helper).
        files: the files of an artifact by its name; the one without a name is the primary one.
    """

    phases: Mapping[str, Phase]
    shell: str = "sh"
    variables: Mapping[str, str] = field(default_factory=dict)
    stored: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict)
    exported: tuple[str, ...] = ()
    git_credentials: bool = False
    files: Mapping[str, Files] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> BuildSpec:
        """Read a specification. Raises BuildSpecError for one that CodeBuild, or the rehearsal, does not take."""
        read = _mapping(_loaded(text), "", "the build specification")
        if str(read.get("version")) != "0.2":
            raise BuildSpecError(f"version must be 0.2, got {read.get('version')!r}: other versions are not rehearsed")
        environment = _mapping(read.get("env"), "env", "env")
        phases = _mapping(read.get("phases"), "phases", "phases")
        return cls(
            phases={name: _phase(phases.get(name), name) for name in PHASES},
            shell=_shell(str(environment.get("shell", "sh"))),
            variables=_texts(environment.get("variables")),
            stored=_texts(environment.get("parameter-store")),
            secret=_texts(environment.get("secrets-manager")),
            exported=tuple(map(str, environment.get("exported-variables") or ())),
            git_credentials=str(environment.get("git-credential-helper", "no")).lower() in ("yes", "true"),
            files=_artifacts(read.get("artifacts")),
        )


def is_inline(text: str) -> bool:
    """Whether a project's `buildspec` is the specification itself; else it is a file's name in the source."""
    return "\n" in text.strip() or text.lstrip().startswith("{")


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        pass
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BuildSpecError(f"the build specification is no YAML: {error}") from error


def _mapping(value: Any, kind: str, where: str) -> Mapping[str, Any]:
    found = {} if value is None else value
    if not isinstance(found, dict):
        raise BuildSpecError(f"{where} must be a mapping, got {found!r}")
    if unknown := sorted(set(found) - _KEYS[kind]):
        raise BuildSpecError(
            f"the rehearsal does not play {unknown[0]!r} in {where}; it plays {', '.join(sorted(_KEYS[kind]))}"
        )
    return found


def _phase(value: Any, name: str) -> Phase:
    read = _mapping(value, "phase", f"the phase {name}")
    on_failure = str(read.get("on-failure", ""))
    if on_failure not in ("", ABORT):
        raise BuildSpecError(f"the rehearsal does not play on-failure {on_failure} of the phase {name}; it plays ABORT")
    return Phase(_commands(read.get("commands")), _commands(read.get("finally")), on_failure)


def _commands(value: Any) -> tuple[str, ...]:
    given: Iterable[Any] = [value] if isinstance(value, str) else value or ()
    return tuple(str(each).strip() for each in given)


def _shell(name: str) -> str:
    if name not in ("sh", "bash"):
        raise BuildSpecError(f"env.shell must be sh or bash, got {name!r}: others are not rehearsed")
    return name


def _texts(value: Any) -> Mapping[str, str]:
    return {str(name): str(each) for name, each in (value or {}).items()}


def _artifacts(value: Any) -> Mapping[str, Files]:
    read = _mapping(value, "artifacts", "artifacts")
    found = {"": _files(read)} if read.get("files") else {}
    for name, more in (read.get("secondary-artifacts") or {}).items():
        found[name] = _files(_mapping(more, "artifacts", f"the artifact {name}"))
    return found


def _files(read: Mapping[str, Any]) -> Files:
    return Files(_commands(read.get("files")), str(read.get("base-directory", ".")))

"""Docker's command line, as far as the host's scripts use it: anything else is refused in Docker's own words."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from greenlight.rehearsal.runner.spec import RestartPolicy

_TAKEN_AS_GIVEN = (
    "--memory", "--memory-swap", "--cpus", "--cpu-shares", "--pids-limit", "--tmpfs", "--cap-drop", "--security-opt",
    "--ulimit", "--user", "--health-cmd", "--health-interval",
)  # fmt: skip
"""Options of `docker run` that bound or observe a container; as a process it runs unbounded."""


class UsageError(Exception):
    """A command line that docker, or this stand-in for it, does not know."""


@dataclass(frozen=True)
class Mount:
    """A file of the host that a container sees at another place."""

    source: str
    target: str


@dataclass(frozen=True)
class RunRequest:
    """What `docker run` was asked for."""

    name: str
    image: str
    environment: dict[str, str]
    published: tuple[tuple[int, int], ...] = ()
    restart: RestartPolicy = RestartPolicy.NO
    labels: dict[str, str] = field(default_factory=dict)
    stop_timeout_seconds: float = 10.0
    log_driver: str = ""
    log_options: dict[str, str] = field(default_factory=dict)
    network: str = "bridge"
    mounts: tuple[Mount, ...] = ()


class _Parser(argparse.ArgumentParser):
    """A parser that raises where argparse would end the process, and knows options by their full names alone."""

    def __init__(self, command: str) -> None:
        super().__init__(prog=f"docker {command}", add_help=False, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\n\nRun '{self.prog} --help' for more information")


def parse_run(arguments: Sequence[str]) -> RunRequest:
    """Read `docker run`. Raises UsageError for an unknown option, a foreground run or a command of its own."""
    options = _run_parser().parse_args(arguments)
    if options.command:
        raise UsageError(f"the rehearsal runs an image's own command, got {' '.join(options.command)!r}")
    if not options.detach:
        raise UsageError("the rehearsal runs containers in the background only: add --detach")
    return RunRequest(
        name=options.name,
        image=options.image,
        environment=dict(map(_pair, options.env)),
        published=tuple(map(_ports, options.publish)),
        restart=_restart(options.restart),
        labels=dict(map(_pair, options.label)),
        stop_timeout_seconds=options.stop_timeout,
        log_driver=options.log_driver,
        log_options=dict(map(_pair, options.log_opt)),
        network=options.network,
        mounts=tuple(map(_mount, options.mount)),
    )


def parse_names(command: str, arguments: Sequence[str], *flags: str) -> argparse.Namespace:
    """Read a command that takes names and on/off options, such as `docker rm --force NAME...`."""
    parser = _Parser(command)
    for flag in flags:
        parser.add_argument(*_spellings(flag), action="store_true")
    parser.add_argument("names", nargs="*" if command == "image prune" else "+")
    return parser.parse_args(arguments)


def parse_stop(arguments: Sequence[str]) -> argparse.Namespace:
    """Read `docker stop -t SECONDS NAME...`."""
    parser = _Parser("stop")
    parser.add_argument("-t", "--time", "--timeout", dest="seconds", type=float)
    parser.add_argument("names", nargs="+")
    return parser.parse_args(arguments)


def parse_ps(arguments: Sequence[str]) -> argparse.Namespace:
    """Read `docker ps --quiet --all --filter KEY=VALUE`."""
    parser = _Parser("ps")
    parser.add_argument("-q", "--quiet", action="store_true")
    parser.add_argument("-a", "--all", action="store_true")
    parser.add_argument("-f", "--filter", action="append", default=[], type=_pair)
    return parser.parse_args(arguments)


def _run_parser() -> _Parser:
    parser = _Parser("run")
    parser.add_argument("-d", "--detach", action="store_true")
    parser.add_argument("--read-only", "--init", action="store_true")
    parser.add_argument("--name", required=True)
    parser.add_argument("--restart", default="no")
    parser.add_argument("--stop-timeout", type=float, default=10.0)
    parser.add_argument("--log-driver", default="")
    parser.add_argument("--network", default="bridge")
    for option in ("-e --env", "-l --label", "-p --publish", "--log-opt", "--mount"):
        parser.add_argument(*option.split(), action="append", default=[])
    for option in _TAKEN_AS_GIVEN:
        parser.add_argument(option, action="append")
    parser.add_argument("image")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    return parser


def _spellings(flag: str) -> tuple[str, ...]:
    return (f"-{flag[0]}", f"--{flag}")


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def _ports(text: str) -> tuple[int, int]:
    """Read HOSTPORT:CONTAINERPORT, as numbers; other forms are not rehearsed."""
    host_port, _, container_port = text.removesuffix("/tcp").rpartition(":")
    if not (host_port.isdigit() and container_port.isdigit()):
        raise UsageError(f"invalid publish {text!r}: the rehearsal takes HOSTPORT:CONTAINERPORT")
    return int(host_port), int(container_port)


def _mount(text: str) -> Mount:
    """Read type=bind,source=FILE,target=PATH,readonly; others are not rehearsed."""
    given = dict(map(_pair, text.split(",")))
    if given.keys() != {"type", "source", "target", "readonly"} or given["type"] != "bind":
        raise UsageError(f"invalid mount {text!r}: the rehearsal takes type=bind,source=FILE,target=PATH,readonly")
    return Mount(given["source"], given["target"])


def _restart(text: str) -> RestartPolicy:
    name = text.partition(":")[0]
    if name not in list(RestartPolicy):
        raise UsageError(f"invalid restart policy {text!r}: use {', '.join(RestartPolicy)}")
    return RestartPolicy(name)

"""Another user of the machine: it sees every port and every command line, and has a key that emulators take."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psutil

from greenlight.rehearsal.account import ACCOUNT
from greenlight.rehearsal.acts.intruder.tries import SECONDS, Prey, Try, called, client

_KEYS = ("test", ACCOUNT, "AKIAIOSFODNN7EXAMPLE")


def tries(prey: Prey, root: Path, secrets: Sequence[str]) -> Iterator[Try]:
    """Everything that needs no right of the user who rehearses."""
    for key in _KEYS:
        yield from _with_a_key(prey, key)
    yield from _ends_the_balancer()
    yield from _reads(root)
    yield from _sees(secrets)


def _with_a_key(prey: Prey, key: str) -> Iterator[Try]:
    elbv2, ec2 = client("elbv2", prey, key, key), client("ec2", prey, key, key)
    states, sts = client("stepfunctions", prey, key, key), client("sts", prey, key, key)
    modify = {"RuleArn": prey.rule_arn, "Actions": prey.actions}
    yield called(f"the key {key}: be somebody", sts.get_caller_identity)
    yield called(f"the key {key}: move all traffic", lambda: elbv2.modify_rule(**modify))
    yield called(
        f"the key {key}: start an instance", lambda: ec2.run_instances(ImageId="ami-1", MinCount=1, MaxCount=1)
    )
    yield called(f"the key {key}: start a switch", lambda: states.start_execution(stateMachineArn=prey.state_machine))


def _ends_the_balancer() -> Iterator[Try]:
    """Envoy's administration answers /server_info to whoever may also tell it to quit."""
    for process in _own_processes():
        for port in _listening(process):
            if _is_administration(port):
                yield Try("Envoy's administration", f"port {port} of process {process.pid} answers")
    yield Try("Envoy's administration over any port")


def _listening(process: psutil.Process) -> Sequence[int]:
    with contextlib.suppress(psutil.Error):
        found = process.net_connections("tcp")
        return [each.laddr.port for each in found if each.status == psutil.CONN_LISTEN]
    return []


def _is_administration(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        connection.request("GET", "/server_info")
        return b"hot_restart_version" in connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _reads(root: Path) -> Iterator[Try]:
    mode = stat.S_IMODE(root.stat().st_mode)
    yield Try("the files of the run", f"{root} has the mode {mode:o}" if mode & 0o077 else "")


def _sees(secrets: Sequence[str]) -> Iterator[Try]:
    for process in _own_processes():
        with contextlib.suppress(psutil.Error):
            line = " ".join(process.cmdline())
            shown = any(secret in line for secret in secrets)
            yield Try(f"the command line of process {process.pid}", "it shows a secret of the run" if shown else "")


def _own_processes() -> Sequence[psutil.Process]:
    return list(psutil.Process(os.getpid()).children(recursive=True))

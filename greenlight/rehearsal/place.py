"""Where a rehearsal keeps its things: below build/rehearsal, and nowhere else in the checkout."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from greenlight.cdk import PROGRAMS
from greenlight.doctor.ports.names import HOSTS_VARIABLE
from greenlight.errors import RehearsalError
from greenlight.project import CHECKOUT, Project
from greenlight.rehearsal.account import REGION
from greenlight.rehearsal.keys import RunKeys
from stacks.options.context import DECLARED_STATE

HOSTS = "names"
OWNER_ALONE = 0o700
"""Keys of the run are below a place, and whatever the rehearsed code writes."""
LINKED = ("node_modules", "package.json", "package-lock.json")


@dataclass(frozen=True)
class Place:
    """The folder of one rehearsal. A new rehearsal starts with an empty one."""

    root: Path
    templates: Path | None = None
    """Where somebody else synthesizes the templates; None when the rehearsal does."""

    @property
    def logs(self) -> Path:
        """What every process of the rehearsal wrote; they stay after it."""
        return self.root / "logs"

    @property
    def project(self) -> Project:
        """The copy of the project: its cdk.json has the rehearsal's settings, and releases write into it."""
        return Project(self.root / "project")

    def assembly(self, name: str) -> Path:
        """Where the synthesized templates of one set of flags are."""
        return (self.templates or self.root / "assemblies") / name

    def record(self, act: str) -> Path:
        """Where every response of an act's load is recorded."""
        return self.root / "traffic" / f"{act}.jsonl"

    def profile(self, act: str) -> Path:
        """Where the mix of an act's load is written down, for the load generator."""
        return self.root / "traffic" / f"{act}.json"

    def occupy(self) -> TextIO:
        """Take the place for this process, and empty it.

        Raises:
            RehearsalError: another rehearsal is running in it.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        self.root.chmod(OWNER_ALONE)
        holder = (self.root / ".lock").open("a+")
        try:
            fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            with holder:
                holder.seek(0)
                process = holder.read().strip()
            raise RehearsalError(
                f"another rehearsal is running here (process {process}): end it with Ctrl-C first"
            ) from error
        holder.truncate(0)
        holder.write(str(os.getpid()))
        holder.flush()
        self._empty()
        return holder

    def _empty(self) -> None:
        for entry in self.root.iterdir():
            if entry.name == ".lock":
                continue
            shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        for folder in (self.logs, self.root / "traffic", self.project.folder):
            folder.mkdir(parents=True)

    def write_project(self, body: Mapping[str, Any]) -> None:
        """Write the project's copy, with this cdk.json."""
        folder = self.project.folder
        (folder / "cdk.json").write_text(json.dumps(body, indent=2) + "\n")
        for name in LINKED:
            if (CHECKOUT / name).exists():
                (folder / name).symlink_to(CHECKOUT / name)

    @property
    def hosts(self) -> Path:
        """Where the names lead that a command of the rehearsal looks up."""
        return self.root / HOSTS

    def write_hosts(self, domain: str) -> None:
        """Let the domain lead to the load balancer, and every other name nowhere."""
        self.hosts.write_text(f"127.0.0.1 {domain}\n")

    def write_activation(self, environment: Mapping[str, str]) -> Path:
        """Write a file to be sourced: afterwards `greenlight` and `npx cdk` speak to the rehearsal's cloud."""
        lines = [f"export {name}={shlex.quote(value)}" for name, value in sorted(environment.items())]
        programs = ":".join(shlex.quote(str(folder)) for folder in PROGRAMS)
        lines.append(f'export PATH={programs}:"$PATH"')
        file = self.project.folder / "activate"
        file.write_text("\n".join(lines) + "\n")
        return file


def rehearsed_project(
    source: Project, settings: Mapping[str, Any], facts: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """The source's cdk.json with other settings, without the stages beside production, running the checkout's app.

    What each service declares (versions, color, attempt) is replaced by `facts`, service by service.
    """
    body: dict[str, Any] = json.loads((source.folder / "cdk.json").read_text())
    body["app"] = f"{shlex.quote(sys.executable)} {shlex.quote(str(CHECKOUT / 'app.py'))}"
    body["context"] = {**source.production(), **settings}
    for service, declared in facts.items():
        described = body["context"]["services"][service]
        kept = {key: value for key, value in described.items() if key not in DECLARED_STATE}
        body["context"]["services"][service] = {**kept, **declared}
    return body


def client_environment(port: int, root: Path, keys: RunKeys) -> dict[str, str]:
    """What makes every AWS client of a process speak to the local API, and to nothing else.

    The account's own configuration is hidden: a profile must never send a rehearsal's deploy to a real account. The
    CDK CLI remembers which account a key belongs to, so it gets a home of its own. Names are those of a file.
    """
    return {
        **keys.client_variables(),
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "CDK_HOME": str(root / "cdk-home"),
        HOSTS_VARIABLE: str(root / HOSTS),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "NO_PROXY": "127.0.0.1",
    }


HIDDEN = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "GREENLIGHT_STAGE",
)
"""Variables that would lead an AWS client away from the local API, or a command away from what is rehearsed."""

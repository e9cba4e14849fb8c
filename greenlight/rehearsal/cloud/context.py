"""What every adapter gets: the run's folder and endpoint, and the parts that adapters share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from greenlight.processes.owner import Processes
    from greenlight.rehearsal.cloud.breakdown import Breakdown
    from greenlight.rehearsal.cloud.control import Control
    from greenlight.rehearsal.cloud.iam.vending import Vending
    from greenlight.rehearsal.cloud.routes import Routes
    from greenlight.rehearsal.cloud.silences import Silences
    from greenlight.rehearsal.keys import RunKeys
    from greenlight.rehearsal.runner.runner import Runner


@dataclass(frozen=True)
class CloudContext:
    """One local cloud.

    Attributes:
        run_dir: everything that the cloud writes is below it: logs/, envoy/, containers/, tmp/.
        port: of the AWS API, on 127.0.0.1.
        auth: whether IAM policies are enforced.
        keys: of the operator, who alone may do everything.
        control: adds an endpoint, `control.route("name", handler)`.
        routes: where targets really are; the runner publishes, the balancer follows.
        runner: starts what would be containers.
        processes: starts every process of the cloud, and ends them all with it.
        breakdown: ends the cloud when a process ends that it cannot do without.
        silences: takes what AWS would lose without a word.
        vending: gives containers an address for the credentials of their role.
        on_ready: called in order, in a thread, once the AWS API answers; the cloud is ready when all have returned.
        on_shutdown: called in reverse order, in a thread, when the process is asked to stop; be quick.
    """

    run_dir: Path
    port: int
    auth: bool
    keys: RunKeys
    control: Control
    routes: Routes
    runner: Runner
    processes: Processes
    breakdown: Breakdown
    silences: Silences
    vending: Vending
    on_ready: list[Callable[[], None]] = field(default_factory=list)
    on_shutdown: list[Callable[[], None]] = field(default_factory=list)

    @property
    def endpoint_url(self) -> str:
        """The endpoint of the AWS API, for clients on this machine."""
        return f"http://127.0.0.1:{self.port}"

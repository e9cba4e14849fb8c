"""Starts the local cloud: takes the port, installs the adapters, serves, and stops what it started."""

from __future__ import annotations

import asyncio
import importlib
import os
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack

from greenlight.processes.owner import Processes
from greenlight.rehearsal.cloud.breakdown import Breakdown, BreakdownError
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Application, Control
from greenlight.rehearsal.cloud.entry import operator, signature
from greenlight.rehearsal.cloud.entry.origin import facing_programs_alone
from greenlight.rehearsal.cloud.iam.vending import Vending
from greenlight.rehearsal.cloud.readiness import Readiness
from greenlight.rehearsal.cloud.requirement import RequirementError, require
from greenlight.rehearsal.cloud.route_endpoint import RouteEndpoint
from greenlight.rehearsal.cloud.routes import Routes
from greenlight.rehearsal.cloud.shutdown import stop_everything
from greenlight.rehearsal.cloud.silences import Silences
from greenlight.rehearsal.keys import RunKeys
from greenlight.rehearsal.runner.runner import Runner

ADAPTERS = (
    "iam",
    "acm",
    "cloudwatch",
    "ecr",
    "cloudformation",
    "ec2",
    "ssm",
    "ecs",
    "lambda_functions",
    "eventbridge",
    "cloudtrail",
    "sns",
    "stepfunctions",
    "elbv2",
    "service_quotas",
    "appconfig",
    "codeconnections",
    "codebuild",
    "codepipeline",
)
"""Packages below greenlight.rehearsal.cloud, one for each AWS service; their `service` is installed in this order."""

_KEEP_ALIVE_SECONDS = 75
_LAST_ANSWERS_SECONDS = 0.3
_BACKLOG = 512


class LaunchError(Exception):
    """The cloud cannot start; the line says why."""


def launch(port: int, run_dir: Path, keys: RunKeys, *, auth: bool, only: Sequence[str] = ()) -> NoReturn:
    """Serve until a signal comes, then stop everything and exit. Raises LaunchError when the cloud cannot be used.

    The event loop is never closed: that would wait for every handler, such as a Lambda invocation of many minutes.
    """
    taken = take_port(port)
    adapters = choose(only)
    context = create_context(port, run_dir, keys, auth)
    loop = asyncio.new_event_loop()
    try:
        install(context, adapters)
        loop.run_until_complete(_serve(context, taken))
    except RequirementError as error:
        raise LaunchError(str(error)) from error
    finally:
        stop_everything(context)
    os._exit(0)


def take_port(port: int) -> socket.socket:
    """Bind the port before anything is started. Raises LaunchError when something listens there."""
    taken = socket.socket()
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind(("127.0.0.1", port))
        taken.listen(_BACKLOG)
    except OSError as error:
        taken.close()
        raise LaunchError(f"port {port} is taken: stop what listens there, or choose another --port") from error
    taken.setblocking(False)
    return taken


def create_context(port: int, run_dir: Path, keys: RunKeys, auth: bool) -> CloudContext:
    """Make the parts that adapters share."""
    routes, processes, control = Routes(), Processes(), Control(keys.token)
    endpoint_url = f"http://127.0.0.1:{port}"
    runner = Runner(run_dir=run_dir, checkout=Path.cwd(), routes=routes, endpoint_url=endpoint_url, processes=processes)
    control.route("routes", RouteEndpoint(routes).answer)
    return CloudContext(
        run_dir=run_dir,
        port=port,
        auth=auth,
        keys=keys,
        control=control,
        routes=routes,
        runner=runner,
        processes=processes,
        breakdown=Breakdown(),
        silences=Silences(control),
        vending=Vending(control, endpoint_url),
        on_shutdown=[runner.close],
    )


def choose(only: Sequence[str]) -> tuple[str, ...]:
    """Return the adapters to install: all, or those named."""
    unknown = [name for name in only if name not in ADAPTERS]
    if unknown:
        raise LaunchError(f"no adapter {unknown[0]!r}; there are: {', '.join(ADAPTERS)}")
    return tuple(adapter for adapter in ADAPTERS if not only or adapter in only)


def install(context: CloudContext, adapters: Sequence[str]) -> None:
    """Let each adapter put its parts in place. Raises RequirementError for a ministack that it does not fit."""
    if context.auth:
        signature.install()
        operator.install(context.keys)
    for name in adapters:
        try:
            adapter = importlib.import_module(f"greenlight.rehearsal.cloud.{name}.service")
        except ModuleNotFoundError as error:
            raise LaunchError(f"the adapter {name!r} cannot be imported: {error}") from error
        adapter.install(context)


async def _serve(context: CloudContext, taken: socket.socket) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    preparing = asyncio.create_task(Readiness(context).prepare())
    preparing.add_done_callback(lambda task: stopped.set() if _failure(task) else None)
    application = _guarded(context, require(ministack, "app"))
    serving = asyncio.ensure_future(serve(application, _config(taken), shutdown_trigger=stopped.wait))  # type: ignore[arg-type]
    serving.add_done_callback(lambda _: stopped.set())
    lost = asyncio.wrap_future(context.breakdown.lost)
    lost.add_done_callback(lambda _: stopped.set())
    await stopped.wait()
    await asyncio.wait([serving], timeout=_LAST_ANSWERS_SECONDS)
    failure = _failure(lost) or _failure(preparing) or _failure(serving)
    if isinstance(failure, BreakdownError):
        raise LaunchError(str(failure))
    if failure:
        raise LaunchError(f"{type(failure).__name__}: {failure}") from failure


def _guarded(context: CloudContext, application: Application) -> Application:
    """Put in front of AWS's API what lets only this run's own programs in."""
    signed = signature.demanding_signatures(application) if context.auth else application
    return facing_programs_alone(context.control.wrap(signed), context.port)


def _failure(task: asyncio.Future[None]) -> BaseException | None:
    return task.exception() if task.done() and not task.cancelled() else None


def _config(taken: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{taken.fileno()}"]
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    config.graceful_timeout = _LAST_ANSWERS_SECONDS / 2
    config.loglevel = "WARNING"
    return config

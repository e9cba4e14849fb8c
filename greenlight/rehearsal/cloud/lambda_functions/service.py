"""Lambda: Python functions in processes of our own, and events that are retried and recorded as on AWS.

ministack names every exception Runtime.HandlerError, so that no Retry or Catch by name could ever match; it ends a
process whose handler raised; it waits 50 ms for the log of a function that prints nothing; and it hands a function the
emulator's own environment and packages, so that a missing dependency would be found on AWS first.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from greenlight.rehearsal.certificates import authority_file
from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.lambda_functions import (
    configuration,
    destinations,
    event_sources,
    invocations,
    log_rights,
    requests,
    settings,
)
from greenlight.rehearsal.cloud.lambda_functions.code import link_shipped_packages
from greenlight.rehearsal.cloud.lambda_functions.environment import function_session
from greenlight.rehearsal.cloud.lambda_functions.interpreters import Interpreters, version_of
from greenlight.rehearsal.cloud.lambda_functions.outcome import Outcome, gone
from greenlight.rehearsal.cloud.lambda_functions.process import FunctionProcess
from greenlight.rehearsal.cloud.lambda_functions.spares import Spares
from greenlight.rehearsal.cloud.lambda_functions.worker import FunctionRuntime, PythonWorker
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.cloud.silences import Silences

log = logging.getLogger(__name__)

SPARE_PROCESSES = 2

Execute = Callable[[dict[str, Any], Any, str], Outcome]


def install(context: CloudContext) -> None:
    """Run Python functions our way. Node.js functions stay with ministack."""
    require(lambda_svc, "_execute_function_warm", "_ensure_reaper_thread", "acquire_worker", "invalidate_worker")
    require(lambda_svc, "release_worker", *invocations.REQUIRED)
    require(lambda_runtime, "_worker_class_for", "execution_credentials", "reset")
    folder = context.run_dir / "lambda"
    packages = link_shipped_packages(folder / "runtime")
    runtime = FunctionRuntime(
        interpreters=Interpreters(context.silences, partial(version_of, context.processes)),
        spares=Spares(lambda executable: FunctionProcess(executable, packages, context.processes), SPARE_PROCESSES),
        code=folder / "code",
        logs=context.run_dir / "logs" / "lambda",
        endpoint=context.endpoint_url,
        authority=str(authority_file(context.run_dir)),
    )
    lambda_runtime._worker_class_for = _worker_class_for(runtime, lambda_runtime._worker_class_for)
    lambda_runtime.execution_credentials = lambda config: function_session(config).variables()
    lambda_svc._execute_function_warm = _execute_function_warm(lambda_svc._execute_function_warm, context.silences)
    lambda_svc.invoke_async_with_retry = invocations.invoke
    destinations.check_requirements()
    requests.install()
    settings.install()
    configuration.install()
    log_rights.install(_is_python)
    event_sources.install()
    context.on_shutdown.extend((runtime.spares.close, lambda_runtime.reset))


def _is_python(config: Mapping[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("python")


def _worker_class_for(runtime: FunctionRuntime, original: Callable[[Mapping[str, Any]], Any]) -> Callable[..., Any]:
    def worker_class_for(config: Mapping[str, Any]) -> Any:
        return partial(_python_worker, runtime) if _is_python(config) else original(config)

    return worker_class_for


def _python_worker(runtime: FunctionRuntime, _name: str, config: Mapping[str, Any], code_zip: bytes) -> PythonWorker:
    return PythonWorker(runtime, config, code_zip)


def _execute_function_warm(original: Execute, silences: Silences) -> Execute:
    """The call of one function: lease a worker, have it answer, give it back."""

    def execute_function_warm(func: dict[str, Any], event: Any, request_id: str) -> Outcome:
        config = func.get("config") or func
        if not _is_python(config) or not func.get("code_zip"):
            return original(func, event, request_id)
        lambda_svc._ensure_reaper_thread()
        name, version = config["FunctionName"], config.get("Version", "$LATEST")
        worker, _ = lambda_svc.acquire_worker(name, config, func["code_zip"], qualifier=version)
        try:
            result: Outcome = worker.invoke(event, request_id, config["FunctionArn"])
        except Exception as error:
            log.exception("the function %s could not be run on %s", name, sys.executable)
            lambda_svc.invalidate_worker(name, qualifier=version)
            return gone(str(error), [], request_id)
        finally:
            lambda_svc.release_worker(worker)
        log_rights.keep(config, result["stream"], result["messages"], silences)
        return result

    return execute_function_warm

"""The program of a function's process: what Lambda's Python runtime is to a handler.

It is started by its path, isolated from every installed package but boto3's own, and imports nothing of Greenlight.
The command line names a descriptor that brings JSON lines (first what the function is, then one invocation each), one
that takes one JSON line per answer, and the folder of boto3. Standard output and error are the function's log; a line
with NUL and the request id ends what one invocation wrote.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

TASK_ROOT = "/var/task"
_KNOWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

Handler = Callable[[Any, "Context"], Any]
Answer = dict[str, Any]


class Context:
    """The second argument of a handler (Lambda guide, "Using the Lambda context object to retrieve information")."""

    def __init__(self, request_id: str, function_arn: str, deadline: float) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = function_arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = None
        self.client_context = None
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the invocation."""
        return max(0, int((self._deadline - time.time()) * 1000))


class JsonLines(logging.Formatter):
    """The log lines of a function whose log format is JSON: the message, and every field of `extra` beside it."""

    request_id = ""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object per record."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"timestamp": at.replace("+00:00", "Z"), "level": record.levelname, "message": record.getMessage()}
        line |= {"logger": record.name, "requestId": self.request_id}
        line |= {name: value for name, value in vars(record).items() if name not in _KNOWN_FIELDS}
        if record.exc_info:
            line["stackTrace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def main() -> None:
    """Become the function that the first line describes, and answer invocations until the input ends."""
    requests, answers = os.fdopen(int(sys.argv[1])), os.fdopen(int(sys.argv[2]), "w")
    _import_what_takes_time(sys.argv[3])
    line = requests.readline()
    if not line:
        return
    function = json.loads(line)
    _settle(function)
    log_format = _log(function["log_format"], function["log_level"])
    handler, problem = _load(function["handler"], function["code"])
    for line in requests:
        invocation = json.loads(line)
        log_format.request_id = invocation["request_id"]
        answer = problem or _invoke(handler, invocation, function["code"])
        _end_of_log(invocation["request_id"])
        answers.write((answer if isinstance(answer, str) else json.dumps(answer)) + "\n")
        answers.flush()
        if problem:
            return


def _import_what_takes_time(folder: str) -> None:
    """Import boto3 before a function is known, so that a process that waits for one is ready at once."""
    sys.path.append(folder)
    importlib.import_module("boto3.session")


def _settle(function: dict[str, Any]) -> None:
    os.environ.clear()
    os.environ.update(function["environment"])
    time.tzset()
    os.chdir(function["code"])
    sys.path.insert(0, function["code"])


def _log(log_format: str, level: str) -> JsonLines:
    json_lines = JsonLines()
    handler = logging.StreamHandler(sys.stdout)
    text = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(message)s", "%Y-%m-%dT%H:%M:%S")
    text.converter = time.gmtime
    handler.setFormatter(json_lines if log_format == "JSON" else text)
    logging.root.addHandler(handler)
    logging.root.setLevel(level)
    return json_lines


def _load(name: str, code: str) -> tuple[Handler | None, Answer | None]:
    module_name, _, function_name = name.rpartition(".")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
        return getattr(module, function_name), None
    except ImportError as error:
        text = f"Unable to import module '{module_name}': {error}"
        return None, _failure("Runtime.ImportModuleError", text, error, code)
    except SyntaxError as error:
        return None, _failure("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module_name}'", error, code)
    except AttributeError as error:
        text = f"Handler '{function_name}' missing on module '{module_name}'"
        return None, _failure("Runtime.HandlerNotFound", text, error, code)
    except Exception as error:
        return None, _failure(type(error).__name__, str(error), error, code)


def _invoke(handler: Handler | None, invocation: dict[str, Any], code: str) -> Answer | str:
    context = Context(invocation["request_id"], invocation["function_arn"], time.time() + invocation["timeout_seconds"])
    try:
        result = handler(invocation["event"], context) if handler else None
    except Exception as error:
        return _failure(type(error).__name__, str(error), error, code)
    try:
        return json.dumps({"result": result}, default=_plain)
    except (TypeError, ValueError) as error:
        return _failure("Runtime.MarshalError", f"Unable to marshal response: {error}", error, code)


def _plain(value: object) -> float:
    """Lambda's runtime turns the numbers of DynamoDB into floats, and refuses everything else JSON does not know."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _failure(kind: str, message: str, error: BaseException, code: str) -> Answer:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename != __file__ and "importlib" not in frame.filename]
    stack = [line.replace(code, TASK_ROOT) for line in traceback.format_list(own)]
    print(f"[ERROR] {kind}: {message}\nTraceback (most recent call last):\n{''.join(stack)}", end="")
    return {"failure": {"errorMessage": message, "errorType": kind, "stackTrace": stack}}


def _end_of_log(request_id: str) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(1, f"\0{request_id}\n".encode())


if __name__ == "__main__":
    main()

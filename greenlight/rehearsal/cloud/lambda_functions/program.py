"""The program of a function's process: what Lambda's Python runtime is to a handler.

It is started by its path, isolated from every installed package but boto3's own, and imports nothing of Greenlight.
The command line names a descriptor that brings JSON lines (first what the function is, then one invocation each), one
that takes one JSON line per answer, and the folder of boto3. Standard output and error are the function's log; a line
with NUL and the request id ends what one invocation wrote.

What a handler sees and how its errors are told are those of github.com/aws/aws-lambda-python-runtime-interface-client.
"""

from __future__ import annotations

import importlib
import itertools
import json
import logging
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

TASK_ROOT = "/var/task"
BOOTSTRAP = "/var/runtime/bootstrap.py"
"""Where Lambda's runtime has what is this file here."""
_KNOWN_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "aws_request_id"}
_SECONDS = "%Y-%m-%dT%H:%M:%S"

Handler = Callable[[Any, "Context"], Any]
Failure = dict[str, Any]


class FaultError(Exception):
    """What the runtime itself finds wrong, under the name that Lambda has for it."""

    def __init__(self, kind: str, message: str, stack: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.kind = kind
        self.stack = list(stack)


class Identity:
    """Who invoked the function by Amazon Cognito: nobody does here."""

    cognito_identity_id = None
    cognito_identity_pool_id = None


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
        self.identity = Identity()
        self.client_context = None
        self.tenant_id = None
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda would end the invocation."""
        return max(0, int((self._deadline - time.time()) * 1000))


class JsonLines(logging.Formatter):
    """The log lines of a function whose log format is JSON: the message, and every field of `extra` beside it."""

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object per record. Raises TypeError for a field that JSON does not know."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "timestamp": at.replace("+00:00", "Z"),
            "level": record.levelname,
            "message": record.getMessage(),
        }
        line["logger"] = record.name
        if record.exc_info and record.exc_info[0]:
            kind, error, trace = record.exc_info
            line |= {"stackTrace": traceback.format_tb(trace), "errorType": kind.__name__, "errorMessage": str(error)}
            line["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        line["requestId"] = vars(record)["aws_request_id"]
        line |= {name: value for name, value in vars(record).items() if name not in _KNOWN_FIELDS | line.keys()}
        return json.dumps({name: value for name, value in line.items() if value is not None}, ensure_ascii=False)


class Log(logging.Handler):
    """Writes what a function logs, and how an invocation failed.

    A record that cannot be written is an error of the function, as in Lambda's runtime; other handlers swallow it.
    """

    def __init__(self, log_format: str) -> None:
        super().__init__()
        self.request_id = ""
        self._is_json = log_format == "JSON"
        text = logging.Formatter("[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s", _SECONDS)
        text.converter = time.gmtime
        self.setFormatter(JsonLines() if self._is_json else text)

    def emit(self, record: logging.LogRecord) -> None:
        """One record."""
        record.aws_request_id = self.request_id
        print(self.format(record))

    def failure(self, failure: Failure) -> None:
        """An invocation failed. Its lines are one message, which carriage returns hold together."""
        if self._is_json:
            print(json.dumps({"timestamp": time.strftime(_SECONDS, time.gmtime()), "level": "ERROR", **failure}))
            return
        said = f"[ERROR] {failure['errorType']}" + (f": {failure['errorMessage']}" if failure["errorMessage"] else "")
        stack = [line for entry in failure["stackTrace"] for line in entry.splitlines()]
        print("\r".join([said, "Traceback (most recent call last):", *map(_indented, stack)]))


def main() -> None:
    """Become the function that the first line describes, and answer invocations until the input ends."""
    requests, answers = os.fdopen(int(sys.argv[1])), os.fdopen(int(sys.argv[2]), "w")
    _import_what_takes_time(sys.argv[3])
    line = requests.readline()
    if not line:
        return
    function = json.loads(line)
    _settle(function)
    log = Log(function["log_format"])
    logging.root.addHandler(log)
    logging.root.setLevel(function["log_level"])
    try:
        handler, problem = _load(function["handler"], function["code"]), None
    except Exception as error:
        handler, problem = None, _failure(error, function["code"])
    for line in requests:
        invocation = json.loads(line)
        log.request_id = invocation["request_id"]
        answer, failure = _invoke(handler, invocation, function["code"]) if handler else ("", problem)
        if failure:
            log.failure(failure)
        _end_of_log(invocation["request_id"])
        answers.write((json.dumps({"failure": failure}) if failure else answer) + "\n")
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


def _load(name: str, code: str) -> Handler:
    """Import a handler by its name. Raises FaultError for one that is not there, and what its module raises."""
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        said = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        raise FaultError("Runtime.MalformedHandlerName", said)
    if module_name.partition(".")[0] in sys.builtin_module_names:
        said = f"Cannot use built-in module {module_name} as a handler module"
        raise FaultError("Runtime.BuiltInModuleConflict", said)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        said = f"Unable to import module '{module_name}': {error}"
        raise FaultError("Runtime.ImportModuleError", said) from error
    except SyntaxError as error:
        at = f'  File "{str(error.filename).replace(code, TASK_ROOT)}" Line {error.lineno}\n    {error.text}'
        said = f"Syntax error in module '{module_name}': {error}"
        raise FaultError("Runtime.UserCodeSyntaxError", said, [at]) from error
    if not hasattr(module, function_name):
        said = f"Handler '{function_name}' missing on module '{module_name}'"
        raise FaultError("Runtime.HandlerNotFound", said)
    found: Handler = getattr(module, function_name)
    return found


def _invoke(handler: Handler, invocation: dict[str, Any], code: str) -> tuple[str, Failure | None]:
    """Call a handler: its answer as a line of JSON, or its failure."""
    request_id, seconds = invocation["request_id"], invocation["timeout_seconds"]
    try:
        context = Context(request_id, invocation["function_arn"], time.time() + seconds)
        return _marshalled(handler(invocation["event"], context)), None
    except Exception as error:
        return "", _failure(error, code, request_id)


def _marshalled(result: Any) -> str:
    try:
        return json.dumps({"result": result}, default=_plain)
    except Exception as error:
        raise FaultError("Runtime.MarshalError", f"Unable to marshal response: {error}") from error


def _plain(value: object) -> float:
    """Lambda's runtime turns the numbers of DynamoDB into floats, and refuses everything else JSON does not know."""
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def _failure(error: Exception, code: str, request_id: str = "") -> Failure:
    """Describe an error. One that came before the first invocation has no request id, on AWS too."""
    kind, stack = (
        (error.kind, error.stack) if isinstance(error, FaultError) else (type(error).__name__, _stack(error, code))
    )
    return {"errorMessage": str(error), "errorType": kind, "requestId": request_id, "stackTrace": stack}


def _stack(error: Exception, code: str) -> list[str]:
    """Write a traceback from the function's own code on; that of the runtime alone when there is no other."""
    trace = traceback.extract_tb(error.__traceback__)
    frames = [(frame.filename, frame.lineno or 0, frame.name, frame.line) for frame in trace]
    own = list(itertools.dropwhile(lambda frame: frame[0] == __file__, frames))
    text = "\0".join(traceback.format_list(own or frames))
    for here, there in ((code, TASK_ROOT), (__file__, BOOTSTRAP), (sys.base_prefix, "/var/lang")):
        text = text.replace(f'File "{here}', f'File "{there}')
    return text.split("\0")


def _indented(line: str) -> str:
    """Indent with spaces that do not break, which log viewers keep."""
    return "\u00a0" * (len(line) - len(line.lstrip(" "))) + line.lstrip(" ")


def _end_of_log(request_id: str) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(1, f"\0{request_id}\n".encode())


if __name__ == "__main__":
    main()

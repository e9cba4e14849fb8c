"""What the environment must hold, checked once at start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_PREFIX = re.compile(r"(/[a-z0-9-]+)*")
_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}")


class ConfigError(Exception):
    """The environment is not what the service needs; the message is one line for the operator."""


@dataclass(frozen=True)
class Config:
    """The checked environment. `report_seconds` is the time between two reports in the log, 0 for none."""

    environment: str
    version: str
    host: str = "0.0.0.0"  # noqa: S104 - a container is reached from outside, and the security groups say by whom
    port: int = 5000
    drain_seconds: float = 5.0
    report_seconds: float = 60.0
    prefix: str = "/report"


def read_config(environ: Mapping[str, str]) -> Config:
    """Read the environment, with every problem named at once.

    Raises:
        ConfigError: something is missing or wrong.
    """
    problems: list[str] = []

    def checked(name: str, fallback: str | None, pattern: str | re.Pattern[str], allowed: str) -> str:
        text = environ.get(name, fallback)
        if text is None or not re.fullmatch(pattern, text):
            problems.append(f"{name} must be {allowed}, got {'nothing' if text is None else repr(text)}")
        return text or ""

    def number(name: str, fallback: str, most: int, allowed: str) -> float:
        text = checked(name, fallback, r"\d{1,5}(\.\d{1,3})?", allowed)
        if not problems_of(name) and float(text) > most:
            problems.append(f"{name} must be {allowed}, got {text!r}")
        return 0.0 if problems_of(name) else float(text)

    def problems_of(name: str) -> list[str]:
        return [problem for problem in problems if problem.startswith(f"{name} ")]

    config = Config(
        environment=checked("ENVIRONMENT", None, "blue|green", "blue or green"),
        version=checked("VERSION", None, _TAG, "an image tag of up to 128 letters, digits, '.', '_' and '-'"),
        host=checked("HOST", "0.0.0.0", _HOST, "the address to listen on, such as 127.0.0.1"),  # noqa: S104 - as above
        port=int(number("PORT", "5000", 65535, "a port from 0 (any free one) to 65535")),
        drain_seconds=number("DRAIN_SECONDS", "5", 300, "a number of seconds from 0 to 300"),
        report_seconds=number("REPORT_SECONDS", "60", 86400, "a number of seconds from 0 (never) to 86400"),
        prefix=checked("PATH_PREFIX", "/report", _PREFIX, "a path such as /report, or empty for none"),
    )
    if problems:
        raise ConfigError(f"{'; '.join(problems)}. Set it in the container's environment.")
    return config

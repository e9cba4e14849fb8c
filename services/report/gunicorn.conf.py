"""How gunicorn serves the report: one process with threads, so that its metrics and its reports are counted once."""

from __future__ import annotations

import os
import sys
from typing import Any

from report.app import LIFECYCLE
from report.config import ConfigError, read_config
from report.lifecycle import drain_first
from report.log import log_line, start_reporter, write_now

try:
    service = read_config(os.environ)
except ConfigError as error:
    sys.stderr.write(f"report cannot start: {error}\n")
    sys.exit(1)

wsgi_app = "report.app:create_app()"
bind = f"{service.host}:{service.port}"
workers = 1
worker_class = "gthread"
threads = 8
worker_tmp_dir = "/dev/shm"  # noqa: S108 - the file system is read-only; gunicorn's own documentation says so for containers
keepalive = 65  # seconds; the load balancer keeps idle connections for 60, and must not send into one that closes
graceful_timeout = 4  # seconds for the requests in flight after the listener closed
loglevel = "warning"
control_socket_disable = True


def when_ready(server: Any) -> None:
    """Let the first signal drain; say where the service listens, as the shop does."""
    drain_first(LIFECYCLE, service.drain_seconds)
    write_now(log_line(service, "listening", port=server.LISTENERS[0].sock.getsockname()[1]))


def post_worker_init(_worker: Any) -> None:
    """Start the reports where the requests are answered."""
    start_reporter(service)


def on_exit(_server: Any) -> None:
    """Say that it is over."""
    write_now(log_line(service, "stopped"))

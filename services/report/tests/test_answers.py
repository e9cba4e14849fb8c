"""What the report answers, and what every answer carries."""

from __future__ import annotations

import os
import platform
import socket

import pytest
from flask.testing import FlaskClient

from report.lifecycle import Lifecycle

PATHS = ("/", "/health", "/info", "/metrics", "/report", "/report/", "/report/health", "/report/info")


@pytest.mark.parametrize("path", PATHS)
def test_every_path_is_answered_with_and_without_the_load_balancers_prefix(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize(("path", "status"), [(path, 200) for path in PATHS] + [("/nothing", 404)])
def test_every_answer_says_who_gave_it_and_is_not_kept(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    assert (answer.headers["X-Environment"], answer.headers["X-Version"]) == ("green", "2.1.0")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_method_that_is_not_answered_says_who_refused_it(client: FlaskClient) -> None:
    answer = client.post("/info")

    assert answer.status_code == 405
    assert answer.headers["X-Environment"] == "green"


def test_the_report_is_about_this_process_and_its_machine(client: FlaskClient) -> None:
    report = client.get("/info").get_json()

    assert (report["hostname"], report["python_version"]) == (socket.gethostname(), platform.python_version())
    assert report["platform"] == platform.platform()
    assert report["cpu"]["count"] == os.cpu_count()
    assert 0 < report["memory"]["process_bytes"] < report["memory"]["total_bytes"]
    assert 0 < report["uptime_seconds"] < 600
    assert 0 <= report["execution_ms"] < 10_000


def test_the_page_shows_what_the_report_says_on_a_phone_too(client: FlaskClient) -> None:
    page = client.get("/").get_data(as_text=True)

    assert socket.gethostname() in page
    assert "<dt>memory: process bytes</dt>" in page
    assert 'content="width=device-width, initial-scale=1"' in page


def test_health_tells_color_version_uptime_and_the_time_and_nothing_else(client: FlaskClient) -> None:
    health = client.get("/health").get_json()

    assert set(health) == {"environment", "version", "uptime", "timestamp"}
    assert (health["environment"], health["version"]) == ("green", "2.1.0")


def test_while_draining_health_is_503_and_everything_else_is_answered(
    client: FlaskClient, lifecycle: Lifecycle
) -> None:
    lifecycle.drain()

    health, info = client.get("/health"), client.get("/info")

    assert (health.status_code, info.status_code) == (503, 200)
    assert health.headers["Connection"] == info.headers["Connection"] == "close"


def test_methods_that_somebody_made_up_are_one_series(client: FlaskClient) -> None:
    for number in range(100):
        client.open("/report", method=f"X{number}")

    counted = [
        line for line in client.get("/metrics").text.splitlines() if line.startswith("report_http_requests_total{")
    ]

    assert [line.endswith(" 100.0") and 'method="other"' in line for line in counted] == [True]


def test_requests_are_counted_by_route_and_status_never_by_path(client: FlaskClient) -> None:
    for path in ("/info", "/info", "/.env", "/wp-login.php"):
        client.get(path)

    lines = [
        line
        for line in client.get("/metrics").get_data(as_text=True).splitlines()
        if line.startswith("report_http_requests_total{")
    ]

    def line(route: str, status: int, count: float) -> str:
        labels = f'color="green",method="GET",route="{route}",status="{status}",version="2.1.0"'
        return f"report_http_requests_total{{{labels}}} {count}"

    assert sorted(lines) == sorted([line("/info", 200, 2.0), line("unmatched", 404, 2.0)])


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Amzn-Trace-Id"])
def test_who_came_through_the_load_balancer_sees_no_metrics(client: FlaskClient, header: str) -> None:
    answer = client.get("/metrics", headers={header: "203.0.113.7"})

    assert answer.status_code == 404
    assert b"report_http" not in answer.data

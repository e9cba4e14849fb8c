"""A runner with one tiny service to run, and what its tests look at."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from greenlight.processes.owner import Processes
from greenlight.rehearsal.runner.container import Container
from greenlight.rehearsal.runner.runner import Runner
from greenlight.rehearsal.runner.spec import ContainerSpec, Endpoint, ImageReference, RestartPolicy
from greenlight.waiting import wait_until

SERVER = """
const http = require('node:http');
const server = http.createServer((request, response) => {
  if (request.url === '/exit') process.exit(3);
  response.setHeader('X-Version', process.env.VERSION ?? '');
  if (request.url === '/slow') return setTimeout(() => response.end('slow'), 400);
  response.end(JSON.stringify({ environment: process.env, address: server.address() }));
});
server.listen(process.env.PORT, process.env.HOST);
if (process.env.STUBBORN) process.on('SIGTERM', () => console.log('asked to stop'));
else process.on('SIGTERM', () => server.close());
console.log('up');
"""
TARGET = ("i-0abc", 3000)


class FakeRoutes:
    """The route table as a dict."""

    def __init__(self) -> None:
        self.table: dict[tuple[str, int], tuple[str, int]] = {}

    def publish(self, target: str, port: int, host: str, real_port: int) -> None:
        self.table[target, port] = (host, real_port)

    def withdraw(self, target: str, port: int) -> None:
        self.table.pop((target, port), None)


class Bench:
    """A checkout with one tiny service, or another checkout, and a runner on it."""

    def __init__(self, folder: Path, processes: Processes, checkout: Path | None = None) -> None:
        self.run_dir = folder / "run"
        self.run_dir.mkdir()
        self.routes = FakeRoutes()
        self.runner = Runner(
            run_dir=self.run_dir,
            checkout=checkout or _tiny_shop(folder / "checkout"),
            routes=self.routes,
            endpoint_url="http://127.0.0.1:1",
            processes=processes,
        )

    def run(
        self,
        *,
        service: str = "shop",
        version: str = "v1",
        restart: RestartPolicy = RestartPolicy.NO,
        **environment: str,
    ) -> Container:
        spec = ContainerSpec(
            name=f"{service}-blue",
            host="i-0abc",
            image=ImageReference.parse(f"greenlight/{service}:{version}"),
            version=version,
            environment={"VERSION": version, "PORT": "3000", **environment},
            credentials={"AWS_ACCESS_KEY_ID": "ASIA"},
            endpoints=(Endpoint(*TARGET, 3000),),
            restart=restart,
        )
        return self.runner.run(spec)

    def published(self) -> int:
        """Wait for the route; return the real port."""
        eventually(lambda: TARGET in self.routes.table)
        return self.routes.table[TARGET][1]

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.published()}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()


def _tiny_shop(checkout: Path) -> Path:
    shop = checkout / "services" / "shop"
    shop.mkdir(parents=True)
    (shop / "server.js").write_text(SERVER)
    (shop / "package.json").write_text('{"main": "server.js"}')
    return checkout


def eventually(claim: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait until the claim holds."""
    assert wait_until(claim, seconds), "the claim did not come true in time"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

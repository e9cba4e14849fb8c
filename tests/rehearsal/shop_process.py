"""The shop as a process of its own beside a local cloud, with tables and a user who may do there what a color may."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from greenlight.cdk import NODE
from greenlight.project import CHECKOUT
from greenlight.rehearsal.account import REGION
from tests.rehearsal.local_cloud import LocalCloud

SHOP = CHECKOUT / "services" / "shop"
TABLES = {"carts": "cart_id", "accounts": "email", "sessions": "id"}
MISSING = ("missing-accounts", "missing-sessions")
"""Tables that a color may use, and nobody made."""
RIGHTS = ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")
START_SECONDS = 20
_TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')


def create_tables(cloud: LocalCloud) -> None:
    """Create the shop's tables."""
    for name, key in TABLES.items():
        cloud.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


def color_key(cloud: LocalCloud) -> dict[str, str]:
    """The environment's credentials of a new user with a color's rights on the tables."""
    iam = cloud.client("iam")
    iam.create_user(UserName="color")
    resources = [f"arn:aws:dynamodb:{REGION}:000000000000:table/{name}" for name in (*TABLES, *MISSING)]
    allowed = {"Effect": "Allow", "Action": [f"dynamodb:{action}" for action in RIGHTS], "Resource": resources}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
    iam.put_user_policy(UserName="color", PolicyName="own", PolicyDocument=document)
    key = iam.create_access_key(UserName="color")["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


@dataclass
class ShopProcess:
    """A running shop: where it is, and what it wrote."""

    origin: str
    process: subprocess.Popen[str]
    output: Path

    @property
    def is_up(self) -> bool:
        return self.process.poll() is None


@contextmanager
def shop(cloud: LocalCloud, color: str, source: Path = SHOP, /, **variables: str) -> Iterator[ShopProcess]:
    """Run one color of the shop, with accounts, and end it. `source` is the folder of its code."""
    environment = {
        "PATH": os.environ["PATH"],
        "ENVIRONMENT": color,
        "VERSION": "1.0.0",
        "PORT": "0",
        "HOST": "127.0.0.1",
        "CART_TABLE": "carts",
        "ACCOUNT_TABLE": "accounts",
        "SESSION_TABLE": "sessions",
        "DRAIN_SECONDS": "0",
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": cloud.endpoint,
        **variables,
    }
    output = cloud.run_dir / f"shop-{color}.log"
    with output.open("w") as log:
        command = [str(NODE), "src/server.js"]
        process = subprocess.Popen(command, cwd=source, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        assert process.stdout
        listening = next((line for line in map(json.loads, process.stdout) if "port" in line), None)
        assert listening, f"the shop did not start:\n{output.read_text()}"
        yield ShopProcess(f"http://127.0.0.1:{listening['port']}", process, output)
    finally:
        process.terminate()
        rest, _ = process.communicate(timeout=START_SECONDS)
        output.write_text(output.read_text() + rest)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Browser:
    """Somebody with a jar of cookies, who goes to whichever color is asked."""

    jar: CookieJar = field(default_factory=CookieJar)

    def open(self, url: str, data: bytes | None = None, method: str | None = None, **headers: str) -> Answer:
        opener = urllib.request.build_opener(_Stay, urllib.request.HTTPCookieProcessor(self.jar))
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with opener.open(request, timeout=30) as answer:
                return Answer(answer.status, dict(answer.headers), answer.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, dict(error.headers), error.read().decode())

    def form(self, origin: str, path: str, page: str = "", **fields: str) -> Answer:
        """Open the page, fill in its form and send it."""
        token = _TOKEN.search(self.open(origin + (page or path)).text)
        assert token, f"{page or path} has no form with a token"
        body = urllib.parse.urlencode({"_csrf": token[1], **fields}).encode()
        return self.open(origin + path, body)

    def put(self, url: str, body: object) -> Answer:
        return self.open(url, json.dumps(body).encode(), "PUT", **{"Content-Type": "application/json"})

    def cart(self, origin: str) -> dict[str, int]:
        items = self.open(f"{origin}/api/cart").json["items"]
        return {item["product_id"]: item["quantity"] for item in items}

"""Secrets that a build left in an image: in its history, or in a layer. Pure.

What a build may know and nobody else is mounted: `RUN --mount=type=secret` leaves nothing behind (Docker, "Build
secrets"). An argument's value stays in the history, and a file in its layer although a later one deletes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from greenlight.delivery.image_archive import LayerFile

SECRET = r"(?:TOKEN|PASSWORD|PASSWD|SECRET|CREDENTIAL|PRIVATE_?KEY|ACCESS_?KEY|API_?KEY)"
ABOUT = r"(?:FILE|PATH|DIR|TTL|REGION|NAME|ARN|ENDPOINT|TYPE|ALGORITHM|LENGTH|TIMEOUT|SECONDS|ENABLED)"
"""What a name ends with that tells about a secret, and not the secret."""
SECRET_NAME = rf"\w*{SECRET}S?(?:KEY)?\d*(?:_(?!(?:\w+_)?{ABOUT}=)\w+)?|(?:\w+_)?PAT"
SAID = re.compile(rf"\b({SECRET_NAME})=(?!\s|$|[\"']?\$|[\"']?(?:true|false)(?:[\s\"']|$))", re.IGNORECASE)
"""A value in clear: what a shell fills in from a mounted file (`TOKEN=$(cat /run/secrets/token)`) is none."""
ADDRESS = r"://[^/\s:@\"']*:(?!\$\{?\w+\}?@)[^/\s@\"']+@"
"""An address with a password in clear."""
FILLED_IN = r"[\"']?\$\{\w+(?:\?|:?-)?\}[\"']?(?:\s|$)"
"""A variable that the package manager fills in when it runs."""
KEY_FILES = {"id_rsa", "id_dsa", "id_ecdsa", "id_ed25519", ".netrc", ".git-credentials", ".pypirc"}
KEY_PLACES = {".aws/credentials", ".docker/config.json"}
KEYS = r"(?:_authToken[\"']?[ \t]*[=: \t]|npmAuth(?:Token|Ident)[\"']?:|(?:_password|_auth)\s*=)"
KEYED = re.compile(rf"{KEYS}[ \t]*(?!{FILLED_IN})[^\s=]|{ADDRESS}".encode())
CONFIGURATIONS = {".npmrc", "pip.conf", ".yarnrc", ".yarnrc.yml", "uv.toml"}
"""Configuration of package managers, which belongs in an image unless somebody wrote a key into it."""


def leaks(history: Iterable[str], files: Iterable[LayerFile]) -> list[str]:
    """Say what somebody who pulls the image would find, never its value."""
    return [*_of_history(history), *_of_files(files)]


def _of_history(history: Iterable[str]) -> Iterator[str]:
    for made in history:
        for name in dict.fromkeys(SAID.findall(made)):
            yield f"a value of {name} in the history"
        if re.search(ADDRESS, made):
            yield "an address with a password in the history"


def _of_files(files: Iterable[LayerFile]) -> Iterator[str]:
    for each in files:
        path = PurePosixPath("/", each.path)
        if path.name in KEY_FILES or "/".join(path.parts[-2:]) in KEY_PLACES:
            yield f"the file {path}"
        elif path.name in CONFIGURATIONS and KEYED.search(each.beginning):
            yield f"a key in {path}"

"""What lets this run's own processes into its local cloud, and nobody else: drawn anew for each run.

The cloud learns them from its environment, and hands them to no process that it starts.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field

TOKEN_HEADER = "X-Greenlight-Token"

_ACCESS_KEY, _SECRET_KEY, _TOKEN = (f"GREENLIGHT_RUN_{name}" for name in ("ACCESS_KEY", "SECRET_KEY", "TOKEN"))
_KEY_BYTES = 10
"""They make the sixteen characters that follow `AKIA` in an access key (IAM guide, "IAM identifiers")."""
_SECRET_BYTES = 30


class KeysError(Exception):
    """The keys of the run are not in the environment."""


@dataclass(frozen=True)
class RunKeys:
    """The operator's access key, and the token of the control endpoints."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str = field(repr=False)

    @classmethod
    def draw(cls) -> RunKeys:
        """Draw new ones."""
        name = base64.b32encode(secrets.token_bytes(_KEY_BYTES)).decode()
        return cls(f"AKIA{name}", secrets.token_urlsafe(_SECRET_BYTES), secrets.token_urlsafe(_SECRET_BYTES))

    @classmethod
    def taken_from(cls, environment: MutableMapping[str, str]) -> RunKeys:
        """Read them, and remove them from there. Raises KeysError when one is missing."""
        found = [environment.pop(name, "") for name in (_ACCESS_KEY, _SECRET_KEY, _TOKEN)]
        if not all(found):
            raise KeysError(f"{_ACCESS_KEY}, {_SECRET_KEY} and {_TOKEN} must be set: `greenlight rehearse` sets them")
        return cls(*found)

    def variables(self) -> Mapping[str, str]:
        """What the cloud's process reads them from."""
        return {_ACCESS_KEY: self.access_key, _SECRET_KEY: self.secret_key, _TOKEN: self.token}

    def client_variables(self) -> Mapping[str, str]:
        """What makes an AWS client of a process the operator."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

"""What `greenlight status` says of the EC2 host."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from greenlight import denial
from greenlight.deployed import Deployed
from greenlight.wording import iso
from stacks.settings import Settings


def host_facts(settings: Settings, deployed: Deployed) -> dict[str, Any] | None:
    """The host and its age; None on Fargate. Who may not look at instances still gets the rest."""
    if settings.compute != "ec2":
        return None
    now, most = time.time(), settings.host_max_age_days
    try:
        host = deployed.host()
    except (ClientError, BotoCoreError) as error:
        why = f"AWS denied {denial.action(error)}" if denial.is_denial(error) else str(error)
        return {"problem": f"the host could not be read: {why}"}
    if host is None:
        return {"problem": "the host is gone: `greenlight renew-host` starts another one"}
    age = {"age_days": host.age_days(now), "max_age_days": most, "due": host.is_due(most, now)}
    return {"instance_id": host.instance_id, "launched_at": iso(host.launched_at), **age, "said": host.described(now)}


def told(facts: Mapping[str, Any]) -> str:
    """The line for people."""
    if "problem" in facts:
        return str(facts["problem"])
    return f"{facts['said']}" + ("; it is due: `greenlight renew-host`" if facts["due"] else "")

"""What is live of a service while nothing moves it."""

from __future__ import annotations

import time

from live_traffic.running_switch import refusal
from traffic_switch.model import Live

from greenlight.deployed import Deployed
from greenlight.errors import ReleaseError
from greenlight.wording import printable


def live_at_rest(deployed: Deployed, service: str) -> Live | None:
    """What the journal remembers as live. The lock is read first: what is live may be something else when it is gone.

    Raises:
        ReleaseError: a switch of the service runs, or has not been settled.
        JournalError: the journal's item is damaged.
    """
    if lock := deployed.journal.lock(service):
        raise ReleaseError(printable(f"{refusal(service, lock, time.time())}. Nothing was changed"))
    return deployed.journal.live(service)

"""The refusal that whoever changes a color gives while a switch of its service runs."""

from __future__ import annotations

from datetime import UTC, datetime

from traffic_switch.journal import Lock

LATEST_SECONDS = 253402300799.0
"""The last second that a date can show."""


def refusal(service: str, lock: Lock, now: float) -> str:
    """Why nothing of the service may be changed, and what to do. A lock that cannot be read is a lock all the same.

    Past its deadline nobody writes by it, but what its switch left of the traffic is not settled yet.
    """
    if lock.deadline < now:
        return (
            f"{service}: {_name(lock)} has not been settled, though its time ended at {_clock(lock.deadline)}, and its"
            " rollback needs both colors as they are. Run `greenlight repair`, then deploy again"
        )
    return (
        f"{service}: {_name(lock)} is running, since {_clock(lock.since)} and until {_clock(lock.deadline)} at the"
        " latest. Neither color may change meanwhile: one is being judged, the other is the way back. Wait until it has"
        " ended, see `greenlight status`, or end it with `greenlight abort`, then deploy again"
    )


def _name(lock: Lock) -> str:
    owner = lock.owner or "of an unknown name, since the lock's item is damaged,"
    return f"the switch {owner}" + (f" ({lock.reason})" if lock.reason else "")


def _clock(seconds: float) -> str:
    if not 0 < seconds <= LATEST_SECONDS:
        return "an unknown time"
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"

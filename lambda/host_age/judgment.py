"""How old a host is, and whether it is due to be renewed. Pure."""

from __future__ import annotations

from dataclasses import dataclass

DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Host:
    """An instance and when EC2 launched it, in Unix seconds. Its packages are those of the image of that day."""

    instance_id: str
    launched_at: float

    def age_days(self, now: float) -> int:
        """The whole days since then."""
        return int((now - self.launched_at) // DAY_SECONDS)

    def is_due(self, max_age_days: int, now: float) -> bool:
        """Whether it has reached the age at which it is to be renewed."""
        return self.age_days(now) >= max_age_days

    def described(self, now: float) -> str:
        """For people."""
        days = self.age_days(now)
        return f"the host {self.instance_id} is {days} day{'' if days == 1 else 's'} old"

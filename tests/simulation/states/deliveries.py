"""Messages that AWS delivers at least once: when each arrives, how often, and so in which order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.simulation.kernel import Kernel

AT_ONCE: Sequence[float] = (0.0,)


@dataclass
class Deliveries:
    """The delays of every message, in seconds: `(0.0,)` is once and at once, `(5.0, 7200.0)` twice and late.

    `numbered` is by the number of the message, from 1; `usual` is for all others. What has been met is in `met`.
    """

    usual: Sequence[float] = AT_ONCE
    numbered: dict[int, Sequence[float]] = field(default_factory=dict)
    met: list[int] = field(default_factory=list)
    sent: int = 0

    def send(self, kernel: Kernel, name: str, deliver: Callable[[], object]) -> None:
        """Let a message arrive, each time that it is due, in a process of its own."""
        self.sent += 1
        delays = self.usual
        if self.sent in self.numbered:
            delays = self.numbered[self.sent]
            self.met.append(self.sent)
        for delay in delays:
            kernel.spawn(name, deliver, delay)

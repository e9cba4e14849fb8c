"""A set of changes carried out side by side, each after those that it depends on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.simulation.cloudformation.jobs import DELETE, Change, Ended, Job
from tests.simulation.kernel import FOREVER, Kernel

Begin = Callable[[Change], Job]
Finish = Callable[[Change, Ended], None]


class Work:
    """Carries changes out in the current process.

    Attributes:
        begun: what was started, in order, whatever became of it.
        failed: the changes that failed, with the reason.
    """

    def __init__(self, kernel: Kernel, changes: Sequence[Change], begin: Begin, finish: Finish) -> None:
        self._kernel, self._begin, self._finish = kernel, begin, finish
        self._waiting = {change.logical_id: change for change in changes}
        self._needs = {change.logical_id: _needs(change, changes) for change in changes}
        self._jobs: dict[str, tuple[Change, Job]] = {}
        self.begun: list[Change] = []
        self.failed: list[tuple[Change, str]] = []

    def run(self, *, halt: Callable[[], bool] = lambda: False, all_of_it: bool = False) -> None:
        """Work until all is done, or something failed, or `halt` says so. With `all_of_it`, a failure keeps back only
        what depends on it.
        """
        while self._waiting or self._jobs:
            if halt() or (self.failed and not all_of_it):
                break
            self._start()
            if not self._jobs:
                break
            self._pause()
            self._look()
        for _, job in self._jobs.values():
            job.abandon()
        if all_of_it:
            self.failed += [(change, "what it depends on failed") for change in self._waiting.values()]

    def _start(self) -> None:
        for name in [name for name, needs in self._needs.items() if name in self._waiting and not needs]:
            change = self._waiting.pop(name)
            self.begun.append(change)
            self._jobs[name] = change, self._begin(change)

    def _pause(self) -> None:
        seconds = min(job.due() for _, job in self._jobs.values()) - self._kernel.time
        if seconds > 0:
            self._kernel.suspend(seconds if seconds < FOREVER else FOREVER)

    def _look(self) -> None:
        for name, (change, job) in list(self._jobs.items()):
            ended = job.look(self._kernel.time)
            if ended is None:
                continue
            del self._jobs[name]
            self._finish(change, ended)
            if ended.reason:
                self.failed.append((change, ended.reason))
            else:
                for needs in self._needs.values():
                    needs.discard(name)


def _needs(change: Change, changes: Sequence[Change]) -> set[str]:
    """What has to be done before: what it depends on, or, for a Delete, what depends on it."""
    if change.kind == DELETE:
        return {other.logical_id for other in changes if change.logical_id in other.resource.after}
    return {other.logical_id for other in changes if other.logical_id in change.resource.after}

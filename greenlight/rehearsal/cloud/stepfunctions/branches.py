"""Paths side by side: the branches of a Parallel and the iterations of a Map. The first failure gives up the others."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Any

from greenlight.rehearsal.cloud.stepfunctions.errors import EvaluationError, is_beyond_recovery
from greenlight.rehearsal.cloud.stepfunctions.scope import Scope
from greenlight.rehearsal.cloud.stepfunctions.track import Track

_ABORTED = frozenset({"Map", "Parallel", "Task", "Wait"})
"""The kinds of state whose abortion has an event (API reference, HistoryEvent)."""

Walk = Callable[[Mapping[str, Any], Any, Scope, Track], Any]
"""Goes through a machine, or a part of one, from its StartAt, and returns the last output."""

Path = Callable[[Track], Any]
Told = Callable[[int, Track], object]
"""Writes an event about the path of this number."""


def _nothing(_number: int, _track: Track) -> None:
    """A kind that has no such event."""


@dataclass(frozen=True)
class Story:
    """The events about each path: a Map has them, a Parallel does not."""

    begun: Told = _nothing
    done: Told = _nothing
    failed: Told = _nothing
    aborted: Told = _nothing


@dataclass
class Branches:
    """Some paths, at most `at_once` of them under way, and where the state that has them stands in the history."""

    paths: Sequence[Path]
    track: Track
    at_once: int
    story: Story = Story()
    _given_up: threading.Event = field(default_factory=threading.Event)
    _tracks: dict[int, Track] = field(default_factory=dict)
    _running: dict[Future[Any], int] = field(default_factory=dict)

    def outputs(self) -> list[Any]:
        """Walk all paths, and return their outputs in order.

        Raises:
            Exception: of the first path that failed; the state's track then stands where that path did.
        """
        results: list[Any] = [None] * len(self.paths)
        self._begin()
        while self._running:
            finished, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in sorted(finished, key=self._running.__getitem__):
                number = self._running.pop(future)
                error = future.exception()
                if error is not None:
                    self._give_up(number, error)
                results[number] = future.result()
                self._end(number)
        return results

    def _begin(self) -> None:
        """Start as many paths as there is room for. All their beginnings are told before any of them goes on."""
        first = len(self._tracks)
        batch = range(first, min(len(self.paths), first + self.at_once - len(self._running)))
        for number in batch:
            self._tracks[number] = self.track.fork(self._given_up)
            self.story.begun(number, self._tracks[number])
        for number in batch:
            self._running[_started(self.paths[number], self._tracks[number])] = number

    def _end(self, number: int) -> None:
        """As recorded, the next path follows the last state of this one; only the last end of all is followed."""
        own = self._tracks[number]
        self.track.previous = own.previous
        self.story.done(number, own)
        if len(self._tracks) == len(self.paths) and not self._running:
            self.track.previous = own.previous
        self._begin()

    def _give_up(self, number: int, error: BaseException) -> None:
        """As recorded, a path is told of before its state, and an error that nothing can catch tells of neither."""
        with self.track.execution.lock:
            own = self._tracks[number]
            self.track.previous = own.previous
            self._given_up.set()
            if is_beyond_recovery(error):
                return
            self.story.failed(number, self.track)
            if own.kind == "Task" and not isinstance(error, EvaluationError):
                self._abort(own)
            for other in sorted(self._running.values()):
                self.story.aborted(other, self.track)
                self._abort(self._tracks[other])

    def _abort(self, path: Track) -> None:
        if path.kind in _ABORTED:
            self.track.aside(f"{path.kind}StateAborted")


def _started(path: Path, track: Track) -> Future[Any]:
    future: Future[Any] = Future()

    def work() -> None:
        try:
            future.set_result(path(track))
        except Exception as error:
            future.set_exception(error)

    threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True).start()
    return future

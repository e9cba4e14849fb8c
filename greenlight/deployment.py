"""One run of `cdk deploy`, watched: the CLI's own output goes to a log, what matters goes to the terminal."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from greenlight.processes.owner import Processes
from greenlight.wording import printable

STACK_LINE = re.compile(
    r"(?P<mark>✅|❌)\s+(?P<stack>Greenlight\w+)(?P<rest>.*)|(?P<start>Greenlight\w+): (?P<what>deploying)"
)
ANSWERED = re.compile(r"Received response status \[FAILED\] from custom resource\. Message returned: (?P<why>.*)")
FAILED_EVENT = re.compile(r"_FAILED\s*\|\s*\S+\s*\|\s*(?P<why>.*)")
POLL_SECONDS = 0.2
LAST_LINES_SECONDS = 2.0
"""How long what the CLI itself has started may keep its output."""


class Deployment:
    """A `cdk deploy` in a child process. Leaving the block ends the child; CloudFormation itself goes on."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path, processes: Processes
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        self._log_path = log
        self._process = processes.start(command, environment=environment, folder=folder, output=subprocess.PIPE)
        self._lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Deployment:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.stop()
        self._reader.join(LAST_LINES_SECONDS)

    def follow(self, look: Callable[[], None], say: Callable[[str], None]) -> int:
        """Call `look` again and again until the CLI ends, and `say` each stack's news; return the exit code."""
        told = 0
        while True:
            code = self._process.poll()
            if code is not None:
                self._reader.join(LAST_LINES_SECONDS)
            told = self._tell(told, say)
            look()
            if code is not None:
                return code
            time.sleep(POLL_SECONDS)

    @property
    def output(self) -> str:
        """Everything the CLI has printed so far."""
        return "".join(self._lines)

    def why(self) -> str:
        """What the CLI says went wrong: the custom resource's own words where there are any."""
        for reason in (ANSWERED, FAILED_EVENT):
            for line in self._lines:
                if found := reason.search(line):
                    return found["why"].strip().split(" (RequestId")[0]
        errors = [line.strip() for line in self._lines if "❌" in line or "Error" in line or "failed" in line]
        return errors[-1] if errors else f"no reason was printed; see {self._log_path}"

    def _read(self) -> None:
        with self._log_path.open("a") as log, self._process.output as output:
            for raw in output:
                line = raw.decode(errors="replace")
                self._lines.append(line)
                log.write(line)
                log.flush()

    def _tell(self, told: int, say: Callable[[str], None]) -> int:
        lines = self._lines[told:]
        for line in lines:
            if news := stack_news(line):
                say(news)
        return told + len(lines)


def stack_news(line: str) -> str:
    """What a line of the CLI's output says about a stack as a whole, or an empty string."""
    found = STACK_LINE.search(line)
    if not found:
        return ""
    if found["start"]:
        return f"{found['start']}: deploying"
    rest = found["rest"].strip(" :\n")
    return printable(f"{found['stack']}: {'failed' if found['mark'] == '❌' else rest or 'deployed'}")[:160]

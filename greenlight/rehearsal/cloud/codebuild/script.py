"""The script of one phase: its commands one after the other in one shell, which goes on where the last one ended.

Variables, exported or not, and the folder live on from command to command and from phase to phase (build-spec-ref,
"version: 0.2 runs all build commands in the same instance of the default shell"). A command such as `exit 1` ends the
shell, and CodeBuild goes on with the next phase all the same: so each phase has a shell of its own, which takes over
what the one before has left. A process in the background ends with its phase.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_HEAD = """\
[ -f {state} ] && . {state} 2> /dev/null
[ -f {folder} ] && cd "$(cat {folder})"
export CODEBUILD_BUILD_SUCCEEDING={succeeding}
__keep() {{
  pwd > {folder}
  if [ -n "${{BASH_VERSION-}}" ]; then declare -p; declare -f; else set; export -p; fi > {state} 2> /dev/null
  echo "$__number" > {reached}
  sh -c 'for name; do
      if eval "[ -n \\"\\${{$name+x}}\\" ]"; then eval "printf \\"%s=%s\\\\0\\" $name \\"\\${{$name}}\\""; fi
    done' sh {exported} > {exports}
}}
__run() {{
  __number=$1
  echo "[Container] $(date -u '+%Y/%m/%d %H:%M:%S') Running command $2"
  eval "$2"
  __code=$?
  [ $__code -eq 0 ] || exit $__code
}}
trap '__code=$?; trap - EXIT; __keep; exit $__code' EXIT
"""


@dataclass(frozen=True)
class Shell:
    """What the shells of one build hand on to each other, as files of a folder that only they know."""

    folder: Path
    name: str
    exported: tuple[str, ...] = ()

    def script(self, commands: Sequence[str], *, succeeding: bool) -> str:
        """Write the script of some commands."""
        files = {name: shlex.quote(str(self.folder / name)) for name in ("state", "folder", "reached", "exports")}
        exported = " ".join(map(shlex.quote, self.exported))
        head = _HEAD.format(succeeding=int(succeeding), exported=exported, **files)
        return head + "".join(f"__run {number} {shlex.quote(each)}\n" for number, each in enumerate(commands))

    def reached(self) -> int:
        """The number of the last command that was begun."""
        path = self.folder / "reached"
        text = path.read_text().strip() if path.is_file() else ""
        return int(text) if text.isdigit() else 0

    def exports(self) -> dict[str, str]:
        """The exported variables that are in the environment at the end, by their names."""
        path = self.folder / "exports"
        pairs = path.read_text().split("\0") if path.is_file() else []
        return dict(each.split("=", 1) for each in pairs if each)

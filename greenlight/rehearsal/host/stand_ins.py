"""The commands on a rehearsed host that are not this machine's own.

`docker` and `aws` talk to the local cloud, and `systemctl` lets it run the services that user data wrote; `dnf`,
`chown` and the commands of the packet filter only note what they were asked. As on a fresh host docker is not there
before `dnf install docker`, and does not answer before systemctl started it: user data that forgets one of them fails
here too. Each is a shell script, since most calls then never start Python.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

_NOTE = 'mkdir -p "$HOME/.stand-ins" && echo "{name} $*" >>"$HOME/.stand-ins/calls"'

_DNF = """
for word in "$@"; do
  case "$word" in -* | install) ;; *) : >"$HOME/.stand-ins/$word.package" ;; esac
done
"""

_SYSTEMCTL = """
case "$1" in enable | start) ;; *) exit 0 ;; esac
missing() {
  echo "Failed to enable unit: Unit file $1 does not exist." >&2
  exit 1
}
run_once() {
  sh -c "$(sed -n "s| /usr/local/| $GREENLIGHT_ROOT/usr/local/|; s/^ExecStart=//p" "$1")"
}
for unit in "$@"; do
  file="$GREENLIGHT_ROOT/etc/systemd/system/$unit"
  case "$unit" in
    enable | start | --now) ;;
    docker)
      [ -e "$HOME/.stand-ins/docker.package" ] || missing docker.service
      : >"$HOME/.stand-ins/docker.service"
      ;;
    *)
      [ -e "$file" ] || missing "$unit"
      case "$unit" in
        *.socket) ;;
        *) if grep -q "^Type=oneshot" "$file"; then run_once "$file"; else START "$unit"; fi || exit 1 ;;
      esac
      ;;
  esac
done
"""

_DOCKER = """
if [ ! -e "$HOME/.stand-ins/docker.package" ]; then
  echo "docker: command not found" >&2
  exit 127
fi
if [ ! -e "$HOME/.stand-ins/docker.service" ]; then
  echo "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?" >&2
  exit 1
fi
"""


def write_stand_ins(folder: Path) -> None:
    """Write the commands into a folder that goes first on a host's PATH."""
    scripts = {
        "dnf": _NOTE.format(name="dnf") + _DNF,
        "systemctl": _NOTE.format(name="systemctl") + _SYSTEMCTL.replace("START", _python("systemctl_client")),
        **{name: _NOTE.format(name=name) for name in ("chown", "ip", "iptables", "ip6tables")},
        "docker": f'{_DOCKER}exec {_python("docker_client")} "$@"',
        "aws": f'exec {_python("aws_client")} "$@"',
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, script in scripts.items():
        path = folder / name
        path.write_text(f"#!/bin/sh\n{script.strip()}\n")
        path.chmod(0o700)


def _python(module: str) -> str:
    """Start a module with the standard library alone: importing what is installed would double the time of a call."""
    root = Path(__file__).parents[3]
    package = __package__ or "greenlight.rehearsal.host"
    return f"env PYTHONPATH={shlex.quote(str(root))} {shlex.quote(sys.executable)} -S -m {package}.{module}"

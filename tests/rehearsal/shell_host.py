"""A folder that stands for an EC2 host: bash runs its scripts, with commands that only remember their words."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.synth.host_script import REPORT_1, SECRET, SHOP_1, SHOP_2, SHOP_BY_TAG, color_script, exact

TOLD = "n3w" * 16 + "," + "0ld" * 16
"""What the host reads of its one secret."""

DOCKER = r"""#!/bin/bash
echo "docker $*" >>"$STATE/calls"
containers="$STATE/containers" images="$STATE/images"
slug() { tr -c 'A-Za-z0-9\n' _ <<<"$1"; }
case "$1 ${2:-}" in
  "ps ") [ ! -e "$STATE/docker-is-down" ] || { rm "$STATE/docker-is-down"; exit 1; } ;;
  "ps --quiet") [ -e "$STATE/crashes" ] || grep -lxF "${4#label=greenlight=}" "$containers"/* 2>/dev/null ;;
  "image inspect") [ -e "$images/$(slug "$3")" ] ;;
  "image prune") ;;
  "network inspect") [ -e "$STATE/networks/$3" ] ;;
  "network create") [ ! -e "$STATE/no-networks" ] && touch "$STATE/networks/$3" ;;
  "pull --quiet") grep -qxF "$3" "$STATE/registry" && { [ -e "$STATE/swaps" ] || touch "$images/$(slug "$3")"; } ;;
  "container inspect") [ -e "$containers/$3" ] ;;
  "stop -t") [ -e "$containers/$4" ] ;;
  "rm "*) rm "$containers/$2" ;;
  "run --detach")
    printenv SESSION_SECRETS >"$STATE/told"
    echo "${6#greenlight=}" >"$containers/$4"
    ;;
  *) echo "unexpected: docker $*" >&2; exit 64 ;;
esac
"""

AWS = r"""#!/bin/bash
echo "aws $*" >>"$STATE/calls"
if [ "$1 $2 $3" = "secretsmanager get-secret-value --secret-id" ]; then
  [ "$5 $6 $7 $8 $9" = "--query SecretString --output text --region" ] || exit 64
  exec cat "$STATE/secrets/$4"
fi
[ "$1 $2 $3" = "ssm get-parameter --name" ] || exit 64
[ "$5 $6 $7 $8 $9" = "--query Parameter.Value --output text --region" ] || exit 64
cat "$STATE/parameters/$(tr / _ <<<"$4")"
"""

RECORDER = '#!/bin/bash\necho "${0##*/} $*" >>"$STATE/calls"\n'


class Host:
    """The host's home, what its commands remember, and the commands themselves."""

    def __init__(self, root: Path) -> None:
        self.home, self.state, self.bin, self.root = (root / name for name in ("home", "state", "bin", "root"))
        self.files = self.root / "var" / "lib" / "greenlight"
        for folder in (
            self.home,
            self.bin,
            *(self.state / name for name in ("containers", "images", "networks", "parameters", "secrets")),
        ):
            folder.mkdir(parents=True)
        recorded = dict.fromkeys(("chown", "dnf", "systemctl"), RECORDER)
        for name, text in {"docker": DOCKER, "aws": AWS, "sleep": "", **recorded}.items():
            (self.bin / name).write_text(text or "#!/bin/bash\n")
            (self.bin / name).chmod(0o755)
        self.script = root / "run-color.sh"
        self.script.write_text(color_script())
        for kept in ("colors", "tokens"):
            (self.files / kept).mkdir(parents=True)
        (self.state / "secrets" / SECRET).write_text(f"{TOLD}\n")
        self.push(*map(exact, (SHOP_1, SHOP_2, SHOP_BY_TAG, REPORT_1)))

    def declare(self, parameter: str, value: str) -> None:
        (self.state / "parameters" / parameter.replace("/", "_")).write_text(value + "\n")

    def push(self, *images: str) -> None:
        (self.state / "registry").write_text("\n".join(images) + "\n")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.shell("bash", str(self.script), *arguments)

    def shell(self, *command: str) -> subprocess.CompletedProcess[str]:
        (self.state / "calls").write_text("")
        folders = {"HOME": self.home, "TMPDIR": self.home, "STATE": self.state, "GREENLIGHT_ROOT": self.root}
        environment = {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            **{name: str(path) for name, path in folders.items()},
        }
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)

    @property
    def kept(self) -> list[Path]:
        """Every file that the scripts left on the host."""
        return [file for folder in (self.home, self.root) for file in folder.rglob("*") if file.is_file()]

    @property
    def calls(self) -> list[str]:
        return (self.state / "calls").read_text().splitlines()

    @property
    def changes(self) -> list[str]:
        """The calls that change something, in order, by their first words."""
        words = ("docker pull", "docker stop", "docker rm", "docker run")
        return [call for call in self.calls if call.startswith(words)]

    @property
    def containers(self) -> dict[str, str]:
        """The image of each container, as its label says."""
        return {path.name: path.read_text().split(",")[1] for path in (self.state / "containers").iterdir()}

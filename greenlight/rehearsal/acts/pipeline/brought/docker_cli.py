"""`docker` without an engine: images are their labels, a container is called healthy, and the registry is really asked.

What `delivery/image.sh` types is played; anything else is refused by name. Pulls and pushes make Docker's calls of ECR
with the credentials of the build; the others need no boto3, and do not wait for it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from greenlight.rehearsal.acts.pipeline.brought.image import Image, RegistryError
from greenlight.rehearsal.runner.spec import ImageReference

HEALTHY = "running healthy"
PLATFORM = "linux/amd64"
"""Of this machine, unless the job has another: a runner has the platform that it builds for."""
_LABEL = re.compile(r'index \.Config\.Labels "([^"]+)"')
_VALUED = frozenset(
    {
        "--build-arg",
        "--cache-from",
        "--cache-to",
        "--env",
        "--file",
        "--format",
        "--label",
        "--output",
        "--platform",
        "--tag",
        "--username",
    }
)


class DockerError(Exception):
    """Docker would refuse it, or nobody plays it; the text says which."""


@dataclass(frozen=True)
class Options:
    """What was typed: the options by name, each with its values, and the words between them."""

    given: Mapping[str, Sequence[str]]
    words: Sequence[str]

    @classmethod
    def read(cls, arguments: Sequence[str]) -> Options:
        """Read a command line."""
        given: dict[str, list[str]] = {}
        words, rest = [], iter(arguments)
        for each in rest:
            if each in _VALUED:
                given.setdefault(each, []).append(next(rest, ""))
            elif each.startswith("-"):
                given.setdefault(each, []).append("")
            else:
                words.append(each)
        return cls(given, words)

    def one(self, name: str) -> str:
        """The value of an option that is given once."""
        return self.given.get(name, [""])[0]


class Images:
    """The images of this machine, which are a file in the build's home."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def get(self, reference: str) -> Image:
        """An image by its name. Raises DockerError when there is none."""
        if reference not in self._read():
            raise DockerError(f"No such image: {reference}")
        return Image(**self._read()[reference])

    def put(self, reference: str, image: Image) -> None:
        """Keep an image under a name."""
        self._file.write_text(json.dumps({**self._read(), reference: asdict(image)}))

    def _read(self) -> dict[str, Any]:
        return dict(json.loads(self._file.read_text())) if self._file.is_file() else {}


def login(_images: Images, _options: Options) -> str:
    """Take the password of the registry."""
    if not sys.stdin.readline().strip():
        raise DockerError("password is empty")
    return "Login Succeeded"


def build(images: Images, options: Options) -> str:
    """Nothing is built: an image is the labels that it would have."""
    (folder,) = options.words
    if not (Path(folder) / "Dockerfile").is_file():
        raise DockerError(f"unable to evaluate symlinks in Dockerfile path: {folder}/Dockerfile: no such file")
    labels = dict(each.split("=", 1) for each in options.given.get("--label", ()))
    reference = ImageReference.parse(options.one("--tag"))
    architecture = options.one("--platform").partition("/")[2]
    images.put(options.one("--tag"), Image.of(reference, architecture, labels, folder))
    told = [f"rehearsed: {reference} is its labels; the Dockerfile was not run"]
    if "--cache-to" in options.given:
        told.append(_keep(options, labels))
    return "\n".join(told)


def _keep(options: Options, labels: Mapping[str, str]) -> str:
    """Take what another build kept, and keep what this one made; that either fails is told, as `ignore-error` asks."""
    from greenlight.rehearsal.acts.pipeline.brought import registry

    wanted, kept = (
        dict(part.split("=", 1) for part in options.one(name).split(",")) for name in ("--cache-from", "--cache-to")
    )
    try:
        found = registry.restore(ImageReference.parse(wanted["ref"]))
        registry.keep(ImageReference.parse(kept["ref"]), json.dumps(labels, sort_keys=True))
    except RegistryError as error:
        if kept.get("ignore-error") != "true":
            raise
        return f"rehearsed: the cache was passed over: {error}"
    return f"rehearsed: the cache had {found}"


def info(_images: Images, _options: Options) -> str:
    """How images are stored."""
    return "[[driver-type io.containerd.snapshotter.v1]]"


def run(images: Images, options: Options) -> str:
    """Start nothing; the answer is what a container would be called."""
    return images.get(options.words[0]).digest


def inspect(_images: Images, _options: Options) -> str:
    """The state of a container, which is well."""
    return HEALTHY


def tag(images: Images, options: Options) -> str:
    """Give an image another name."""
    old, new = options.words
    images.put(new, images.get(old))
    return ""


def pull(images: Images, options: Options) -> str:
    """Fetch an image from ECR."""
    from greenlight.rehearsal.acts.pipeline.brought import registry

    (reference,) = options.words
    images.put(reference, registry.pull(ImageReference.parse(reference), os.environ.get("PLATFORM", PLATFORM)))
    return reference


def push(images: Images, options: Options) -> str:
    """Put an image into ECR."""
    from greenlight.rehearsal.acts.pipeline.brought import registry

    (reference,) = options.words
    registry.push(ImageReference.parse(reference), images.get(reference))
    return f"{reference}: pushed"


def image_inspect(images: Images, options: Options) -> str:
    """One label of an image, or the address of its digest."""
    (reference,) = options.words
    image, wanted = images.get(reference), options.one("--format")
    if label := _LABEL.search(wanted):
        return image.labels.get(label[1], "")
    if "RepoDigests" in wanted:
        return f"{reference.rpartition(':')[0]}@{image.digest}"
    raise DockerError(f"a rehearsed build cannot answer --format {wanted}")


def save(images: Images, options: Options) -> str:
    """Write an image into a file."""
    (reference,) = options.words
    images.get(reference).save(Path(options.one("--output")))
    return ""


def create_index(_images: Images, options: Options) -> str:
    """Join images that were pushed, under one tag or several."""
    from greenlight.rehearsal.acts.pipeline.brought import registry

    for tag in options.given["--tag"]:
        registry.join([ImageReference.parse(each) for each in options.words], ImageReference.parse(tag))
    return ""


def inspect_index(_images: Images, options: Options) -> str:
    """The digest of what is in the registry."""
    from greenlight.rehearsal.acts.pipeline.brought import registry

    (reference,) = options.words
    return json.dumps({"digest": registry.digest(ImageReference.parse(reference))})


def nothing(_images: Images, _options: Options) -> str:
    """There is no container to remove, and none that said anything."""
    return ""


COMMANDS: Mapping[str, Callable[[Images, Options], str]] = {
    "build": build,
    "buildx imagetools create": create_index,
    "buildx imagetools inspect": inspect_index,
    "image inspect": image_inspect,
    "info": info,
    "inspect": inspect,
    "login": login,
    "logs": nothing,
    "pull": pull,
    "push": push,
    "rm": nothing,
    "run": run,
    "save": save,
    "tag": tag,
}


def main(arguments: Sequence[str]) -> None:
    """Play one command; exit with 1 when Docker would refuse it, and with 125 when it is not played."""
    width = {"image": 2, "buildx": 3}.get(arguments[0] if arguments else "", 1)
    name, options = " ".join(arguments[:width]), Options.read(arguments[width:])
    if name not in COMMANDS:
        print(f"docker: a rehearsed build has no `docker {name}` (docs/fidelity.md, CodeBuild)", file=sys.stderr)
        sys.exit(125)
    try:
        said = COMMANDS[name](Images(Path(os.environ["HOME"]) / "images.json"), options)
    except (DockerError, RegistryError) as error:
        sys.exit(f"Error response from daemon: {error}")
    print(said)


if __name__ == "__main__":
    main(sys.argv[1:])

"""The EC2 host of one service: what run-color.sh does when Systems Manager runs its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DOCUMENT = "Greenlight-RunColor"


@dataclass
class Host:
    """`declared` and `running` are images by color; `images` can be pulled. `started` has each `docker run`."""

    images: set[str]
    declared: dict[str, str] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)
    started: list[str] = field(default_factory=list)

    def run(self, parameters: Mapping[str, list[str]]) -> tuple[str, str]:
        """One command, whose parameters are the document's."""
        service, color, image, step = (parameters[name][0] for name in ("service", "color", "image", "step"))
        if self.running.get(color) == image:
            return "Success", f"greenlight: {service}-{color} runs {image} already"
        if step == "prepare" and self.declared[color] != image:
            return "Failed", f"greenlight: {service}-{color} is declared to run another image than {image} by now"
        if image not in self.images:
            return "Failed", f"greenlight: cannot pull {image}"
        if step == "prepare":
            return "Success", ""
        self.running[color] = image
        self.started.append(color)
        return "Success", f"greenlight: {service}-{color} runs {image}"

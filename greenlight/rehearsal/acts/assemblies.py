"""Which sets of flags a rehearsal deploys: each is complete, whatever the acts before it left behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from greenlight.rehearsal.acts.act import Act
from greenlight.rehearsal.acts.flags import COMMON, Flags, Script


def sets_of_flags(acts: Sequence[Act], script: Script, more: Mapping[str, Flags]) -> dict[str, Mapping[str, str]]:
    """Each set by its name, in the order of their need; the scene of an act comes before it.

    `script` is that of the first service.
    """
    made = {"first": COMMON["first"](script)}
    for act in acts:
        own = replace(script, service=act.service or script.service)
        wanted: dict[str, Flags] = {name: COMMON[name] for name in act.scenes[:1] if name in COMMON}
        made |= {name: make(own) for name, make in (wanted | dict(act.flags)).items() if name not in made}
        script = replace(script, played=(*script.played, own.service))
    return made | {name: make(script) for name, make in more.items()}

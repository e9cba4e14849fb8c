"""The settings as the Markdown tables of docs/operations.md: `python -m stacks.reference` prints them.

They are written by the models that check the settings, so that names, defaults and bounds are never copied by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.fields import FieldInfo

from stacks.options.access import AccessOptions
from stacks.options.bake import BakeOptions
from stacks.options.compute import ComputeOptions
from stacks.options.data import DataOptions
from stacks.options.github import GithubOptions
from stacks.options.governance import GovernanceOptions
from stacks.options.network import NetworkOptions
from stacks.options.pipeline import PipelineOptions
from stacks.options.proof import ProofOptions
from stacks.options.refusal import allowed
from stacks.options.release import ReleaseOptions
from stacks.options.secret import SecretSettings
from stacks.options.security import SecurityOptions
from stacks.options.stage import StageOptions
from stacks.options.table import TableSettings
from stacks.options.values import Fixed
from stacks.settings import ServiceSettings, Settings

SECTIONS: Mapping[str, type[Any]] = {
    "The services": Settings,
    "The stage": StageOptions,
    "Network and front door": NetworkOptions,
    "The security profile": SecurityOptions,
    "Compute and health checks": ComputeOptions,
    "Before and right after traffic moves": ProofOptions,
    "While the new color is watched": BakeOptions,
    "The release as a whole": ReleaseOptions,
    "What is kept": DataOptions,
    "People": AccessOptions,
    "The pipeline": PipelineOptions,
    "GitHub": GithubOptions,
    "The registry": GovernanceOptions,
    "Each service, below `services.<name>`": ServiceSettings,
    "Each table, below `services.<name>.tables`": TableSettings,
    "Each secret, below `services.<name>.secrets`": SecretSettings,
}


def reference() -> str:
    """Return a table for each group of settings, each under its heading."""
    return "\n\n".join(f"#### {title}\n\n{_table(own_fields(model))}" for title, model in SECTIONS.items())


def own_fields(model: type[Any]) -> dict[str, FieldInfo]:
    """Return the settings that a model describes itself, in their order; those of its bases have their own tables."""
    inherited = {name for base in model.__bases__ for name in getattr(base, "model_fields", {})}
    return {name: field for name, field in model.model_fields.items() if name not in inherited}


def _table(fields: Mapping[str, FieldInfo]) -> str:
    head = ["| Setting | Default | Allowed | Meaning |", "|---|---|---|---|"]
    return "\n".join([*head, *(_row(name, field) for name, field in fields.items())])


def _row(name: str, field: FieldInfo) -> str:
    cells: Iterator[str] = iter((f"`{name}`", _default(field), _allowed(name, field), _meaning(field)))
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _meaning(field: FieldInfo) -> str:
    return " ".join(
        [str(field.description), *(f"**{item.text}**" for item in field.metadata if isinstance(item, Fixed))]
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return "none" if value is None else f"`{json.dumps(value)}`"


def _allowed(name: str, field: FieldInfo) -> str:
    return "a JSON object, as in `cdk.json`" if name == "services" else allowed(field)


if __name__ == "__main__":
    print(reference())

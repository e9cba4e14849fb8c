"""Settings of the tables that a service keeps its data in, below `services.<name>.tables`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from greenlight_cdk.identifiers import pascal
from pydantic import AfterValidator, Field, model_validator

from stacks.options.document import of_flag
from stacks.options.refusal import unknown, validated
from stacks.options.values import Allowed, Null, Options, SettingsError
from stacks.options.variable import VariableName

LONGEST_NAME = 20
TAKEN = ("journal", "requests", "cart")
"""Greenlight's own tables, and what would give the name of the stack's oldest output, `CartTableName`."""


def _free(name: str) -> str:
    if name in TAKEN or name.endswith("-table-name"):
        raise ValueError("taken")
    return name


TableName = Annotated[
    str,
    Field(pattern=r"^[a-z][a-z0-9]*(-[a-z][a-z0-9]*)*$", max_length=LONGEST_NAME),
    AfterValidator(_free),
    Allowed(
        f"up to {LONGEST_NAME} lower case letters, digits and hyphens, with a letter first and after each hyphen; not"
        f" {', '.join(TAKEN)}, nor one that ends in -table-name"
    ),
]
AttributeName = Annotated[
    str,
    Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,254}$"),
    Allowed("the name of an attribute: up to 255 letters, digits, '_', '.' or '-', a letter or '_' first"),
]
OptionalAttributeName = Annotated[
    AttributeName | None, Null, Allowed("the name of an attribute, as for `key`; left out, none")
]


class TableSettings(Options):
    """One table: what the application knows it by, and what its items are found and expire by."""

    name: TableName = Field(
        description="Name of the table: its key under `tables`. Services that both name it share it, and then say the"
        " same of it."
    )
    variable: VariableName = Field(description="Environment variable that tells the application the table's name.")
    key: AttributeName = Field(
        description="Attribute by which items are found (the partition key, a string). No table changes its keys:"
        " CloudFormation would make another table, empty, and leave this one aside. Declare a new table instead."
    )
    sort_key: OptionalAttributeName = Field(
        default=None,
        description="Attribute that tells items of one `key` apart (the sort key, a string); their application may then"
        " query, too.",
    )
    expiry: OptionalAttributeName = Field(
        default=None,
        description="Attribute with the time, in seconds since the epoch, after which DynamoDB removes an item, usually"
        " within two days. Left out, items stay.",
    )

    @property
    def described(self) -> str:
        """What is said of the table, as JSON."""
        return self.model_dump_json(exclude={"name"})

    @model_validator(mode="after")
    def _attributes_differ(self) -> TableSettings:
        said = [each for each in (self.key, self.sort_key, self.expiry) if each]
        if len(set(said)) < len(said):
            raise SettingsError(
                f"tables.{self.name}: got {', '.join(said)} as its attributes; allowed: one of its own for each of"
                " key, sort_key and expiry"
            )
        return self


CARTS = {"carts": {"variable": "CART_TABLE", "key": "cart_id", "expiry": "expires_at"}}
"""What each service had before it could say which tables it has."""


OLDEST_OUTPUTS = {"carts": "CartTableName"}
"""What the output of a table was called before services declared their tables."""


def table_output(name: str) -> str:
    """Return the output of the data stack that has the name of a table."""
    return OLDEST_OUTPUTS.get(name, f"{pascal(name)}TableName")


def tables_of(service: str, said: Any) -> tuple[TableSettings, ...]:
    """Read the tables of a service by name.

    Raises:
        SettingsError: naming the first key or value that is not allowed.
    """
    key, described = f"services.{service}.tables", of_flag(said)
    if not isinstance(described, Mapping) or not all(isinstance(each, Mapping) for each in described.values()):
        raise SettingsError(
            f"{key}: got {said!r}; allowed: a JSON object of tables by name, each with its own settings"
        )
    return tuple(_table(key, name, body) for name, body in described.items())


def _table(key: str, name: str, body: Mapping[str, Any]) -> TableSettings:
    fields = [field for field in TableSettings.model_fields if field != "name"]
    for field, value in body.items():
        if field not in fields:
            raise unknown(f"{key}.{name}.{field}", value, [f"{key}.{name}.{each}" for each in fields])
    keys = {each: f"{key}.{name}.{each}" for each in fields}
    return validated(TableSettings, {**body, "name": name}, {**keys, "name": key}.__getitem__)

"""What must outlive every color."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import CfnOutput, Stack
from constructs import Construct
from greenlight_cdk.identifiers import pascal
from greenlight_cdk.nightly_backups import NightlyBackups
from greenlight_cdk.service_flags import ServiceFlags
from greenlight_cdk.service_secret import ServiceSecret
from greenlight_cdk.service_tables import ServiceTable
from greenlight_cdk.tables import RetainedTable
from traffic_switch.contract import JOURNAL_EXPIRY, JOURNAL_KEY

from stacks.options.secret import SecretSettings, secret_id
from stacks.options.service import FLAGS_VARIABLE
from stacks.options.table import TableSettings, table_output
from stacks.settings import ServiceSettings, Settings


class DataStack(Stack):
    """The journal of switches, the requests that they answer, and the tables and secrets of the services.

    The requests have a table of their own, since their addresses are secrets that nobody needs who looks at switches.
    All tables may be protected from their creation on: CloudFormation deletes none, so that a first deploy that fails
    leaves them behind, empty, and ends in ROLLBACK_COMPLETE.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id, description="Greenlight: journal and shared application data")
        self._protected = settings.deletion_protection
        self.journal, self.requests = self._own("Journal"), self._own("Requests")
        self.tables: Mapping[str, RetainedTable] = {table.name: self._declared(table) for table in settings.tables}
        self._secrets = {
            (service.name, secret.variable): self._secret(service, secret)
            for service in settings.services
            for secret in service.secrets
        }
        flagged = [service for service in settings.services if service.feature_flags]
        self._flags = {service.name: self._feature_flags(service, settings) for service in flagged}
        if settings.backup_days:
            lasting = [self.tables[table.name] for table in settings.tables if table.expiry is None]
            NightlyBackups(self, "Backups", tables=[self.journal, *lasting], kept_days=settings.backup_days)
        CfnOutput(self, "JournalTableName", value=self.journal.table_name)
        for name, table in self.tables.items():
            CfnOutput(self, table_output(name), value=table.table_name)

    def tables_of(self, service: ServiceSettings) -> list[ServiceTable]:
        """Return the tables of one service, in the order in which it names them."""
        return [
            ServiceTable(variable=each.variable, table=self.tables[each.name], is_sorted=each.sort_key is not None)
            for each in service.tables
        ]

    def secrets_of(self, service: ServiceSettings) -> dict[str, ServiceSecret]:
        """Return the secrets of one service by their variables."""
        return {each.variable: self._secrets[service.name, each.variable] for each in service.secrets}

    def flags_of(self, service: ServiceSettings) -> ServiceFlags | None:
        """Return where the feature flags of one service are, if it has any."""
        return self._flags.get(service.name)

    def _own(self, name: str) -> RetainedTable:
        return RetainedTable(self, name, key=JOURNAL_KEY, expiry=JOURNAL_EXPIRY, deletion_protection=self._protected)

    def _declared(self, table: TableSettings) -> RetainedTable:
        return RetainedTable(
            self,
            pascal(table.name),
            key=table.key,
            sort_key=table.sort_key,
            expiry=table.expiry,
            deletion_protection=self._protected,
        )

    def _feature_flags(self, service: ServiceSettings, settings: Settings) -> ServiceFlags:
        made = ServiceFlags(
            self,
            f"{pascal(service.name)}Flags",
            name=settings.names.feature_flags(service.name),
            service=service.name,
            variable=FLAGS_VARIABLE,
        )
        CfnOutput(self, f"{pascal(service.name)}FeatureFlags", value=made.place)
        return made

    def _secret(self, service: ServiceSettings, secret: SecretSettings) -> ServiceSecret:
        name = secret_id(service.name, secret.variable)
        made = ServiceSecret(
            self,
            f"{name}ServiceSecret",
            description=f"Greenlight: {secret.variable} of {service.name}",
            length=secret.length,
        )
        CfnOutput(self, f"{name}Arn", value=made.secret_arn)
        return made

"""EC2: an instance is a machine of its own, which runs its user data for real, and whose containers are processes.

What it shows is `running` at once, as an instance is before cloud-init has done its work. Stopping, starting and
rebooting are refused, since nobody rehearses them yet and a no-op would be a lie.
"""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, TypeVar

from ministack.core.responses import get_region
from ministack.services import ec2

from greenlight.rehearsal.cloud.context import CloudContext
from greenlight.rehearsal.cloud.control import Answer, Query
from greenlight.rehearsal.cloud.ec2 import instance_types, reach
from greenlight.rehearsal.cloud.ec2.container_credentials import DEFAULT_HOPS, of_instance, told
from greenlight.rehearsal.cloud.ec2.log_driver import open_log
from greenlight.rehearsal.cloud.ec2.subnets import AddressPool
from greenlight.rehearsal.cloud.iam import roles
from greenlight.rehearsal.cloud.iam.principals import EC2
from greenlight.rehearsal.cloud.logs import rights
from greenlight.rehearsal.cloud.requirement import require
from greenlight.rehearsal.host.docker_arguments import RunRequest
from greenlight.rehearsal.host.docker_engine import DockerEngine, DockerResult
from greenlight.rehearsal.host.machine import Execution, Machine, MachinePlace, script_of
from greenlight.rehearsal.host.stand_ins import write_stand_ins
from greenlight.rehearsal.runner.errors import RegistryError
from greenlight.rehearsal.runner.images import AMD64, ARM64, StoredImage
from greenlight.rehearsal.runner.log import BoundedLog
from greenlight.rehearsal.runner.registry import RoleRegistry
from greenlight.rehearsal.runner.spec import ImageReference

NOT_REHEARSED = ("StopInstances", "StartInstances", "RebootInstances")
PROCESSORS = {"x86_64": AMD64, "arm64": ARM64}
"""What images call the processors of instances."""
ADDRESSES = AddressPool()
"""Shared with the tasks of ECS, which get addresses from the same subnets."""

Launch = Callable[..., list[dict[str, Any]]]
Action = Callable[[Mapping[str, Any]], Any]
Of = TypeVar("Of")


def install(context: CloudContext) -> None:
    """Give every instance a machine, and the host's docker command its endpoint."""
    require(ec2, "_launch_instances_internal", "_terminate_instances", "_ACTION_MAP", "_subnets", "_instances")
    require(ec2, "exec_in_instance_blocking", "instance_is_managed", "_parse_member_list", "_error")
    reach.check_requirements()
    instance_types.install()
    require(ec2, "_init_defaults", "_route_tables", "_DEFAULT_VPC_ID", "_DEFAULT_IGW_ID")
    ec2._init_defaults = _with_way_out(ec2._init_defaults)
    ec2._init_defaults()
    rights.check_requirements()
    instances = Instances(context)
    ec2._launch_instances_internal = instances.launching(ec2._launch_instances_internal)
    ec2._terminate_instances = instances.terminating(ec2._terminate_instances)
    ec2._ACTION_MAP["TerminateInstances"] = ec2._terminate_instances
    for name in NOT_REHEARSED:
        ec2._ACTION_MAP[name] = _refusal(name)
    ec2.exec_in_instance_blocking = instances.execute
    context.control.route("docker", instances.docker, checks_itself=True)
    context.control.route("units", instances.units, checks_itself=True)
    context.control.route("containers", lambda *_: (200, [asdict(look) for look in context.runner.looks()]))
    context.on_shutdown.append(instances.power_off)


class Instances:
    """The machines of all instances, by instance id, each with its docker."""

    def __init__(self, context: CloudContext) -> None:
        self._context = context
        self._commands = context.run_dir / "hosts" / "bin"
        self._machines: dict[str, Machine] = {}
        self._dockers: dict[str, DockerEngine] = {}
        self._docker_keys: dict[str, str] = {}
        write_stand_ins(self._commands)

    def launching(self, launch: Launch) -> Launch:
        """Launch instances with addresses of their subnet, then boot them."""

        def launch_instances(
            *, subnet_id: str, count: int = 1, public: bool | None = None, hops: int = DEFAULT_HOPS, **given: Any
        ) -> list[dict[str, Any]]:
            launched = [self._launch_one(launch, subnet_id, public, given) for _ in range(count)]
            for record in launched:
                self._boot(record, hops)
            return launched

        return launch_instances

    def _launch_one(self, launch: Launch, subnet_id: str, public: bool | None, given: dict[str, Any]) -> dict[str, Any]:
        script_of(given.get("user_data") or "")
        subnet = ec2._subnets.get(subnet_id)
        if subnet and not given.get("requested_private_ip"):
            given = {**given, "requested_private_ip": ADDRESSES.take(subnet["CidrBlock"])}
        record = launch(subnet_id=subnet_id, count=1, **given)[0]
        if subnet:
            record["Placement"]["AvailabilityZone"] = subnet["AvailabilityZone"]
            if not (subnet["MapPublicIpOnLaunch"] if public is None else public):
                record["PublicIpAddress"] = ""
        return record

    def _boot(self, record: Mapping[str, Any], hops: int) -> None:
        instance = record["InstanceId"]
        role = roles.instance_role((record.get("IamInstanceProfile") or {}).get("Arn", ""))
        region, processor = get_region(), _processor(record)

        def credentials() -> Mapping[str, str]:
            return self._credentials(role, instance)

        def pull(image: ImageReference) -> StoredImage:
            require_way(record, image)
            return RoleRegistry(self._context.endpoint_url, region, credentials()).pull(image, processor)

        home = self._context.run_dir / "hosts" / instance
        docker_key = self._docker_keys[instance] = secrets.token_urlsafe()
        place = MachinePlace(home, self._commands, self._context.endpoint_url, docker_key)
        log = BoundedLog(self._context.run_dir / "logs" / f"host-{instance}.log")
        runner = self._context.runner
        self._dockers[instance] = DockerEngine(
            instance,
            runner,
            pull=pull,
            architecture=processor,
            credentials=partial(self._offered, role, instance, hops),
            open_log=partial(self._open_log, role, instance),
        )
        self._machines[instance] = machine = Machine(instance, place, log, credentials, self._context.processes)
        machine.boot(record.get("UserData") or "")

    def _offered(self, role: str, instance: str, hops: int, request: RunRequest) -> Mapping[str, str]:
        """What leads a container to credentials, if anything does."""
        machine = self._machines.get(instance)
        given = told(request, machine.units.real_address) if machine else {}
        if given or not self._credentials(role, instance):
            return given
        return of_instance(self._context.vending, role, instance, hops)

    def _credentials(self, role: str, instance: str) -> Mapping[str, str]:
        """What the metadata service hands out: nothing without a role, or when the role does not trust EC2."""
        try:
            return roles.role_session(role, instance, EC2).variables() if role else {}
        except roles.TrustError as error:
            self._context.silences.lost(f"the instance {instance} has no credentials: {error}")
            return {}

    def _open_log(self, role: str, instance: str, request: RunRequest) -> None:
        open_log(self._context.silences, instance, role if self._credentials(role, instance) else "", request)

    def terminating(self, terminate: Action) -> Action:
        """Terminate instances; their scripts end at once, and their containers as on a host that shuts down."""

        def terminate_instances(parameters: Mapping[str, Any]) -> Any:
            answer = terminate(parameters)
            if answer[0] == 200:
                for instance in ec2._parse_member_list(parameters, "InstanceId"):
                    threading.Thread(target=self._shut_down, args=(instance,), daemon=True).start()
            return answer

        return terminate_instances

    def _shut_down(self, instance: str) -> None:
        machine = self._machines.pop(instance, None)
        if machine:
            machine.power_off()
        self._dockers.pop(instance, None)
        self._context.runner.remove_host(instance)
        ADDRESSES.give_back(ec2._instances.get(instance, {}).get("PrivateIpAddress", ""))

    def execute(self, instance: str, arguments: Sequence[str]) -> tuple[int, str, str]:
        """Run a script for Run Command: `arguments` ends with the script and the seconds it may take."""
        machine = self._machines.get(instance)
        if not machine:
            return 255, "", f"instance {instance} does not exist, or was terminated"
        *_, script, seconds = arguments
        result = machine.execute(script, float(seconds))
        return result.exit_code, result.stdout, result.stderr

    def docker(self, _method: str, _query: Query, body: Any) -> Answer:
        """Answer a host's docker command: its scripts alone have the key, as root alone has docker's socket."""
        return self._of_root(body, self._dockers, lambda engine: engine.execute(body["arguments"]))

    def units(self, _method: str, _query: Query, body: Any) -> Answer:
        """Start the services that a host's systemctl names; its scripts alone have the key."""
        return self._of_root(body, self._machines, lambda machine: machine.start(body["arguments"]))

    def _of_root(self, body: Any, found: Mapping[str, Of], act: Callable[[Of], DockerResult | Execution]) -> Answer:
        host, shown = (str(body.get(name, "")) if isinstance(body, dict) else "" for name in ("host", "key"))
        key = self._docker_keys.get(host, "")
        if not key or not hmac.compare_digest(shown.encode(), key.encode()):
            return 403, {"error": f"permission denied while trying to connect to the docker daemon of {host!r}"}
        one = found.get(host)
        return (200, asdict(act(one))) if one else (404, {"error": f"host {host!r} was terminated"})

    def power_off(self) -> None:
        """End the scripts of all machines: the cloud is stopping."""
        for machine in list(self._machines.values()):
            machine.power_off()


def require_way(record: Mapping[str, Any], image: ImageReference) -> None:
    """Raise RegistryError, in Docker's words, when the instance has no way to the registry."""
    groups = [each["GroupId"] for each in record["SecurityGroups"]]
    found = reach.obstacle(record["SubnetId"], groups, reach.REGISTRY, public=bool(record.get("PublicIpAddress")))
    if found:
        waiting = f'Get "https://{image.registry}/v2/": net/http: request canceled while waiting for connection'
        raise RegistryError(f"{waiting} (Client.Timeout exceeded while awaiting headers): {found}")


def _processor(record: Mapping[str, Any]) -> str:
    """Return an instance's processor, in the words of images."""
    return PROCESSORS[instance_types.architecture(record["InstanceType"]) or "x86_64"]


def _with_way_out(initialize: Callable[[], None]) -> Callable[[], None]:
    """Lead the default VPC to the internet, where ministack's main table of it has no such route.

    Source: docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html.
    """

    def init_defaults() -> None:
        initialize()
        way_out = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ec2._DEFAULT_IGW_ID, "State": "active"}
        for table in ec2._route_tables.values():
            if table["VpcId"] == ec2._DEFAULT_VPC_ID and len(table["Routes"]) == 1:
                table["Routes"].append({**way_out, "Origin": "CreateRoute"})

    return init_defaults


def _refusal(name: str) -> Action:
    def refuse(_parameters: Mapping[str, Any]) -> Any:
        return ec2._error("UnsupportedOperation", f"{name} is not rehearsed: terminate and launch instances", 400)

    return refuse

"""What the templates promise, whatever else changes in them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.templates import Template

_MOST_LINES = 300
_DATABASE_PORT = 5432
# What a stack holds that cannot be made again, and what keeps it.
_STATEFUL = {"AWS::S3::Bucket", "AWS::EC2::Volume", "AWS::Cognito::UserPool"}
_MADE_AGAIN = {
    "ArtifactsBucket": "the next deployment fills it",
    "AssetBucket": "the next deployment draws its pictures",
}
# AWS knows no narrower resource for these actions.
_WITHOUT_RESOURCE = {
    "ssm:UpdateInstanceInformation",
    *(f"ssmmessages:{name}" for name in ("CreateControlChannel", "CreateDataChannel")),
    *(f"ssmmessages:{name}" for name in ("OpenControlChannel", "OpenDataChannel")),
}
_PRIVATE = ("Warehouse", "Etl", "Admin")

Named = tuple[str, dict[str, Any]]


def resources(templates: list[Template], kind: str) -> Iterator[Named]:
    """All resources of a type, with their properties."""
    for template in templates:
        for name, resource in template.document["Resources"].items():
            if kind in (resource["Type"], "AWS::*"):
                yield name, resource.get("Properties", {})


def one(templates: list[Template], name: str) -> dict[str, Any]:
    """The properties of the one resource of a name."""
    (found,) = [properties for key, properties in resources(templates, "AWS::*") if key == name]
    return found


def statements(value: Any) -> Iterator[dict[str, Any]]:
    """All policy statements anywhere in a value."""
    if isinstance(value, list):
        for item in value:
            yield from statements(item)
    elif isinstance(value, dict):
        if "Effect" in value:
            yield value
        for item in value.values():
            yield from statements(item)


def texts(value: Any) -> list[str]:
    """A value that may be one or a list, as texts."""
    return [
        item if isinstance(item, str) else json.dumps(item) for item in (value if isinstance(value, list) else [value])
    ]


def rules(templates: list[Template], group: str, way: str) -> Iterator[dict[str, Any]]:
    """Rules of a security group for coming in or going out, inside of it and beside it."""
    yield from one(templates, group).get(f"SecurityGroup{way}", [])
    for _, properties in resources(templates, f"AWS::EC2::SecurityGroup{way}"):
        if properties["GroupId"] == {"Ref": group}:
            yield properties


def test_a_template_can_be_read_at_one_sitting(templates: list[Template]) -> None:
    assert {template.path.name: len(template.body.splitlines()) for template in templates if
            len(template.body.splitlines()) > _MOST_LINES} == {}  # fmt: skip


def test_every_parameter_is_described_and_bounded(templates: list[Template]) -> None:
    loose = [
        f"{template.layer}.{name}"
        for template in templates
        for name, rule in template.parameters.items()
        if not rule.get("Description")
        or not (rule.keys() & {"AllowedPattern", "AllowedValues", "MinValue"} or rule["Type"].startswith("AWS::"))
    ]
    assert loose == ["collector.WriteKeys"]  # the collector itself checks its keys


def test_every_template_and_every_export_carries_its_name(templates: list[Template]) -> None:
    for template in templates:
        assert template.document["Description"].startswith("Clickstream, ")
        for name, output in template.document.get("Outputs", {}).items():
            if "Export" in output:
                assert output["Export"]["Name"] == {"Fn::Sub": f"${{AWS::StackName}}-{name}"}


def test_there_is_no_nat(templates: list[Template]) -> None:
    assert list(resources(templates, "AWS::EC2::NatGateway")) == []
    assert list(resources(templates, "AWS::EC2::EgressOnlyInternetGateway")) == []


def test_private_subnets_have_no_route_but_to_s3(templates: list[Template]) -> None:
    to_the_internet = [properties["RouteTableId"] for _, properties in resources(templates, "AWS::EC2::Route")
                       if properties["RouteTableId"] != {"Ref": "PublicRoutes"}]  # fmt: skip
    assert to_the_internet == []
    tables = {
        properties["SubnetId"]["Ref"]: properties["RouteTableId"]["Ref"]
        for _, properties in resources(templates, "AWS::EC2::SubnetRouteTableAssociation")
    }
    subnets = {name for name, _ in resources(templates, "AWS::EC2::Subnet")}
    assert tables.keys() == subnets  # one that is forgotten has the VPC's main table
    assert {name for name in subnets if tables[name] == "PublicRoutes"} == {"PublicSubnetA", "PublicSubnetB"}
    assert one(templates, "S3Endpoint")["RouteTableIds"] == [{"Ref": "PrivateRoutes"}]


def test_nothing_private_has_a_public_address(templates: list[Template]) -> None:
    assert [name for name, properties in resources(templates, "AWS::EC2::Subnet")
            if properties.get("MapPublicIpOnLaunch")] == []  # fmt: skip
    assert [name for name, _ in resources(templates, "AWS::EC2::EIP")] == ["ShopAddress"]
    assert one(templates, "ShopAddressAssociation")["NetworkInterfaceId"] == {"Ref": "ShopInterface"}
    interface = one(templates, "WarehouseInterface")
    assert "network-WarehouseSubnetA" in json.dumps(interface["SubnetId"])


def test_instances_have_no_key_and_answer_only_the_second_metadata_service(templates: list[Template]) -> None:
    servers = dict(resources(templates, "AWS::EC2::Instance"))
    assert servers.keys() == {"WarehouseServer", "ShopServer"}
    for properties in servers.values():
        assert "KeyName" not in properties
        assert properties["MetadataOptions"]["HttpTokens"] == "required"
        assert properties["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] is True
    assert list(resources(templates, "AWS::EC2::KeyPair")) == []


def test_nobody_comes_in_by_ssh_or_from_everywhere(templates: list[Template]) -> None:
    for group, _ in resources(templates, "AWS::EC2::SecurityGroup"):
        if group.startswith(("Shop", "Warehouse", "Endpoint", "Api", "Etl", "Admin")) and group.endswith("Group"):
            for rule in rules(templates, group, "Ingress"):
                assert rule["FromPort"] == rule["ToPort"]
                assert rule["FromPort"] in (443, _DATABASE_PORT)
                assert rule.get("CidrIp") not in ("0.0.0.0/0", "::/0")


def test_the_warehouse_is_open_to_etl_and_admin_api_alone(templates: list[Template]) -> None:
    sources = [rule.get("SourceSecurityGroupId") for rule in rules(templates, "WarehouseGroup", "Ingress")]
    assert sources == [{"Ref": "EtlGroup"}, {"Ref": "AdminApiGroup"}]


def test_what_is_private_goes_out_to_named_places_alone(templates: list[Template]) -> None:
    for group in ("WarehouseGroup", "EtlGroup", "AdminApiGroup", "EndpointGroup", "ApiGroup"):
        out = list(rules(templates, group, "Egress"))
        assert out, f"{group} without a rule may go everywhere"
        assert {rule.get("CidrIp") for rule in out} <= {None, "127.0.0.1/32"}


@pytest.mark.parametrize("value", ["0.0.0.0/0", "0.0.0.0/32", "10.0.0.0/8", "::/0", "1.2.3.4", "203.0.113.0/15"])
def test_the_shop_database_cannot_be_opened_to_everybody(templates: list[Template], value: str) -> None:
    (access,) = [template for template in templates if template.layer == "access"]
    assert access.problem_with("ShopClientCidr1", value)
    assert access.parameters["ShopClientCidr1"]["Default"] == ""


def test_no_wildcard_is_granted(templates: list[Template]) -> None:
    for template in templates:
        for statement in statements(template.document["Resources"]):
            if statement["Effect"] != "Allow":
                continue
            actions, where = texts(statement["Action"]), texts(statement.get("Resource", []))
            assert not [action for action in actions if "*" in action], template.layer
            # Policies of endpoints add to those of the callers, who must be of this account.
            of_endpoint = "aws:PrincipalAccount" in json.dumps(statement.get("Condition", {}))
            if "*" in where and not of_endpoint:
                assert set(actions) <= _WITHOUT_RESOURCE, template.layer


def test_everybody_is_named_only_where_something_else_narrows_it(templates: list[Template]) -> None:
    for template in templates:
        for statement in statements(template.document["Resources"]):
            if statement["Effect"] == "Allow" and statement.get("Principal") == "*":
                narrowed = "Condition" in statement or "*" not in texts(statement["Resource"])
                assert narrowed, template.layer


def test_the_collector_may_add_to_the_lake_and_nothing_else(templates: list[Template]) -> None:
    granted = [
        (action, place)
        for statement in statements(one(templates, "CollectorRole")["Policies"])
        for action in texts(statement["Action"])
        for place in texts(statement["Resource"])
    ]
    beside_logs = sorted(
        (action, re.findall(r"\$\{Raw\}/(\w+)/\*", place)) for action, place in granted if "logs:" not in action
    )
    assert beside_logs == [("s3:PutObject", ["events"]), ("s3:PutObject", ["rejected"])]
    assert "VpcConfig" not in one(templates, "Collector")


@pytest.mark.parametrize(
    ("role", "secrets"),
    [
        ("EtlRole", {"warehouse/etl-password"}),
        ("MigrateRole", {"warehouse/owner-password"}),
        ("AdminApiRole", {"warehouse/admin-password", "admin-api/token"}),
        ("CollectorRole", set()),
        ("ShopRole", {"shop/*"}),
        ("BuildRole", {"shop/shop-password"}),
        ("PagesRole", {"shop/shop-password"}),
        ("WarehouseRole", {"warehouse/*", "admin-api/token"}),
    ],
)
def test_a_role_reads_its_own_secrets_alone(templates: list[Template], role: str, secrets: set[str]) -> None:
    policies = json.dumps(one(templates, role)["Policies"])
    assert set(re.findall(r"parameter/clickstream/\$\{Environment\}/([^\"]+)", policies)) == secrets


def test_the_etl_reads_the_lake_and_never_writes_it(templates: list[Template]) -> None:
    actions = {action for statement in statements(one(templates, "EtlRole")) for action in texts(statement["Action"])}
    assert {action for action in actions if action.startswith("s3:")} == {"s3:GetObject", "s3:ListBucket"}


def test_what_holds_data_is_kept_when_its_stack_goes(templates: list[Template]) -> None:
    for template in templates:
        for name, resource in template.document["Resources"].items():
            if resource["Type"] in _STATEFUL and name not in _MADE_AGAIN:
                assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
                assert resource["UpdateReplacePolicy"] == "Retain", name


def test_buckets_are_private_encrypted_versioned_and_reached_over_tls(templates: list[Template]) -> None:
    policies = {properties["Bucket"]["Ref"]: json.dumps(properties) for _, properties in
                resources(templates, "AWS::S3::BucketPolicy")}  # fmt: skip
    for name, properties in resources(templates, "AWS::S3::Bucket"):
        assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
        assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
        assert "SSEAlgorithm" in json.dumps(properties["BucketEncryption"])
        assert "aws:SecureTransport" in policies[name]
        assert "AbortIncompleteMultipartUpload" in json.dumps(properties["LifecycleConfiguration"])


def test_volumes_are_encrypted_and_have_daily_snapshots(templates: list[Template]) -> None:
    tag = one(templates, "Snapshots")["PolicyDetails"]["TargetTags"]
    for _, properties in resources(templates, "AWS::EC2::Volume"):
        assert properties["Encrypted"] is True
        assert tag[0] in properties["Tags"]


def test_every_secret_is_a_reference(templates: list[Template]) -> None:
    told = [
        (f"{name}.{variable}", json.dumps(value))
        for name, properties in resources(templates, "AWS::Lambda::Function")
        for variable, value in properties["Environment"]["Variables"].items()
    ]
    told += [("App", json.dumps(item)) for item in one(templates, "App")["EnvironmentVariables"]]
    with_secrets = [(name, text) for name, text in told if re.search("postgresql://|TOKEN|PASSWORD", name + text)]
    assert {name.partition(".")[0] for name, _ in with_secrets} == {"Etl", "Migrate", "AdminApi", "App"}
    for name, text in with_secrets:
        assert "{{ssm:/clickstream/${Environment}/" in text, name
    for template in templates:
        for name, rule in template.parameters.items():
            assert not re.search("Password|Token$|SecretValue", name), f"{template.layer}.{name}"
            assert not rule.get("NoEcho"), f"{template.layer}.{name}: a secret has no business in a parameter"


def test_the_admin_api_answers_its_endpoint_alone(templates: list[Template]) -> None:
    api = one(templates, "AdminRestApi")
    assert api["EndpointConfiguration"]["Types"] == ["PRIVATE"]
    denied = [statement for statement in api["Policy"]["Statement"] if statement["Effect"] == "Deny"]
    assert "access-AdminApiEndpoint" in json.dumps(denied[0]["Condition"]["StringNotEquals"]["aws:SourceVpce"])


def test_one_tick_runs_at_a_time_and_one_that_fails_is_kept(templates: list[Template]) -> None:
    assert one(templates, "Etl")["ReservedConcurrentExecutions"] == 1
    queue = {"Fn::GetAtt": ["EtlFailures", "Arn"]}
    assert one(templates, "EtlInvocation")["DestinationConfig"]["OnFailure"]["Destination"] == queue
    assert one(templates, "EtlSchedule")["Target"]["DeadLetterConfig"]["Arn"] == queue


def test_the_schedule_sends_what_the_etl_takes_for_a_tick(templates: list[Template]) -> None:
    sent = one(templates, "EtlSchedule")["Target"]["Input"]["Fn::Sub"]
    event = json.loads(sent)
    assert {"detail-type", "source"} <= event.keys()


def test_every_function_logs_into_a_group_that_forgets(templates: list[Template]) -> None:
    groups = {name for name, properties in resources(templates, "AWS::Logs::LogGroup") if properties["RetentionInDays"]}
    for name, properties in resources(templates, "AWS::Lambda::Function"):
        assert properties["LoggingConfig"]["LogGroup"]["Ref"] in groups, name


def test_alarms_watch_metrics_that_the_services_write(templates: list[Template]) -> None:
    documented = (templates[0].path.parents[2] / "docs" / "metrics.md").read_text()
    own = {"Fn::Sub": "Clickstream/${Environment}"}
    alarms = [properties for _, properties in resources(templates, "AWS::CloudWatch::Alarm")]
    parts = [
        part["MetricStat"]["Metric"] for alarm in alarms for part in alarm.get("Metrics", []) if "MetricStat" in part
    ]
    watched = [metric for metric in [*alarms, *parts] if metric.get("Namespace") == own]
    assert len(watched) > 8
    for function in ("Collector", "Etl"):
        assert one(templates, function)["Environment"]["Variables"]["CLICKSTREAM_METRICS_NAMESPACE"] == own
    for metric in watched:
        assert re.search(rf"^\| {metric['MetricName']} \|", documented, re.MULTILINE), metric["MetricName"]


def test_whoever_is_told_of_an_alarm_is_told_when_it_is_over(templates: list[Template]) -> None:
    for name, properties in resources(templates, "AWS::CloudWatch::Alarm"):
        assert properties["AlarmActions"] == properties["OKActions"] == [{"Ref": "Topic"}], name
        assert properties["AlarmDescription"], name

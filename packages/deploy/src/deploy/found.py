"""What a deployment finds out of an account: ids that differ between regions and over time."""

from deploy.calls import Calls
from deploy.environment import Environment
from deploy.errors import CallError, PrerequisiteError
from deploy.secret_parameters import image_parameter


def account_id(calls: Calls) -> str:
    """The account of the credentials in use."""
    return str(calls("sts", "get_caller_identity")["Account"])


def s3_prefix_list(calls: Calls) -> str:
    """The region's managed prefix list of S3.

    Raises:
        PrerequisiteError: the region has none.
    """
    name = f"com.amazonaws.{calls.region}.s3"
    filters = [{"Name": "prefix-list-name", "Values": [name]}]
    lists = calls("ec2", "describe_managed_prefix_lists", Filters=filters)["PrefixLists"]
    if not lists:
        raise PrerequisiteError(f"the region {calls.region} has no prefix list {name}")
    return str(lists[0]["PrefixListId"])


def newest_image(calls: Calls, environment: Environment) -> str:
    """The newest machine image of Amazon Linux 2023."""
    architecture = "arm64" if environment.architecture == "arm64" else "x86_64"
    name = f"/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"
    return str(calls("ssm", "get_parameter", Name=name)["Parameter"]["Value"])


def image_in_use(calls: Calls, environment: Environment) -> str:
    """The machine image of the environment's instances: the one of the first deployment until it is replaced.

    Otherwise every new image of Amazon would have CloudFormation replace the instances.
    """
    name = image_parameter(environment.name)
    try:
        return str(calls("ssm", "get_parameter", Name=name)["Parameter"]["Value"])
    except CallError as error:
        if error.code != "ParameterNotFound":
            raise
    image = newest_image(calls, environment)
    remember_image(calls, environment, image)
    return image


def remember_image(calls: Calls, environment: Environment, image: str) -> None:
    """Make an image the one in use."""
    calls("ssm", "put_parameter", Name=image_parameter(environment.name), Value=image, Type="String", Overwrite=True)


def check_function_quota(calls: Calls) -> None:
    """Stop where the account is too small for the ETL's reserved run.

    Raises:
        PrerequisiteError: AWS would refuse to reserve a run.
    """
    try:
        limits = calls("lambda", "get_account_settings")["AccountLimit"]
    except CallError:  # these credentials may not ask; CloudFormation would say it, some minutes later
        return
    least_unreserved = 100 if limits["ConcurrentExecutions"] > 100 else 10
    if limits["UnreservedConcurrentExecutions"] <= least_unreserved:
        raise PrerequisiteError(
            f"this account may run {limits['ConcurrentExecutions']} functions at a time, too few to reserve one for the"
            " ETL: ask for more in Service Quotas, «Lambda, Concurrent executions» (1,000 are usual, granted in a day)"
        )

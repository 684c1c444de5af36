"""Lambda entry: an event of EventBridge, an operator's action (or API Gateway) to the ETL."""

from mangum import Mangum

from etl.actions import Action
from etl.app import create_app
from etl.eventbridge import EventBridge

handler = Mangum(create_app(), lifespan="off", custom_handlers=[EventBridge, Action])

"""Lambda entry: an event of EventBridge (or API Gateway) to the ETL."""

from mangum import Mangum

from etl.app import create_app
from etl.eventbridge import EventBridge

handler = Mangum(create_app(), lifespan="off", custom_handlers=[EventBridge])

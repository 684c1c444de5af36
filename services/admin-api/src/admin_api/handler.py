"""Lambda entry: the private REST API of API Gateway to the admin API."""

from mangum import Mangum

from admin_api.app import create_app

handler = Mangum(create_app(), lifespan="off")

"""`clickstream up`."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from clickstream.errors import InputError
from clickstream.home import HIGHEST_PORT_BASE, LOWEST_PORT_BASE, open_home
from clickstream.options import DEFAULT_HOME, HomeOption


def up(
    *,
    home: HomeOption = DEFAULT_HOME,
    port_base: Annotated[
        int | None,
        typer.Option(
            min=LOWEST_PORT_BASE,
            max=HIGHEST_PORT_BASE,
            help="Move all ports: collector N+1, ETL N+2, admin API N+3, dashboard N+4, storefront N+5, warehouse N+6, "
            "shop database N+7, shop login N+8. The home folder remembers it.",
        ),
    ] = None,
    dashboard: Annotated[bool, typer.Option(help="Start the R Shiny dashboard.")] = True,
    storefront: Annotated[
        bool, typer.Option("--storefront", help="Start the example shop too (`make shop` builds it).")
    ] = False,
    demo: Annotated[bool, typer.Option(help="Fill an empty lake with two weeks of simulated traffic.")] = True,
    site_time_zone: Annotated[
        str | None,
        typer.Option(metavar="ZONE", help="IANA zone in which the shop's days begin. The home folder remembers it."),
    ] = None,
    tick_seconds: Annotated[float, typer.Option(min=0.5, help="How often the ETL looks for new events.")] = 30.0,
) -> None:
    """Start the whole platform on this machine; Ctrl-C stops it.

    PostgreSQL, collector, ETL with its schedule, admin API and dashboard run as processes, with their data, settings
    and logs in the home folder. A first start on an empty lake fills it with simulated traffic.

    [bold]Examples[/]

      clickstream up

      clickstream up --home /tmp/try --port-base 18000 --no-demo

      clickstream up --site-time-zone Asia/Ho_Chi_Minh
    """
    from clickstream.up import Choices, run  # noqa: PLC0415 - SQLAlchemy and Alembic take a second to import

    run(
        open_home(home, port_base, _zone(site_time_zone)),
        Choices(dashboard=dashboard, demo=demo, tick_seconds=tick_seconds, storefront=storefront),
    )


def _zone(name: str | None) -> str | None:
    if name is not None:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InputError(f"{name!r} is not a time zone: write an IANA name such as Asia/Ho_Chi_Minh") from error
    return name

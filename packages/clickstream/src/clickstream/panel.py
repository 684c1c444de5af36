"""What `up` shows when everything runs."""

from rich.panel import Panel
from rich.table import Table

from clickstream.home import Home
from clickstream.options import out

_EVENT = '{"eventName":"page_view","pageUrl":"https://shop.example/","clientId":"me"}'


def show_panel(home: Home, *, with_dashboard: bool, with_storefront: bool = False) -> None:
    """Print the addresses and a first command to paste."""
    table = Table.grid(padding=(0, 2))
    if with_dashboard:
        table.add_row("dashboard", home.dashboard_url)
    if with_storefront:
        table.add_row("shop", home.storefront_url)
    table.add_row("collector", f"{home.collector_url}/docs")
    table.add_row("admin API", f"{home.admin_api_url}/docs")
    table.add_row("ETL", f"{home.etl_url}/docs")
    table.add_row("raw lake", str(home.lake))
    table.add_row("logs", str(home.logs))
    out.print(Panel(table, title="clickstream is up", title_align="left", expand=False, subtitle="Ctrl-C stops it"))
    # Outside the panel, so that the lines can be copied whole.
    out.print("send an event:")
    out.print(
        f"  curl -s {home.collector_url}/clickstream -H 'Content-Type: application/json' -d '{_EVENT}'",
        markup=False,
        highlight=False,
    )
    out.print("ask the admin API:")
    out.print(
        f"  curl -s {home.admin_api_url}/v1/etl/status -H 'Authorization: Bearer {home.admin_token}'",
        markup=False,
        highlight=False,
    )
    out.print("look into the warehouse:")
    out.print(f"  psql '{home.warehouse_url('clickstream_dashboard')}'", markup=False, highlight=False)

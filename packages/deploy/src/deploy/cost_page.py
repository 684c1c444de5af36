"""docs/cost.md, written from the cost model."""

from deploy.cost_model import CostModel, Size, size_of_rate

_EVENTS = (100_000, 1_000_000, 10_000_000, 100_000_000)


def cost_page(model: CostModel) -> str:
    """The page in Markdown."""
    published, compared = model.published, model.published["compared_with"]
    sizes = [Size(events) for events in _EVENTS]
    names = list(model.components(sizes[0]))
    columns = [model.components(size) for size in sizes]
    rate = size_of_rate(10)
    ours = model.total(rate)
    verdict = "under" if ours < compared["least_usd"] else "within" if ours <= compared["most_usd"] else "over"
    lines = [
        "# What it costs",
        "",
        "<!-- Written by `make cost` from infra/cost/prices.json and infra/cost/assumptions.json. -->",
        "",
        f"US dollars a month in {published['region']}, prices as of {published['as_of']}: {published['note']}.",
        "Storage is that after a year in which nothing was deleted.",
        "",
        "| events a month | 100,000 | 1 million | 10 million | 100 million |",
        "|---|---:|---:|---:|---:|",
        *(f"| {name} | " + " | ".join(f"{column[name]:,.2f}" for column in columns) + " |" for name in names),
        "| **in all** | " + " | ".join(f"**{model.total(size):,.2f}**" for size in sizes) + " |",
        "| instance | " + " | ".join(model.instance(size.events) for size in sizes) + " |",
        "| warehouse's volume | " + " | ".join(f"{model.volume_gb(size.events):,.0f} GB" for size in sizes) + " |",
        "",
        f"A small shop (a million events a month) pays about **${model.total(Size(1e6)):,.0f} a month**.",
        "Most of it does not depend on how many events there are: the interface endpoints, through which the private",
        "side reaches AWS without a NAT gateway (which alone would be $33 and its traffic), and the instance. What",
        "grows with the events is mostly one PUT a request: on Lambda each request is an object of its own.",
        "",
        "## Against AWS's own solution",
        "",
        f"{compared['what']}, is ${compared['least_usd']} to ${compared['most_usd']} a month by {compared['source']}.",
        f"Ten requests a second are {rate.requests or 0:,.0f} a month; with one event each, this platform costs",
        f"**${ours:,.0f}**, {verdict} that range; with as many events in the tracker's batches of four,",
        f"**${model.total(Size(rate.events)):,.0f}**.",
        "",
        "| component | 10 requests a second, one event each | the same events in batches |",
        "|---|---:|---:|",
        *(
            f"| {name} | {one:,.2f} | {model.components(Size(rate.events))[name]:,.2f} |"
            for name, one in model.components(rate).items()
        ),
        "",
        "## What changes the sum",
        "",
        "- `Ec2MessagesEndpoint: yes` (the template's default; Amazon Linux 2023 does without):"
        f" +${_extra(model, endpoints=4):.2f}",
        f"- `AvailabilityZones: 2`: +${_extra(model, zones=2):.2f}",
        "- a shop database (`ShopDatabase: yes`, t4g.micro, 10 + 8 GB, a public address at $0.005 an hour):"
        f" +${_shop(model):.2f}",
        "- a savings plan of one year takes about 30 % off the instance; the free tier of a new account more",
        "- not counted: traffic to the internet (answers are 43 bytes), taxes, the storefront",
        "",
        "## Assumptions",
        "",
        "| assumption | value | why |",
        "|---|---:|---|",
        *(f"| {name.replace('_', ' ')} | {item['value']:,} | {item['why']} |" for name, item in model.assumed.items()),
        "",
        "## Prices",
        "",
        "| price | USD | a | what AWS calls it |",
        "|---|---:|---|---|",
        *(
            f"| {name.replace('_', ' ')} | {item['usd']:.10f} ".rstrip("0 ").rstrip(".")
            + f" | {item['unit']} | {item['source']} |"
            for name, item in published["prices"].items()
        ),
        "",
    ]
    return "\n".join(lines)


def _extra(model: CostModel, *, endpoints: int = 3, zones: int = 1) -> float:
    return model.total(Size(1e6, endpoints=endpoints, zones=zones)) - model.total(Size(1e6))


def _shop(model: CostModel) -> float:
    prices = model.published["prices"]
    return float(730 * (prices["t4g.micro_hour"]["usd"] + 0.005) + 18 * prices["gp3_gb_month"]["usd"])

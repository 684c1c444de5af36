"""Initial tables.

Revision ID: 2026_11_22_initial
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_initial"
down_revision = None
branch_labels = None
depends_on = None

# Partitions live in a schema of their own, so that analysts see one table. The ETL's role may make them only this way.
ENSURE_PARTITIONS = """
CREATE SCHEMA partitions;

CREATE FUNCTION etl.ensure_partitions(range_from timestamptz, range_to timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog SET timezone = 'UTC' AS $$
DECLARE
    month timestamptz := date_trunc('month', range_from);
    parent text;
    child text;
    made integer := 0;
BEGIN
    WHILE month <= range_to LOOP
        FOREACH parent IN ARRAY ARRAY['clickstream_events', 'event_items'] LOOP
            child := parent || to_char(month, '_YYYY_MM');
            IF to_regclass(format('partitions.%I', child)) IS NULL THEN
                EXECUTE format('CREATE TABLE partitions.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
                               child, parent, month, month + interval '1 month');
                made := made + 1;
            END IF;
        END LOOP;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END
$$;
COMMENT ON FUNCTION etl.ensure_partitions IS 'Makes the monthly partitions of [range_from, range_to] that are missing';
REVOKE EXECUTE ON FUNCTION etl.ensure_partitions FROM PUBLIC;
"""


def upgrade() -> None:
    op.execute("CREATE SEQUENCE etl.object_ids")
    op.execute("CREATE SEQUENCE etl.reject_ids")
    op.create_table(
        "clickstream_events",
        sa.Column("event_id", sa.Uuid(), nullable=False, comment="Idempotency key of the event"),
        sa.Column(
            "event_timestamp",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it happened: the browser's clock, corrected by sentAt; UTC",
        ),
        sa.Column(
            "event_name",
            sa.Text(),
            nullable=False,
            comment="What happened: page_view, product_view, …; custom names as sent",
        ),
        sa.Column("user_id", sa.Text(), nullable=True, comment="The shop's id of the logged-in user"),
        sa.Column("user_login_state", sa.Text(), nullable=True, comment="logged_in, anonymous or guest"),
        sa.Column(
            "identity_source", sa.Text(), nullable=True, comment="Where the identity comes from, such as cognito"
        ),
        sa.Column("client_id", sa.Text(), nullable=True, comment="The browser's sticky id"),
        sa.Column("session_id", sa.Text(), nullable=True, comment="The tracker's session id, where it sent one"),
        sa.Column(
            "is_first_visit", sa.Boolean(), nullable=True, comment="Whether the browser was new, as the tracker says"
        ),
        sa.Column("context_product_id", sa.Text(), nullable=True, comment="Id of the product the event is about"),
        sa.Column("context_product_name", sa.Text(), nullable=True, comment="Name of that product"),
        sa.Column("context_product_category", sa.Text(), nullable=True, comment="Category of that product"),
        sa.Column("context_product_brand", sa.Text(), nullable=True, comment="Brand of that product"),
        sa.Column(
            "context_product_price",
            sa.Numeric(precision=18, scale=4),
            nullable=True,
            comment="Its price before discount",
        ),
        sa.Column(
            "context_product_discount_price",
            sa.Numeric(precision=18, scale=4),
            nullable=True,
            comment="Its price after discount",
        ),
        sa.Column("context_product_url_path", sa.Text(), nullable=True, comment="Path of its page"),
        sa.Column(
            "received_at", sa.DateTime(timezone=True), nullable=False, comment="When the collector received it; UTC"
        ),
        sa.Column("page_url", sa.Text(), nullable=True, comment="URL of the page"),
        sa.Column("page_path", sa.Text(), nullable=True, comment="Path of page_url"),
        sa.Column("page_title", sa.Text(), nullable=True, comment="Title of the page"),
        sa.Column("referrer", sa.Text(), nullable=True, comment="URL of the page before"),
        sa.Column("referrer_host", sa.Text(), nullable=True, comment="Host of the referrer, without www."),
        sa.Column("utm_source", sa.Text(), nullable=True, comment="Campaign source from page_url"),
        sa.Column("utm_medium", sa.Text(), nullable=True, comment="Campaign medium from page_url"),
        sa.Column("utm_campaign", sa.Text(), nullable=True, comment="Campaign name from page_url"),
        sa.Column("utm_term", sa.Text(), nullable=True, comment="Campaign term from page_url"),
        sa.Column("utm_content", sa.Text(), nullable=True, comment="Campaign content from page_url"),
        sa.Column("channel", sa.Text(), nullable=False, comment="Channel of this hit by GA4's default channel group"),
        sa.Column(
            "device_type",
            sa.Text(),
            nullable=False,
            comment="desktop, mobile, tablet, bot or unknown, from the user agent",
        ),
        sa.Column("browser", sa.Text(), nullable=True, comment="Browser family, from the user agent"),
        sa.Column("os", sa.Text(), nullable=True, comment="Operating system family, from the user agent"),
        sa.Column(
            "is_bot", sa.Boolean(), nullable=False, comment="Whether the user agent is a crawler's or a program's"
        ),
        sa.Column("country", sa.Text(), nullable=True, comment="ISO 3166 country from the CDN"),
        sa.Column("locale", sa.Text(), nullable=True, comment="Language of the browser, BCP 47"),
        sa.Column(
            "sequence",
            sa.Integer(),
            nullable=True,
            comment="Counts up per session: gaps show events that never arrived",
        ),
        sa.Column("order_id", sa.Text(), nullable=True, comment="Order of a checkout or refund"),
        sa.Column("search_query", sa.Text(), nullable=True, comment="What was searched for"),
        sa.Column(
            "properties",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Everything else that was sent with the event",
        ),
        sa.Column(
            "clock_corrected",
            sa.Boolean(),
            nullable=False,
            comment="Whether the browser's clock was corrected or replaced by received_at",
        ),
        sa.Column(
            "ingest_window",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Window (UTC hour of receipt) it was loaded from",
        ),
        sa.Column(
            "object_id",
            sa.BigInteger(),
            nullable=False,
            comment="Object of the raw lake it was loaded from (etl.objects)",
        ),
        sa.PrimaryKeyConstraint("event_id", "event_timestamp"),
        comment="One row an event. Bots are included: filter on is_bot",
        postgresql_partition_by="RANGE (event_timestamp)",
    )
    op.create_index(
        "clickstream_events_time", "clickstream_events", ["event_timestamp"], unique=False, postgresql_using="brin"
    )
    op.create_index(
        "clickstream_events_window", "clickstream_events", ["ingest_window"], unique=False, postgresql_using="brin"
    )
    op.create_table(
        "clients",
        sa.Column("client_id", sa.Text(), nullable=False, comment="The browser's sticky id"),
        sa.Column(
            "first_seen_at", sa.DateTime(timezone=True), nullable=False, comment="Start of its first session; UTC"
        ),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False, comment="End of its last session; UTC"),
        sa.Column("first_channel", sa.Text(), nullable=False, comment="Channel of its first session"),
        sa.Column("sessions", sa.Integer(), nullable=False, comment="Number of sessions"),
        sa.Column(
            "user_ids", postgresql.ARRAY(sa.Text()), nullable=False, comment="User ids that it logged in as, sorted"
        ),
        sa.Column("is_bot", sa.Boolean(), nullable=False, comment="Whether any of its sessions is a bot's"),
        sa.PrimaryKeyConstraint("client_id"),
        comment="One row a browser (client_id)",
    )
    op.create_table(
        "objects",
        sa.Column(
            "object_id",
            sa.BigInteger(),
            server_default=sa.text("nextval('etl.object_ids'::regclass)"),
            nullable=False,
            comment="Id of the object",
        ),
        sa.Column("object_key", sa.Text(), nullable=False, comment="Its key in the raw lake"),
        sa.Column("ingest_window", sa.DateTime(timezone=True), nullable=False, comment="Window it belongs to"),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False, comment="Size as stored, in bytes"),
        sa.Column(
            "collected",
            sa.BigInteger(),
            nullable=False,
            comment="Lines that its key or its body has, whichever is more",
        ),
        sa.Column("loaded", sa.BigInteger(), nullable=False, comment="Events loaded from it"),
        sa.Column("duplicates", sa.BigInteger(), nullable=False, comment="Events that were already loaded"),
        sa.Column("rejected", sa.BigInteger(), nullable=False, comment="Lines set aside in etl.rejects"),
        sa.Column("withheld", sa.BigInteger(), nullable=False, comment="Events not kept: consent refused"),
        sa.Column("run_id", sa.Uuid(), nullable=False, comment="Run that loaded it"),
        sa.Column(
            "loaded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was loaded",
        ),
        sa.CheckConstraint("collected = loaded + duplicates + rejected + withheld", name="objects_balance"),
        sa.PrimaryKeyConstraint("object_id"),
        schema="etl",
        comment="One row an object of the raw lake that was loaded",
    )
    op.create_index("objects_key", "objects", ["object_key"], unique=True, schema="etl")
    op.create_index("objects_window", "objects", ["ingest_window"], unique=False, schema="etl")
    op.create_table(
        "rejects",
        sa.Column(
            "reject_id",
            sa.BigInteger(),
            server_default=sa.text("nextval('etl.reject_ids'::regclass)"),
            nullable=False,
            comment="Id of the reject",
        ),
        sa.Column("object_id", sa.BigInteger(), nullable=False, comment="Object it came from (etl.objects)"),
        sa.Column("ingest_window", sa.DateTime(timezone=True), nullable=False, comment="Window of that object"),
        sa.Column("line_number", sa.Integer(), nullable=False, comment="Line in the object, from 1"),
        sa.Column("reason", sa.Text(), nullable=False, comment="Reason code, such as not_json or invalid_price"),
        sa.Column("detail", sa.Text(), nullable=False, comment="What was wrong, with the place"),
        sa.Column(
            "line",
            sa.Text(),
            nullable=True,
            comment="The raw line; bytes that are not text as \\xNN; NULL where it is missing",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was set aside",
        ),
        sa.PrimaryKeyConstraint("reject_id"),
        schema="etl",
        comment="One row a line that could not be loaded, with the reason",
    )
    op.create_index("rejects_window", "rejects", ["ingest_window"], unique=False, schema="etl")
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Uuid(), nullable=False, comment="Id of the run"),
        sa.Column("trigger", sa.Text(), nullable=False, comment="schedule, manual (admin API) or cli"),
        sa.Column("state", sa.Text(), nullable=False, comment="queued, running, succeeded or failed"),
        sa.Column(
            "replace", sa.Boolean(), nullable=False, comment="Whether loaded windows are deleted and loaded again"
        ),
        sa.Column(
            "window_from",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="First window; NULL: planned from the watermark",
        ),
        sa.Column("window_to", sa.DateTime(timezone=True), nullable=True, comment="End of the range, exclusive"),
        sa.Column("requested_by", sa.Text(), nullable=False, comment="Who asked"),
        sa.Column(
            "requested_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was asked for",
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True, comment="When it began"),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True, comment="When it ended"),
        sa.Column("windows", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Windows loaded"),
        sa.Column("objects", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Objects loaded"),
        sa.Column(
            "collected", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="Lines in those objects"
        ),
        sa.Column("loaded", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="Events loaded"),
        sa.Column(
            "duplicates", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="Events already loaded"
        ),
        sa.Column(
            "rejected",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Lines set aside in etl.rejects",
        ),
        sa.Column(
            "withheld",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Events not kept: consent refused",
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="Why it failed"),
        sa.CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed')", name="runs_state"),
        sa.PrimaryKeyConstraint("run_id"),
        schema="etl",
        comment="One row a run of the ETL, asked for by schedule or by hand",
    )
    op.create_index(
        "runs_queued",
        "runs",
        ["requested_at"],
        unique=False,
        schema="etl",
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index("runs_requested", "runs", ["requested_at"], unique=False, schema="etl")
    op.create_table(
        "windows",
        sa.Column(
            "ingest_window", sa.DateTime(timezone=True), nullable=False, comment="Start of the hour of receipt; UTC"
        ),
        sa.Column("state", sa.Text(), nullable=False, comment="pending, running, loaded or failed"),
        sa.Column("objects", sa.Integer(), server_default=sa.text("0"), nullable=False, comment="Objects loaded"),
        sa.Column(
            "pending_objects",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Objects listed and not yet loaded",
        ),
        sa.Column(
            "collected",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Lines in the loaded objects",
        ),
        sa.Column("loaded", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="Events loaded"),
        sa.Column(
            "duplicates", sa.BigInteger(), server_default=sa.text("0"), nullable=False, comment="Events already loaded"
        ),
        sa.Column(
            "rejected",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Lines set aside in etl.rejects",
        ),
        sa.Column(
            "withheld",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Events not kept: consent refused",
        ),
        sa.Column(
            "attempts",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Failed tries since it last loaded",
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="Why the last try failed"),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
            comment="Last change",
        ),
        sa.CheckConstraint("state IN ('pending', 'running', 'loaded', 'failed')", name="windows_state"),
        sa.CheckConstraint("collected = loaded + duplicates + rejected + withheld", name="windows_balance"),
        sa.PrimaryKeyConstraint("ingest_window"),
        schema="etl",
        comment="One row a window (UTC hour of receipt) with its books",
    )
    op.create_index(
        "windows_unfinished",
        "windows",
        ["ingest_window"],
        unique=False,
        schema="etl",
        postgresql_where=sa.text("state <> 'loaded'"),
    )
    op.create_table(
        "event_items",
        sa.Column("event_id", sa.Uuid(), nullable=False, comment="The event"),
        sa.Column("line_number", sa.Integer(), nullable=False, comment="Line of the event, from 1"),
        sa.Column(
            "event_timestamp", sa.DateTime(timezone=True), nullable=False, comment="When the event happened; UTC"
        ),
        sa.Column("event_name", sa.Text(), nullable=False, comment="Name of the event"),
        sa.Column("is_bot", sa.Boolean(), nullable=False, comment="Whether a bot sent it"),
        sa.Column("product_id", sa.Text(), nullable=True, comment="The shop's product id"),
        sa.Column("product_name", sa.Text(), nullable=True, comment="Name of the product"),
        sa.Column("product_category", sa.Text(), nullable=True, comment="Category of the product"),
        sa.Column("product_brand", sa.Text(), nullable=True, comment="Brand of the product"),
        sa.Column("product_url_path", sa.Text(), nullable=True, comment="Path of the product's page"),
        sa.Column("price", sa.Numeric(precision=18, scale=4), nullable=True, comment="Price of one before discount"),
        sa.Column(
            "discount_price", sa.Numeric(precision=18, scale=4), nullable=True, comment="Price of one after discount"
        ),
        sa.Column("quantity", sa.Numeric(precision=18, scale=4), nullable=True, comment="How many; NULL means one"),
        sa.Column("currency", sa.Text(), nullable=True, comment="ISO 4217 currency of the prices"),
        sa.Column("ingest_window", sa.DateTime(timezone=True), nullable=False, comment="Window it was loaded from"),
        sa.PrimaryKeyConstraint("event_id", "line_number", "event_timestamp"),
        comment="One row a product line of an event: its items, or its product where it has none",
        postgresql_partition_by="RANGE (event_timestamp)",
    )
    op.create_index("event_items_time", "event_items", ["event_timestamp"], unique=False, postgresql_using="brin")
    op.create_index("event_items_window", "event_items", ["ingest_window"], unique=False, postgresql_using="brin")
    op.create_table(
        "events_hourly",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False, comment="Start of the hour, in UTC"),
        sa.Column("event_name", sa.Text(), nullable=False, comment="Name of the events"),
        sa.Column("is_bot", sa.Boolean(), nullable=False, comment="Whether bots sent them"),
        sa.Column("events", sa.BigInteger(), nullable=False, comment="Number of events"),
        sa.PrimaryKeyConstraint("hour", "event_name", "is_bot"),
        comment="Events per hour, name and bot",
    )
    op.create_table(
        "funnel_daily",
        sa.Column("day", sa.Date(), nullable=False, comment="Day in the site's time zone"),
        sa.Column("channel", sa.Text(), nullable=False, comment="Channel of the sessions"),
        sa.Column("device_type", sa.Text(), nullable=False, comment="Device of the sessions"),
        sa.Column("is_bot", sa.Boolean(), nullable=False, comment="Whether they are bots'"),
        sa.Column("viewed", sa.BigInteger(), nullable=False, comment="Sessions that saw any page"),
        sa.Column("product_viewed", sa.BigInteger(), nullable=False, comment="Sessions that saw a product"),
        sa.Column(
            "added_to_cart", sa.BigInteger(), nullable=False, comment="Sessions that put something into the cart"
        ),
        sa.Column("checked_out", sa.BigInteger(), nullable=False, comment="Sessions that started a checkout"),
        sa.Column("purchased", sa.BigInteger(), nullable=False, comment="Sessions that completed a checkout"),
        sa.PrimaryKeyConstraint("day", "channel", "device_type", "is_bot"),
        comment="Sessions that reached each funnel step, per site day, channel, device and bot",
    )
    op.create_table(
        "order_events",
        sa.Column("event_id", sa.Uuid(), nullable=False, comment="The event"),
        sa.Column(
            "event_timestamp", sa.DateTime(timezone=True), nullable=False, comment="When the event happened; UTC"
        ),
        sa.Column("event_name", sa.Text(), nullable=False, comment="checkout_complete or refund"),
        sa.Column("order_id", sa.Text(), nullable=False, comment="The shop's order id"),
        sa.Column(
            "total", sa.Numeric(precision=18, scale=4), nullable=True, comment="Total of the order or of the refund"
        ),
        sa.Column("currency", sa.Text(), nullable=True, comment="ISO 4217 currency"),
        sa.Column("tax", sa.Numeric(precision=18, scale=4), nullable=True, comment="Tax inside the total"),
        sa.Column("shipping", sa.Numeric(precision=18, scale=4), nullable=True, comment="Shipping inside the total"),
        sa.Column("discount", sa.Numeric(precision=18, scale=4), nullable=True, comment="Discount that was given"),
        sa.Column("coupon", sa.Text(), nullable=True, comment="Coupon code"),
        sa.Column("item_count", sa.Integer(), nullable=True, comment="Number of items"),
        sa.Column("client_id", sa.Text(), nullable=True, comment="The browser's sticky id"),
        sa.Column("session_id", sa.Text(), nullable=True, comment="The tracker's session id"),
        sa.Column("user_id", sa.Text(), nullable=True, comment="The shop's user id"),
        sa.Column("is_bot", sa.Boolean(), nullable=False, comment="Whether a bot sent it"),
        sa.Column("ingest_window", sa.DateTime(timezone=True), nullable=False, comment="Window it was loaded from"),
        sa.PrimaryKeyConstraint("event_id"),
        comment="One row an event with an order: checkout_complete and refund, amounts as sent",
    )
    op.create_index("order_events_order", "order_events", ["order_id"], unique=False)
    op.create_index("order_events_window", "order_events", ["ingest_window"], unique=False, postgresql_using="brin")
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Text(), nullable=False, comment="The shop's order id"),
        sa.Column("event_id", sa.Uuid(), nullable=False, comment="The checkout_complete that made it"),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False, comment="When it was placed; UTC"),
        sa.Column("client_id", sa.Text(), nullable=True, comment="The browser's sticky id"),
        sa.Column("session_id", sa.Text(), nullable=True, comment="The tracker's session id"),
        sa.Column("user_id", sa.Text(), nullable=True, comment="The shop's user id"),
        sa.Column("is_bot", sa.Boolean(), nullable=False, comment="Whether a bot placed it"),
        sa.Column("total", sa.Numeric(precision=18, scale=4), nullable=False, comment="Total as placed"),
        sa.Column(
            "refunded",
            sa.Numeric(precision=18, scale=4),
            nullable=False,
            comment="Sum of its refunds; a refund without an amount is the whole order",
        ),
        sa.Column("currency", sa.Text(), nullable=True, comment="ISO 4217 currency"),
        sa.Column("tax", sa.Numeric(precision=18, scale=4), nullable=True, comment="Tax inside the total"),
        sa.Column("shipping", sa.Numeric(precision=18, scale=4), nullable=True, comment="Shipping inside the total"),
        sa.Column("discount", sa.Numeric(precision=18, scale=4), nullable=True, comment="Discount that was given"),
        sa.Column("coupon", sa.Text(), nullable=True, comment="Coupon code"),
        sa.Column("item_count", sa.Integer(), nullable=True, comment="Number of items"),
        sa.Column(
            "repeats",
            sa.Integer(),
            nullable=False,
            comment="Further checkout_complete events with this order id, not added",
        ),
        sa.PrimaryKeyConstraint("order_id"),
        comment="One row an order: its first checkout_complete wins, repeats are counted, refunds apply",
    )
    op.create_index("orders_event", "orders", ["event_id"], unique=False)
    op.create_index("orders_time", "orders", ["ordered_at"], unique=False)
    op.create_table(
        "products",
        sa.Column("product_id", sa.Text(), nullable=False, comment="The shop's product id"),
        sa.Column("name", sa.Text(), nullable=True, comment="Latest known name"),
        sa.Column("category", sa.Text(), nullable=True, comment="Latest known category"),
        sa.Column("brand", sa.Text(), nullable=True, comment="Latest known brand"),
        sa.Column("url_path", sa.Text(), nullable=True, comment="Latest known path of its page"),
        sa.Column("price", sa.Numeric(precision=18, scale=4), nullable=True, comment="Latest known price"),
        sa.Column(
            "last_seen_at", sa.DateTime(timezone=True), nullable=False, comment="Newest event that named it; UTC"
        ),
        sa.PrimaryKeyConstraint("product_id"),
        comment="One row a product: its latest known attributes",
    )
    op.create_table(
        "products_daily",
        sa.Column("day", sa.Date(), nullable=False, comment="Day in the site's time zone"),
        sa.Column("product_id", sa.Text(), nullable=False, comment="The shop's product id"),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217 currency; empty where unknown"),
        sa.Column("is_bot", sa.Boolean(), nullable=False, comment="Whether bots did it"),
        sa.Column("views", sa.BigInteger(), nullable=False, comment="product_view events that name it"),
        sa.Column("add_to_carts", sa.BigInteger(), nullable=False, comment="add_to_cart_click events that name it"),
        sa.Column("orders", sa.BigInteger(), nullable=False, comment="Orders that hold it"),
        sa.Column("units", sa.Numeric(precision=18, scale=4), nullable=False, comment="Units in those orders"),
        sa.Column(
            "revenue",
            sa.Numeric(precision=18, scale=4),
            nullable=False,
            comment="Its lines in those orders, price after discount times quantity",
        ),
        sa.PrimaryKeyConstraint("day", "product_id", "currency", "is_bot"),
        comment="Views, carts and purchases per site day, product, currency and bot",
    )
    op.create_table(
        "sessions",
        sa.Column(
            "session_key",
            sa.Text(),
            nullable=False,
            comment="s:<session_id>, or i:<client_id>:<epoch of the first hit> where inferred",
        ),
        sa.Column(
            "session_id",
            sa.Text(),
            nullable=True,
            comment="The tracker's session id; NULL where the session was inferred",
        ),
        sa.Column("client_id", sa.Text(), nullable=True, comment="The browser's sticky id"),
        sa.Column("user_id", sa.Text(), nullable=True, comment="Last user id that was logged in"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, comment="First hit; UTC"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False, comment="Last hit; UTC"),
        sa.Column("duration_seconds", sa.Integer(), nullable=False, comment="From first to last hit, in seconds"),
        sa.Column("events", sa.Integer(), nullable=False, comment="Number of events"),
        sa.Column(
            "page_views",
            sa.Integer(),
            nullable=False,
            comment="Number of page_view, home_view, category_view and product_view events",
        ),
        sa.Column("entry_page", sa.Text(), nullable=True, comment="Path of the first page"),
        sa.Column("exit_page", sa.Text(), nullable=True, comment="Path of the last page"),
        sa.Column("channel", sa.Text(), nullable=False, comment="Channel of the first hit"),
        sa.Column("utm_source", sa.Text(), nullable=True, comment="Campaign source of the first hit"),
        sa.Column("utm_medium", sa.Text(), nullable=True, comment="Campaign medium of the first hit"),
        sa.Column("utm_campaign", sa.Text(), nullable=True, comment="Campaign name of the first hit"),
        sa.Column("device_type", sa.Text(), nullable=False, comment="Device of the first hit"),
        sa.Column("country", sa.Text(), nullable=True, comment="Country of the first hit that has one"),
        sa.Column("is_bot", sa.Boolean(), nullable=False, comment="Whether any hit is a bot's"),
        sa.Column("reached_view", sa.Boolean(), nullable=False, comment="Saw any page"),
        sa.Column("reached_product_view", sa.Boolean(), nullable=False, comment="Saw a product"),
        sa.Column("reached_add_to_cart", sa.Boolean(), nullable=False, comment="Put something into the cart"),
        sa.Column("reached_checkout", sa.Boolean(), nullable=False, comment="Started a checkout"),
        sa.Column("reached_purchase", sa.Boolean(), nullable=False, comment="Completed a checkout"),
        sa.Column("orders", sa.Integer(), nullable=False, comment="Orders placed"),
        sa.Column(
            "revenue",
            sa.Numeric(precision=18, scale=4),
            nullable=False,
            comment="Their totals less refunds, in `currency`",
        ),
        sa.Column("currency", sa.Text(), nullable=True, comment="Currency of its first order"),
        sa.PrimaryKeyConstraint("session_key"),
        comment="One row a session: the tracker's, else hits of a client less than 1,800 s apart",
    )
    op.create_index("sessions_client", "sessions", ["client_id", "started_at"], unique=False)
    op.create_index("sessions_time", "sessions", ["started_at"], unique=False)
    op.create_table(
        "sessions_daily",
        sa.Column("day", sa.Date(), nullable=False, comment="Day in the site's time zone"),
        sa.Column("channel", sa.Text(), nullable=False, comment="Channel of the sessions"),
        sa.Column("device_type", sa.Text(), nullable=False, comment="Device of the sessions"),
        sa.Column("is_bot", sa.Boolean(), nullable=False, comment="Whether they are bots'"),
        sa.Column("sessions", sa.BigInteger(), nullable=False, comment="Number of sessions"),
        sa.Column("bounces", sa.BigInteger(), nullable=False, comment="Sessions with at most one page view"),
        sa.Column("duration_seconds", sa.BigInteger(), nullable=False, comment="Sum of their durations, in seconds"),
        sa.Column("page_views", sa.BigInteger(), nullable=False, comment="Sum of their page views"),
        sa.Column("converted", sa.BigInteger(), nullable=False, comment="Sessions with an order"),
        sa.PrimaryKeyConstraint("day", "channel", "device_type", "is_bot"),
        comment="Sessions per site day of their start, channel, device and bot",
    )
    op.create_table(
        "site",
        sa.Column(
            "one_row",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Always true: there is one row",
        ),
        sa.Column("time_zone", sa.Text(), nullable=False, comment="IANA time zone in which days begin"),
        sa.CheckConstraint("one_row", name="site_one_row"),
        sa.PrimaryKeyConstraint("one_row"),
        comment="Settings of the site: one row",
    )
    op.execute(ENSURE_PARTITIONS)

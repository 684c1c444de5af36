"""Facts a session, from which the mart counts with any filter; the admin API's audit, cancelled runs, idempotency keys.

Revision ID: 2026_11_23_facts
Revises: 2026_11_23_upkeep
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_23_facts"
down_revision = "2026_11_23_upkeep"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE SEQUENCE etl.audience_ids")
    op.execute("CREATE SEQUENCE etl.audit_ids")
    op.create_table(
        "audience_days",
        sa.Column("day", sa.Date(), nullable=False, comment="Day in the site's time zone"),
        sa.Column(
            "audience_id",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="What it can be filtered by (audiences)",
        ),
        sa.Column("events", sa.BigInteger(), nullable=False, comment="Number of events"),
        sa.Column("page_view", sa.BigInteger(), nullable=False, comment="page_view events"),
        sa.Column("home_view", sa.BigInteger(), nullable=False, comment="home_view events"),
        sa.Column("category_view", sa.BigInteger(), nullable=False, comment="category_view events"),
        sa.Column("product_view", sa.BigInteger(), nullable=False, comment="product_view events"),
        sa.Column("search", sa.BigInteger(), nullable=False, comment="search events"),
        sa.Column("click", sa.BigInteger(), nullable=False, comment="click events"),
        sa.Column("add_to_cart_click", sa.BigInteger(), nullable=False, comment="add_to_cart_click events"),
        sa.Column("remove_from_cart_click", sa.BigInteger(), nullable=False, comment="remove_from_cart_click events"),
        sa.Column("wishlist_toggle", sa.BigInteger(), nullable=False, comment="wishlist_toggle events"),
        sa.Column("share_click", sa.BigInteger(), nullable=False, comment="share_click events"),
        sa.Column("login_open", sa.BigInteger(), nullable=False, comment="login_open events"),
        sa.Column("login_success", sa.BigInteger(), nullable=False, comment="login_success events"),
        sa.Column("logout", sa.BigInteger(), nullable=False, comment="logout events"),
        sa.Column("checkout_start", sa.BigInteger(), nullable=False, comment="checkout_start events"),
        sa.Column("checkout_complete", sa.BigInteger(), nullable=False, comment="checkout_complete events"),
        sa.Column("refund", sa.BigInteger(), nullable=False, comment="refund events"),
        sa.Column("page_leave", sa.BigInteger(), nullable=False, comment="page_leave events"),
        sa.Column("custom", sa.BigInteger(), nullable=False, comment="Events of other names"),
        sa.Column("sessions", sa.BigInteger(), nullable=False, comment="Sessions that began"),
        sa.Column("bounces", sa.BigInteger(), nullable=False, comment="Those with at most one page view"),
        sa.Column("duration_seconds", sa.BigInteger(), nullable=False, comment="Sum of their durations, in seconds"),
        sa.Column("converted", sa.BigInteger(), nullable=False, comment="Those with an order"),
        sa.Column("viewed", sa.BigInteger(), nullable=False, comment="Those that saw any page"),
        sa.Column("product_viewed", sa.BigInteger(), nullable=False, comment="Those that saw a product"),
        sa.Column("added_to_cart", sa.BigInteger(), nullable=False, comment="Those that put something into the cart"),
        sa.Column("checked_out", sa.BigInteger(), nullable=False, comment="Those that started a checkout"),
        sa.Column("purchased", sa.BigInteger(), nullable=False, comment="Those that completed a checkout"),
        sa.PrimaryKeyConstraint("day", "audience_id"),
        comment="Events and sessions per site day and audience",
    )
    op.create_table(
        "audiences",
        sa.Column(
            "audience_id",
            sa.Integer(),
            server_default=sa.text("nextval('etl.audience_ids'::regclass)"),
            nullable=False,
            comment="Id of the combination",
        ),
        sa.Column("channel", sa.Text(), nullable=False, comment="Channel of the session's first hit"),
        sa.Column("device_type", sa.Text(), nullable=False, comment="Device of the session's first hit"),
        sa.Column("country", sa.Text(), nullable=False, comment="Country of the session; unknown where no hit has one"),
        sa.Column(
            "login_state",
            sa.Text(),
            nullable=False,
            comment="logged_in, guest, anonymous or unknown: the event's; a session's is its highest",
        ),
        sa.Column(
            "is_bot",
            sa.Boolean(),
            nullable=False,
            comment="Whether a bot sent the event; of a session: whether a bot sent any",
        ),
        sa.PrimaryKeyConstraint("audience_id"),
        comment="One row a combination of channel, device, country, login state and bot",
    )
    op.create_index(
        "audiences_what", "audiences", ["channel", "device_type", "country", "login_state", "is_bot"], unique=True
    )
    op.create_table(
        "audit",
        sa.Column(
            "audit_id",
            sa.BigInteger(),
            server_default=sa.text("nextval('etl.audit_ids'::regclass)"),
            nullable=False,
            comment="Id of the entry",
        ),
        sa.Column(
            "called_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When it was asked for",
        ),
        sa.Column(
            "caller",
            sa.Text(),
            nullable=False,
            comment="Fingerprint of the caller's token: first 12 hex digits of its SHA-256",
        ),
        sa.Column(
            "action",
            sa.Text(),
            nullable=False,
            comment="What was asked for, such as run.start, run.cancel, rejects.replay",
        ),
        sa.Column("target", sa.Text(), nullable=True, comment="Id of the run that it is about"),
        sa.Column("request", sa.Text(), nullable=False, comment="The call's body, as JSON"),
        sa.Column("status", sa.Integer(), nullable=False, comment="HTTP status of the answer"),
        sa.Column("detail", sa.Text(), nullable=True, comment="Why it was refused"),
        sa.PrimaryKeyConstraint("audit_id"),
        schema="etl",
        comment="One row a call of the admin API that asks for a change, also where it was refused",
    )
    op.create_index("audit_time", "audit", ["called_at"], unique=False, schema="etl")
    op.create_table(
        "session_facts",
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False, comment="First hit; UTC"),
        sa.Column(
            "client_since",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="First hit of its client ever; UTC. Its own where it has no client",
        ),
        sa.Column("session_no", sa.BigInteger(), nullable=False, comment="Hash of the session's key"),
        sa.Column("client_no", sa.BigInteger(), nullable=True, comment="Hash of the client's id"),
        sa.Column("day", sa.Date(), nullable=False, comment="Day in the site's time zone of its first hit"),
        sa.Column("audience_id", sa.Integer(), nullable=False, comment="What it can be filtered by (audiences)"),
        sa.Column("duration_seconds", sa.Integer(), nullable=False, comment="From first to last hit, in seconds"),
        sa.Column(
            "page_views",
            sa.Integer(),
            nullable=False,
            comment="Number of page_view, home_view, category_view and product_view events",
        ),
        sa.Column("product_views", sa.Integer(), nullable=False, comment="Number of product_view events"),
        sa.Column("add_to_carts", sa.Integer(), nullable=False, comment="Number of add_to_cart_click events"),
        sa.Column("orders", sa.Integer(), nullable=False, comment="Orders placed"),
        sa.Column("reached_view", sa.Boolean(), nullable=False, comment="Saw any page"),
        sa.Column("reached_product_view", sa.Boolean(), nullable=False, comment="Saw a product"),
        sa.Column("reached_add_to_cart", sa.Boolean(), nullable=False, comment="Put something into the cart"),
        sa.Column("reached_checkout", sa.Boolean(), nullable=False, comment="Started a checkout"),
        sa.Column("reached_purchase", sa.Boolean(), nullable=False, comment="Completed a checkout"),
        sa.Column("entry_page", sa.Text(), nullable=True, comment="Path of the first page"),
        sa.Column("exit_page", sa.Text(), nullable=True, comment="Path of the last page"),
        sa.Column("utm_source", sa.Text(), nullable=True, comment="Campaign source of the first hit"),
        sa.Column("utm_medium", sa.Text(), nullable=True, comment="Campaign medium of the first hit"),
        sa.Column("utm_campaign", sa.Text(), nullable=True, comment="Campaign name of the first hit"),
        sa.Column(
            "steps",
            sa.Text(),
            nullable=True,
            comment="Kinds of its pages in the order of their first view, joined by >",
        ),
        comment="One row a session: its numbers",
    )
    op.create_index(
        "session_facts_day",
        "session_facts",
        ["day"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
    )
    op.create_index("session_facts_time", "session_facts", ["started_at"], unique=False)
    op.create_table(
        "session_hours",
        sa.Column(
            "hour", sa.DateTime(timezone=True), nullable=False, comment="Start of the hour by the site's clock; UTC"
        ),
        sa.Column(
            "session_no",
            sa.BigInteger(),
            nullable=True,
            comment="Hash of the session's key; NULL for events without session and client",
        ),
        sa.Column("day", sa.Date(), nullable=False, comment="Day in the site's time zone that the hour belongs to"),
        sa.Column("audience_id", sa.Integer(), nullable=False, comment="What it can be filtered by (audiences)"),
        sa.Column("events", sa.Integer(), nullable=False, comment="Number of events"),
        sa.Column("page_view", sa.Integer(), nullable=True, comment="page_view events; NULL: none"),
        sa.Column("home_view", sa.Integer(), nullable=True, comment="home_view events; NULL: none"),
        sa.Column("category_view", sa.Integer(), nullable=True, comment="category_view events; NULL: none"),
        sa.Column("product_view", sa.Integer(), nullable=True, comment="product_view events; NULL: none"),
        sa.Column("search", sa.Integer(), nullable=True, comment="search events; NULL: none"),
        sa.Column("click", sa.Integer(), nullable=True, comment="click events; NULL: none"),
        sa.Column("add_to_cart_click", sa.Integer(), nullable=True, comment="add_to_cart_click events; NULL: none"),
        sa.Column(
            "remove_from_cart_click", sa.Integer(), nullable=True, comment="remove_from_cart_click events; NULL: none"
        ),
        sa.Column("wishlist_toggle", sa.Integer(), nullable=True, comment="wishlist_toggle events; NULL: none"),
        sa.Column("share_click", sa.Integer(), nullable=True, comment="share_click events; NULL: none"),
        sa.Column("login_open", sa.Integer(), nullable=True, comment="login_open events; NULL: none"),
        sa.Column("login_success", sa.Integer(), nullable=True, comment="login_success events; NULL: none"),
        sa.Column("logout", sa.Integer(), nullable=True, comment="logout events; NULL: none"),
        sa.Column("checkout_start", sa.Integer(), nullable=True, comment="checkout_start events; NULL: none"),
        sa.Column("checkout_complete", sa.Integer(), nullable=True, comment="checkout_complete events; NULL: none"),
        sa.Column("refund", sa.Integer(), nullable=True, comment="refund events; NULL: none"),
        sa.Column("page_leave", sa.Integer(), nullable=True, comment="page_leave events; NULL: none"),
        sa.Column(
            "custom",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="Events of other names, by name; NULL: none",
        ),
        comment="One row a session, hour and audience: its events by name",
    )
    op.create_index(
        "session_hours_day",
        "session_hours",
        ["day"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
    )
    op.create_table(
        "session_orders",
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=False, comment="When it was placed; UTC"),
        sa.Column(
            "session_no",
            sa.BigInteger(),
            nullable=True,
            comment="Hash of the session's key; NULL for events without session and client",
        ),
        sa.Column("day", sa.Date(), nullable=False, comment="Day in the site's time zone"),
        sa.Column("audience_id", sa.Integer(), nullable=False, comment="What it can be filtered by (audiences)"),
        sa.Column("revenue", sa.Numeric(), nullable=False, comment="Total less refunds"),
        sa.Column("currency", sa.Text(), nullable=True, comment="ISO 4217 currency"),
        sa.Column("order_id", sa.Text(), nullable=False, comment="The shop's order id"),
        comment="One row an order with the session that placed it",
    )
    op.create_index(
        "session_orders_day",
        "session_orders",
        ["day"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
    )
    op.create_table(
        "session_pages",
        sa.Column("session_no", sa.BigInteger(), nullable=False, comment="Hash of the session's key"),
        sa.Column("client_no", sa.BigInteger(), nullable=True, comment="Hash of the client's id"),
        sa.Column("day", sa.Date(), nullable=False, comment="Day in the site's time zone"),
        sa.Column("audience_id", sa.Integer(), nullable=False, comment="What it can be filtered by (audiences)"),
        sa.Column(
            "views",
            sa.Integer(),
            nullable=False,
            comment="Views of the page: its page_view events, or where there are none those of other views",
        ),
        sa.Column("page_path", sa.Text(), nullable=False, comment="Path of the page"),
        comment="One row a session, day and page that it viewed",
    )
    op.create_index(
        "session_pages_day",
        "session_pages",
        ["day"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
    )
    op.create_table(
        "session_products",
        sa.Column(
            "session_no",
            sa.BigInteger(),
            nullable=True,
            comment="Hash of the session's key; NULL for events without session and client",
        ),
        sa.Column("day", sa.Date(), nullable=False, comment="Day in the site's time zone"),
        sa.Column("audience_id", sa.Integer(), nullable=False, comment="What it can be filtered by (audiences)"),
        sa.Column("views", sa.Integer(), nullable=False, comment="product_view events that name it"),
        sa.Column("add_to_carts", sa.Integer(), nullable=False, comment="add_to_cart_click events that name it"),
        sa.Column("orders", sa.Integer(), nullable=False, comment="Orders that hold it"),
        sa.Column("product_id", sa.Text(), nullable=False, comment="The shop's product id"),
        sa.Column("currency", sa.Text(), nullable=False, comment="ISO 4217 currency; empty where unknown"),
        sa.Column("units", sa.Numeric(), nullable=False, comment="Units in those orders"),
        sa.Column(
            "revenue",
            sa.Numeric(),
            nullable=False,
            comment="Its lines in those orders, price after discount times quantity",
        ),
        comment="One row a session, day, product and currency: views, carts and purchases",
    )
    op.create_index(
        "session_products_day",
        "session_products",
        ["day"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
    )
    op.create_table(
        "session_searches",
        sa.Column("session_no", sa.BigInteger(), nullable=False, comment="Hash of the session's key"),
        sa.Column("day", sa.Date(), nullable=False, comment="Day in the site's time zone"),
        sa.Column("audience_id", sa.Integer(), nullable=False, comment="What it can be filtered by (audiences)"),
        sa.Column("searches", sa.Integer(), nullable=False, comment="Number of searches"),
        sa.Column(
            "query", sa.Text(), nullable=False, comment="What was searched for, in lower case without spaces around it"
        ),
        comment="One row a session, day and search query",
    )
    op.create_index(
        "session_searches_day",
        "session_searches",
        ["day"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
    )
    op.add_column(
        "runs",
        sa.Column(
            "idempotency_key",
            sa.Text(),
            nullable=True,
            comment="Given by who asked, so that asking twice makes one run",
        ),
        schema="etl",
    )
    op.alter_column(
        "runs",
        "state",
        existing_type=sa.TEXT(),
        comment="queued, running, succeeded, failed, or cancelled while queued",
        existing_comment="queued, running, succeeded or failed",
        existing_nullable=False,
        schema="etl",
    )
    op.create_index("runs_idempotency", "runs", ["idempotency_key"], unique=True, schema="etl")
    op.drop_constraint("runs_state", "runs", schema="etl")
    op.create_check_constraint(
        "runs_state", "runs", "state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')", schema="etl"
    )

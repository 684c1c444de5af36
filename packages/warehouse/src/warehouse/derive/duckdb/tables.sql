-- Names and states that the contract knows: compared and grouped as small numbers. A later state says more.
CREATE TEMP TYPE EVENT_KIND AS ENUM (
    'page_view', 'home_view', 'category_view', 'product_view', 'search', 'click', 'add_to_cart_click',
    'remove_from_cart_click', 'wishlist_toggle', 'share_click', 'login_open', 'login_success', 'logout',
    'checkout_start', 'checkout_complete', 'refund', 'page_leave', 'other'
);
CREATE TEMP TYPE LOGIN_STATE AS ENUM ('unknown', 'anonymous', 'guest', 'logged_in');

-- What a load leaves to derive from: the events that it adds, their lines, and the events that it deletes. Those that are
-- added come as Arrow, or are read from the warehouse: `added` and `added_items` are views of both, made when all are there.
CREATE TEMP TABLE read_added (
    event_id UUID, event_timestamp TIMESTAMPTZ, event_name VARCHAR, user_id VARCHAR, session_id VARCHAR, client_id VARCHAR,
    page_path VARCHAR, channel VARCHAR, utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR, device_type VARCHAR,
    country VARCHAR, is_bot BOOLEAN, sequence INTEGER, order_id VARCHAR, user_login_state VARCHAR, search_query VARCHAR
);
CREATE TEMP TABLE read_added_items (
    event_id UUID, event_timestamp TIMESTAMPTZ, event_name VARCHAR, product_id VARCHAR, product_name VARCHAR,
    product_category VARCHAR, product_brand VARCHAR, product_url_path VARCHAR, price DECIMAL(18, 4),
    discount_price DECIMAL(18, 4), quantity DECIMAL(18, 4), currency VARCHAR
);
CREATE TEMP TABLE gone (
    event_id UUID, event_timestamp TIMESTAMPTZ, event_name VARCHAR, session_id VARCHAR, client_id VARCHAR,
    order_id VARCHAR, is_bot BOOLEAN
);

-- What the warehouse says of them.
CREATE TEMP TABLE moved_orders (event_id UUID, event_timestamp TIMESTAMPTZ, session_id VARCHAR, client_id VARCHAR);
CREATE TEMP TABLE placed_orders (
    order_id VARCHAR, event_id UUID, ordered_at TIMESTAMPTZ, currency VARCHAR, revenue DECIMAL(18, 4)
);
CREATE TEMP TABLE known_sessions (session_id VARCHAR, frozen BOOLEAN);
CREATE TEMP TABLE known_clients (client_id VARCHAR, frozen BOOLEAN);
CREATE TEMP TABLE known_hits AS FROM read_added;
CREATE TEMP TABLE known_items AS FROM read_added_items;
CREATE TEMP TABLE known_bare_days (day DATE, frozen BOOLEAN);
-- event_ids: as PostgreSQL writes bytes, \x and two letters each.
CREATE TEMP TABLE sessions_gone (
    started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, client_id VARCHAR, session_key VARCHAR, event_ids VARCHAR
);
CREATE TEMP TABLE clients_gone (client_id VARCHAR, first_seen_at TIMESTAMPTZ);
CREATE TEMP TABLE client_sessions (
    client_id VARCHAR, session_key VARCHAR, started_at TIMESTAMPTZ, ended_at TIMESTAMPTZ, channel VARCHAR,
    user_ids VARCHAR, is_bot BOOLEAN, hour TIMESTAMPTZ, day DATE, audience_id INTEGER,
    campaign_id INTEGER, orders INTEGER
);
CREATE TEMP TABLE quarters (quarter BIGINT, hour TIMESTAMPTZ, day DATE);
CREATE TEMP TABLE audiences (
    audience_id INTEGER, channel VARCHAR, device_type VARCHAR, country VARCHAR, login_state VARCHAR, is_bot BOOLEAN
);
CREATE TEMP TABLE campaigns (campaign_id INTEGER, utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR);

-- Rows of the facts that go: what they take from the sums.
CREATE TEMP TABLE hours_gone (
    hour TIMESTAMPTZ, day DATE, audience_id INTEGER, events INTEGER, page_view INTEGER, home_view INTEGER, category_view INTEGER,
    product_view INTEGER, search INTEGER, click INTEGER, add_to_cart_click INTEGER, remove_from_cart_click INTEGER,
    wishlist_toggle INTEGER, share_click INTEGER, login_open INTEGER, login_success INTEGER, logout INTEGER,
    checkout_start INTEGER, checkout_complete INTEGER, refund INTEGER, page_leave INTEGER
);
CREATE TEMP TABLE facts_gone (
    started_at TIMESTAMPTZ, client_no BIGINT, entry_page VARCHAR, exit_page VARCHAR, steps VARCHAR,
    campaign_id INTEGER, add_to_carts INTEGER, day DATE, audience_id INTEGER, page_views INTEGER, duration_seconds INTEGER, orders INTEGER, reached_view BOOLEAN,
    reached_product_view BOOLEAN, reached_add_to_cart BOOLEAN, reached_checkout BOOLEAN, reached_purchase BOOLEAN
);
CREATE TEMP TABLE products_gone (
    day DATE, audience_id INTEGER, product_id VARCHAR, currency VARCHAR, views INTEGER, add_to_carts INTEGER,
    orders INTEGER, units DECIMAL(38, 4), revenue DECIMAL(38, 4)
);
CREATE TEMP TABLE searches_gone (
    day DATE, audience_id INTEGER, searches INTEGER, days_since INTEGER, product_views INTEGER, orders INTEGER, query VARCHAR
);
CREATE TEMP TABLE orders_gone (day DATE, audience_id INTEGER, revenue DECIMAL(18, 4), currency VARCHAR);
CREATE TEMP TABLE pages_gone (day DATE, audience_id INTEGER, views INTEGER, page_path VARCHAR);

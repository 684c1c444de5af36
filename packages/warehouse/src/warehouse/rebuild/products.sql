-- Latest known attributes; an attribute that the newest event leaves out stays as it was.
INSERT INTO products (product_id, name, category, brand, url_path, price, last_seen_at)
SELECT DISTINCT ON (i.product_id)
       i.product_id, i.product_name, i.product_category, i.product_brand, i.product_url_path, i.price, i.event_timestamp
FROM touched_events t
JOIN event_items i ON i.event_id = t.event_id AND i.event_timestamp = t.event_timestamp
WHERE i.product_id IS NOT NULL
ORDER BY i.product_id, i.event_timestamp DESC, i.event_id, i.line_number
ON CONFLICT (product_id) DO UPDATE SET
    name = coalesce(excluded.name, products.name),
    category = coalesce(excluded.category, products.category),
    brand = coalesce(excluded.brand, products.brand),
    url_path = coalesce(excluded.url_path, products.url_path),
    price = coalesce(excluded.price, products.price),
    last_seen_at = excluded.last_seen_at
WHERE excluded.last_seen_at >= products.last_seen_at;

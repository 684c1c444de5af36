CREATE TEMP TABLE products_before ON COMMIT DROP AS
SELECT p.product_id, p.category, p.brand
FROM products p JOIN (SELECT product_id FROM touched_products UNION SELECT product_id FROM forgotten_products) t USING (product_id);

-- Latest known attributes; an attribute that the newest event leaves out stays as it was. Each attribute's latest value
-- is kept with its time, so that events may come in any order. Of values at the same moment the greatest wins.
-- What was seen in events that retention has dropped stays.
DELETE FROM etl.product_attributes a USING forgotten_products f
WHERE a.product_id = f.product_id AND a.seen_at >= (SELECT etl.events_kept_from());
DELETE FROM products p USING forgotten_products f
WHERE p.product_id = f.product_id AND NOT EXISTS (
    SELECT FROM etl.product_attributes a WHERE a.product_id = p.product_id
);

-- Products of deleted events: what they are now can only be said by all their events.
INSERT INTO touched_products
SELECT i.product_id, i.product_name, i.product_category, i.product_brand, i.product_url_path, i.price, max(i.event_timestamp)
FROM event_items i JOIN forgotten_products USING (product_id)
GROUP BY i.product_id, i.product_name, i.product_category, i.product_brand, i.product_url_path, i.price;
ANALYZE touched_products;

INSERT INTO etl.product_attributes AS known (product_id, attribute, value, seen_at)
SELECT DISTINCT ON (t.product_id, a.attribute) t.product_id, a.attribute, a.value, t.seen_at
FROM touched_products t, LATERAL (VALUES
    ('name', t.product_name), ('category', t.product_category), ('brand', t.product_brand),
    ('url_path', t.product_url_path), ('price', t.price::text)) AS a (attribute, value)
WHERE a.value IS NOT NULL
ORDER BY t.product_id, a.attribute, t.seen_at DESC, a.value DESC
ON CONFLICT (product_id, attribute) DO UPDATE SET value = excluded.value, seen_at = excluded.seen_at
WHERE (excluded.seen_at, excluded.value) > (known.seen_at, known.value);

INSERT INTO products (product_id, name, category, brand, url_path, price, last_seen_at)
SELECT t.product_id,
       min(a.value) FILTER (WHERE a.attribute = 'name'), min(a.value) FILTER (WHERE a.attribute = 'category'),
       min(a.value) FILTER (WHERE a.attribute = 'brand'), min(a.value) FILTER (WHERE a.attribute = 'url_path'),
       min(a.value) FILTER (WHERE a.attribute = 'price')::numeric, t.last_seen_at
FROM (SELECT product_id, max(seen_at) AS last_seen_at FROM touched_products GROUP BY product_id) t
LEFT JOIN etl.product_attributes a USING (product_id)
GROUP BY t.product_id, t.last_seen_at
ON CONFLICT (product_id) DO UPDATE SET
    name = excluded.name, category = excluded.category, brand = excluded.brand, url_path = excluded.url_path,
    price = excluded.price, last_seen_at = greatest(products.last_seen_at, excluded.last_seen_at);

-- Those whose category or brand is another one now: also where it had none, or was forgotten.
CREATE TEMP TABLE moved_products ON COMMIT DROP AS
SELECT product_id
FROM (SELECT product_id FROM touched_products UNION SELECT product_id FROM forgotten_products) t
LEFT JOIN products p USING (product_id) LEFT JOIN products_before b USING (product_id)
WHERE (p.category, p.brand) IS DISTINCT FROM (b.category, b.brand);

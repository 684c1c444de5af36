SELECT
  "t0"."event_id",
  "t0"."event_timestamp",
  "t0"."event_name",
  "t0"."order_id",
  "t0"."order_total" AS "total",
  "t0"."order_currency" AS "currency",
  "t0"."order_tax" AS "tax",
  "t0"."order_shipping" AS "shipping",
  "t0"."order_discount" AS "discount",
  "t0"."order_coupon" AS "coupon",
  "t0"."order_item_count" AS "item_count",
  "t0"."client_id",
  "t0"."session_id",
  "t0"."user_id",
  "t0"."is_bot",
  "t0"."ingest_window"
FROM "judged" AS "t0"
WHERE
  "t0"."event_name" IN ('checkout_complete', 'refund')
  AND "t0"."order_id" IS NOT NULL

SELECT
  "t4"."object_id",
  "t4"."line_number",
  "t4"."names",
  "t4"."sound",
  "t4"."event_id",
  "t4"."event_timestamp",
  "t4"."event_name",
  "t4"."user_id",
  "t4"."user_login_state",
  "t4"."identity_source",
  "t4"."client_id",
  "t4"."session_id",
  "t4"."is_first_visit",
  "t4"."context_product_id",
  "t4"."context_product_name",
  "t4"."context_product_category",
  "t4"."context_product_brand",
  "t4"."context_product_price",
  "t4"."context_product_discount_price",
  "t4"."context_product_url_path",
  "t4"."received_at",
  "t4"."page_title",
  "t4"."country",
  "t4"."locale",
  "t4"."sequence",
  "t4"."order_id",
  "t4"."search_query",
  "t4"."properties",
  "t4"."clock_corrected",
  "t4"."ingest_window",
  "t4"."sent_page_url",
  "t4"."sent_referrer",
  "t4"."user_agent",
  "t4"."items",
  "t4"."order_currency",
  "t4"."order_coupon",
  "t4"."order_item_count",
  "t4"."order_total",
  "t4"."order_tax",
  "t4"."order_shipping",
  "t4"."order_discount",
  "t4"."consented"
FROM (
  SELECT
    *
  FROM "lines" AS "t0"
  WHERE
    "t0"."sound" AND "t0"."consented"
) AS "t4"
ANTI JOIN "repeats" AS "t2"
  ON "t4"."object_id" = "t2"."object_id" AND "t4"."line_number" = "t2"."line_number"

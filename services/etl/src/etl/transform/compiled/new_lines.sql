SELECT
  "t6"."object_id",
  "t6"."line_number",
  "t6"."names",
  "t6"."sound",
  "t6"."event_id",
  "t6"."event_timestamp",
  "t6"."event_name",
  "t6"."user_id",
  "t6"."user_login_state",
  "t6"."identity_source",
  "t6"."client_id",
  "t6"."session_id",
  "t6"."is_first_visit",
  "t6"."context_product_id",
  "t6"."context_product_name",
  "t6"."context_product_category",
  "t6"."context_product_brand",
  "t6"."context_product_price",
  "t6"."context_product_discount_price",
  "t6"."context_product_url_path",
  "t6"."received_at",
  "t6"."page_title",
  "t6"."country",
  "t6"."locale",
  "t6"."sequence",
  "t6"."order_id",
  "t6"."search_query",
  "t6"."properties",
  "t6"."clock_corrected",
  "t6"."ingest_window",
  "t6"."sent_page_url",
  "t6"."sent_referrer",
  "t6"."user_agent",
  "t6"."items",
  "t6"."order_currency",
  "t6"."order_coupon",
  "t6"."order_item_count",
  "t6"."order_total",
  "t6"."order_tax",
  "t6"."order_shipping",
  "t6"."order_discount",
  "t6"."consented"
FROM (
  SELECT
    *
  FROM "lines" AS "t0"
  WHERE
    "t0"."sound" AND "t0"."consented"
) AS "t6"
ANTI JOIN "repeats" AS "t3"
  ON "t6"."object_id" = "t3"."object_id" AND "t6"."line_number" = "t3"."line_number"
ANTI JOIN "known" AS "t4"
  ON "t6"."object_id" = "t4"."object_id" AND "t6"."line_number" = "t4"."line_number"

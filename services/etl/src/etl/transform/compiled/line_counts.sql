WITH "t3" AS (
  SELECT
    *
  FROM "lines" AS "t0"
  WHERE
    "t0"."sound" AND "t0"."consented"
)
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t8"."object_id",
      "t8"."lines",
      'rejected' AS "part"
    FROM (
      SELECT
        "t4"."object_id",
        COUNT(*) AS "lines"
      FROM (
        SELECT
          *
        FROM "lines" AS "t0"
        WHERE
          NOT (
            "t0"."sound"
          )
      ) AS "t4"
      GROUP BY
        1
    ) AS "t8"
  ) AS "t11"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t9"."object_id",
      "t9"."lines",
      'withheld' AS "part"
    FROM (
      SELECT
        "t5"."object_id",
        COUNT(*) AS "lines"
      FROM (
        SELECT
          *
        FROM "lines" AS "t0"
        WHERE
          "t0"."sound" AND NOT (
            "t0"."consented"
          )
      ) AS "t5"
      GROUP BY
        1
    ) AS "t9"
  ) AS "t12"
) AS "t14"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t10"."object_id",
      "t10"."lines",
      'kept' AS "part"
    FROM (
      SELECT
        "t6"."object_id",
        COUNT(*) AS "lines"
      FROM "t3" AS "t6"
      GROUP BY
        1
    ) AS "t10"
  ) AS "t13"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t16"."object_id",
      "t16"."lines",
      'loaded' AS "part"
    FROM (
      SELECT
        "t15"."object_id",
        COUNT(*) AS "lines"
      FROM (
        SELECT
          "t7"."object_id",
          "t7"."line_number",
          "t7"."names",
          "t7"."sound",
          "t7"."event_id",
          "t7"."event_timestamp",
          "t7"."event_name",
          "t7"."user_id",
          "t7"."user_login_state",
          "t7"."identity_source",
          "t7"."client_id",
          "t7"."session_id",
          "t7"."is_first_visit",
          "t7"."context_product_id",
          "t7"."context_product_name",
          "t7"."context_product_category",
          "t7"."context_product_brand",
          "t7"."context_product_price",
          "t7"."context_product_discount_price",
          "t7"."context_product_url_path",
          "t7"."received_at",
          "t7"."page_title",
          "t7"."country",
          "t7"."locale",
          "t7"."sequence",
          "t7"."order_id",
          "t7"."search_query",
          "t7"."properties",
          "t7"."clock_corrected",
          "t7"."ingest_window",
          "t7"."sent_page_url",
          "t7"."sent_referrer",
          "t7"."user_agent",
          "t7"."items",
          "t7"."order_currency",
          "t7"."order_coupon",
          "t7"."order_item_count",
          "t7"."order_total",
          "t7"."order_tax",
          "t7"."order_shipping",
          "t7"."order_discount",
          "t7"."consented"
        FROM "t3" AS "t7"
        ANTI JOIN "repeats" AS "t2"
          ON "t7"."object_id" = "t2"."object_id" AND "t7"."line_number" = "t2"."line_number"
      ) AS "t15"
      GROUP BY
        1
    ) AS "t16"
  ) AS "t17"
) AS "t18"

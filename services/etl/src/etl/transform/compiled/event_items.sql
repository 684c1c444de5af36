SELECT
  *
FROM (
  SELECT
    "t3"."event_id",
    CAST("t3"."position" + 1 AS INT) AS "line_number",
    "t3"."event_timestamp",
    "t3"."event_name",
    "t3"."is_bot",
    NULLIF(
      TRIM(
        (
          LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
        )."id",
        ' 	
'
      ),
      ''
    ) AS "product_id",
    NULLIF(
      TRIM(
        (
          LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
        )."name",
        ' 	
'
      ),
      ''
    ) AS "product_name",
    NULLIF(
      TRIM(
        (
          LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
        )."category",
        ' 	
'
      ),
      ''
    ) AS "product_category",
    NULLIF(
      TRIM(
        (
          LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
        )."brand",
        ' 	
'
      ),
      ''
    ) AS "product_brand",
    NULLIF(
      TRIM(
        (
          LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
        )."urlPath",
        ' 	
'
      ),
      ''
    ) AS "product_url_path",
    TRY_CAST(CASE
      WHEN REGEXP_MATCHES(
        (
          LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
        )."price",
        '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
      )
      THEN (
        LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
      )."price"
      ELSE CAST(NULL AS TEXT)
    END AS DECIMAL(18, 4)) AS "price",
    TRY_CAST(CASE
      WHEN REGEXP_MATCHES(
        (
          LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
        )."discountPrice",
        '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
      )
      THEN (
        LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
      )."discountPrice"
      ELSE CAST(NULL AS TEXT)
    END AS DECIMAL(18, 4)) AS "discount_price",
    TRY_CAST(CASE
      WHEN REGEXP_MATCHES(
        (
          LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
        )."quantity",
        '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
      )
      THEN (
        LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
      )."quantity"
      ELSE CAST(NULL AS TEXT)
    END AS DECIMAL(18, 4)) AS "quantity",
    NULLIF(
      TRIM(
        (
          LIST_EXTRACT("t3"."items", "t3"."position" + CAST("t3"."position" >= 0 AS BIGINT))
        )."currency",
        ' 	
'
      ),
      ''
    ) AS "currency",
    "t3"."ingest_window"
  FROM (
    SELECT
      "t1"."event_id",
      "t1"."event_timestamp",
      "t1"."event_name",
      "t1"."is_bot",
      "t1"."ingest_window",
      "t1"."items",
      "t1"."client_id",
      "t1"."session_id",
      "t1"."context_product_id",
      "t1"."context_product_name",
      "t1"."context_product_category",
      "t1"."context_product_brand",
      "t1"."context_product_price",
      "t1"."context_product_discount_price",
      "t1"."context_product_url_path",
      "t1"."user_id",
      "t1"."order_id",
      "t1"."order_total",
      "t1"."order_currency",
      "t1"."order_tax",
      "t1"."order_shipping",
      "t1"."order_discount",
      "t1"."order_coupon",
      "t1"."order_item_count",
      UNNEST(RANGE(0, ARRAY_LENGTH("t1"."items"), 1)) AS "position"
    FROM (
      SELECT
        *
      FROM "judged" AS "t0"
      WHERE
        ARRAY_LENGTH("t0"."items") > 0
    ) AS "t1"
  ) AS "t3"
) AS "t4"
UNION ALL
SELECT
  *
FROM (
  SELECT
    "t0"."event_id",
    1 AS "line_number",
    "t0"."event_timestamp",
    "t0"."event_name",
    "t0"."is_bot",
    "t0"."context_product_id" AS "product_id",
    "t0"."context_product_name" AS "product_name",
    "t0"."context_product_category" AS "product_category",
    "t0"."context_product_brand" AS "product_brand",
    "t0"."context_product_url_path" AS "product_url_path",
    "t0"."context_product_price" AS "price",
    "t0"."context_product_discount_price" AS "discount_price",
    CAST(NULL AS DECIMAL(18, 4)) AS "quantity",
    CAST(NULL AS TEXT) AS "currency",
    "t0"."ingest_window"
  FROM "judged" AS "t0"
  WHERE
    COALESCE(ARRAY_LENGTH("t0"."items"), 0) = 0
    AND "t0"."context_product_id" IS NOT NULL
) AS "t2"

SELECT
  "t9"."object_id",
  "t9"."line_number",
  "t9"."names",
  CASE
    WHEN (
      "t9"."damage" IS NOT NULL
    )
    OR (
      "t9"."kind" IS NULL
    )
    OR (
      "t9"."kind" <> 'OBJECT'
    )
    OR (
      (
        "t9"."event"."eventName"
      ) IS NULL
    )
    OR CASE
      WHEN "t9"."event"."eventName" IN (
        'page_view',
        'click',
        'home_view',
        'category_view',
        'product_view',
        'search',
        'add_to_cart_click',
        'remove_from_cart_click',
        'wishlist_toggle',
        'share_click',
        'login_open',
        'login_success',
        'logout',
        'checkout_start',
        'checkout_complete',
        'refund',
        'page_leave'
      )
      THEN FALSE
      ELSE NOT (
        REGEXP_MATCHES("t9"."event"."eventName", '^[A-Za-z][A-Za-z0-9_.:-]*$')
      )
      OR (
        LENGTH("t9"."event"."eventName") > 64
      )
    END
    OR (
      (
        (
          "t9"."event"."eventId"
        ) IS NOT NULL
      )
      AND (
        "t9"."sent_id" IS NULL
      )
    )
    OR (
      (
        (
          "t9"."event"."eventTimestamp"
        ) IS NOT NULL
      )
      AND (
        "t9"."browser_time" IS NULL
      )
    )
    OR (
      (
        (
          "t9"."event"."sequence"
        ) IS NOT NULL
      )
      AND (
        "t9"."sequence" IS NULL
      )
    )
    OR (
      (
        (
          "t9"."event"."isFirstVisit"
        ) IS NOT NULL
      )
      AND (
        "t9"."is_first_visit" IS NULL
      )
    )
    OR (
      (
        (
          "t9"."event"."userLoginState"
        ) IS NOT NULL
      )
      AND NOT (
        "t9"."event"."userLoginState" IN ('logged_in', 'anonymous', 'guest')
      )
    )
    OR CASE
      WHEN STRLEN("t9"."event"."userId") > 128
      THEN LENGTH("t9"."event"."userId") > 128
      ELSE FALSE
    END
    OR CASE
      WHEN STRLEN("t9"."event"."clientId") > 128
      THEN LENGTH("t9"."event"."clientId") > 128
      ELSE FALSE
    END
    OR CASE
      WHEN STRLEN("t9"."event"."sessionId") > 128
      THEN LENGTH("t9"."event"."sessionId") > 128
      ELSE FALSE
    END
    OR CASE
      WHEN (
        "t9"."event"."consent"
      ) IS NOT NULL
      THEN (
        (
          CAST("t9"."event"."consent" AS TEXT) IS NOT NULL
        )
        AND NOT (
          STARTS_WITH(CAST("t9"."event"."consent" AS TEXT), '{')
        )
      )
      OR (
        (
          (
            "t9"."consent"."analytics"
          ) IS NOT NULL
        )
        AND (
          "t9"."analytics" IS NULL
        )
      )
      ELSE FALSE
    END
    OR CASE
      WHEN (
        "t9"."event"."element"
      ) IS NOT NULL
      THEN (
        CAST("t9"."event"."element" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t9"."event"."element" AS TEXT), '{')
      )
      ELSE FALSE
    END
    OR CASE
      WHEN (
        "t9"."event"."items"
      ) IS NOT NULL
      THEN (
        (
          CAST("t9"."event"."items" AS TEXT) IS NOT NULL
        )
        AND NOT (
          STARTS_WITH(CAST("t9"."event"."items" AS TEXT), '[')
        )
      )
      OR (
        ARRAY_LENGTH(
          LIST_FILTER("t9"."item_kinds", LAMBDA __ibis_param_kind__ : __ibis_param_kind__ <> 'OBJECT')
        ) > 0
      )
      OR (
        ARRAY_LENGTH(
          LIST_FILTER(
            "t9"."items",
            LAMBDA __ibis_param_item__ : (
              (
                (
                  __ibis_param_item__
                )."price"
              ) IS NOT NULL
            )
            AND (
              TRY_CAST(CASE
                WHEN REGEXP_MATCHES(
                  (
                    __ibis_param_item__
                  )."price",
                  '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
                )
                THEN (
                  __ibis_param_item__
                )."price"
                ELSE CAST(NULL AS TEXT)
              END AS DECIMAL(18, 4)) IS NULL
            )
          )
        ) > 0
      )
      OR (
        ARRAY_LENGTH(
          LIST_FILTER(
            "t9"."items",
            LAMBDA __ibis_param_item__ : (
              (
                (
                  __ibis_param_item__
                )."discountPrice"
              ) IS NOT NULL
            )
            AND (
              TRY_CAST(CASE
                WHEN REGEXP_MATCHES(
                  (
                    __ibis_param_item__
                  )."discountPrice",
                  '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
                )
                THEN (
                  __ibis_param_item__
                )."discountPrice"
                ELSE CAST(NULL AS TEXT)
              END AS DECIMAL(18, 4)) IS NULL
            )
          )
        ) > 0
      )
      OR (
        ARRAY_LENGTH(
          LIST_FILTER(
            "t9"."items",
            LAMBDA __ibis_param_item__ : (
              (
                (
                  __ibis_param_item__
                )."quantity"
              ) IS NOT NULL
            )
            AND (
              TRY_CAST(CASE
                WHEN REGEXP_MATCHES(
                  (
                    __ibis_param_item__
                  )."quantity",
                  '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
                )
                THEN (
                  __ibis_param_item__
                )."quantity"
                ELSE CAST(NULL AS TEXT)
              END AS DECIMAL(18, 4)) IS NULL
            )
          )
        ) > 0
      )
      OR (
        ARRAY_LENGTH(
          LIST_FILTER(
            "t9"."items",
            LAMBDA __ibis_param_item__ : LENGTH((
              __ibis_param_item__
            )."id") > 128
          )
        ) > 0
      )
      ELSE FALSE
    END
    OR CASE
      WHEN (
        "t9"."event"."order"
      ) IS NOT NULL
      THEN (
        (
          CAST("t9"."event"."order" AS TEXT) IS NOT NULL
        )
        AND NOT (
          STARTS_WITH(CAST("t9"."event"."order" AS TEXT), '{')
        )
      )
      OR (
        (
          (
            "t9"."order"."itemCount"
          ) IS NOT NULL
        )
        AND (
          "t9"."order_item_count" IS NULL
        )
      )
      OR (
        (
          (
            "t9"."order"."total"
          ) IS NOT NULL
        )
        AND (
          "t9"."order_total" IS NULL
        )
      )
      OR (
        (
          (
            "t9"."order"."tax"
          ) IS NOT NULL
        ) AND (
          "t9"."order_tax" IS NULL
        )
      )
      OR (
        (
          (
            "t9"."order"."shipping"
          ) IS NOT NULL
        )
        AND (
          "t9"."order_shipping" IS NULL
        )
      )
      OR (
        (
          (
            "t9"."order"."discount"
          ) IS NOT NULL
        )
        AND (
          "t9"."order_discount" IS NULL
        )
      )
      OR CASE
        WHEN STRLEN("t9"."order"."id") > 128
        THEN LENGTH("t9"."order"."id") > 128
        ELSE FALSE
      END
      ELSE FALSE
    END
    OR CASE
      WHEN (
        "t9"."event"."product"
      ) IS NOT NULL
      THEN (
        (
          CAST("t9"."event"."product" AS TEXT) IS NOT NULL
        )
        AND NOT (
          STARTS_WITH(CAST("t9"."event"."product" AS TEXT), '{')
        )
      )
      OR (
        (
          (
            "t9"."product"."price"
          ) IS NOT NULL
        ) AND (
          "t9"."price" IS NULL
        )
      )
      OR (
        (
          (
            "t9"."product"."discountPrice"
          ) IS NOT NULL
        )
        AND (
          "t9"."discount_price" IS NULL
        )
      )
      OR CASE
        WHEN STRLEN("t9"."product"."id") > 128
        THEN LENGTH("t9"."product"."id") > 128
        ELSE FALSE
      END
      ELSE FALSE
    END
    OR CASE
      WHEN (
        "t9"."event"."properties"
      ) IS NOT NULL
      THEN (
        CAST("t9"."event"."properties" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t9"."event"."properties" AS TEXT), '{')
      )
      ELSE FALSE
    END
    OR CASE
      WHEN (
        "t9"."event"."search"
      ) IS NOT NULL
      THEN (
        CAST("t9"."event"."search" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t9"."event"."search" AS TEXT), '{')
      )
      ELSE FALSE
    END
    THEN FALSE
    ELSE TRUE
  END AS "sound",
  CAST(COALESCE(
    "t9"."sent_id",
    CAST(MD5("t9"."object_key" || ':' || CAST("t9"."line_number" AS TEXT)) AS UUID)
  ) AS BLOB) AS "event_id",
  "t9"."event_timestamp",
  "t9"."event"."eventName" AS "event_name",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."event"."userId" < '!'
    )
    THEN NULLIF(TRIM("t9"."event"."userId", ' 	
'), '')
    ELSE "t9"."event"."userId"
  END AS "user_id",
  "t9"."event"."userLoginState" AS "user_login_state",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."event"."identitySource" < '!'
    )
    THEN NULLIF(TRIM("t9"."event"."identitySource", ' 	
'), '')
    ELSE "t9"."event"."identitySource"
  END AS "identity_source",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."event"."clientId" < '!'
    )
    THEN NULLIF(TRIM("t9"."event"."clientId", ' 	
'), '')
    ELSE "t9"."event"."clientId"
  END AS "client_id",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."event"."sessionId" < '!'
    )
    THEN NULLIF(TRIM("t9"."event"."sessionId", ' 	
'), '')
    ELSE "t9"."event"."sessionId"
  END AS "session_id",
  "t9"."is_first_visit",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."product"."id" < '!'
    )
    THEN NULLIF(TRIM("t9"."product"."id", ' 	
'), '')
    ELSE "t9"."product"."id"
  END AS "context_product_id",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."product"."name" < '!'
    )
    THEN NULLIF(TRIM("t9"."product"."name", ' 	
'), '')
    ELSE "t9"."product"."name"
  END AS "context_product_name",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."product"."category" < '!'
    )
    THEN NULLIF(TRIM("t9"."product"."category", ' 	
'), '')
    ELSE "t9"."product"."category"
  END AS "context_product_category",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."product"."brand" < '!'
    )
    THEN NULLIF(TRIM("t9"."product"."brand", ' 	
'), '')
    ELSE "t9"."product"."brand"
  END AS "context_product_brand",
  "t9"."price" AS "context_product_price",
  "t9"."discount_price" AS "context_product_discount_price",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."product"."urlPath" < '!'
    )
    THEN NULLIF(TRIM("t9"."product"."urlPath", ' 	
'), '')
    ELSE "t9"."product"."urlPath"
  END AS "context_product_url_path",
  "t9"."received_at",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."event"."pageTitle" < '!'
    )
    THEN NULLIF(TRIM("t9"."event"."pageTitle", ' 	
'), '')
    ELSE "t9"."event"."pageTitle"
  END AS "page_title",
  CASE
    WHEN "t9"."padded" OR (
      (
        "t9"."event"."_ingest"
      )."country" < '!'
    )
    THEN NULLIF(TRIM((
      "t9"."event"."_ingest"
    )."country", ' 	
'), '')
    ELSE (
      "t9"."event"."_ingest"
    )."country"
  END AS "country",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."event"."locale" < '!'
    )
    THEN NULLIF(TRIM("t9"."event"."locale", ' 	
'), '')
    ELSE "t9"."event"."locale"
  END AS "locale",
  "t9"."sequence",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."order"."id" < '!'
    )
    THEN NULLIF(TRIM("t9"."order"."id", ' 	
'), '')
    ELSE "t9"."order"."id"
  END AS "order_id",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."search"."query" < '!'
    )
    THEN NULLIF(TRIM("t9"."search"."query", ' 	
'), '')
    ELSE "t9"."search"."query"
  END AS "search_query",
  "t9"."rest" AS "properties",
  "t9"."clock_corrected",
  "t9"."window_start" AS "ingest_window",
  COALESCE("t9"."event"."pageUrl", '') AS "sent_page_url",
  COALESCE("t9"."event"."referrer", '') AS "sent_referrer",
  (
    "t9"."event"."_ingest"
  )."userAgent" AS "user_agent",
  "t9"."items",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."order"."currency" < '!'
    )
    THEN NULLIF(TRIM("t9"."order"."currency", ' 	
'), '')
    ELSE "t9"."order"."currency"
  END AS "order_currency",
  CASE
    WHEN "t9"."padded" OR (
      "t9"."order"."coupon" < '!'
    )
    THEN NULLIF(TRIM("t9"."order"."coupon", ' 	
'), '')
    ELSE "t9"."order"."coupon"
  END AS "order_coupon",
  "t9"."order_item_count",
  "t9"."order_total",
  "t9"."order_tax",
  "t9"."order_shipping",
  "t9"."order_discount",
  COALESCE("t9"."analytics", TRUE) AS "consented"
FROM (
  SELECT
    "t8"."object_id",
    "t8"."line_number",
    "t8"."window_start",
    "t8"."damage",
    "t8"."damage_detail",
    "t8"."event",
    "t8"."padded",
    "t8"."kind",
    "t8"."product",
    "t8"."items",
    "t8"."order",
    "t8"."search",
    "t8"."consent",
    "t8"."names",
    "t8"."rest",
    "t8"."item_kinds",
    "t8"."object_key",
    "t8"."sent_id",
    "t8"."browser_time",
    "t8"."sequence",
    "t8"."is_first_visit",
    "t8"."analytics",
    "t8"."price",
    "t8"."discount_price",
    "t8"."order_item_count",
    "t8"."order_total",
    "t8"."order_tax",
    "t8"."order_shipping",
    "t8"."order_discount",
    "t8"."window",
    "t8"."receipt",
    "t8"."sending",
    "t8"."browser",
    "t8"."received",
    "t8"."late",
    "t8"."corrected",
    MAKE_TIMESTAMPTZ("t8"."received") AS "received_at",
    MAKE_TIMESTAMPTZ(
      CASE
        WHEN COALESCE(
          (
            "t8"."corrected" > (
              "t8"."received" - 604800000000
            )
          )
          AND (
            "t8"."corrected" < (
              "t8"."received" + 300000000
            )
          ),
          FALSE
        )
        THEN "t8"."corrected"
        ELSE "t8"."received"
      END
    ) AS "event_timestamp",
    (
      "t8"."browser" IS NOT NULL
    )
    AND (
      (
        "t8"."late" <> 0
      )
      OR NOT (
        COALESCE(
          (
            "t8"."corrected" > (
              "t8"."received" - 604800000000
            )
          )
          AND (
            "t8"."corrected" < (
              "t8"."received" + 300000000
            )
          ),
          FALSE
        )
      )
    ) AS "clock_corrected"
  FROM (
    SELECT
      "t7"."object_id",
      "t7"."line_number",
      "t7"."window_start",
      "t7"."damage",
      "t7"."damage_detail",
      "t7"."event",
      "t7"."padded",
      "t7"."kind",
      "t7"."product",
      "t7"."items",
      "t7"."order",
      "t7"."search",
      "t7"."consent",
      "t7"."names",
      "t7"."rest",
      "t7"."item_kinds",
      "t7"."object_key",
      "t7"."sent_id",
      "t7"."browser_time",
      "t7"."sequence",
      "t7"."is_first_visit",
      "t7"."analytics",
      "t7"."price",
      "t7"."discount_price",
      "t7"."order_item_count",
      "t7"."order_total",
      "t7"."order_tax",
      "t7"."order_shipping",
      "t7"."order_discount",
      "t7"."window",
      "t7"."receipt",
      "t7"."sending",
      "t7"."browser",
      "t7"."received",
      "t7"."late",
      "t7"."browser" + "t7"."late" AS "corrected"
    FROM (
      SELECT
        "t6"."object_id",
        "t6"."line_number",
        "t6"."window_start",
        "t6"."damage",
        "t6"."damage_detail",
        "t6"."event",
        "t6"."padded",
        "t6"."kind",
        "t6"."product",
        "t6"."items",
        "t6"."order",
        "t6"."search",
        "t6"."consent",
        "t6"."names",
        "t6"."rest",
        "t6"."item_kinds",
        "t6"."object_key",
        "t6"."sent_id",
        "t6"."browser_time",
        "t6"."sequence",
        "t6"."is_first_visit",
        "t6"."analytics",
        "t6"."price",
        "t6"."discount_price",
        "t6"."order_item_count",
        "t6"."order_total",
        "t6"."order_tax",
        "t6"."order_shipping",
        "t6"."order_discount",
        "t6"."window",
        "t6"."receipt",
        "t6"."sending",
        "t6"."browser",
        COALESCE(
          CASE
            WHEN (
              "t6"."receipt" > (
                "t6"."window" - 86400000000
              )
            )
            AND (
              "t6"."receipt" < (
                "t6"."window" + 86400000000
              )
            )
            THEN "t6"."receipt"
            ELSE "t6"."window"
          END,
          "t6"."window"
        ) AS "received",
        CASE
          WHEN ABS(
            COALESCE(
              COALESCE(
                CASE
                  WHEN (
                    "t6"."receipt" > (
                      "t6"."window" - 86400000000
                    )
                  )
                  AND (
                    "t6"."receipt" < (
                      "t6"."window" + 86400000000
                    )
                  )
                  THEN "t6"."receipt"
                  ELSE "t6"."window"
                END,
                "t6"."window"
              ) - "t6"."sending",
              0
            )
          ) > 5000000
          THEN COALESCE(
            COALESCE(
              CASE
                WHEN (
                  "t6"."receipt" > (
                    "t6"."window" - 86400000000
                  )
                )
                AND (
                  "t6"."receipt" < (
                    "t6"."window" + 86400000000
                  )
                )
                THEN "t6"."receipt"
                ELSE "t6"."window"
              END,
              "t6"."window"
            ) - "t6"."sending",
            0
          )
          ELSE 0
        END AS "late"
      FROM (
        SELECT
          "t5"."object_id",
          "t5"."line_number",
          "t5"."window_start",
          "t5"."damage",
          "t5"."damage_detail",
          "t5"."event",
          "t5"."padded",
          "t5"."kind",
          "t5"."product",
          "t5"."items",
          "t5"."order",
          "t5"."search",
          "t5"."consent",
          "t5"."names",
          "t5"."rest",
          "t5"."item_kinds",
          "t5"."object_key",
          "t5"."sent_id",
          "t5"."browser_time",
          "t5"."sequence",
          "t5"."is_first_visit",
          "t5"."analytics",
          "t5"."price",
          "t5"."discount_price",
          "t5"."order_item_count",
          "t5"."order_total",
          "t5"."order_tax",
          "t5"."order_shipping",
          "t5"."order_discount",
          EPOCH_US("t5"."window_start") AS "window",
          EPOCH_US(
            COALESCE(
              TRY_CAST(CASE
                WHEN (
                  (
                    "t5"."event"."_ingest"
                  )."receivedAt"
                ) LIKE '____-__-__%'
                THEN (
                  "t5"."event"."_ingest"
                )."receivedAt"
                ELSE CAST(NULL AS TEXT)
              END AS TIMESTAMPTZ),
              CAST(MAKE_TIMESTAMP_MS(
                CAST(CASE
                  WHEN CAST(ROUND(
                    CASE
                      WHEN ABS(
                        TRY_CAST(CASE
                          WHEN NOT (
                            (
                              (
                                "t5"."event"."_ingest"
                              )."receivedAt"
                            ) LIKE '____-__-__%'
                          )
                          AND REGEXP_MATCHES((
                            "t5"."event"."_ingest"
                          )."receivedAt", '^[+-]?\d{1,16}(\.\d*)?$')
                          THEN (
                            "t5"."event"."_ingest"
                          )."receivedAt"
                          ELSE CAST(NULL AS TEXT)
                        END AS DOUBLE)
                      ) > 20000000000
                      THEN TRY_CAST(CASE
                        WHEN NOT (
                          (
                            (
                              "t5"."event"."_ingest"
                            )."receivedAt"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES((
                          "t5"."event"."_ingest"
                        )."receivedAt", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN (
                          "t5"."event"."_ingest"
                        )."receivedAt"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE)
                      ELSE TRY_CAST(CASE
                        WHEN NOT (
                          (
                            (
                              "t5"."event"."_ingest"
                            )."receivedAt"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES((
                          "t5"."event"."_ingest"
                        )."receivedAt", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN (
                          "t5"."event"."_ingest"
                        )."receivedAt"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE) * 1000
                    END,
                    0
                  ) AS BIGINT) BETWEEN -62135596800000 AND 253402300799999
                  THEN CAST(ROUND(
                    CASE
                      WHEN ABS(
                        TRY_CAST(CASE
                          WHEN NOT (
                            (
                              (
                                "t5"."event"."_ingest"
                              )."receivedAt"
                            ) LIKE '____-__-__%'
                          )
                          AND REGEXP_MATCHES((
                            "t5"."event"."_ingest"
                          )."receivedAt", '^[+-]?\d{1,16}(\.\d*)?$')
                          THEN (
                            "t5"."event"."_ingest"
                          )."receivedAt"
                          ELSE CAST(NULL AS TEXT)
                        END AS DOUBLE)
                      ) > 20000000000
                      THEN TRY_CAST(CASE
                        WHEN NOT (
                          (
                            (
                              "t5"."event"."_ingest"
                            )."receivedAt"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES((
                          "t5"."event"."_ingest"
                        )."receivedAt", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN (
                          "t5"."event"."_ingest"
                        )."receivedAt"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE)
                      ELSE TRY_CAST(CASE
                        WHEN NOT (
                          (
                            (
                              "t5"."event"."_ingest"
                            )."receivedAt"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES((
                          "t5"."event"."_ingest"
                        )."receivedAt", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN (
                          "t5"."event"."_ingest"
                        )."receivedAt"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE) * 1000
                    END,
                    0
                  ) AS BIGINT)
                  ELSE CAST(NULL AS DOUBLE)
                END AS BIGINT)
              ) AS TIMESTAMPTZ),
              TRY_CAST(REPLACE(
                REPLACE(
                  REPLACE(
                    UPPER(
                      CASE
                        WHEN (
                          (
                            "t5"."event"."_ingest"
                          )."receivedAt"
                        ) LIKE '____-__-__%'
                        THEN (
                          "t5"."event"."_ingest"
                        )."receivedAt"
                        ELSE CAST(NULL AS TEXT)
                      END
                    ),
                    '_',
                    'T'
                  ),
                  ',',
                  '.'
                ),
                '−',
                '-'
              ) AS TIMESTAMPTZ)
            )
          ) AS "receipt",
          EPOCH_US(
            COALESCE(
              TRY_CAST(CASE
                WHEN (
                  (
                    "t5"."event"."_ingest"
                  )."sentAt"
                ) LIKE '____-__-__%'
                THEN (
                  "t5"."event"."_ingest"
                )."sentAt"
                ELSE CAST(NULL AS TEXT)
              END AS TIMESTAMPTZ),
              CAST(MAKE_TIMESTAMP_MS(
                CAST(CASE
                  WHEN CAST(ROUND(
                    CASE
                      WHEN ABS(
                        TRY_CAST(CASE
                          WHEN NOT (
                            (
                              (
                                "t5"."event"."_ingest"
                              )."sentAt"
                            ) LIKE '____-__-__%'
                          )
                          AND REGEXP_MATCHES((
                            "t5"."event"."_ingest"
                          )."sentAt", '^[+-]?\d{1,16}(\.\d*)?$')
                          THEN (
                            "t5"."event"."_ingest"
                          )."sentAt"
                          ELSE CAST(NULL AS TEXT)
                        END AS DOUBLE)
                      ) > 20000000000
                      THEN TRY_CAST(CASE
                        WHEN NOT (
                          (
                            (
                              "t5"."event"."_ingest"
                            )."sentAt"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES((
                          "t5"."event"."_ingest"
                        )."sentAt", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN (
                          "t5"."event"."_ingest"
                        )."sentAt"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE)
                      ELSE TRY_CAST(CASE
                        WHEN NOT (
                          (
                            (
                              "t5"."event"."_ingest"
                            )."sentAt"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES((
                          "t5"."event"."_ingest"
                        )."sentAt", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN (
                          "t5"."event"."_ingest"
                        )."sentAt"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE) * 1000
                    END,
                    0
                  ) AS BIGINT) BETWEEN -62135596800000 AND 253402300799999
                  THEN CAST(ROUND(
                    CASE
                      WHEN ABS(
                        TRY_CAST(CASE
                          WHEN NOT (
                            (
                              (
                                "t5"."event"."_ingest"
                              )."sentAt"
                            ) LIKE '____-__-__%'
                          )
                          AND REGEXP_MATCHES((
                            "t5"."event"."_ingest"
                          )."sentAt", '^[+-]?\d{1,16}(\.\d*)?$')
                          THEN (
                            "t5"."event"."_ingest"
                          )."sentAt"
                          ELSE CAST(NULL AS TEXT)
                        END AS DOUBLE)
                      ) > 20000000000
                      THEN TRY_CAST(CASE
                        WHEN NOT (
                          (
                            (
                              "t5"."event"."_ingest"
                            )."sentAt"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES((
                          "t5"."event"."_ingest"
                        )."sentAt", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN (
                          "t5"."event"."_ingest"
                        )."sentAt"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE)
                      ELSE TRY_CAST(CASE
                        WHEN NOT (
                          (
                            (
                              "t5"."event"."_ingest"
                            )."sentAt"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES((
                          "t5"."event"."_ingest"
                        )."sentAt", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN (
                          "t5"."event"."_ingest"
                        )."sentAt"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE) * 1000
                    END,
                    0
                  ) AS BIGINT)
                  ELSE CAST(NULL AS DOUBLE)
                END AS BIGINT)
              ) AS TIMESTAMPTZ),
              TRY_CAST(REPLACE(
                REPLACE(
                  REPLACE(
                    UPPER(
                      CASE
                        WHEN (
                          (
                            "t5"."event"."_ingest"
                          )."sentAt"
                        ) LIKE '____-__-__%'
                        THEN (
                          "t5"."event"."_ingest"
                        )."sentAt"
                        ELSE CAST(NULL AS TEXT)
                      END
                    ),
                    '_',
                    'T'
                  ),
                  ',',
                  '.'
                ),
                '−',
                '-'
              ) AS TIMESTAMPTZ)
            )
          ) AS "sending",
          EPOCH_US("t5"."browser_time") AS "browser"
        FROM (
          SELECT
            "t4"."object_id",
            "t4"."line_number",
            "t4"."window_start",
            "t4"."damage",
            "t4"."damage_detail",
            "t4"."event",
            "t4"."padded",
            "t4"."kind",
            "t4"."product",
            "t4"."items",
            "t4"."order",
            "t4"."search",
            "t4"."consent",
            "t4"."names",
            "t4"."rest",
            "t4"."item_kinds",
            "t4"."object_key",
            TRY_CAST(CASE
              WHEN STARTS_WITH("t4"."event"."eventId", 'urn:uuid:')
              THEN SUBSTRING(
                "t4"."event"."eventId",
                CASE
                  WHEN (
                    9 + 1
                  ) >= 1
                  THEN 9 + 1
                  ELSE 9 + 1 + LENGTH("t4"."event"."eventId")
                END
              )
              ELSE "t4"."event"."eventId"
            END AS UUID) AS "sent_id",
            COALESCE(
              TRY_CAST(CASE
                WHEN (
                  "t4"."event"."eventTimestamp"
                ) LIKE '____-__-__%'
                THEN "t4"."event"."eventTimestamp"
                ELSE CAST(NULL AS TEXT)
              END AS TIMESTAMPTZ),
              CAST(MAKE_TIMESTAMP_MS(
                CAST(CASE
                  WHEN CAST(ROUND(
                    CASE
                      WHEN ABS(
                        TRY_CAST(CASE
                          WHEN NOT (
                            (
                              "t4"."event"."eventTimestamp"
                            ) LIKE '____-__-__%'
                          )
                          AND REGEXP_MATCHES("t4"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                          THEN "t4"."event"."eventTimestamp"
                          ELSE CAST(NULL AS TEXT)
                        END AS DOUBLE)
                      ) > 20000000000
                      THEN TRY_CAST(CASE
                        WHEN NOT (
                          (
                            "t4"."event"."eventTimestamp"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES("t4"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN "t4"."event"."eventTimestamp"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE)
                      ELSE TRY_CAST(CASE
                        WHEN NOT (
                          (
                            "t4"."event"."eventTimestamp"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES("t4"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN "t4"."event"."eventTimestamp"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE) * 1000
                    END,
                    0
                  ) AS BIGINT) BETWEEN -62135596800000 AND 253402300799999
                  THEN CAST(ROUND(
                    CASE
                      WHEN ABS(
                        TRY_CAST(CASE
                          WHEN NOT (
                            (
                              "t4"."event"."eventTimestamp"
                            ) LIKE '____-__-__%'
                          )
                          AND REGEXP_MATCHES("t4"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                          THEN "t4"."event"."eventTimestamp"
                          ELSE CAST(NULL AS TEXT)
                        END AS DOUBLE)
                      ) > 20000000000
                      THEN TRY_CAST(CASE
                        WHEN NOT (
                          (
                            "t4"."event"."eventTimestamp"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES("t4"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN "t4"."event"."eventTimestamp"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE)
                      ELSE TRY_CAST(CASE
                        WHEN NOT (
                          (
                            "t4"."event"."eventTimestamp"
                          ) LIKE '____-__-__%'
                        )
                        AND REGEXP_MATCHES("t4"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                        THEN "t4"."event"."eventTimestamp"
                        ELSE CAST(NULL AS TEXT)
                      END AS DOUBLE) * 1000
                    END,
                    0
                  ) AS BIGINT)
                  ELSE CAST(NULL AS DOUBLE)
                END AS BIGINT)
              ) AS TIMESTAMPTZ),
              TRY_CAST(REPLACE(
                REPLACE(
                  REPLACE(
                    UPPER(
                      CASE
                        WHEN (
                          "t4"."event"."eventTimestamp"
                        ) LIKE '____-__-__%'
                        THEN "t4"."event"."eventTimestamp"
                        ELSE CAST(NULL AS TEXT)
                      END
                    ),
                    '_',
                    'T'
                  ),
                  ',',
                  '.'
                ),
                '−',
                '-'
              ) AS TIMESTAMPTZ)
            ) AS "browser_time",
            TRY_CAST(TRY_CAST(CASE
              WHEN REGEXP_MATCHES("t4"."event"."sequence", '^\s*(?:\+?\d[\d_]*|-0+)(?:\.0*)?\s*$')
              THEN "t4"."event"."sequence"
              ELSE CAST(NULL AS TEXT)
            END AS DECIMAL(18, 4)) AS INT) AS "sequence",
            CASE
              WHEN "t4"."event"."isFirstVisit" = 'true'
              THEN TRUE
              WHEN "t4"."event"."isFirstVisit" = 'false'
              THEN FALSE
              WHEN ARRAY_CONTAINS(
                CAST(['true', '1', '1.0', 'yes', 'on', 't', 'y'] AS TEXT[]),
                LOWER("t4"."event"."isFirstVisit")
              )
              THEN TRUE
              WHEN ARRAY_CONTAINS(
                CAST(['false', '0', '0.0', 'no', 'off', 'f', 'n'] AS TEXT[]),
                LOWER("t4"."event"."isFirstVisit")
              )
              THEN FALSE
              ELSE CAST(NULL AS BOOLEAN)
            END AS "is_first_visit",
            CASE
              WHEN "t4"."consent"."analytics" = 'true'
              THEN TRUE
              WHEN "t4"."consent"."analytics" = 'false'
              THEN FALSE
              WHEN ARRAY_CONTAINS(
                CAST(['true', '1', '1.0', 'yes', 'on', 't', 'y'] AS TEXT[]),
                LOWER("t4"."consent"."analytics")
              )
              THEN TRUE
              WHEN ARRAY_CONTAINS(
                CAST(['false', '0', '0.0', 'no', 'off', 'f', 'n'] AS TEXT[]),
                LOWER("t4"."consent"."analytics")
              )
              THEN FALSE
              ELSE CAST(NULL AS BOOLEAN)
            END AS "analytics",
            TRY_CAST(CASE
              WHEN REGEXP_MATCHES("t4"."product"."price", '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$')
              THEN "t4"."product"."price"
              ELSE CAST(NULL AS TEXT)
            END AS DECIMAL(18, 4)) AS "price",
            TRY_CAST(CASE
              WHEN REGEXP_MATCHES(
                "t4"."product"."discountPrice",
                '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
              )
              THEN "t4"."product"."discountPrice"
              ELSE CAST(NULL AS TEXT)
            END AS DECIMAL(18, 4)) AS "discount_price",
            TRY_CAST(TRY_CAST(CASE
              WHEN REGEXP_MATCHES("t4"."order"."itemCount", '^\s*(?:\+?\d[\d_]*|-0+)(?:\.0*)?\s*$')
              THEN "t4"."order"."itemCount"
              ELSE CAST(NULL AS TEXT)
            END AS DECIMAL(18, 4)) AS INT) AS "order_item_count",
            TRY_CAST(CASE
              WHEN REGEXP_MATCHES("t4"."order"."total", '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$')
              THEN "t4"."order"."total"
              ELSE CAST(NULL AS TEXT)
            END AS DECIMAL(18, 4)) AS "order_total",
            TRY_CAST(CASE
              WHEN REGEXP_MATCHES("t4"."order"."tax", '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$')
              THEN "t4"."order"."tax"
              ELSE CAST(NULL AS TEXT)
            END AS DECIMAL(18, 4)) AS "order_tax",
            TRY_CAST(CASE
              WHEN REGEXP_MATCHES(
                "t4"."order"."shipping",
                '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
              )
              THEN "t4"."order"."shipping"
              ELSE CAST(NULL AS TEXT)
            END AS DECIMAL(18, 4)) AS "order_shipping",
            TRY_CAST(CASE
              WHEN REGEXP_MATCHES(
                "t4"."order"."discount",
                '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
              )
              THEN "t4"."order"."discount"
              ELSE CAST(NULL AS TEXT)
            END AS DECIMAL(18, 4)) AS "order_discount"
          FROM (
            SELECT
              "t2"."object_id",
              "t2"."line_number",
              "t2"."window_start",
              "t2"."damage",
              "t2"."damage_detail",
              "t2"."event",
              "t2"."padded",
              "t2"."kind",
              "t2"."product",
              "t2"."items",
              "t2"."order",
              "t2"."search",
              "t2"."consent",
              "t2"."names",
              "t2"."rest",
              "t2"."item_kinds",
              "t3"."object_key"
            FROM (
        SELECT p.* EXCLUDE (line), 
        nullif(CASE WHEN NULL IS NOT NULL
                    THEN json_merge_patch(json_merge_patch(NULL, '{' || concat_ws(',', '"element":' || p.event."element", '"order":' || CASE WHEN NOT coalesce(p.event.eventName IN ('checkout_complete', 'refund') AND trim(p."order".id) <> '', false) THEN p.event."order" END, '"search":' || p.event."search", '"screen":' || p.event."screen", '"viewport":' || p.event."viewport", '"timezone":' || p.event."timezone", '"engagement":' || p.event."engagement", '"consent":' || p.event."consent", '"sdk":' || p.event."sdk") || '}'), coalesce(p.event.properties, '{}'))
                    WHEN starts_with(p.event.properties, '{') THEN json_merge_patch('{' || concat_ws(',', '"element":' || p.event."element", '"order":' || CASE WHEN NOT coalesce(p.event.eventName IN ('checkout_complete', 'refund') AND trim(p."order".id) <> '', false) THEN p.event."order" END, '"search":' || p.event."search", '"screen":' || p.event."screen", '"viewport":' || p.event."viewport", '"timezone":' || p.event."timezone", '"engagement":' || p.event."engagement", '"consent":' || p.event."consent", '"sdk":' || p.event."sdk") || '}', p.event.properties)
                    ELSE '{' || concat_ws(',', '"element":' || p.event."element", '"order":' || CASE WHEN NOT coalesce(p.event.eventName IN ('checkout_complete', 'refund') AND trim(p."order".id) <> '', false) THEN p.event."order" END, '"search":' || p.event."search", '"screen":' || p.event."screen", '"viewport":' || p.event."viewport", '"timezone":' || p.event."timezone", '"engagement":' || p.event."engagement", '"consent":' || p.event."consent", '"sdk":' || p.event."sdk") || '}' END, '{}')
     AS rest,
               CASE WHEN len(list_filter(p.items, lambda item: item.id IS NULL)) > 0
                    THEN json_type(p.event.items, '$[*]') END AS item_kinds
        FROM (
            SELECT e.*, json_transform(CASE WHEN starts_with(e.event."product", '{') THEN e.event."product" END, '{"id": "VARCHAR", "name": "VARCHAR", "category": "VARCHAR", "brand": "VARCHAR", "price": "VARCHAR", "discountPrice": "VARCHAR", "urlPath": "VARCHAR"}') AS "product", json_transform(CASE WHEN starts_with(e.event."items", '[') THEN e.event."items" END, '[{"id": "VARCHAR", "name": "VARCHAR", "category": "VARCHAR", "brand": "VARCHAR", "price": "VARCHAR", "discountPrice": "VARCHAR", "urlPath": "VARCHAR", "quantity": "VARCHAR", "currency": "VARCHAR"}]') AS "items", json_transform(CASE WHEN starts_with(e.event."order", '{') THEN e.event."order" END, '{"id": "VARCHAR", "total": "VARCHAR", "currency": "VARCHAR", "tax": "VARCHAR", "shipping": "VARCHAR", "discount": "VARCHAR", "coupon": "VARCHAR", "itemCount": "VARCHAR"}') AS "order", json_transform(CASE WHEN starts_with(e.event."search", '{') THEN e.event."search" END, '{"query": "VARCHAR", "results": "VARCHAR"}') AS "search", json_transform(CASE WHEN starts_with(e.event."consent", '{') THEN e.event."consent" END, '{"analytics": "VARCHAR"}') AS "consent",
                   -- To read the names takes half as long as all values.
                   CASE WHEN e.event._ingest.members = '53d3f1' THEN NULL
                        ELSE hash(json_keys(e.line)) END AS names
            FROM (
                SELECT r.*, json_transform(r.line, '{"eventName": "VARCHAR", "eventId": "VARCHAR", "pageUrl": "VARCHAR", "referrer": "VARCHAR", "userId": "VARCHAR", "clientId": "VARCHAR", "sessionId": "VARCHAR", "userLoginState": "VARCHAR", "identitySource": "VARCHAR", "isFirstVisit": "VARCHAR", "product": "JSON", "element": "JSON", "eventTimestamp": "VARCHAR", "sequence": "VARCHAR", "pageTitle": "VARCHAR", "items": "JSON", "order": "JSON", "search": "JSON", "screen": "JSON", "viewport": "JSON", "locale": "VARCHAR", "timezone": "JSON", "engagement": "JSON", "consent": "JSON", "properties": "JSON", "sdk": "JSON", "_ingest": {"receivedAt": "VARCHAR", "sentAt": "VARCHAR", "userAgent": "VARCHAR", "country": "VARCHAR", "members": "VARCHAR"}}') AS event,
                       -- A blank at the end of a text is written as it is, or as an escape. There are few such lines.
                       contains(r.line, ' "') OR contains(r.line, '\') AS padded,
                       CASE WHEN starts_with(r.line, '{') THEN 'OBJECT' ELSE json_type(r.line) END AS kind
                FROM (
                    SELECT f.* EXCLUDE (line),
                           -- One case each: of OR, DuckDB asks both sides.
                           CASE WHEN f.damage IS NOT NULL THEN NULL WHEN starts_with(f.line, '{') AND (ends_with(f.line, '}') OR ends_with(f.line, '}' || chr(10))) THEN f.line
                                WHEN json_valid(f.line) THEN f.line END AS line
                    FROM fetched f
                ) r
            ) e
        ) p
    ) AS "t2"
            INNER JOIN "objects" AS "t3"
              ON "t2"."object_id" = "t3"."object_id"
          ) AS "t4"
        ) AS "t5"
      ) AS "t6"
    ) AS "t7"
  ) AS "t8"
) AS "t9"

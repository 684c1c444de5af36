SELECT
  "t6"."object_id",
  "t6"."window_start" AS "ingest_window",
  "t6"."line_number",
  "t6"."reason",
  COALESCE("t6"."detail", "t6"."reason") AS "detail",
  REGEXP_REPLACE("t3"."line", '[\r\n]+$', '', 'g') AS "line"
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
    "t4"."sent_id",
    "t4"."browser_time",
    "t4"."sequence",
    "t4"."is_first_visit",
    "t4"."analytics",
    "t4"."price",
    "t4"."discount_price",
    "t4"."order_item_count",
    "t4"."order_total",
    "t4"."order_tax",
    "t4"."order_shipping",
    "t4"."order_discount",
    CASE
      WHEN "t4"."damage" IS NOT NULL
      THEN "t4"."damage"
      WHEN "t4"."kind" IS NULL
      THEN 'not_json'
      WHEN "t4"."kind" <> 'OBJECT'
      THEN 'not_an_object'
      WHEN (
        CAST("t4"."event"."product" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."product" AS TEXT), '{')
      )
      THEN 'invalid_product'
      WHEN (
        CAST("t4"."event"."items" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."items" AS TEXT), '[')
      )
      THEN 'invalid_items'
      WHEN (
        CAST("t4"."event"."order" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."order" AS TEXT), '{')
      )
      THEN 'invalid_order'
      WHEN (
        CAST("t4"."event"."search" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."search" AS TEXT), '{')
      )
      THEN 'invalid_search'
      WHEN (
        CAST("t4"."event"."element" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."element" AS TEXT), '{')
      )
      THEN 'invalid_element'
      WHEN (
        CAST("t4"."event"."consent" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."consent" AS TEXT), '{')
      )
      THEN 'invalid_consent'
      WHEN (
        CAST("t4"."event"."properties" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."properties" AS TEXT), '{')
      )
      THEN 'invalid_properties'
      WHEN ARRAY_LENGTH(
        LIST_FILTER("t4"."item_kinds", LAMBDA __ibis_param_kind__ : __ibis_param_kind__ <> 'OBJECT')
      ) > 0
      THEN 'invalid_items'
      WHEN (
        "t4"."event"."eventName"
      ) IS NULL
      THEN 'missing_event_name'
      WHEN CASE
        WHEN "t4"."event"."eventName" IN (
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
          REGEXP_MATCHES("t4"."event"."eventName", '^[A-Za-z][A-Za-z0-9_.:-]*$')
        )
        OR (
          LENGTH("t4"."event"."eventName") > 64
        )
      END
      THEN 'invalid_event_name'
      WHEN (
        (
          "t4"."event"."eventId"
        ) IS NOT NULL
      )
      AND (
        "t4"."sent_id" IS NULL
      )
      THEN 'invalid_event_id'
      WHEN (
        (
          "t4"."event"."eventTimestamp"
        ) IS NOT NULL
      )
      AND (
        "t4"."browser_time" IS NULL
      )
      THEN 'invalid_event_timestamp'
      WHEN (
        (
          "t4"."event"."sequence"
        ) IS NOT NULL
      )
      AND (
        "t4"."sequence" IS NULL
      )
      THEN 'invalid_sequence'
      WHEN (
        (
          "t4"."event"."isFirstVisit"
        ) IS NOT NULL
      )
      AND (
        "t4"."is_first_visit" IS NULL
      )
      THEN 'invalid_is_first_visit'
      WHEN (
        (
          "t4"."consent"."analytics"
        ) IS NOT NULL
      )
      AND (
        "t4"."analytics" IS NULL
      )
      THEN 'invalid_consent'
      WHEN (
        (
          "t4"."event"."userLoginState"
        ) IS NOT NULL
      )
      AND NOT (
        "t4"."event"."userLoginState" IN ('logged_in', 'anonymous', 'guest')
      )
      THEN 'invalid_user_login_state'
      WHEN (
        (
          "t4"."product"."price"
        ) IS NOT NULL
      ) AND (
        "t4"."price" IS NULL
      )
      THEN 'invalid_price'
      WHEN (
        (
          "t4"."product"."discountPrice"
        ) IS NOT NULL
      )
      AND (
        "t4"."discount_price" IS NULL
      )
      THEN 'invalid_price'
      WHEN (
        (
          "t4"."order"."itemCount"
        ) IS NOT NULL
      )
      AND (
        "t4"."order_item_count" IS NULL
      )
      THEN 'invalid_item_count'
      WHEN (
        (
          "t4"."order"."total"
        ) IS NOT NULL
      )
      AND (
        "t4"."order_total" IS NULL
      )
      THEN 'invalid_order_total'
      WHEN (
        (
          "t4"."order"."tax"
        ) IS NOT NULL
      ) AND (
        "t4"."order_tax" IS NULL
      )
      THEN 'invalid_order_tax'
      WHEN (
        (
          "t4"."order"."shipping"
        ) IS NOT NULL
      )
      AND (
        "t4"."order_shipping" IS NULL
      )
      THEN 'invalid_order_shipping'
      WHEN (
        (
          "t4"."order"."discount"
        ) IS NOT NULL
      )
      AND (
        "t4"."order_discount" IS NULL
      )
      THEN 'invalid_order_discount'
      WHEN CASE
        WHEN STRLEN("t4"."event"."userId") > 128
        THEN LENGTH("t4"."event"."userId") > 128
        ELSE FALSE
      END
      THEN 'invalid_user_id'
      WHEN CASE
        WHEN STRLEN("t4"."event"."clientId") > 128
        THEN LENGTH("t4"."event"."clientId") > 128
        ELSE FALSE
      END
      THEN 'invalid_client_id'
      WHEN CASE
        WHEN STRLEN("t4"."event"."sessionId") > 128
        THEN LENGTH("t4"."event"."sessionId") > 128
        ELSE FALSE
      END
      THEN 'invalid_session_id'
      WHEN CASE
        WHEN STRLEN("t4"."product"."id") > 128
        THEN LENGTH("t4"."product"."id") > 128
        ELSE FALSE
      END
      THEN 'invalid_product_id'
      WHEN CASE
        WHEN STRLEN("t4"."order"."id") > 128
        THEN LENGTH("t4"."order"."id") > 128
        ELSE FALSE
      END
      THEN 'invalid_order_id'
      WHEN ARRAY_LENGTH(
        LIST_FILTER(
          "t4"."items",
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
      THEN 'invalid_price'
      WHEN ARRAY_LENGTH(
        LIST_FILTER(
          "t4"."items",
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
      THEN 'invalid_price'
      WHEN ARRAY_LENGTH(
        LIST_FILTER(
          "t4"."items",
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
      THEN 'invalid_quantity'
      WHEN ARRAY_LENGTH(
        LIST_FILTER(
          "t4"."items",
          LAMBDA __ibis_param_item__ : LENGTH((
            __ibis_param_item__
          )."id") > 128
        )
      ) > 0
      THEN 'invalid_product_id'
      ELSE 'not_json'
    END AS "reason",
    CASE
      WHEN "t4"."damage" IS NOT NULL
      THEN "t4"."damage_detail"
      WHEN "t4"."kind" IS NULL
      THEN 'the line is not JSON'
      WHEN "t4"."kind" <> 'OBJECT'
      THEN 'the line is JSON ' || LOWER("t4"."kind")
      WHEN (
        CAST("t4"."event"."product" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."product" AS TEXT), '{')
      )
      THEN 'product: expected object, got ' || LOWER(JSON_TYPE(CAST("t4"."event"."product" AS TEXT)))
      WHEN (
        CAST("t4"."event"."items" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."items" AS TEXT), '[')
      )
      THEN 'items: expected array, got ' || LOWER(JSON_TYPE(CAST("t4"."event"."items" AS TEXT)))
      WHEN (
        CAST("t4"."event"."order" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."order" AS TEXT), '{')
      )
      THEN 'order: expected object, got ' || LOWER(JSON_TYPE(CAST("t4"."event"."order" AS TEXT)))
      WHEN (
        CAST("t4"."event"."search" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."search" AS TEXT), '{')
      )
      THEN 'search: expected object, got ' || LOWER(JSON_TYPE(CAST("t4"."event"."search" AS TEXT)))
      WHEN (
        CAST("t4"."event"."element" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."element" AS TEXT), '{')
      )
      THEN 'element: expected object, got ' || LOWER(JSON_TYPE(CAST("t4"."event"."element" AS TEXT)))
      WHEN (
        CAST("t4"."event"."consent" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."consent" AS TEXT), '{')
      )
      THEN 'consent: expected object, got ' || LOWER(JSON_TYPE(CAST("t4"."event"."consent" AS TEXT)))
      WHEN (
        CAST("t4"."event"."properties" AS TEXT) IS NOT NULL
      )
      AND NOT (
        STARTS_WITH(CAST("t4"."event"."properties" AS TEXT), '{')
      )
      THEN 'properties: expected object, got ' || LOWER(JSON_TYPE(CAST("t4"."event"."properties" AS TEXT)))
      WHEN ARRAY_LENGTH(
        LIST_FILTER("t4"."item_kinds", LAMBDA __ibis_param_kind__ : __ibis_param_kind__ <> 'OBJECT')
      ) > 0
      THEN 'items[]: not an object'
      WHEN (
        "t4"."event"."eventName"
      ) IS NULL
      THEN 'eventName is missing'
      WHEN CASE
        WHEN "t4"."event"."eventName" IN (
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
          REGEXP_MATCHES("t4"."event"."eventName", '^[A-Za-z][A-Za-z0-9_.:-]*$')
        )
        OR (
          LENGTH("t4"."event"."eventName") > 64
        )
      END
      THEN 'eventName: cannot take “' || SUBSTRING(
        "t4"."event"."eventName",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."event"."eventName")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."event"."eventId"
        ) IS NOT NULL
      )
      AND (
        "t4"."sent_id" IS NULL
      )
      THEN 'eventId: cannot take “' || SUBSTRING(
        "t4"."event"."eventId",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."event"."eventId")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."event"."eventTimestamp"
        ) IS NOT NULL
      )
      AND (
        "t4"."browser_time" IS NULL
      )
      THEN 'eventTimestamp: cannot take “' || SUBSTRING(
        "t4"."event"."eventTimestamp",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."event"."eventTimestamp")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."event"."sequence"
        ) IS NOT NULL
      )
      AND (
        "t4"."sequence" IS NULL
      )
      THEN 'sequence: cannot take “' || SUBSTRING(
        "t4"."event"."sequence",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."event"."sequence")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."event"."isFirstVisit"
        ) IS NOT NULL
      )
      AND (
        "t4"."is_first_visit" IS NULL
      )
      THEN 'isFirstVisit: cannot take “' || SUBSTRING(
        "t4"."event"."isFirstVisit",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."event"."isFirstVisit")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."consent"."analytics"
        ) IS NOT NULL
      )
      AND (
        "t4"."analytics" IS NULL
      )
      THEN 'consent.analytics: cannot take “' || SUBSTRING(
        "t4"."consent"."analytics",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."consent"."analytics")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."event"."userLoginState"
        ) IS NOT NULL
      )
      AND NOT (
        "t4"."event"."userLoginState" IN ('logged_in', 'anonymous', 'guest')
      )
      THEN 'userLoginState: cannot take “' || SUBSTRING(
        "t4"."event"."userLoginState",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."event"."userLoginState")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."product"."price"
        ) IS NOT NULL
      ) AND (
        "t4"."price" IS NULL
      )
      THEN 'product.price: cannot take “' || SUBSTRING(
        "t4"."product"."price",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."product"."price")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."product"."discountPrice"
        ) IS NOT NULL
      )
      AND (
        "t4"."discount_price" IS NULL
      )
      THEN 'product.discountPrice: cannot take “' || SUBSTRING(
        "t4"."product"."discountPrice",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."product"."discountPrice")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."order"."itemCount"
        ) IS NOT NULL
      )
      AND (
        "t4"."order_item_count" IS NULL
      )
      THEN 'order.itemCount: cannot take “' || SUBSTRING(
        "t4"."order"."itemCount",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."order"."itemCount")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."order"."total"
        ) IS NOT NULL
      )
      AND (
        "t4"."order_total" IS NULL
      )
      THEN 'order.total: cannot take “' || SUBSTRING(
        "t4"."order"."total",
        CASE WHEN (
          0 + 1
        ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t4"."order"."total") END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."order"."tax"
        ) IS NOT NULL
      ) AND (
        "t4"."order_tax" IS NULL
      )
      THEN 'order.tax: cannot take “' || SUBSTRING(
        "t4"."order"."tax",
        CASE WHEN (
          0 + 1
        ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t4"."order"."tax") END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."order"."shipping"
        ) IS NOT NULL
      )
      AND (
        "t4"."order_shipping" IS NULL
      )
      THEN 'order.shipping: cannot take “' || SUBSTRING(
        "t4"."order"."shipping",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."order"."shipping")
        END,
        80
      ) || '”'
      WHEN (
        (
          "t4"."order"."discount"
        ) IS NOT NULL
      )
      AND (
        "t4"."order_discount" IS NULL
      )
      THEN 'order.discount: cannot take “' || SUBSTRING(
        "t4"."order"."discount",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."order"."discount")
        END,
        80
      ) || '”'
      WHEN CASE
        WHEN STRLEN("t4"."event"."userId") > 128
        THEN LENGTH("t4"."event"."userId") > 128
        ELSE FALSE
      END
      THEN 'userId: cannot take “' || SUBSTRING(
        "t4"."event"."userId",
        CASE WHEN (
          0 + 1
        ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t4"."event"."userId") END,
        80
      ) || '”'
      WHEN CASE
        WHEN STRLEN("t4"."event"."clientId") > 128
        THEN LENGTH("t4"."event"."clientId") > 128
        ELSE FALSE
      END
      THEN 'clientId: cannot take “' || SUBSTRING(
        "t4"."event"."clientId",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."event"."clientId")
        END,
        80
      ) || '”'
      WHEN CASE
        WHEN STRLEN("t4"."event"."sessionId") > 128
        THEN LENGTH("t4"."event"."sessionId") > 128
        ELSE FALSE
      END
      THEN 'sessionId: cannot take “' || SUBSTRING(
        "t4"."event"."sessionId",
        CASE
          WHEN (
            0 + 1
          ) >= 1
          THEN 0 + 1
          ELSE 0 + 1 + LENGTH("t4"."event"."sessionId")
        END,
        80
      ) || '”'
      WHEN CASE
        WHEN STRLEN("t4"."product"."id") > 128
        THEN LENGTH("t4"."product"."id") > 128
        ELSE FALSE
      END
      THEN 'product.id: cannot take “' || SUBSTRING(
        "t4"."product"."id",
        CASE WHEN (
          0 + 1
        ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t4"."product"."id") END,
        80
      ) || '”'
      WHEN CASE
        WHEN STRLEN("t4"."order"."id") > 128
        THEN LENGTH("t4"."order"."id") > 128
        ELSE FALSE
      END
      THEN 'order.id: cannot take “' || SUBSTRING(
        "t4"."order"."id",
        CASE WHEN (
          0 + 1
        ) >= 1 THEN 0 + 1 ELSE 0 + 1 + LENGTH("t4"."order"."id") END,
        80
      ) || '”'
      WHEN ARRAY_LENGTH(
        LIST_FILTER(
          "t4"."items",
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
      THEN 'items[].price: not a number'
      WHEN ARRAY_LENGTH(
        LIST_FILTER(
          "t4"."items",
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
      THEN 'items[].discountPrice: not a number'
      WHEN ARRAY_LENGTH(
        LIST_FILTER(
          "t4"."items",
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
      THEN 'items[].quantity: not a number'
      WHEN ARRAY_LENGTH(
        LIST_FILTER(
          "t4"."items",
          LAMBDA __ibis_param_item__ : LENGTH((
            __ibis_param_item__
          )."id") > 128
        )
      ) > 0
      THEN 'items[].id: longer than 128 characters'
      ELSE 'the line is not JSON'
    END AS "detail"
  FROM (
    SELECT
      "t0"."object_id",
      "t0"."line_number",
      "t0"."window_start",
      "t0"."damage",
      "t0"."damage_detail",
      "t0"."event",
      "t0"."padded",
      "t0"."kind",
      "t0"."product",
      "t0"."items",
      "t0"."order",
      "t0"."search",
      "t0"."consent",
      "t0"."names",
      "t0"."rest",
      "t0"."item_kinds",
      TRY_CAST(CASE
        WHEN STARTS_WITH("t0"."event"."eventId", 'urn:uuid:')
        THEN SUBSTRING(
          "t0"."event"."eventId",
          CASE
            WHEN (
              9 + 1
            ) >= 1
            THEN 9 + 1
            ELSE 9 + 1 + LENGTH("t0"."event"."eventId")
          END
        )
        ELSE "t0"."event"."eventId"
      END AS UUID) AS "sent_id",
      COALESCE(
        TRY_CAST(CASE
          WHEN (
            "t0"."event"."eventTimestamp"
          ) LIKE '____-__-__%'
          THEN "t0"."event"."eventTimestamp"
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
                        "t0"."event"."eventTimestamp"
                      ) LIKE '____-__-__%'
                    )
                    AND REGEXP_MATCHES("t0"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                    THEN "t0"."event"."eventTimestamp"
                    ELSE CAST(NULL AS TEXT)
                  END AS DOUBLE)
                ) > 20000000000
                THEN TRY_CAST(CASE
                  WHEN NOT (
                    (
                      "t0"."event"."eventTimestamp"
                    ) LIKE '____-__-__%'
                  )
                  AND REGEXP_MATCHES("t0"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                  THEN "t0"."event"."eventTimestamp"
                  ELSE CAST(NULL AS TEXT)
                END AS DOUBLE)
                ELSE TRY_CAST(CASE
                  WHEN NOT (
                    (
                      "t0"."event"."eventTimestamp"
                    ) LIKE '____-__-__%'
                  )
                  AND REGEXP_MATCHES("t0"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                  THEN "t0"."event"."eventTimestamp"
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
                        "t0"."event"."eventTimestamp"
                      ) LIKE '____-__-__%'
                    )
                    AND REGEXP_MATCHES("t0"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                    THEN "t0"."event"."eventTimestamp"
                    ELSE CAST(NULL AS TEXT)
                  END AS DOUBLE)
                ) > 20000000000
                THEN TRY_CAST(CASE
                  WHEN NOT (
                    (
                      "t0"."event"."eventTimestamp"
                    ) LIKE '____-__-__%'
                  )
                  AND REGEXP_MATCHES("t0"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                  THEN "t0"."event"."eventTimestamp"
                  ELSE CAST(NULL AS TEXT)
                END AS DOUBLE)
                ELSE TRY_CAST(CASE
                  WHEN NOT (
                    (
                      "t0"."event"."eventTimestamp"
                    ) LIKE '____-__-__%'
                  )
                  AND REGEXP_MATCHES("t0"."event"."eventTimestamp", '^[+-]?\d{1,16}(\.\d*)?$')
                  THEN "t0"."event"."eventTimestamp"
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
                    "t0"."event"."eventTimestamp"
                  ) LIKE '____-__-__%'
                  THEN "t0"."event"."eventTimestamp"
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
        WHEN REGEXP_MATCHES("t0"."event"."sequence", '^\s*(?:\+?\d[\d_]*|-0+)(?:\.0*)?\s*$')
        THEN "t0"."event"."sequence"
        ELSE CAST(NULL AS TEXT)
      END AS DECIMAL(18, 4)) AS INT) AS "sequence",
      CASE
        WHEN "t0"."event"."isFirstVisit" = 'true'
        THEN TRUE
        WHEN "t0"."event"."isFirstVisit" = 'false'
        THEN FALSE
        WHEN ARRAY_CONTAINS(
          CAST(['true', '1', '1.0', 'yes', 'on', 't', 'y'] AS TEXT[]),
          LOWER("t0"."event"."isFirstVisit")
        )
        THEN TRUE
        WHEN ARRAY_CONTAINS(
          CAST(['false', '0', '0.0', 'no', 'off', 'f', 'n'] AS TEXT[]),
          LOWER("t0"."event"."isFirstVisit")
        )
        THEN FALSE
        ELSE CAST(NULL AS BOOLEAN)
      END AS "is_first_visit",
      CASE
        WHEN "t0"."consent"."analytics" = 'true'
        THEN TRUE
        WHEN "t0"."consent"."analytics" = 'false'
        THEN FALSE
        WHEN ARRAY_CONTAINS(
          CAST(['true', '1', '1.0', 'yes', 'on', 't', 'y'] AS TEXT[]),
          LOWER("t0"."consent"."analytics")
        )
        THEN TRUE
        WHEN ARRAY_CONTAINS(
          CAST(['false', '0', '0.0', 'no', 'off', 'f', 'n'] AS TEXT[]),
          LOWER("t0"."consent"."analytics")
        )
        THEN FALSE
        ELSE CAST(NULL AS BOOLEAN)
      END AS "analytics",
      TRY_CAST(CASE
        WHEN REGEXP_MATCHES("t0"."product"."price", '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$')
        THEN "t0"."product"."price"
        ELSE CAST(NULL AS TEXT)
      END AS DECIMAL(18, 4)) AS "price",
      TRY_CAST(CASE
        WHEN REGEXP_MATCHES(
          "t0"."product"."discountPrice",
          '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
        )
        THEN "t0"."product"."discountPrice"
        ELSE CAST(NULL AS TEXT)
      END AS DECIMAL(18, 4)) AS "discount_price",
      TRY_CAST(TRY_CAST(CASE
        WHEN REGEXP_MATCHES("t0"."order"."itemCount", '^\s*(?:\+?\d[\d_]*|-0+)(?:\.0*)?\s*$')
        THEN "t0"."order"."itemCount"
        ELSE CAST(NULL AS TEXT)
      END AS DECIMAL(18, 4)) AS INT) AS "order_item_count",
      TRY_CAST(CASE
        WHEN REGEXP_MATCHES("t0"."order"."total", '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$')
        THEN "t0"."order"."total"
        ELSE CAST(NULL AS TEXT)
      END AS DECIMAL(18, 4)) AS "order_total",
      TRY_CAST(CASE
        WHEN REGEXP_MATCHES("t0"."order"."tax", '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$')
        THEN "t0"."order"."tax"
        ELSE CAST(NULL AS TEXT)
      END AS DECIMAL(18, 4)) AS "order_tax",
      TRY_CAST(CASE
        WHEN REGEXP_MATCHES(
          "t0"."order"."shipping",
          '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
        )
        THEN "t0"."order"."shipping"
        ELSE CAST(NULL AS TEXT)
      END AS DECIMAL(18, 4)) AS "order_shipping",
      TRY_CAST(CASE
        WHEN REGEXP_MATCHES(
          "t0"."order"."discount",
          '^\s*[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\s*$'
        )
        THEN "t0"."order"."discount"
        ELSE CAST(NULL AS TEXT)
      END AS DECIMAL(18, 4)) AS "order_discount"
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
                    FROM bad_lines f
                ) r
            ) e
        ) p
    ) AS "t0"
  ) AS "t4"
) AS "t6"
INNER JOIN (
  SELECT
    "t1"."object_id",
    "t1"."line_number",
    "t1"."line"
  FROM "bad_lines" AS "t1"
) AS "t3"
  ON "t6"."object_id" = "t3"."object_id" AND "t6"."line_number" = "t3"."line_number"

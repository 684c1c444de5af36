SELECT
  "t2"."place",
  "t10"."channel"
FROM "comings" AS "t2"
INNER JOIN (
  SELECT
    "t8"."utm_source",
    "t8"."utm_medium",
    "t8"."utm_campaign",
    "t8"."referrer_host",
    "t8"."page_host",
    CASE
      WHEN (
        NOT (
          "t8"."tagged"
        ) AND (
          "t8"."outside" IS NULL
        )
      )
      OR (
        (
          "t8"."source" = '(direct)'
        ) AND "t8"."medium" IN ('', '(none)', '(not set)')
      )
      THEN 'Direct'
      WHEN CONTAINS("t8"."campaign", 'cross-network')
      THEN 'Cross-network'
      WHEN "t8"."shop" AND "t8"."paid"
      THEN 'Paid Shopping'
      WHEN "t8"."search" AND "t8"."paid"
      THEN 'Paid Search'
      WHEN "t8"."social" AND "t8"."paid"
      THEN 'Paid Social'
      WHEN "t8"."video" AND "t8"."paid"
      THEN 'Paid Video'
      WHEN "t8"."medium" IN ('display', 'banner', 'expandable', 'interstitial', 'cpm')
      THEN 'Display'
      WHEN "t8"."paid"
      THEN 'Paid Other'
      WHEN "t8"."shop"
      THEN 'Organic Shopping'
      WHEN "t8"."social"
      OR "t8"."medium" IN (
        'social',
        'social-network',
        'social-media',
        'sm',
        'social network',
        'social media'
      )
      THEN 'Organic Social'
      WHEN "t8"."video" OR CONTAINS("t8"."medium", 'video')
      THEN 'Organic Video'
      WHEN "t8"."search" OR (
        "t8"."medium" = 'organic'
      )
      THEN 'Organic Search'
      WHEN "t8"."source" IN ('email', 'e-mail', 'e_mail', 'e mail')
      OR "t8"."medium" IN ('email', 'e-mail', 'e_mail', 'e mail')
      THEN 'Email'
      WHEN "t8"."medium" IN ('affiliate', 'affiliates')
      THEN 'Affiliates'
      WHEN "t8"."medium" IN ('referral', 'app', 'link') OR NOT (
        "t8"."tagged"
      )
      THEN 'Referral'
      WHEN "t8"."medium" = 'audio'
      THEN 'Audio'
      WHEN (
        "t8"."source" = 'sms'
      ) OR (
        "t8"."medium" = 'sms'
      )
      THEN 'SMS'
      WHEN SUFFIX("t8"."medium", 'push')
      OR CONTAINS("t8"."medium", 'mobile')
      OR CONTAINS("t8"."medium", 'notification')
      OR (
        "t8"."source" = 'firebase'
      )
      THEN 'Mobile Push Notifications'
      ELSE 'Unassigned'
    END AS "channel"
  FROM (
    SELECT
      "t7"."utm_source",
      "t7"."utm_medium",
      "t7"."utm_campaign",
      "t7"."referrer_host",
      "t7"."page_host",
      "t7"."outside",
      "t7"."source",
      "t7"."medium",
      "t7"."campaign",
      "t7"."tagged",
      "t7"."source_right",
      "t7"."category",
      REGEXP_MATCHES("t7"."medium", '^(.*cp.*|ppc|retargeting|paid.*)$') AS "paid",
      COALESCE("t7"."category" = 'search', FALSE)
      OR REGEXP_MATCHES(
        "t7"."source",
        '^(?:(?:(?:m|mobile|(?:r\.|[a-z]{2}\.)?search|[a-z]{2})\.)?(?:aol|baidu|bing|brave|coccoc|daum|duckduckgo|ecosia|google|naver|qwant|seznam|sogou|startpage|yahoo|yandex)(?:\.(?:com?\.|org\.|net\.)?[a-z]{2,})?)$'
      ) AS "search",
      COALESCE("t7"."category" = 'social', FALSE)
      OR REGEXP_MATCHES(
        "t7"."source",
        '^(?:(?:(?:m|mobile|(?:r\.|[a-z]{2}\.)?search|[a-z]{2})\.)?(?:facebook|instagram|linkedin|pinterest|quora|reddit|snapchat|stackoverflow|tiktok|tripadvisor|tumblr|twitter|vk|weibo|yelp)(?:\.(?:com?\.|org\.|net\.)?[a-z]{2,})?)$'
      ) AS "social",
      COALESCE("t7"."category" = 'video', FALSE)
      OR REGEXP_MATCHES(
        "t7"."source",
        '^(?:(?:(?:m|mobile|(?:r\.|[a-z]{2}\.)?search|[a-z]{2})\.)?(?:bilibili|dailymotion|twitch|vimeo|youtube)(?:\.(?:com?\.|org\.|net\.)?[a-z]{2,})?)$'
      ) AS "video",
      COALESCE("t7"."category" = 'shopping', FALSE)
      OR REGEXP_MATCHES(
        "t7"."source",
        '^(?:(?:(?:m|mobile|(?:r\.|[a-z]{2}\.)?search|[a-z]{2})\.)?(?:alibaba|aliexpress|amazon|ebay|etsy|geizhals|idealo|lazada|mercadolibre|mercadolivre|sendo|shopee|temu|tiki|walmart|zalando)(?:\.(?:com?\.|org\.|net\.)?[a-z]{2,})?)$'
      ) AS "shopping",
      COALESCE("t7"."category" = 'shopping', FALSE)
      OR REGEXP_MATCHES(
        "t7"."source",
        '^(?:(?:(?:m|mobile|(?:r\.|[a-z]{2}\.)?search|[a-z]{2})\.)?(?:alibaba|aliexpress|amazon|ebay|etsy|geizhals|idealo|lazada|mercadolibre|mercadolivre|sendo|shopee|temu|tiki|walmart|zalando)(?:\.(?:com?\.|org\.|net\.)?[a-z]{2,})?)$'
      )
      OR REGEXP_MATCHES("t7"."campaign", '^(.*(([^a-df-z]|^)shop|shopping).*)$') AS "shop"
    FROM (
      SELECT
        "t6"."utm_source",
        "t6"."utm_medium",
        "t6"."utm_campaign",
        "t6"."referrer_host",
        "t6"."page_host",
        "t6"."outside",
        "t6"."source",
        "t6"."medium",
        "t6"."campaign",
        "t6"."tagged",
        "t3"."source" AS "source_right",
        "t3"."category"
      FROM (
        SELECT
          "t4"."utm_source",
          "t4"."utm_medium",
          "t4"."utm_campaign",
          "t4"."referrer_host",
          "t4"."page_host",
          CASE
            WHEN "t4"."referrer_host" <> COALESCE("t4"."page_host", '')
            THEN "t4"."referrer_host"
            ELSE NULL
          END AS "outside",
          COALESCE(
            COALESCE(
              LOWER("t4"."utm_source"),
              CASE
                WHEN "t4"."referrer_host" <> COALESCE("t4"."page_host", '')
                THEN "t4"."referrer_host"
                ELSE NULL
              END
            ),
            ''
          ) AS "source",
          COALESCE(LOWER("t4"."utm_medium"), '') AS "medium",
          COALESCE(LOWER("t4"."utm_campaign"), '') AS "campaign",
          (
            "t4"."utm_source" IS NOT NULL
          ) OR (
            "t4"."utm_medium" IS NOT NULL
          ) AS "tagged"
        FROM (
          SELECT DISTINCT
            "t0"."utm_source",
            "t0"."utm_medium",
            "t0"."utm_campaign",
            "t0"."referrer_host",
            "t0"."page_host"
          FROM "comings" AS "t0"
        ) AS "t4"
      ) AS "t6"
      LEFT OUTER JOIN "sources" AS "t3"
        ON "t6"."source" = "t3"."source"
    ) AS "t7"
  ) AS "t8"
) AS "t10"
  ON "t2"."utm_source" IS NOT DISTINCT FROM "t10"."utm_source"
  AND "t2"."utm_medium" IS NOT DISTINCT FROM "t10"."utm_medium"
  AND "t2"."utm_campaign" IS NOT DISTINCT FROM "t10"."utm_campaign"
  AND "t2"."referrer_host" IS NOT DISTINCT FROM "t10"."referrer_host"
  AND "t2"."page_host" IS NOT DISTINCT FROM "t10"."page_host"

SELECT
  "t0"."place",
  NULLIF(TRIM("t0"."sent_referrer", ' 	
'), '') AS "referrer",
  NULLIF(
    REGEXP_REPLACE(
      LOWER(
        REGEXP_EXTRACT(
          NULLIF(TRIM("t0"."sent_referrer", ' 	
'), ''),
          '^[a-zA-Z][a-zA-Z0-9+.-]*://(?:[^/?#@]*@)?(\[[^]/?#]*\]|[^/?#:]+)',
          1
        )
      ),
      '^www\.',
      '',
      'g'
    ),
    ''
  ) AS "referrer_host"
FROM "sent_referrers" AS "t0"

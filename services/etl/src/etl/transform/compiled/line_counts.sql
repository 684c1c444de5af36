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
        FROM "lines" AS "t1"
        WHERE
          NOT (
            "t1"."sound"
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
        FROM "lines" AS "t1"
        WHERE
          "t1"."sound" AND NOT (
            "t1"."consented"
          )
      ) AS "t5"
      GROUP BY
        1
    ) AS "t9"
  ) AS "t13"
) AS "t14"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      "t7"."object_id",
      "t7"."lines",
      'kept' AS "part"
    FROM (
      SELECT
        "t3"."object_id",
        COUNT(*) AS "lines"
      FROM (
        SELECT
          *
        FROM "lines" AS "t1"
        WHERE
          "t1"."sound" AND "t1"."consented"
      ) AS "t3"
      GROUP BY
        1
    ) AS "t7"
  ) AS "t10"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      "t2"."object_id",
      "t2"."lines",
      'loaded' AS "part"
    FROM (
      SELECT
        "t0"."object_id",
        COUNT(*) AS "lines"
      FROM "unique_lines" AS "t0"
      GROUP BY
        1
    ) AS "t2"
  ) AS "t6"
) AS "t12"

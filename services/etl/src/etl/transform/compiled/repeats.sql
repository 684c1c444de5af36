WITH "t1" AS (
  SELECT
    "t0"."event_id",
    "t0"."received_at",
    "t0"."object_id",
    "t0"."line_number"
  FROM "lines" AS "t0"
  WHERE
    "t0"."sound" AND "t0"."consented"
)
SELECT
  *
FROM (
  SELECT
    "t7"."event_id",
    "t7"."received_at",
    "t7"."object_id",
    "t7"."line_number",
    ROW_NUMBER() OVER (
      PARTITION BY "t7"."event_id"
      ORDER BY "t7"."received_at" ASC, "t7"."object_id" ASC, "t7"."line_number" ASC
      ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) - 1 AS "place"
  FROM (
    SELECT
      "t3"."event_id",
      "t3"."received_at",
      "t3"."object_id",
      "t3"."line_number"
    FROM "t1" AS "t3"
    SEMI JOIN (
      SELECT
        "t4"."event_id"
      FROM (
        SELECT
          "t2"."event_id",
          COUNT(*) AS "CountStar()"
        FROM "t1" AS "t2"
        GROUP BY
          1
      ) AS "t4"
      WHERE
        "t4"."CountStar()" > 1
    ) AS "t6"
      ON "t3"."event_id" = "t6"."event_id"
  ) AS "t7"
) AS "t8"
WHERE
  "t8"."place" > 0

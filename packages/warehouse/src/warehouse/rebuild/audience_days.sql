-- Sums of the facts by day, for the days that the touched sessions and events were or are in.
INSERT INTO fact_touched_days
SELECT day FROM fact_hours
UNION
SELECT day FROM fact_bare_hours
UNION
SELECT day FROM fact_sessions;

CREATE TEMP TABLE fact_sum_days ON COMMIT DROP AS SELECT DISTINCT day FROM fact_touched_days;
ANALYZE fact_sum_days;

DELETE FROM audience_days r USING fact_sum_days t WHERE r.day = t.day;

INSERT INTO audience_days (
    day, audience_id, events, page_view, home_view, category_view, product_view, search, click, add_to_cart_click,
    remove_from_cart_click, wishlist_toggle, share_click, login_open, login_success, logout, checkout_start,
    checkout_complete, refund, page_leave, custom, sessions, bounces, duration_seconds, converted, viewed, product_viewed,
    added_to_cart, checked_out, purchased)
SELECT day, audience_id, coalesce(h.events, 0), coalesce(h.page_view, 0), coalesce(h.home_view, 0),
       coalesce(h.category_view, 0), coalesce(h.product_view, 0), coalesce(h.search, 0), coalesce(h.click, 0),
       coalesce(h.add_to_cart_click, 0), coalesce(h.remove_from_cart_click, 0), coalesce(h.wishlist_toggle, 0),
       coalesce(h.share_click, 0), coalesce(h.login_open, 0), coalesce(h.login_success, 0), coalesce(h.logout, 0),
       coalesce(h.checkout_start, 0), coalesce(h.checkout_complete, 0), coalesce(h.refund, 0),
       coalesce(h.page_leave, 0),
       coalesce(h.events, 0) - coalesce(h.page_view, 0) - coalesce(h.home_view, 0) - coalesce(h.category_view, 0)
           - coalesce(h.product_view, 0) - coalesce(h.search, 0) - coalesce(h.click, 0) - coalesce(h.add_to_cart_click, 0)
           - coalesce(h.remove_from_cart_click, 0) - coalesce(h.wishlist_toggle, 0) - coalesce(h.share_click, 0)
           - coalesce(h.login_open, 0) - coalesce(h.login_success, 0) - coalesce(h.logout, 0)
           - coalesce(h.checkout_start, 0) - coalesce(h.checkout_complete, 0) - coalesce(h.refund, 0)
           - coalesce(h.page_leave, 0),
       coalesce(s.sessions, 0), coalesce(s.bounces, 0), coalesce(s.duration_seconds, 0), coalesce(s.converted, 0),
       coalesce(s.viewed, 0), coalesce(s.product_viewed, 0), coalesce(s.added_to_cart, 0), coalesce(s.checked_out, 0),
       coalesce(s.purchased, 0)
FROM (
    SELECT f.day, f.audience_id, sum(events) AS events, sum(page_view) AS page_view, sum(home_view) AS home_view,
           sum(category_view) AS category_view, sum(product_view) AS product_view, sum(search) AS search,
           sum(click) AS click, sum(add_to_cart_click) AS add_to_cart_click,
           sum(remove_from_cart_click) AS remove_from_cart_click, sum(wishlist_toggle) AS wishlist_toggle,
           sum(share_click) AS share_click, sum(login_open) AS login_open, sum(login_success) AS login_success,
           sum(logout) AS logout, sum(checkout_start) AS checkout_start, sum(checkout_complete) AS checkout_complete,
           sum(refund) AS refund, sum(page_leave) AS page_leave
    FROM session_hours f JOIN fact_sum_days t ON t.day = f.day
    WHERE f.day >= (SELECT min(day) FROM fact_sum_days) AND f.day <= (SELECT max(day) FROM fact_sum_days)
    GROUP BY f.day, f.audience_id
) h
FULL JOIN (
    SELECT f.day, f.audience_id, count(*) AS sessions, count(*) FILTER (WHERE page_views <= 1) AS bounces,
           sum(duration_seconds) AS duration_seconds, count(*) FILTER (WHERE orders > 0) AS converted,
           count(*) FILTER (WHERE reached_view) AS viewed, count(*) FILTER (WHERE reached_product_view) AS product_viewed,
           count(*) FILTER (WHERE reached_add_to_cart) AS added_to_cart,
           count(*) FILTER (WHERE reached_checkout) AS checked_out, count(*) FILTER (WHERE reached_purchase) AS purchased
    FROM session_facts f JOIN fact_sum_days t ON t.day = f.day
    WHERE f.day >= (SELECT min(day) FROM fact_sum_days) AND f.day <= (SELECT max(day) FROM fact_sum_days)
    GROUP BY f.day, f.audience_id
) s USING (day, audience_id);

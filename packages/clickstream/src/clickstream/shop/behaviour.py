"""What visitors do in the shop: most leave at once, some look around, some compare, a few buy."""

from datetime import UTC, datetime
from random import Random
from typing import Any

from clickstream.shop.journey import CartLine, Journey
from clickstream.shop.reference import CURRENCY, Article, Campaign, Shop
from clickstream.shop.visitors import Visitor

# Shares of sessions. «buy» is multiplied by the campaign's intent, by device and by whether somebody returns;
# about half of those reach the checkout and two thirds of these complete it: 2 to 3 % of all sessions.
_INTENTS = {"bounce": 0.36, "browse": 0.36, "compare": 0.20, "buy": 0.062}
_ON_MOBILE = 0.75
_ON_RETURN = 1.5
_FREE_SHIPPING_FROM = 2_000_000
_SHIPPING = 35_000
_VAT = 0.10  # included in the prices


def session(
    visitor: Visitor, campaign: Campaign, begin: datetime, *, random: Random, shop: Shop, first_visit: bool
) -> Journey:
    """A whole session, as the events it makes."""
    known = visitor.user_id is not None and not first_visit and random.random() < 0.45
    journey = Journey(
        visitor=visitor,
        campaign=campaign,
        random=random,
        clock=begin.timestamp(),
        session_id=f"s-{random.getrandbits(64):016x}",
        first_visit=first_visit,
        login_state="logged_in" if known else "anonymous",
    )
    weights = dict(_INTENTS)
    weights["buy"] *= campaign.intent * (1 if visitor.browser.device == "desktop" else _ON_MOBILE)
    weights["buy"] *= 1 if first_visit else _ON_RETURN
    intent = random.choices(list(weights), weights=list(weights.values()))[0]
    category = shop.categories.draw(random)
    _arrive(journey, category, shop)
    if intent == "bounce":
        journey.wait(9)
    elif intent == "browse":
        _browse(journey, category, shop)
    elif intent == "compare":
        _compare(journey, category, shop)
    else:
        _buy(journey, category, shop)
    if journey.login_state == "logged_in" and random.random() < 0.05:
        journey.emit("logout")
        journey.login_state = "anonymous"
    journey.leave()
    return journey


def _arrive(journey: Journey, category: str, shop: Shop) -> None:
    roll = journey.random.random()
    deep = bool(journey.campaign.referrer or journey.campaign.query)
    if roll < (0.25 if deep else 0.7):
        journey.home()
    elif roll < (0.5 if deep else 0.85):
        journey.category(category)
    else:
        journey.article(shop.by_category[category].draw(journey.random))
    journey.wait(12)


def _browse(journey: Journey, category: str, shop: Shop) -> None:
    for _ in range(1 + int(journey.random.expovariate(1 / 1.8))):
        roll = journey.random.random()
        if roll < 0.3:
            journey.category(shop.categories.draw(journey.random))
            journey.wait(14)
        elif roll < 0.38:
            _search(journey, shop)
        else:
            _look_at(journey, category, shop)


def _compare(journey: Journey, category: str, shop: Shop) -> None:
    if journey.random.random() < 0.4:
        _search(journey, shop)
    journey.category(category)
    journey.wait(15)
    for _ in range(2 + int(journey.random.expovariate(1 / 2.4))):
        article = _look_at(journey, category, shop)
        if journey.random.random() < 0.13:
            journey.click("wishlist_toggle", article, "wishlist", "♥")
            journey.wait(4)
        if journey.random.random() < 0.03:
            journey.click("share_click", article, "share", "Chia sẻ")
            journey.wait(6)
        if journey.random.random() < 0.06:
            _add(journey, article)
        if journey.random.random() < 0.25:
            journey.category(category)
            journey.wait(10)


def _buy(journey: Journey, category: str, shop: Shop) -> None:
    journey.category(category)
    journey.wait(10)
    for _ in range(1 + int(journey.random.expovariate(1 / 2.0))):
        chosen = _look_at(journey, category, shop)
    _add(journey, chosen)
    while journey.random.random() < 0.35:
        extra = _look_at(journey, journey.random.choice(("Accessories", "Mice", "Keyboards", "Audio")), shop)
        if journey.random.random() < 0.6:
            _add(journey, extra)
    journey.open("/cart", "Giỏ hàng")
    journey.wait(15)
    if len(journey.cart) > 1 and journey.random.random() < 0.2:
        line = journey.cart.pop(journey.random.randrange(len(journey.cart)))
        journey.click("remove_from_cart_click", line.article, "remove", "Xóa")
        journey.wait(8)
    if journey.random.random() < 0.56:
        _check_out(journey, shop)


def _check_out(journey: Journey, shop: Shop) -> None:
    random = journey.random
    total = sum(line.article.to_pay * line.quantity for line in journey.cart)
    count = sum(line.quantity for line in journey.cart)
    journey.emit(
        "checkout_start",
        items=journey.lines(),
        element={
            "tag": "button",
            "id": "checkout",
            "text": "Thanh toán",
            "dataset": {"cartId": f"cart-{random.getrandbits(40):010x}", "total": str(total), "itemCount": str(count)},
        },
    )
    if journey.login_state == "anonymous":
        if journey.visitor.user_id is not None:
            journey.emit("login_open")
            journey.wait(12)
            journey.login_state = "logged_in"
            journey.emit("login_success")
        else:
            journey.login_state = "guest"
    journey.open("/checkout", "Thanh toán")
    journey.wait(70)
    if random.random() >= 0.64:
        return
    coupon = random.choice(shop.coupons) if random.random() < 0.12 else None
    discount = total // 20_000 * 1000 if coupon else 0  # 5 %, in whole thousands
    shipping = 0 if total >= _FREE_SHIPPING_FROM else _SHIPPING
    to_pay = total - discount + shipping
    day = datetime.fromtimestamp(journey.clock, UTC)
    order: dict[str, Any] = {
        "id": f"DH{day:%y%m%d}-{random.randrange(10**6):06d}",
        "total": to_pay,
        "currency": CURRENCY,
        "tax": round(to_pay * _VAT / (1 + _VAT)),
        "shipping": shipping,
        "discount": discount,
        "itemCount": count,
    }
    if coupon:
        order["coupon"] = coupon
    journey.open(f"/orders/{order['id']}/thank-you", "Cảm ơn bạn")
    journey.emit("checkout_complete", items=journey.lines(), order=order)
    journey.wait(20)
    if random.random() < 0.02:  # reloads the thank-you page: the same order under another event id
        journey.emit("checkout_complete", items=journey.lines(), order=order)
    if random.random() < 0.05:  # sends it back days later; the back office tells the tracker
        journey.refund(order["id"], to_pay, days=random.uniform(1, 6))


def _look_at(journey: Journey, category: str, shop: Shop) -> Article:
    article = shop.by_category[category].draw(journey.random)
    journey.article(article)
    journey.wait(26)
    if journey.random.random() < 0.3:
        journey.emit(
            "click", element={"tag": "button", "id": journey.random.choice(("gallery", "specs", "reviews", "compare"))}
        )
        journey.wait(10)
    return article


def _add(journey: Journey, article: Article) -> None:
    journey.click("add_to_cart_click", article, "add-to-cart", "Thêm vào giỏ")
    journey.cart.append(CartLine(article, 1 if journey.random.random() < 0.92 else 2))
    journey.wait(6)


def _search(journey: Journey, shop: Shop) -> None:
    query = journey.random.choice(list(shop.searches))
    journey.search(query, shop.searches[query])
    journey.wait(9)

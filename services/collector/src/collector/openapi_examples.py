"""Requests and answers as the OpenAPI document shows them; a test sends and checks each."""

from typing import Any

PAGE_VIEW = {
    "eventName": "page_view",
    "eventId": "0192f0c1-2a4b-7c3d-8e5f-6a7b8c9d0e1f",
    "eventTimestamp": "2026-11-22T09:41:07.123Z",
    "pageUrl": "https://shop.example/laptops?utm_source=newsletter",
    "pageTitle": "Laptops",
    "referrer": "https://www.google.com/",
    "clientId": "c-7f9d",
    "sessionId": "s-31ab",
    "userLoginState": "anonymous",
    "isFirstVisit": True,
    "sequence": 1,
}
ADD_TO_CART = {
    "eventName": "add_to_cart_click",
    "eventId": "0192f0c1-3b5c-7d4e-9f60-7b8c9d0e1f20",
    "eventTimestamp": "2026-11-22T09:41:48.330Z",
    "pageUrl": "https://shop.example/laptops/aurora-14",
    "clientId": "c-7f9d",
    "sessionId": "s-31ab",
    "sequence": 2,
    "product": {"id": "aurora-14", "name": "Aurora 14", "category": "Laptops", "price": 1299.0},
    "element": {"tag": "button", "id": "add-to-cart", "text": "Add to cart"},
}
CHECKOUT = {
    "eventName": "checkout_complete",
    "eventId": "0192f0c1-4c6d-7e5f-8a71-8c9d0e1f2031",
    "clientId": "c-7f9d",
    "sessionId": "s-31ab",
    "userId": "u-1001",
    "userLoginState": "logged_in",
    "order": {"id": "order-10042", "total": 1199.0, "currency": "EUR", "itemCount": 1},
    "items": [{"id": "aurora-14", "name": "Aurora 14", "price": 1199.0, "quantity": 1, "currency": "EUR"}],
}
BODIES: dict[str, Any] = {
    "one": {"summary": "One event", "value": PAGE_VIEW},
    "several": {"summary": "Several events", "value": [PAGE_VIEW, ADD_TO_CART]},
    "envelope": {
        "summary": "An envelope with the browser's clock at sending",
        "value": {"sentAt": "2026-11-22T09:42:10.000Z", "events": [ADD_TO_CART, CHECKOUT]},
    },
    "custom": {
        "summary": "A custom event with properties",
        "value": {"eventName": "store_locator_open", "clientId": "c-7f9d", "properties": {"city": "Hue"}},
    },
}
REJECTED = [
    {
        "index": 1,
        "eventId": None,
        "errors": [{"field": "eventName", "code": "missing", "message": "Field required"}],
    }
]
ANSWERS: dict[str, Any] = {
    "all": {"summary": "All stored", "value": {"success": True, "accepted": 2, "rejected": []}},
    "some": {"summary": "Some rejected", "value": {"success": True, "accepted": 1, "rejected": REJECTED}},
    "withheld": {
        "summary": "One without consent",
        "value": {"success": True, "accepted": 1, "rejected": [], "withheld": 1},
    },
}
REQUEST_ID = "0192f0c1-5d7e-7f60-9b82-9d0e1f203142"

/**
 * ShopError           what a visitor is told; `code` is the message's key after `error_`
 *   OutOfStock        names the products
 *   EmptyCart
 *   PriceChanged      since the page was opened
 *   NotFound          no such product or order, or not theirs
 *   Declined          by the bank
 *   Expired           the order is no longer reserved
 *   SignedOut
 */
export class ShopError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly names: string[] = [],
  ) {
    super(message);
  }
}

export class OutOfStock extends ShopError {
  constructor(names: string[]) {
    super("out_of_stock", `not enough in stock: ${names.join(", ")}`, names);
  }
}

export class EmptyCart extends ShopError {
  constructor() {
    super("empty_cart", "the cart is empty");
  }
}

export class PriceChanged extends ShopError {
  constructor(expected: number, actual: number) {
    super("price_changed", `the total is ${actual}, not ${expected}`);
  }
}

export class NotFound extends ShopError {
  constructor(what: string) {
    super("not_found", `there is no ${what}`);
  }
}

export class Declined extends ShopError {
  constructor() {
    super("declined", "the card was declined");
  }
}

export class Expired extends ShopError {
  constructor(orderId: string) {
    super("expired", `order ${orderId} is no longer reserved`);
  }
}

export class SignedOut extends ShopError {
  constructor() {
    super("signed_out", "nobody is signed in");
  }
}

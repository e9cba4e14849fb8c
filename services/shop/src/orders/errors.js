import { ShopError } from '../errors.js';
import { money } from '../money.js';

// ShopError
// ├── UnknownOrderError           404: the account has no such order
// ├── RefusedOrderError           409: nothing was ordered, and the person has to look again
// │   ├── EmptyCartError               there is nothing to order
// │   ├── ChangedCheckoutError         the lines or the total are not those that were confirmed
// │   ├── ChangedCartError             the cart changed while the order was placed
// │   └── OutOfStockError              there is less than was asked for
// ├── OrderExistsError            409: never shown; the order of this key is already there
// ├── ReusedKeyError              422: the key belongs to another order
// └── OrdersUnavailableError      503: DynamoDB did not answer, or refused

export class UnknownOrderError extends ShopError {
  name = 'UnknownOrderError';
  status = 404;

  constructor() {
    super('Your account has no such order. GET /orders lists them all.');
  }
}

/** Nothing was ordered and nothing changed. */
export class RefusedOrderError extends ShopError {
  name = 'RefusedOrderError';
  status = 409;
}

export class EmptyCartError extends RefusedOrderError {
  name = 'EmptyCartError';

  constructor() {
    super('There is nothing in your cart, so nothing was ordered.');
  }
}

export class ChangedCheckoutError extends RefusedOrderError {
  name = 'ChangedCheckoutError';

  constructor(confirmedCents, totalCents) {
    const totals = `You confirmed ${money(confirmedCents)}, and the total is now ${money(totalCents)}.`;
    const goods = 'What is in your cart, or its prices, changed since you confirmed.';
    super(`${confirmedCents === totalCents ? goods : totals} Nothing was ordered: look again, then confirm.`);
  }
}

export class ChangedCartError extends RefusedOrderError {
  name = 'ChangedCartError';

  constructor() {
    super('Your cart changed while the order was placed. Nothing was ordered: look again, then confirm.');
  }
}

export class OutOfStockError extends RefusedOrderError {
  name = 'OutOfStockError';

  /** `shortages` are `{ name, wanted, left }`, one per product. */
  constructor(shortages) {
    super(`${shortages.map(shortage).join(' ')} Nothing was ordered: change the quantity in your cart.`);
  }
}

export class OrderExistsError extends ShopError {
  name = 'OrderExistsError';
  status = 409;
}

export class ReusedKeyError extends ShopError {
  name = 'ReusedKeyError';
  status = 422;

  constructor() {
    super('This key belongs to another order. For a new order take a new key from GET /api/checkout.');
  }
}

/** The cause is kept for the log and never shown: it can name tables, roles and accounts. */
export class OrdersUnavailableError extends ShopError {
  name = 'OrdersUnavailableError';
  status = 503;

  constructor(cause, message = 'Orders cannot be reached right now. Try again in a moment.') {
    super(message, { cause });
  }
}

function shortage({ name, wanted, left }) {
  return left === 0 ? `${name} is sold out.` : `Of ${name} only ${left} are left, and you asked for ${wanted}.`;
}

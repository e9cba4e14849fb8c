import { cartDigest } from './cart-digest.js';
import { ChangedCheckoutError, EmptyCartError } from './errors.js';

/** The shape of an order's item. A later version adds attributes, and reads what an earlier one wrote. */
const SCHEMA = 1;

/**
 * Return the order of a cart at the prices that the cart shows now (see viewCart).
 *
 * Throws EmptyCartError, and ChangedCheckoutError when the person confirmed something else: nobody is charged, or gets,
 * what they did not see. `placedAt` is in milliseconds since the epoch.
 */
export function createOrder({ accountId, key, cart, confirmedCents, confirmedDigest, placedAt }) {
  if (cart.items.length === 0) throw new EmptyCartError();
  if (!isConfirmed(cart, { confirmedCents, confirmedDigest }))
    throw new ChangedCheckoutError(confirmedCents, cart.total_cents);
  return {
    account_id: accountId,
    order_id: key,
    placed_at: new Date(placedAt).toISOString(),
    items: cart.items,
    total_cents: cart.total_cents,
    currency: cart.currency,
    schema: SCHEMA,
  };
}

/** Say whether a cart or an order is what was confirmed: the total, and each line of it if the digest was sent. */
export function isConfirmed({ items, total_cents: total }, { confirmedCents, confirmedDigest }) {
  if (total !== confirmedCents) return false;
  return confirmedDigest === undefined || confirmedDigest === cartDigest(items);
}

/** Return an order as its person sees it. */
export function viewOrder({ order_id: id, placed_at: placedAt, items, total_cents: total, currency }) {
  return { order_id: id, placed_at: placedAt, items, total_cents: total, currency };
}

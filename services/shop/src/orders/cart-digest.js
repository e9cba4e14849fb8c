import { createHash } from 'node:crypto';

const DIGITS = 32;
const DIGEST = /^[0-9a-f]{32}$/;

/** Return a short digest of what is ordered and at which prices. It does not depend on the order of the catalog. */
export function cartDigest(items) {
  const lines = items.map(({ product_id: id, quantity, price_cents: price }) => `${id}:${quantity}:${price}`);
  return createHash('sha256').update(lines.toSorted().join('\n')).digest('hex').slice(0, DIGITS);
}

/** Say whether something could be a digest of a cart. */
export function isCartDigest(text) {
  return typeof text === 'string' && DIGEST.test(text);
}

import { InvalidRequestError } from '../errors.js';
import { isCartDigest } from './cart-digest.js';
import { checkedOrderKey } from './order-key.js';

const MOST_CENTS = 1_000_000_000;

/** Return what a form confirms, where everything is text: the key of the order, the total in cents and what is in the cart. */
export function confirmationOfForm(body) {
  const text = body?.total_cents;
  const cents = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  const key = checkedOrderKey(body?.key, 'key');
  return { key, confirmedCents: checkedCents(cents, text), confirmedDigest: checkedDigest(body?.cart_digest) };
}

/** Return what a call of the API confirms: the key is in the header Idempotency-Key, the rest in the JSON body. */
export function confirmationOfJson(headers, body) {
  const key = checkedOrderKey(headers['idempotency-key'], 'The header Idempotency-Key');
  const confirmedCents = checkedCents(body?.total_cents, body?.total_cents);
  return { key, confirmedCents, confirmedDigest: checkedDigest(body?.cart_digest) };
}

/** Without a digest the total alone is confirmed: a form of a version before it had one. */
function checkedDigest(given) {
  if (given === undefined || isCartDigest(given)) return given;
  const got = JSON.stringify(given).slice(0, 50);
  throw new InvalidRequestError(`cart_digest must be as GET /api/checkout gives it, got ${got}.`);
}

function checkedCents(cents, given) {
  if (Number.isInteger(cents) && cents >= 0 && cents <= MOST_CENTS) return cents;
  const got = (JSON.stringify(given) ?? 'nothing').slice(0, 40);
  throw new InvalidRequestError(`total_cents must be the total that was shown, in whole cents, got ${got}.`);
}

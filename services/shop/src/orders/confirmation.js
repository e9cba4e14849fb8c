import { InvalidRequestError } from '../errors.js';
import { checkedOrderKey } from './order-key.js';

const MOST_CENTS = 1_000_000_000;

/** Return what a form confirms, where everything is text: the key of the order and the total in cents. */
export function confirmationOfForm(body) {
  const text = body?.total_cents;
  const cents = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  return { key: checkedOrderKey(body?.key, 'key'), confirmedCents: checkedCents(cents, text) };
}

/** Return what a call of the API confirms: the key is in the header Idempotency-Key, the total in the JSON body. */
export function confirmationOfJson(headers, body) {
  const key = checkedOrderKey(headers['idempotency-key'], 'The header Idempotency-Key');
  return { key, confirmedCents: checkedCents(body?.total_cents, body?.total_cents) };
}

function checkedCents(cents, given) {
  if (Number.isInteger(cents) && cents >= 0 && cents <= MOST_CENTS) return cents;
  const got = (JSON.stringify(given) ?? 'nothing').slice(0, 40);
  throw new InvalidRequestError(`total_cents must be the total that was shown, in whole cents, got ${got}.`);
}

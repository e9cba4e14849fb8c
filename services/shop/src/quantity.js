import { InvalidRequestError } from './errors.js';

/** The most of one product that a cart holds. */
export const MOST = 99;

/** Check the quantity of a JSON body, which must be a number, and return it. */
export function quantityOfJson(body) {
  return checked(body?.quantity, 0, JSON.stringify(body?.quantity) ?? 'nothing');
}

/** Check the quantity of an HTML form, where everything is text, and return it as a number. */
export function quantityOfForm(body, { least = 0 } = {}) {
  const text = body?.quantity;
  const number = /^\d{1,4}$/.test(text) ? Number(text) : undefined;
  return checked(number, least, JSON.stringify(text) ?? 'nothing');
}

function checked(quantity, least, got) {
  if (Number.isInteger(quantity) && quantity >= least && quantity <= MOST) return quantity;
  throw new InvalidRequestError(`quantity must be a whole number from ${least} to ${MOST}, got ${got.slice(0, 40)}.`);
}

import { v7, validate, version } from 'uuid';
import { InvalidRequestError } from '../errors.js';

/**
 * Return a new key for an order that is about to be placed.
 *
 * The key is the order's id, so that the same key can never be two orders. Version 7 begins with the time (RFC 9562,
 * section 5.7): an account's orders, sorted by id, are in the order in which they were begun.
 */
export function createOrderKey() {
  return v7();
}

/** Say whether a text could be an order's id. */
export function isOrderKey(text) {
  return typeof text === 'string' && validate(text) && version(text) === 7 && text === text.toLowerCase();
}

/** Return the key that a request names, or throw InvalidRequestError. `name` is what the request calls it. */
export function checkedOrderKey(text, name) {
  if (isOrderKey(text)) return text;
  const got = text === undefined ? 'nothing' : JSON.stringify(text).slice(0, 50);
  throw new InvalidRequestError(`${name} must be a UUID of version 7 as GET /api/checkout gives one, got ${got}.`);
}

import { ipKeyGenerator, MemoryStore } from 'express-rate-limit';
import { NetworkBusyError, TooManyAttemptsError } from './errors.js';

/** What one address may have within so many seconds. A household or an office is one address. */
const LIMITS = {
  /** Refused attempts of any kind. */
  refusal: { most: 60, seconds: 15 * 60 },
  /** Passwords that were looked at, right ones too: each takes a quarter of a second of one core. */
  login: { most: 200, seconds: 15 * 60 },
  /** Registrations: each makes an account that nothing removes. */
  registration: { most: 20, seconds: 60 * 60 },
};

/** So many attempts of one address are under way at once: a fifth of those that may wait. */
const MOST_AT_ONCE = 5;

/**
 * Limits what one address may try, in this process's memory.
 *
 * It slows down who tries many e-mail addresses, where the lockout of each does not help, and leaves the others a place
 * in the queue of passwords. A flood must not become as many writes to DynamoDB, and it need not be exact: with n
 * processes the limits are n times as high. An IPv6 network of /56 is one address.
 */
export class AddressLimit {
  #stores = Object.fromEntries(Object.entries(LIMITS).map(([kind, { seconds }]) => [kind, storeFor(seconds)]));
  #underWay = new Map();

  /** Do a deed of this kind for the address, or throw TooManyAttemptsError or NetworkBusyError. */
  async within(address, kind, deed) {
    const key = ipKeyGenerator(address);
    refuseAbove(LIMITS.refusal.most - 1, await this.#stores.refusal.get(key));
    refuseAbove(LIMITS[kind].most, await this.#stores[kind].increment(key));
    return this.#inTurn(key, deed);
  }

  /** Count a refused attempt. */
  async count(address) {
    await this.#stores.refusal.increment(ipKeyGenerator(address));
  }

  async #inTurn(key, deed) {
    const others = this.#underWay.get(key) ?? 0;
    if (others >= MOST_AT_ONCE) throw new NetworkBusyError();
    this.#underWay.set(key, others + 1);
    try {
      return await deed();
    } finally {
      this.#leave(key);
    }
  }

  #leave(key) {
    const others = this.#underWay.get(key) - 1;
    if (others) this.#underWay.set(key, others);
    else this.#underWay.delete(key);
  }
}

function storeFor(seconds) {
  const store = new MemoryStore();
  store.init({ windowMs: seconds * 1000 });
  return store;
}

function refuseAbove(most, seen) {
  if (seen?.totalHits > most)
    throw new TooManyAttemptsError('from your network', (seen.resetTime - Date.now()) / 1000);
}

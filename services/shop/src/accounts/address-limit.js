import { ipKeyGenerator, MemoryStore } from 'express-rate-limit';
import { TooManyAttemptsError } from './errors.js';

/** So many refused attempts from one address in so many seconds. A household or an office is one address. */
const MOST_REFUSED = 60;
const WINDOW_SECONDS = 15 * 60;

/**
 * Counts refused attempts by address, in this process's memory.
 *
 * It slows down who tries many e-mail addresses, where the lockout of each does not help. A flood must not become as
 * many writes to DynamoDB, and it need not be exact: with n processes the limit is n times as high. Successes are not
 * counted, so that many people behind one address can log in at once. An IPv6 network of /56 is one address.
 */
export class AddressLimit {
  #store = new MemoryStore();

  constructor() {
    this.#store.init({ windowMs: WINDOW_SECONDS * 1000 });
  }

  /** Throw TooManyAttemptsError when the address has had its attempts. */
  async check(address) {
    const seen = await this.#store.get(ipKeyGenerator(address));
    if (seen?.totalHits >= MOST_REFUSED)
      throw new TooManyAttemptsError('from your network', (seen.resetTime - Date.now()) / 1000);
  }

  /** Count a refused attempt. */
  async count(address) {
    await this.#store.increment(ipKeyGenerator(address));
  }
}

import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import pLimit from 'p-limit';
import { BusyError } from './errors.js';
import { isWhole } from './validation.js';

/** One check takes about a quarter of a second of one core. */
export const WORK_FACTOR = 12;

/** Who waits longer than this many others gives up anyway: on one core, with four checks a second, it is six seconds. */
const MOST_WAITING = 25;

/**
 * Hashes and checks passwords with bcrypt, on libuv's threads: the event loop goes on answering.
 *
 * A login flood would take every core and every thread (DNS and files use the same four), so that one core is left
 * alone and no more than MOST_WAITING wait; the others get BusyError. The work factor is an argument for the tests'
 * sake; no setting of the process changes it.
 */
export class Passwords {
  #workFactor;
  #limit;
  #nobodys;

  constructor({ workFactor = WORK_FACTOR, atOnce = Math.min(3, Math.max(1, availableParallelism() - 1)) } = {}) {
    this.#workFactor = workFactor;
    this.#limit = pLimit(atOnce);
    this.#nobodys = bcrypt.hash(randomUUID(), workFactor);
  }

  /** Return the hash of a new password. */
  async hash(password) {
    return this.#inTurn(() => bcrypt.hash(password, this.#workFactor));
  }

  /**
   * Say whether the password is that of the hash. Without a hash (nobody has that e-mail address) it takes as long, or
   * the time would tell.
   */
  async matches(password, hash) {
    const same = await this.#inTurn(async () => bcrypt.compare(password, hash ?? (await this.#nobodys)));
    return same && hash !== undefined && isWhole(password);
  }

  /** Throw BusyError when no more may wait. */
  requireRoom() {
    if (this.#limit.pendingCount >= MOST_WAITING) throw new BusyError();
  }

  #inTurn(work) {
    this.requireRoom();
    return this.#limit(work);
  }
}

import session from 'express-session';
import { createAccounts } from '../../src/accounts/create.js';
import {
  AccountsUnavailableError,
  EmailTakenError,
  LoggedOutError,
  TooManyAttemptsError,
} from '../../src/accounts/errors.js';
import { MOST_ATTEMPTS, WINDOW_SECONDS } from '../../src/accounts/attempts.js';
import { Passwords } from '../../src/accounts/passwords.js';
import { MOST } from '../../src/quantity.js';

export const SECRET = 'a-secret-for-tests_0123456789ABCDEF';

/** bcrypt's least: a hash takes about a millisecond. */
const FAST = 4;

/** Accounts in memory, with the methods of DynamoAccounts. `broken` makes every method throw. */
class FakeAccounts {
  stored = new Map();
  reads = 0;
  broken = false;

  async find(key) {
    this.reads += 1;
    this.#check();
    return this.stored.get(key);
  }

  async create(account) {
    this.#check();
    if (this.stored.has(account.email)) throw new EmailTakenError();
    const item = { ...account, generation: 1 };
    this.stored.set(account.email, item);
    return item;
  }

  async changePassword({ email, generation }, hash) {
    this.#check();
    const account = this.stored.get(email);
    if (account.generation !== generation) throw new LoggedOutError();
    const item = { ...account, password_hash: hash, generation: generation + 1 };
    this.stored.set(email, item);
    return item;
  }

  #check() {
    if (this.broken) throw new AccountsUnavailableError(new Error('Throughput exceeds the table greenlight-accounts'));
  }
}

/** Attempts in memory, with the methods of DynamoAttempts. */
class FakeAttempts {
  counts = new Map();

  async reserve(key) {
    const count = this.counts.get(key) ?? 0;
    if (count >= MOST_ATTEMPTS) throw new TooManyAttemptsError('with this e-mail address', WINDOW_SECONDS);
    this.counts.set(key, count + 1);
  }

  async giveBack(key) {
    this.counts.set(key, this.counts.get(key) - 1);
  }

  async clear(key) {
    this.counts.delete(key);
  }
}

/** express-session's own store in memory, which also counts and can fail. */
class FakeStore extends session.MemoryStore {
  asked = [];
  broken = false;

  get(id, done) {
    this.#ask('get', done) && super.get(id, done);
  }

  set(id, value, done) {
    this.#ask('set', done) && super.set(id, value, done);
  }

  destroy(id, done) {
    this.#ask('destroy', done) && super.destroy(id, done);
  }

  #ask(what, done) {
    this.asked.push(what);
    if (this.broken) setImmediate(done, new AccountsUnavailableError(new Error('no such table: greenlight-sessions')));
    return !this.broken;
  }
}

/** Return accounts in memory for a shop with these carts, and the parts that tests look at. */
export function fakeAccounts({
  carts,
  log,
  secrets = [SECRET],
  store = new FakeStore(),
  passwords = new Passwords({ workFactor: FAST }),
}) {
  const parts = {
    store,
    accounts: new FakeAccounts(),
    attempts: new FakeAttempts(),
    takeover: new FakeTakeover(carts),
    passwords,
  };
  return { ...parts, created: createAccounts({ ...parts, secrets, log }) };
}

/** What CartTakeover does, with carts in memory. */
class FakeTakeover {
  #carts;

  constructor(carts) {
    this.#carts = carts;
  }

  async move(fromId, intoId) {
    const [from, into] = [await this.#carts.read(fromId), await this.#carts.read(intoId)];
    for (const [product, quantity] of from) into.set(product, Math.min(MOST, quantity + (into.get(product) ?? 0)));
    from.clear();
  }
}

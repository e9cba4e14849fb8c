import connectDynamoDb from 'connect-dynamodb';
import session from 'express-session';
import { errorFields } from '../log.js';
import { AccountsUnavailableError } from './errors.js';

export const SESSION_SECONDS = 24 * 3600;

/** How far a session's end may lag behind the last request: writing it with each would double what a request costs. */
const RENEW_SECONDS = 3600;

const DynamoDbStore = connectDynamoDb(session);

/**
 * The sessions in DynamoDB: `id`, `sess` (JSON) and `expires`, in epoch seconds, as the TTL attribute.
 *
 * What connect-dynamodb does is kept, with four changes. It never looks for the table or makes it, which would take
 * permissions that a shop must not have. `expires` is a whole number. A session is renewed once an hour, and a failure
 * of that is logged, since the answer is sent by then. Every other failure is an AccountsUnavailableError.
 */
export class SessionStore extends DynamoDbStore {
  #log;
  #now;

  constructor({ table, client, log, now = Date.now }) {
    super({ table, client, initialized: true });
    this.#log = log;
    this.#now = now;
  }

  get(id, done) {
    super.get(id, explained(done));
  }

  set(id, session, done) {
    super.set(id, session, explained(done));
  }

  destroy(id, done) {
    super.destroy(id, explained(done));
  }

  touch(id, session, done) {
    if (session.stored_until - this.#nowSeconds() > SESSION_SECONDS - RENEW_SECONDS) return done();
    return super.touch(id, session, (error) => {
      if (error) this.#log.error(errorFields(new AccountsUnavailableError(error)), 'session not renewed');
      done();
    });
  }

  getParsedSession(result) {
    const session = super.getParsedSession(result);
    return session && { ...session, stored_until: Number(result.Item.expires?.N) };
  }

  getExpiresValue() {
    return this.#nowSeconds() + SESSION_SECONDS;
  }

  #nowSeconds() {
    return Math.floor(this.#now() / 1000);
  }
}

function explained(done) {
  return (error, value) => (error ? done(new AccountsUnavailableError(error)) : done(null, value));
}

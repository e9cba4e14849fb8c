import { randomUUID } from 'node:crypto';
import { LoggedOutError, WrongCredentialsError } from './errors.js';
import { accountKey } from './validation.js';

const WRONG_PASSWORD = 'This is not your current password.';

/** What becomes of an attempt that was refused: it counts for the address that it came from. */
const COUNTED = new Set(['WrongCredentialsError', 'EmailTakenError', 'TooManyAttemptsError']);

/** Registering, logging in and changing a password: what is asked for is valid by then, and nothing here knows HTTP. */
export class Membership {
  #accounts;
  #attempts;
  #addressLimit;
  #passwords;
  #log;
  #now;

  constructor({ accounts, attempts, addressLimit, passwords, log, now = Date.now }) {
    this.#accounts = accounts;
    this.#attempts = attempts;
    this.#addressLimit = addressLimit;
    this.#passwords = passwords;
    this.#log = log;
    this.#now = now;
  }

  /** Make an account and return it, or throw EmailTakenError. */
  async register({ email, password }, address) {
    return this.#limited(address, 'registration', async () =>
      this.#accounts.create({
        email: accountKey(email),
        email_given: email,
        account_id: randomUUID(),
        cart_id: randomUUID(),
        password_hash: await this.#passwords.hash(password),
        created_at: new Date(this.#now()).toISOString(),
      }),
    );
  }

  /** Return the account of this e-mail address and password, or throw WrongCredentialsError or TooManyAttemptsError. */
  async logIn({ email, password }, address) {
    return this.#limited(address, 'login', () => this.#proven(accountKey(email), password));
  }

  /** Give a new password to the account, whose other sessions end by that, and return it. */
  async changePassword(account, { current_password: current, new_password: next }, address) {
    return this.#limited(address, 'login', async () => {
      await this.#provenAgain(account, current);
      return this.#accounts.changePassword(account, await this.#passwords.hash(next));
    });
  }

  /** Return the account that a session is of, or undefined when its password was changed since. */
  async current({ key, generation }) {
    const account = await this.#accounts.find(key);
    return account?.generation === generation ? account : undefined;
  }

  /** What has no room in the queue is refused first, so that a flood is not written to DynamoDB. */
  async #proven(key, password) {
    this.#passwords.requireRoom();
    await this.#attempts.reserve(key);
    const account = await this.#matching(key, password);
    if (!account) throw new WrongCredentialsError();
    await this.#attempts.clear(key);
    return account;
  }

  /** An attempt counts as soon as it begins; one that ends without an answer about the password is given back. */
  async #matching(key, password) {
    try {
      const account = await this.#accounts.find(key);
      return (await this.#passwords.matches(password, account?.password_hash)) ? account : undefined;
    } catch (error) {
      await this.#attempts.giveBack(key);
      throw error;
    }
  }

  async #provenAgain({ email, generation }, password) {
    try {
      const account = await this.#proven(email, password);
      if (account.generation !== generation) throw new LoggedOutError();
    } catch (error) {
      if (error instanceof WrongCredentialsError) throw new WrongCredentialsError(WRONG_PASSWORD);
      throw error;
    }
  }

  async #limited(address, kind, deed) {
    return this.#addressLimit.within(address, kind, async () => {
      try {
        return await deed();
      } catch (error) {
        if (COUNTED.has(error.name)) await this.#refused(error, address);
        throw error;
      }
    });
  }

  async #refused({ name }, address) {
    this.#log.info({ reason: name }, 'attempt refused');
    await this.#addressLimit.count(address);
  }
}

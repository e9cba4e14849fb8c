import { createHash } from 'node:crypto';
import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { DEADLINE_MS } from '../carts.js';
import { AccountsUnavailableError, TooManyAttemptsError } from './errors.js';

/** So many wrong passwords in so many seconds; then none is looked at until these are over, not even the right one. */
export const MOST_ATTEMPTS = 5;
export const WINDOW_SECONDS = 15 * 60;

const REFUSED = 'ConditionalCheckFailedException';

/**
 * Counts the attempts to log in with an e-mail address, in the sessions' table, which deletes what expired.
 *
 * There every process of every color counts the same. An attempt is counted before the password is looked at, so that
 * many at once are no way around the limit. Addresses without an account are counted just the same, or the lockout
 * would tell who has one; the item's key is a digest of the address.
 */
export class DynamoAttempts {
  #table;
  #client;
  #now;

  constructor({ table, client, now = Date.now }) {
    this.#table = table;
    this.#client = client;
    this.#now = now;
  }

  /** Count an attempt, or throw TooManyAttemptsError. */
  async reserve(key) {
    const now = Math.floor(this.#now() / 1000);
    // A third try, since whoever logs in between the first two takes the item away.
    const counted =
      (await this.#startAnew(key, now)) ?? (await this.#countOn(key, now)) ?? (await this.#startAnew(key, now));
    if (!counted) throw new TooManyAttemptsError('with this e-mail address', await this.#secondsLeft(key, now));
  }

  /** Take an attempt back that led to no answer. */
  async giveBack(key) {
    await this.#send(this.#update(key, 'ADD attempts :minus', 'attempts > :none', { ':minus': -1, ':none': 0 }));
  }

  /** Forget the attempts of somebody who knew the password. */
  async clear(key) {
    await this.#send(new DeleteCommand(this.#address(key)));
  }

  async #countOn(key, now) {
    const values = { ':one': 1, ':most': MOST_ATTEMPTS, ':now': now };
    return this.#send(this.#update(key, 'ADD attempts :one', 'expires > :now AND attempts < :most', values));
  }

  async #startAnew(key, now) {
    const values = { ':one': 1, ':until': now + WINDOW_SECONDS, ':now': now };
    const condition = 'attribute_not_exists(id) OR expires <= :now';
    return this.#send(this.#update(key, 'SET attempts = :one, expires = :until', condition, values));
  }

  async #secondsLeft(key, now) {
    const { Item: item } = await this.#send(new GetCommand({ ...this.#address(key), ConsistentRead: true }));
    return item ? item.expires - now : 0;
  }

  #update(key, expression, condition, values) {
    return new UpdateCommand({
      ...this.#address(key),
      UpdateExpression: expression,
      ConditionExpression: condition,
      ExpressionAttributeValues: values,
      ReturnValues: 'ALL_NEW',
    });
  }

  /** Return what DynamoDB answers, or undefined when the condition does not hold. */
  async #send(command) {
    try {
      return await this.#client.send(command, { abortSignal: AbortSignal.timeout(DEADLINE_MS) });
    } catch (error) {
      if (error.name === REFUSED) return undefined;
      throw new AccountsUnavailableError(error);
    }
  }

  #address(key) {
    return { TableName: this.#table, Key: { id: `attempts:${createHash('sha256').update(key).digest('hex')}` } };
  }
}

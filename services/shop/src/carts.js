import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { CartsUnavailableError, QuantityLimitError } from './errors.js';
import { MOST } from './quantity.js';

/** How long an untouched cart lives; its cookie lives exactly as long. */
export const CART_SECONDS = 14 * 24 * 3600;

export const ITEM_PREFIX = 'item:';

// A shopper waits about three seconds at worst (two tries), and a stop of the shop is never held up by DynamoDB.
const CONNECT_MS = 500;
const ANSWER_MS = 1000;
export const DEADLINE_MS = 3000;

/** DynamoDB refuses a change of a cart that a transaction is at, an order or a login, and the SDK does not repeat it. */
const CONFLICT = 'TransactionConflictException';
const MOST_TRIES = 3;
const PAUSE_MS = 100;

/** Return a DynamoDB client. It does nothing, not even look for credentials, before its first command. */
export function connect(region, { tries }) {
  return DynamoDBDocumentClient.from(connectPlain(region, { tries }));
}

/** Return a client for items as DynamoDB writes them, with the type of each attribute. */
export function connectPlain(region, { tries }) {
  const requestHandler = { connectionTimeout: CONNECT_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true };
  return new DynamoDBClient({ region, maxAttempts: tries, requestHandler });
}

/**
 * The carts in DynamoDB: one item per cart, one attribute `item:<product id>` per product, `expires_at` in epoch seconds.
 *
 * An attribute per product makes every change a single UpdateItem, which is atomic and creates the cart if need be;
 * a list or a map would have to be read first. Both colors use the same table, so that a cart outlives a release.
 * Each method returns the cart's quantities by product id, and throws CartsUnavailableError when DynamoDB does not help.
 */
export class DynamoCarts {
  #table;
  #client;
  #singleTryClient;
  #now;

  constructor({ table, client, singleTryClient, now = Date.now }) {
    this.#table = table;
    this.#client = client;
    this.#singleTryClient = singleTryClient;
    this.#now = now;
  }

  /** Read a cart. DynamoDB deletes expired items late (within days), so an expired cart counts as empty here. */
  async read(cartId) {
    const { Item: item } = await this.#send(new GetCommand({ ...this.#address(cartId), ConsistentRead: true }));
    return item && item.expires_at > this.#nowSeconds() ? quantities(item) : new Map();
  }

  /** Set the quantity of one product; zero takes it out. */
  async put(cartId, productId, quantity) {
    if (quantity === 0) return this.remove(cartId, productId);
    const values = { ':quantity': quantity };
    return this.#update(cartId, productId, { expression: 'SET #item = :quantity, expires_at = :expires', values });
  }

  /** Take one product out; what is not there stays away. */
  async remove(cartId, productId) {
    return this.#update(cartId, productId, { expression: 'REMOVE #item SET expires_at = :expires' });
  }

  /**
   * Put so many more of one product in, or throw QuantityLimitError and leave the cart alone.
   *
   * It is tried once: if only the reply to a first try was lost, a second one would add again.
   */
  async add(cartId, productId, quantity) {
    return this.#update(cartId, productId, {
      expression: 'ADD #item :quantity SET expires_at = :expires',
      condition: 'attribute_not_exists(#item) OR #item <= :room',
      values: { ':quantity': quantity, ':room': MOST - quantity },
      client: this.#singleTryClient,
    });
  }

  /**
   * Return the entry of a transaction that takes products out of a cart, if it still holds exactly those quantities of them.
   *
   * What was put in since, or is sold by the other version alone, stays.
   */
  takeOut(cartId, items) {
    const names = items.map((item, index) => [`#item${index}`, ITEM_PREFIX + item.product_id]);
    return {
      ...this.#address(cartId),
      UpdateExpression: `REMOVE ${names.map(([name]) => name).join(', ')}`,
      ConditionExpression: names.map(([name], index) => `${name} = :quantity${index}`).join(' AND '),
      ExpressionAttributeNames: Object.fromEntries(names),
      ExpressionAttributeValues: Object.fromEntries(items.map(({ quantity }, index) => [`:quantity${index}`, quantity])),
    };
  }

  async #update(cartId, productId, { expression, values = {}, condition, client }) {
    const command = new UpdateCommand({
      ...this.#address(cartId),
      UpdateExpression: expression,
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#item': ITEM_PREFIX + productId },
      ExpressionAttributeValues: { ...values, ':expires': this.#nowSeconds() + CART_SECONDS },
      ReturnValues: 'ALL_NEW',
    });
    const { Attributes: item } = await this.#send(command, client);
    return quantities(item);
  }

  /** After a conflict nothing was written, so that even an addition can be tried again. */
  async #send(command, client = this.#client, tries = MOST_TRIES) {
    try {
      return await client.send(command, { abortSignal: AbortSignal.timeout(DEADLINE_MS) });
    } catch (error) {
      if (error.name === 'ConditionalCheckFailedException') throw new QuantityLimitError(MOST);
      if (error.name !== CONFLICT || tries === 1) throw new CartsUnavailableError(error);
      await sleep(Math.random() * PAUSE_MS);
      return this.#send(command, client, tries - 1);
    }
  }

  #address(cartId) {
    return { TableName: this.#table, Key: { cart_id: cartId } };
  }

  #nowSeconds() {
    return Math.floor(this.#now() / 1000);
  }
}

/** Return the quantities of a cart's item by product id. */
export function quantities(item) {
  const entries = Object.entries(item).filter(([name]) => name.startsWith(ITEM_PREFIX));
  return new Map(entries.map(([name, quantity]) => [name.slice(ITEM_PREFIX.length), quantity]));
}

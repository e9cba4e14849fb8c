import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { OrdersUnavailableError } from './errors.js';
import { orderTransaction, refusalOf } from './order-transaction.js';

/** How long a person waits at most, all tries together. */
const DEADLINE_MS = 3000;

/** Between two tries of a transaction that another one was in the way of: a random time up to this. */
const PAUSE_MS = 100;

const PAGE_SIZE = 50;

const UNCONFIRMED =
  'It is not certain yet whether your order was placed. Send the same form again: however often, it is one order.';

/**
 * The orders and the stock in DynamoDB: one item per order under its account, one item per product with what is left.
 *
 * Each method throws OrdersUnavailableError when DynamoDB does not help.
 */
export class DynamoOrders {
  #orderTable;
  #stockTable;
  #initialStock;
  #client;
  #now;

  constructor({ orderTable, stockTable, initialStock, client, now = Date.now }) {
    this.#orderTable = orderTable;
    this.#stockTable = stockTable;
    this.#initialStock = initialStock;
    this.#client = client;
    this.#now = now;
  }

  /** Return one order of an account, or undefined. */
  async find(accountId, orderId) {
    const Key = { account_id: accountId, order_id: orderId };
    const { Item: order } = await this.#send(new GetCommand({ TableName: this.#orderTable, Key, ConsistentRead: true }));
    return order;
  }

  /** Return an account's latest orders, latest first: up to 50 begun before `before`, and whether there are older ones. */
  async list(accountId, before) {
    const values = { ':account': accountId, ...(before && { ':before': before }) };
    const { Items: orders, LastEvaluatedKey: next } = await this.#send(
      new QueryCommand({
        TableName: this.#orderTable,
        KeyConditionExpression: `account_id = :account${before ? ' AND order_id < :before' : ''}`,
        ExpressionAttributeValues: values,
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: PAGE_SIZE,
      }),
    );
    return { orders, hasOlder: next !== undefined };
  }

  /** Read what is left of a product; undefined before its first order. */
  async stockOf(productId) {
    const asked = new GetCommand({ TableName: this.#stockTable, Key: { product_id: productId }, ConsistentRead: true });
    return (await this.#send(asked)).Item?.quantity;
  }

  /**
   * Place an order, take what it names from the stock and out of the cart: all of it, or nothing.
   *
   * `cartUpdate` is the cart's entry in the transaction (see DynamoCarts.takeOut). Each try has a token of its own, which
   * the SDK repeats when a reply was lost: DynamoDB then answers again instead of writing again.
   */
  async place(order, cartUpdate) {
    const entries = { orderTable: this.#orderTable, stockTable: this.#stockTable, initialStock: this.#initialStock };
    const TransactItems = orderTransaction({ order, cartUpdate, ...entries });
    const deadline = this.#now() + DEADLINE_MS;
    while (!(await this.#try(TransactItems, order, deadline))) await sleep(Math.random() * PAUSE_MS);
  }

  /** Return whether the transaction was written; false means that another one was in the way and there is time left. */
  async #try(TransactItems, order, deadline) {
    try {
      const command = new TransactWriteCommand({ TransactItems, ClientRequestToken: randomUUID() });
      await this.#client.send(command, { abortSignal: AbortSignal.timeout(Math.max(1, deadline - this.#now())) });
      return true;
    } catch (error) {
      if (error.name !== 'TransactionCanceledException') throw new OrdersUnavailableError(error, UNCONFIRMED);
      const refusal = refusalOf(error.CancellationReasons ?? [], order, this.#initialStock);
      if (refusal) throw refusal;
      if (this.#now() >= deadline) throw new OrdersUnavailableError(error);
      return false;
    }
  }

  async #send(command) {
    try {
      return await this.#client.send(command, { abortSignal: AbortSignal.timeout(DEADLINE_MS) });
    } catch (error) {
      throw new OrdersUnavailableError(error);
    }
  }
}

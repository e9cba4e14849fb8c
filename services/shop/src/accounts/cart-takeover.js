import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { CART_SECONDS, DEADLINE_MS, ITEM_PREFIX } from '../carts.js';
import { CartsUnavailableError } from '../errors.js';
import { MOST } from '../quantity.js';

/** How often it is tried when somebody changes one of the carts at that very moment, in another window for example. */
const TRIES = 4;

/**
 * Puts what is in one cart into another: the cart of a visitor into that of the account, at login.
 *
 * It is one transaction that also empties the first cart, and holds only if both are as they were read. So it cannot
 * happen in part; and repeated, whether by a lost answer or a second window, it finds nothing to do.
 */
export class CartTakeover {
  #table;
  #client;
  #carts;
  #now;

  constructor({ table, client, carts, now = Date.now }) {
    this.#table = table;
    this.#client = client;
    this.#carts = carts;
    this.#now = now;
  }

  /** Move everything over. Quantities are added up, to 99 of one product at most. */
  async move(fromId, intoId) {
    if (fromId === intoId) return;
    for (let tries = 0; tries < TRIES; tries += 1) {
      const [from, into] = await Promise.all([this.#carts.read(fromId), this.#carts.read(intoId)]);
      if (from.size === 0 || (await this.#moved({ id: fromId, items: from }, { id: intoId, items: into }))) return;
    }
    throw new CartsUnavailableError(new Error(`the carts changed ${TRIES} times while they were put together`));
  }

  async #moved(from, into) {
    const sums = new Map(
      [...from.items].map(([id, quantity]) => [id, Math.min(MOST, quantity + (into.items.get(id) ?? 0))]),
    );
    const parts = [this.#emptied(from), this.#filled(into, sums)].map((Update) => ({ Update }));
    try {
      await this.#client.send(new TransactWriteCommand({ TransactItems: parts }), {
        abortSignal: AbortSignal.timeout(DEADLINE_MS),
      });
      return true;
    } catch (error) {
      if (error.name === 'TransactionCanceledException' && isChange(error)) return false;
      throw new CartsUnavailableError(error);
    }
  }

  #emptied({ id, items }) {
    const products = [...items];
    return this.#update(id, products, {
      UpdateExpression: `REMOVE ${products.map((_, index) => `#i${index}`).join(', ')}`,
      ConditionExpression: products.map((_, index) => `#i${index} = :q${index}`).join(' AND '),
      ExpressionAttributeValues: Object.fromEntries(products.map(([, quantity], index) => [`:q${index}`, quantity])),
    });
  }

  /** What was not read may be there all the same when the cart has expired: DynamoDB removes it days later. */
  #filled({ id, items }, sums) {
    const products = [...sums];
    const now = Math.floor(this.#now() / 1000);
    const known = products
      .map(([product], index) => [`:o${index}`, items.get(product)])
      .filter(([, old]) => old !== undefined);
    const unchanged = products.map(([product], index) =>
      items.has(product) ? `#i${index} = :o${index}` : `(attribute_not_exists(#i${index}) OR expires_at <= :now)`,
    );
    return this.#update(id, products, {
      UpdateExpression: `SET expires_at = :expires, ${products.map((_, index) => `#i${index} = :q${index}`).join(', ')}`,
      ConditionExpression: unchanged.join(' AND '),
      ExpressionAttributeValues: {
        ':expires': now + CART_SECONDS,
        ...(known.length < products.length && { ':now': now }),
        ...Object.fromEntries(products.map(([, sum], index) => [`:q${index}`, sum])),
        ...Object.fromEntries(known),
      },
    });
  }

  #update(id, products, expressions) {
    const names = Object.fromEntries(products.map(([product], index) => [`#i${index}`, ITEM_PREFIX + product]));
    return { TableName: this.#table, Key: { cart_id: id }, ExpressionAttributeNames: names, ...expressions };
  }
}

/** Say whether the transaction failed for a change in between, and not for its permissions or the like. */
function isChange({ CancellationReasons: reasons = [] }) {
  const codes = reasons.map(({ Code }) => Code).filter((code) => code && code !== 'None');
  return codes.length > 0 && codes.every((code) => code === 'ConditionalCheckFailed' || code === 'TransactionConflict');
}

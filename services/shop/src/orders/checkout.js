import { viewCart } from '../cart-view.js';
import { cartDigest } from './cart-digest.js';
import { OrderExistsError, RefusedOrderError, ReusedKeyError } from './errors.js';
import { createOrder, isConfirmed } from './order.js';

/** Placing an order from a cart, once, however often it is asked for. Nothing here knows HTTP or DynamoDB. */
export class Checkout {
  #catalog;
  #carts;
  #orders;
  #now;

  constructor({ catalog, carts, orders, now = Date.now }) {
    this.#catalog = catalog;
    this.#carts = carts;
    this.#orders = orders;
    this.#now = now;
  }

  /** Return what would be ordered now: the cart at today's prices, and its digest to confirm. */
  async offer(cartId) {
    const cart = viewCart(await this.#quantities(cartId), this.#catalog);
    return { ...cart, cart_digest: cartDigest(cart.items) };
  }

  /**
   * Place the order of a key, or return the one that is already there.
   *
   * It is looked up first, and again when a new one was refused: the same request may have won in the meantime, and has
   * emptied the cart by that. Throws RefusedOrderError when nothing was ordered, ReusedKeyError when the key's order has
   * other lines or another total than was confirmed.
   */
  async place(wanted) {
    return (await this.#placed(wanted)) ?? (await this.#placeNew(wanted));
  }

  async #placeNew(wanted) {
    try {
      return await this.#write(wanted);
    } catch (error) {
      if (!(error instanceof RefusedOrderError || error instanceof OrderExistsError)) throw error;
      const placed = await this.#placed(wanted);
      if (!placed) throw error;
      return placed;
    }
  }

  async #write({ accountId, cartId, key, ...confirmed }) {
    const cart = viewCart(await this.#quantities(cartId), this.#catalog);
    const order = createOrder({ accountId, key, cart, ...confirmed, placedAt: this.#now() });
    await this.#orders.place(order, this.#carts.takeOut(cartId, cart.items));
    return order;
  }

  async #placed({ accountId, key, ...confirmed }) {
    const order = await this.#orders.find(accountId, key);
    if (order && !isConfirmed(order, confirmed)) throw new ReusedKeyError();
    return order;
  }

  async #quantities(cartId) {
    return cartId ? this.#carts.read(cartId) : new Map();
  }
}

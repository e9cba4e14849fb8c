import { QuantityLimitError } from '../../src/errors.js';
import { MOST } from '../../src/quantity.js';

/** Carts in memory, with the methods of DynamoCarts. `broken` is an error that every method throws instead. */
export class FakeCarts {
  stored = new Map();
  calls = 0;
  broken = undefined;

  async read(cartId) {
    return this.#cart(cartId);
  }

  async put(cartId, productId, quantity) {
    if (quantity === 0) return this.remove(cartId, productId);
    return this.#cart(cartId).set(productId, quantity);
  }

  async remove(cartId, productId) {
    const cart = this.#cart(cartId);
    cart.delete(productId);
    return cart;
  }

  async add(cartId, productId, quantity) {
    const cart = this.#cart(cartId);
    const sum = (cart.get(productId) ?? 0) + quantity;
    if (sum > MOST) throw new QuantityLimitError(MOST);
    return cart.set(productId, sum);
  }

  takeOut(cartId, items) {
    return { cartId, items };
  }

  #cart(cartId) {
    this.calls += 1;
    if (this.broken) throw this.broken;
    if (!this.stored.has(cartId)) this.stored.set(cartId, new Map());
    return this.stored.get(cartId);
  }
}

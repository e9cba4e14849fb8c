import { ChangedCartError, OrderExistsError, OutOfStockError } from '../../src/orders/errors.js';

/** Orders and stock in memory, with the methods of DynamoOrders; `stock` says what is left of a product, else 1000. */
export class FakeOrders {
  stored = new Map();
  stock = new Map();
  broken = undefined;

  constructor(carts) {
    this.carts = carts;
  }

  async find(accountId, orderId) {
    this.#check();
    return this.stored.get(`${accountId} ${orderId}`);
  }

  async list(accountId, before = 'z') {
    this.#check();
    const orders = [...this.stored.values()].filter((order) => order.account_id === accountId && order.order_id < before);
    orders.sort((a, b) => (a.order_id < b.order_id ? 1 : -1));
    return { orders: orders.slice(0, 50), hasOlder: orders.length > 50 };
  }

  async stockOf(productId) {
    this.#check();
    return this.stock.get(productId);
  }

  async place(order, { cartId, items }) {
    this.#check();
    const id = `${order.account_id} ${order.order_id}`;
    if (this.stored.has(id)) throw new OrderExistsError();
    const short = order.items.filter((item) => this.#left(item) < item.quantity);
    if (short.length > 0) throw new OutOfStockError(short.map((item) => this.#shortage(item)));
    const cart = this.carts.stored.get(cartId) ?? new Map();
    if (items.some((item) => cart.get(item.product_id) !== item.quantity)) throw new ChangedCartError();
    for (const item of items) cart.delete(item.product_id);
    for (const item of order.items) this.stock.set(item.product_id, this.#left(item) - item.quantity);
    this.stored.set(id, order);
  }

  #left({ product_id: id }) {
    return this.stock.get(id) ?? 1000;
  }

  #shortage(item) {
    return { name: item.name, wanted: item.quantity, left: this.#left(item) };
  }

  #check() {
    if (this.broken) throw this.broken;
  }
}

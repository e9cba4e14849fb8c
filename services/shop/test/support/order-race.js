import { connect, DynamoCarts } from '../../src/carts.js';
import { createCatalog } from '../../src/catalog.js';
import { Checkout } from '../../src/orders/checkout.js';
import { DynamoOrders } from '../../src/orders/dynamo-orders.js';
import { createOrderKey } from '../../src/orders/order-key.js';

/** How often a shopper asks again when the shop says 503. */
const TRIES = 10;

/**
 * Place many orders at once against the DynamoDB that the environment names, as one process of the shop, and print what
 * became of each: `placed`, or the name of the error.
 *
 * The argument is JSON: a list of `{ account, cart, product, quantity, key }`; `key` may be absent.
 */
const wanted = JSON.parse(process.argv[2]);
const { AWS_REGION: region, CART_TABLE, ORDER_TABLE, STOCK_TABLE, STOCK_INITIAL } = process.env;
const [client, singleTryClient] = [2, 1].map((tries) => connect(region, { tries }));
const carts = new DynamoCarts({ table: CART_TABLE, client, singleTryClient });
const stock = { stockTable: STOCK_TABLE, initialStock: Number(STOCK_INITIAL) };
const orders = new DynamoOrders({ orderTable: ORDER_TABLE, ...stock, client });
const catalog = createCatalog();
const checkout = new Checkout({ catalog, carts, orders });

const outcomes = await Promise.all(wanted.map(outcome));
process.stdout.write(JSON.stringify(outcomes));

async function outcome({ account, cart, product, quantity, key = createOrderKey() }) {
  const confirmedCents = catalog.find(product).price_cents * quantity;
  try {
    const order = await placed({ accountId: account, cartId: cart, key, confirmedCents });
    return { account, said: 'placed', order: order.order_id };
  } catch (error) {
    return { account, said: error.name, message: error.message };
  }
}

/** Ask as a person does who is told to try again: a store that is busy is no answer yet. */
async function placed(order, tries = TRIES) {
  try {
    return await checkout.place(order);
  } catch (error) {
    if (error.status !== 503 || tries === 1) throw error;
    return placed(order, tries - 1);
  }
}

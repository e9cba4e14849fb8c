import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { test } from 'node:test';
import { connect, DynamoCarts } from '../src/carts.js';
import { DynamoOrders } from '../src/orders/dynamo-orders.js';
import { ChangedCartError, OrderExistsError, OrdersUnavailableError, OutOfStockError } from '../src/orders/errors.js';

const item = (id, name, quantity) => ({ product_id: id, name, quantity, price_cents: 100, total_cents: 100 * quantity });
const ORDER = { account_id: 'ann', order_id: 'k1', items: [item('enamel-mug', 'Mug', 2), item('desk-lamp', 'Lamp', 9)] };
const OK = { Code: 'None' };
const FAILED = { Code: 'ConditionalCheckFailed' };
const CONFLICT = { Code: 'TransactionConflict' };

/** Orders whose client gives these answers in turn and remembers what it was asked. */
function ordersWith(...answers) {
  const asked = [];
  const client = {
    async send({ input }) {
      asked.push(input);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer ?? {};
    },
  };
  const tables = { orderTable: 'orders', stockTable: 'stock', initialStock: 5 };
  return { asked, orders: new DynamoOrders({ ...tables, client }) };
}

function cancelled(...reasons) {
  return Object.assign(new Error('cancelled'), { name: 'TransactionCanceledException', CancellationReasons: reasons });
}

const CART = { TableName: 'carts' };

test('an order is one transaction: the order, each product, the cart', async () => {
  const { asked, orders } = ordersWith();

  await orders.place(ORDER, CART);

  const [{ TransactItems: entries }] = asked;
  assert.deepEqual(entries[0].Put, {
    TableName: 'orders',
    Item: ORDER,
    ConditionExpression: 'attribute_not_exists(order_id)',
  });
  assert.deepEqual(entries.slice(1, 3).map(({ Update }) => Update.Key.product_id), ['enamel-mug', 'desk-lamp']);
  assert.deepEqual(entries[3], { Update: CART });
});

test('a product that was never sold has the initial quantity, unless more than that is asked for', async () => {
  const { asked, orders } = ordersWith();

  await orders.place(ORDER, CART);

  const conditions = asked[0].TransactItems.slice(1, 3).map(({ Update }) => Update.ConditionExpression);
  assert.deepEqual(conditions, ['attribute_not_exists(#quantity) OR #quantity >= :taken', '#quantity >= :taken']);
});

for (const [what, reasons, expected, message] of [
  ['an order that is there', [FAILED, FAILED, OK, FAILED], OrderExistsError, /^$/],
  ['too little of one product', [OK, OK, { ...FAILED, Item: { quantity: { N: '3' } } }, OK], OutOfStockError, /^Of Lamp only 3 /],
  ['a product that was never sold so often', [OK, OK, FAILED, OK], OutOfStockError, /^Of Lamp only 5 are left.* for 9\./],
  ['a cart that changed', [OK, OK, OK, FAILED], ChangedCartError, /^Your cart changed/],
]) {
  test(`a transaction that is cancelled for ${what} is refused as that, and not tried again`, async () => {
    const { asked, orders } = ordersWith(cancelled(...reasons));

    await assert.rejects(orders.place(ORDER, CART), (error) => error instanceof expected && message.test(error.message));
    assert.equal(asked.length, 1);
  });
}

test('a transaction that another one was in the way of is tried again, with a token of its own', async () => {
  const { asked, orders } = ordersWith(cancelled(OK, CONFLICT, OK, OK), cancelled(OK, CONFLICT, OK, OK), {});

  await orders.place(ORDER, CART);

  assert.equal(new Set(asked.map(({ ClientRequestToken: token }) => token)).size, 3);
});

test('a transaction that something is always in the way of is given up after three seconds', async () => {
  let now = 0;
  const client = {
    async send() {
      now += 1000;
      throw cancelled(OK, CONFLICT, OK, OK);
    },
  };
  const orders = new DynamoOrders({ orderTable: 'o', stockTable: 's', initialStock: 5, client, now: () => now });

  await assert.rejects(orders.place(ORDER, CART), OrdersUnavailableError);
  assert.equal(now, 3000);
});

for (const name of ['ResourceNotFoundException', 'ProvisionedThroughputExceededException', 'AccessDeniedException']) {
  test(`${name} is "unavailable" with the cause, for an order and for a look`, async () => {
    const cause = Object.assign(new Error('table orders-7'), { name });
    const { orders } = ordersWith(cause, cause);
    const unavailable = (error) =>
      error instanceof OrdersUnavailableError && error.cause === cause && !error.message.includes('orders-7');

    await assert.rejects(orders.place(ORDER, CART), unavailable);
    await assert.rejects(orders.find('ann', 'k1'), unavailable);
  });
}

test('a reply that is lost is asked for again with the same token, so that DynamoDB does not write twice', async (t) => {
  const tokens = [];
  const server = createServer(async (req, res) => {
    tokens.push((await json(req)).ClientRequestToken);
    if (tokens.length === 1) req.socket.destroy();
    else res.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${server.address().port}`,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  });
  const client = connect('us-east-1', { tries: 2 });
  const carts = new DynamoCarts({ table: 'carts', client });

  const orders = new DynamoOrders({ orderTable: 'orders', stockTable: 'stock', initialStock: 5, client });
  await orders.place(ORDER, carts.takeOut('c1', ORDER.items));
  client.destroy();

  assert.equal(tokens.length, 2);
  assert.equal(tokens[0], tokens[1]);
});

test('a cart gives up exactly what was ordered, and keeps the rest', () => {
  const carts = new DynamoCarts({ table: 'carts' });

  assert.deepEqual(carts.takeOut('c1', ORDER.items), {
    TableName: 'carts',
    Key: { cart_id: 'c1' },
    UpdateExpression: 'REMOVE #item0, #item1',
    ConditionExpression: '#item0 = :quantity0 AND #item1 = :quantity1',
    ExpressionAttributeNames: { '#item0': 'item:enamel-mug', '#item1': 'item:desk-lamp' },
    ExpressionAttributeValues: { ':quantity0': 2, ':quantity1': 9 },
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCatalog } from '../src/catalog.js';
import { OrdersUnavailableError } from '../src/orders/errors.js';
import { createOrderKey } from '../src/orders/order-key.js';
import { Person } from './support/person.js';
import { postForm, putJson, startShop } from './support/shop.js';

/** Start a shop for somebody with an account and two mugs in the cart. */
async function shopper(t, options) {
  const shop = await startShop(t, { withAccounts: {}, withOrders: true, ...options });
  const person = new Person(shop.ask);
  await person.register();
  const visit = person.visit.bind(person);
  await visit('/api/cart/items/enamel-mug', putJson({ quantity: 2 }));
  const fields = async () => formOf(await (await visit('/checkout')).text());
  const [{ account_id: id }] = shop.members.accounts.stored.values();
  return { ...shop, id, visit, fields, order: (form) => visit('/checkout', postForm(form)) };
}

function formOf(page) {
  const names = ['_csrf', 'key', 'total_cents', 'cart_digest'];
  const [, form] = page.split('action="/checkout"');
  return Object.fromEntries(names.map((name) => [name, new RegExp(`name="${name}" value="([^"]+)"`).exec(form)[1]]));
}

test('an order is what was shown, at its prices; the cart is empty then and the stock lower', async (t) => {
  const { visit, fields, order, orders } = await shopper(t);
  const form = await fields();

  const answer = await order(form);

  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), `/orders/${form.key}`);
  assert.match(await (await visit(answer.headers.get('location'))).text(), /Enamel mug.*2 at \$14\.00.*\$28\.00/s);
  assert.match(await (await visit('/cart')).text(), /nothing in it yet/);
  assert.equal(orders.stock.get('enamel-mug'), 998);
});

test('a form that is sent again is the same order and the same answer', async (t) => {
  const { fields, order, orders } = await shopper(t);
  const form = await fields();

  const answers = await Promise.all([order(form), order(form), order(form)]);
  answers.push(await order(form));

  assert.deepEqual(answers.map((answer) => answer.headers.get('location')), Array(4).fill(`/orders/${form.key}`));
  assert.equal(orders.stored.size, 1);
  assert.equal(orders.stock.get('enamel-mug'), 998);
});

test('two pages of checkout for one cart are one order, and the second is told', async (t) => {
  const { fields, order, orders } = await shopper(t);
  const [first, second] = [await fields(), await fields()];
  await order(first);

  const answer = await order(second);

  assert.equal(answer.status, 409);
  assert.match(await answer.text(), /nothing in your cart, so nothing was ordered/i);
  assert.equal(orders.stored.size, 1);
});

test('a total that is not the one that was shown is told before anything is charged, with a form for the new one', async (t) => {
  const { visit, fields, order, orders } = await shopper(t);
  const form = await fields();
  await visit('/api/cart/items/enamel-mug', putJson({ quantity: 3 }));

  const answer = await order(form);

  assert.equal(answer.status, 409);
  const page = await answer.text();
  assert.match(page, /You confirmed \$28\.00, and the total is now \$42\.00\. Nothing was ordered/);
  assert.equal(orders.stored.size, 0);
  assert.equal((await order(formOf(page))).status, 303);
});

/** Put other goods that cost the same into the cart: first a grinder and a tote, then a blanket. */
async function swapped(t, look) {
  const shop = await shopper(t);
  const put = (product, quantity) => shop.visit(`/api/cart/items/${product}`, putJson({ quantity }));
  await put('enamel-mug', 0);
  for (const product of ['hand-grinder', 'canvas-tote']) await put(product, 1);
  const shown = await look(shop);
  for (const [product, quantity] of [['hand-grinder', 0], ['canvas-tote', 0], ['wool-blanket', 1]]) await put(product, quantity);
  return { ...shop, shown };
}

test('other goods at the same total are not ordered, and shown to confirm', async (t) => {
  const { shown, order, orders } = await swapped(t, ({ fields }) => fields());

  const answer = await order(shown);

  assert.equal(answer.status, 409);
  const page = await answer.text();
  assert.match(page, /What is in your cart, or its prices, changed since you confirmed\. Nothing was ordered.*Wool blanket/s);
  assert.equal(orders.stored.size, 0);
  assert.equal((await order(formOf(page))).status, 303);
});

test('the API orders no other goods at the same total either', async (t) => {
  const { shown, visit, orders } = await swapped(t, async ({ visit: look }) => (await look('/api/checkout')).json());

  assert.equal((await visit('/api/orders', placing(shown.key, shown.total_cents, shown.cart_digest))).status, 409);
  assert.equal(orders.stored.size, 0);
});

test('a form of a version without the digest confirms the total', async (t) => {
  const { fields, order } = await shopper(t);
  const { cart_digest: _digest, ...form } = await fields();

  assert.equal((await order(form)).status, 303);
});

test('a key that is used for other goods at the same total is 422', async (t) => {
  const { fields, visit } = await shopper(t);
  const { key } = await fields();
  await visit('/api/orders', placing(key, 2800));

  assert.equal((await visit('/api/orders', placing(key, 2800, '0'.repeat(32)))).status, 422);
});

test('an order keeps its prices when the shop changes them', async (t) => {
  const { fields, order, orders } = await shopper(t);
  const form = await fields();
  await order(form);
  const dearer = createCatalog(createCatalog().all.map((product) => ({ ...product, price_cents: 9900 })));
  const later = await shopper(t, { catalog: dearer });
  for (const kept of orders.stored.values()) later.orders.stored.set(`${later.id} ${form.key}`, kept);

  assert.match(await (await later.visit(`/orders/${form.key}`)).text(), /2 at \$14\.00.*\$28\.00/s);
});

test('the last item goes to one person, and the other is told what is left', async (t) => {
  const { fields, order, orders } = await shopper(t);
  orders.stock.set('enamel-mug', 1);

  const answer = await order(await fields());

  assert.equal(answer.status, 409);
  assert.match(await answer.text(), /Of Enamel mug only 1 are left, and you asked for 2\. Nothing was ordered/);
  assert.equal(orders.stock.get('enamel-mug'), 1);
  assert.equal(orders.stored.size, 0);
});

test('what is sold out is called so', async (t) => {
  const { fields, order, orders } = await shopper(t);
  orders.stock.set('enamel-mug', 0);

  assert.match(await (await order(await fields())).text(), /Enamel mug is sold out\./);
});

test('an empty cart has a checkout without a form', async (t) => {
  const { visit } = await shopper(t);
  await visit('/api/cart/items/enamel-mug', { method: 'DELETE' });

  assert.doesNotMatch(await (await visit('/checkout')).text(), /<button>Order/);
});

test('a store of orders that is away is 503, says that sending again is safe, and keeps the process up', async (t) => {
  const { fields, order, orders } = await shopper(t);
  const form = await fields();
  orders.broken = new OrdersUnavailableError(new Error('table orders-7'), 'It is not certain yet');

  const answer = await order(form);

  assert.equal(answer.status, 503);
  assert.match(await answer.text(), /It is not certain yet/);
  orders.broken = undefined;
  assert.equal((await order(form)).status, 303);
});

for (const [what, change, message] of [
  ['no key', { key: '' }, /key must be a UUID of version 7/],
  ['a key of another kind', { key: '3f1c1c0e-9a55-4c83-9d0f-1a3f0ad0b1f2' }, /key must be a UUID of version 7/],
  ['a digest of another kind', { cart_digest: '<b>' }, /cart_digest must be as GET/],
  ['a negative total', { total_cents: '-1' }, /total_cents must be the total that was shown/],
  ['a huge total', { total_cents: '99999999999' }, /total_cents must be/],
  ['a total that is no number', { total_cents: '<b>' }, /total_cents must be .*&lt;b&gt;/],
]) {
  test(`a form with ${what} is refused and orders nothing`, async (t) => {
    const { fields, order, orders } = await shopper(t);

    const answer = await order({ ...(await fields()), ...change });

    assert.equal(answer.status, 400);
    assert.match(await answer.text(), message);
    assert.equal(orders.stored.size, 0);
  });
}

test('orders are listed with the latest first, fifty to a page', async (t) => {
  const { id, visit, orders } = await shopper(t);
  const keys = Array.from({ length: 51 }, createOrderKey);
  for (const key of keys) orders.stored.set(`${id} ${key}`, orderOf(id, key));

  const page = await (await visit('/orders')).text();
  const older = await (await visit(/href="(\/orders\?before=[^"]+)"/.exec(page)[1])).text();

  const listed = (text) => [...text.matchAll(/href="\/orders\/([^"]+)"/g)].map(([, key]) => key);
  assert.deepEqual([...listed(page), ...listed(older)], keys.toReversed());
  assert.doesNotMatch(older, /Older orders/);
});

test("another account's order is as unknown as one that never was", async (t) => {
  const { visit, orders } = await shopper(t);
  const key = createOrderKey();
  orders.stored.set(`bob ${key}`, orderOf('bob', key));

  for (const path of [`/orders/${key}`, `/orders/${createOrderKey()}`, '/orders/nonsense', `/api/orders/${key}`]) {
    assert.equal((await visit(path)).status, 404, path);
  }
});

test('who is not logged in is led to the form and back; the API says 401', async (t) => {
  const { ask } = await startShop(t, { withAccounts: {}, withOrders: true });

  for (const [path, options, back] of [
    ['/checkout', {}, '%2Fcheckout'],
    ['/orders', {}, '%2Forders'],
    ['/checkout', postForm({}), '%2Fcheckout'],
  ]) {
    const answer = await ask(path, options);
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), `/login?next=${back}`);
  }
  for (const path of ['/api/checkout', '/api/orders']) assert.equal((await ask(path)).status, 401, path);
});

test('a form without its token is refused and orders nothing', async (t) => {
  const { fields, order, orders } = await shopper(t);

  const answer = await order({ ...(await fields()), _csrf: 'forged' });

  assert.equal(answer.status, 403);
  assert.equal(orders.stored.size, 0);
});

test('a shopper who logs in on the way takes the cart along to the checkout', async (t) => {
  const { ask } = await startShop(t, { withAccounts: {}, withOrders: true });
  const person = new Person(ask);
  await person.send('/cart/items/desk-lamp', { quantity: '1' }, { page: '/products/desk-lamp' });
  await person.register();

  assert.match(await person.text('/checkout'), /Desk lamp.*Order for \$88\.00/s);
});

test('the cart leads to the checkout where there is one', async (t) => {
  const { visit } = await shopper(t);

  assert.match(await (await visit('/cart')).text(), /href="\/checkout"/);
});

test('without tables for orders there is no checkout', async (t) => {
  const { ask } = await startShop(t, { withAccounts: {} });

  for (const path of ['/checkout', '/orders', '/api/orders']) assert.equal((await ask(path)).status, 404, path);
});

test('the API offers a key with the total, and places the order of a key once', async (t) => {
  const { visit, orders } = await shopper(t);
  const { key, total_cents: total, items } = await (await visit('/api/checkout')).json();

  const answers = [await visit('/api/orders', placing(key, total)), await visit('/api/orders', placing(key, total))];

  assert.deepEqual(answers.map(({ status }) => status), [201, 201]);
  const [first, again] = await Promise.all(answers.map((answer) => answer.json()));
  assert.deepEqual(first, again);
  assert.deepEqual([first.order_id, first.total_cents, first.items], [key, 2800, items]);
  assert.equal(answers[0].headers.get('location'), `/api/orders/${key}`);
  assert.deepEqual((await (await visit('/api/orders')).json()).orders, [first]);
  assert.equal(orders.stored.size, 1);
});

test('a key that is used for another total is 422 and changes nothing', async (t) => {
  const { visit, orders } = await shopper(t);
  const key = createOrderKey();
  await visit('/api/orders', placing(key, 2800));

  assert.equal((await visit('/api/orders', placing(key, 1400))).status, 422);
  assert.equal(orders.stored.size, 1);
});

for (const [what, options, status] of [
  ['malformed JSON', { body: '{"total' }, 400],
  ['a body that is too large', { body: JSON.stringify({ total_cents: 1, more: 'x'.repeat(2000) }) }, 413],
  ['a total as text', { body: '{"total_cents": "2800"}' }, 400],
  ['no key', { headers: { 'content-type': 'application/json' } }, 400],
]) {
  test(`a call of the API with ${what} is ${status} and orders nothing`, async (t) => {
    const { visit, orders } = await shopper(t);

    assert.equal((await visit('/api/orders', { ...placing(createOrderKey(), 2800), ...options })).status, status);
    assert.equal(orders.stored.size, 0);
  });
}

function placing(key, total, digest) {
  const { headers, body } = putJson({ total_cents: total, cart_digest: digest });
  return { method: 'POST', headers: { ...headers, 'idempotency-key': key }, body };
}

function orderOf(account, key) {
  const items = [{ product_id: 'enamel-mug', name: 'Enamel mug', quantity: 1, price_cents: 1400, total_cents: 1400 }];
  return { account_id: account, order_id: key, placed_at: '2026-11-22T20:00:00.000Z', items, total_cents: 1400, currency: 'USD' };
}

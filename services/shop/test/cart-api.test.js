import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CartsUnavailableError } from '../src/errors.js';
import { browser, putJson, startShop } from './support/shop.js';

const MUG = '/api/cart/items/enamel-mug';

test('a cart that nobody filled is empty, and asks nothing of the store', async (t) => {
  const { ask, carts } = await startShop(t);

  const answer = await ask('/api/cart');

  assert.deepEqual(await answer.json(), { items: [], total_cents: 0, currency: 'USD' });
  assert.equal(answer.headers.get('set-cookie'), null);
  assert.equal(carts.calls, 0);
});

test('a quantity that is put into the cart is there on the next look, with its prices', async (t) => {
  const visit = browser((await startShop(t)).ask);

  const put = await visit(MUG, putJson({ quantity: 3 }));
  const cart = await (await visit('/api/cart')).json();

  const item = { product_id: 'enamel-mug', name: 'Enamel mug', quantity: 3, price_cents: 1400, total_cents: 4200 };
  assert.equal(put.status, 200);
  assert.deepEqual(await put.json(), cart);
  assert.deepEqual(cart, { items: [item], total_cents: 4200, currency: 'USD' });
});

test('the cart id is in a cookie that scripts cannot read and other sites cannot post with', async (t) => {
  const { ask, carts } = await startShop(t);

  const cookie = (await ask(MUG, putJson({ quantity: 1 }))).headers.get('set-cookie');

  assert.match(cookie, /^cart=[0-9a-f-]{36}; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Lax$/);
  assert.deepEqual([...carts.stored.keys()], [cookie.slice(5, 41)]);
});

test('the cookie is Secure when the shopper came by HTTPS', async (t) => {
  const { ask } = await startShop(t);
  const options = putJson({ quantity: 1 });
  options.headers['x-forwarded-proto'] = 'https';

  assert.match((await ask(MUG, options)).headers.get('set-cookie'), /; Secure$/);
});

test('a cookie that is not a cart id is replaced', async (t) => {
  const { ask, carts } = await startShop(t);
  const options = putJson({ quantity: 1 });
  options.headers.cookie = 'cart=../../everything';

  assert.match((await ask(MUG, options)).headers.get('set-cookie'), /^cart=[0-9a-f-]{36};/);
  assert.equal(carts.stored.has('../../everything'), false);
});

test('two shoppers have two carts', async (t) => {
  const { ask } = await startShop(t);
  const [ann, bob] = [browser(ask), browser(ask)];

  await ann(MUG, putJson({ quantity: 1 }));
  await bob(MUG, putJson({ quantity: 5 }));

  assert.equal((await (await ann('/api/cart')).json()).total_cents, 1400);
  assert.equal((await (await bob('/api/cart')).json()).total_cents, 7000);
});

for (const [deed, options] of [['deleting it', { method: 'DELETE' }], ['the quantity 0', putJson({ quantity: 0 })]]) {
  test(`${deed} takes a product out of the cart`, async (t) => {
    const visit = browser((await startShop(t)).ask);
    await visit(MUG, putJson({ quantity: 2 }));
    await visit('/api/cart/items/desk-lamp', putJson({ quantity: 1 }));

    const answer = await visit(MUG, options);

    assert.equal(answer.status, 200);
    assert.deepEqual((await answer.json()).items.map((item) => item.product_id), ['desk-lamp']);
  });
}

test('deleting without a cart is fine and asks nothing of the store', async (t) => {
  const { ask, carts } = await startShop(t);

  assert.equal((await ask(MUG, { method: 'DELETE' })).status, 200);
  assert.equal(carts.calls, 0);
});

for (const quantity of [-1, 100, 1.5, '2', null, true, undefined]) {
  test(`the quantity ${JSON.stringify(quantity)} is refused and changes nothing`, async (t) => {
    const { ask, carts, lines } = await startShop(t);

    const answer = await ask(MUG, putJson({ quantity }));

    assert.equal(answer.status, 400);
    const got = JSON.stringify(quantity) ?? 'nothing';
    assert.equal((await answer.json()).error, `quantity must be a whole number from 0 to 99, got ${got}.`);
    assert.equal(carts.calls, 0);
    assert.deepEqual(lines, []);
  });
}

for (const [what, body, type] of [
  ['malformed JSON', '{"quantity": 2', 'application/json'],
  ['JSON that is no object', '2', 'application/json'],
  ['another content type', '{"quantity": 2}', 'text/plain'],
]) {
  test(`${what} is 400`, async (t) => {
    const { ask, carts } = await startShop(t);

    const answer = await ask(MUG, { method: 'PUT', headers: { 'content-type': type }, body });

    assert.equal(answer.status, 400);
    assert.match((await answer.json()).error, /JSON|quantity must be/);
    assert.equal(carts.calls, 0);
  });
}

test('a body that is too large is 413', async (t) => {
  const { ask } = await startShop(t);

  assert.equal((await ask(MUG, putJson({ quantity: 1, more: 'x'.repeat(2000) }))).status, 413);
});

test('an unknown product cannot be put into the cart or taken out', async (t) => {
  const { ask, carts } = await startShop(t);

  assert.equal((await ask('/api/cart/items/fax-machine', putJson({ quantity: 1 }))).status, 404);
  assert.equal((await ask('/api/cart/items/fax-machine', { method: 'DELETE' })).status, 404);
  assert.equal(carts.calls, 0);
});

test('a product that only the other version sells is left out of the view, and stays in the store', async (t) => {
  const { ask, carts } = await startShop(t);
  const visit = browser(ask);
  await visit(MUG, putJson({ quantity: 1 }));
  const [quantities] = carts.stored.values();
  quantities.set('time-machine', 1);

  assert.equal((await (await visit('/api/cart')).json()).items.length, 1);
  assert.equal(quantities.get('time-machine'), 1);
});

test('carts that cannot be reached are 503 for the shopper and one log line with the cause for the operator', async (t) => {
  const { ask, carts, lines } = await startShop(t);
  carts.broken = new CartsUnavailableError(new Error('table carts-7 not found'));

  const answer = await ask(MUG, putJson({ quantity: 1 }));

  assert.equal(answer.status, 503);
  assert.deepEqual(await answer.json(), { error: 'Carts cannot be reached right now. Try again in a moment.' });
  assert.equal(lines.length, 1);
  const [{ level, message, path, cause, environment, version }] = lines;
  assert.deepEqual([level, message, path], ['error', 'request failed', MUG]);
  assert.deepEqual([environment, version], ['green', '2.1.0']);
  assert.equal(cause, 'Error: table carts-7 not found');
});

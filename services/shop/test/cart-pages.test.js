import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CartsUnavailableError } from '../src/errors.js';
import { browser, postForm, startShop } from './support/shop.js';

const MUG = '/cart/items/enamel-mug';

test('the page of an empty cart leads back to the products', async (t) => {
  const { ask } = await startShop(t);

  assert.match(await (await ask('/cart')).text(), /nothing in it yet.*href="\/"/s);
});

test('the form of a product adds to what is in the cart, then shows the cart', async (t) => {
  const visit = browser((await startShop(t)).ask);

  await visit(MUG, postForm({ quantity: '2' }));
  const answer = await visit(MUG, postForm({ quantity: '3' }));

  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/cart');
  assert.match(await (await visit('/cart')).text(), /Enamel mug.*value="5".*\$70\.00/s);
});

test('the form in the cart sets a quantity', async (t) => {
  const visit = browser((await startShop(t)).ask);
  await visit(MUG, postForm({ quantity: '2' }));

  await visit(`${MUG}/quantity`, postForm({ quantity: '1' }));

  assert.match(await (await visit('/cart')).text(), /value="1".*\$14\.00/s);
});

test('the button in the cart removes a product', async (t) => {
  const visit = browser((await startShop(t)).ask);
  await visit(MUG, postForm({ quantity: '2' }));

  await visit(`${MUG}/quantity`, postForm({ quantity: '0' }));

  assert.match(await (await visit('/cart')).text(), /nothing in it yet/);
});

test('adding beyond 99 is refused and leaves the cart alone', async (t) => {
  const { ask, carts } = await startShop(t);
  const visit = browser(ask);
  await visit(MUG, postForm({ quantity: '99' }));

  const answer = await visit(MUG, postForm({ quantity: '1' }));

  assert.equal(answer.status, 409);
  assert.match(await answer.text(), /at most 99 of one product/);
  assert.deepEqual([...carts.stored.values()], [new Map([['enamel-mug', 99]])]);
});

for (const quantity of ['0', '100', '1e1', '<script>']) {
  test(`a form with the quantity ${quantity} is refused, with the text escaped`, async (t) => {
    const { ask, carts } = await startShop(t);

    const answer = await ask(MUG, postForm({ quantity }));

    assert.equal(answer.status, 400);
    assert.doesNotMatch(await answer.text(), /<script>/);
    assert.equal(carts.calls, 0);
  });
}

test('a cart page without its store is a page that says so, with 503', async (t) => {
  const { ask, carts } = await startShop(t);
  const visit = browser(ask);
  await visit(MUG, postForm({ quantity: '1' }));
  carts.broken = new CartsUnavailableError(new Error('throttled'));

  const answer = await visit('/cart');

  assert.equal(answer.status, 503);
  const page = await answer.text();
  assert.match(page, /Carts cannot be reached/);
  assert.doesNotMatch(page, /throttled/);
});

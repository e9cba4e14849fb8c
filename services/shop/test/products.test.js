import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCatalog } from '../src/catalog.js';
import { startShop } from './support/shop.js';

test('the home page shows every product, the color and the version', async (t) => {
  const { ask } = await startShop(t);

  const answer = await ask('/');

  assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
  const page = await answer.text();
  for (const { id, name } of createCatalog().all) {
    assert.ok(page.includes(`href="/products/${id}"`) && page.includes(name), id);
  }
  assert.match(page, /<footer>.*green.*version 2\.1\.0.*<\/footer>/);
});

test('a product has a page with its price and a form', async (t) => {
  const { ask } = await startShop(t);

  const page = await (await ask('/products/enamel-mug')).text();

  assert.match(page, /<h1>Enamel mug<\/h1>/);
  assert.match(page, /\$14\.00/);
  assert.match(page, /action="\/cart\/items\/enamel-mug"/);
});

test('the products come as JSON, all of them or one', async (t) => {
  const { ask } = await startShop(t);

  const { products } = await (await ask('/api/products')).json();
  const one = await (await ask('/api/products/enamel-mug')).json();

  assert.equal(products.length, createCatalog().all.length);
  assert.deepEqual(one, products.find(({ id }) => id === 'enamel-mug'));
  assert.deepEqual([one.price_cents, one.currency], [1400, 'USD']);
});

test('an unknown product is 404: JSON under /api, a page elsewhere', async (t) => {
  const { ask, lines } = await startShop(t);

  const api = await ask('/api/products/fax-machine');
  const page = await ask('/products/fax-machine');

  assert.equal(api.status, 404);
  assert.match((await api.json()).error, /^No product has the id "fax-machine"/);
  assert.equal(page.status, 404);
  assert.match(await page.text(), /<h1>Not found<\/h1>/);
  assert.deepEqual(lines, []);
});

test('what a catalog says is escaped in pages', async (t) => {
  const name = `<b>"Tom's" & co</b>`;
  const catalog = createCatalog([{ id: 'x', name, description: '', price_cents: 5 }]);
  const { ask } = await startShop(t, { catalog });

  const page = await (await ask('/products/x')).text();

  assert.ok(page.includes('<h1>&lt;b&gt;&quot;Tom&#39;s&quot; &amp; co&lt;/b&gt;</h1>'));
  assert.ok(page.includes('$0.05'));
});

test('the stylesheet that a page links to may be kept for a year', async (t) => {
  const { ask } = await startShop(t);
  const [, href] = /<link rel="stylesheet" href="([^"]+)">/.exec(await (await ask('/')).text());

  const answer = await ask(href);

  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/css; charset=utf-8');
  assert.match(answer.headers.get('cache-control'), /immutable/);
});

test("the stylesheet of the other color's page is answered, but not to keep", async (t) => {
  const { ask } = await startShop(t);

  const answer = await ask('/assets/shop.css?v=0123456789ab');

  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('cache-control'), 'no-cache');
});

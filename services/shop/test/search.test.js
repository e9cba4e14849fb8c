import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCatalog } from '../src/catalog.js';
import { startShop } from './support/shop.js';

const COFFEE = ['enamel-mug', 'pour-over-dripper', 'gooseneck-kettle', 'hand-grinder'];

/** Return the ids that the API finds for a query string. */
async function found(t, query, options) {
  const { ask } = await startShop(t, options);
  const { products } = await (await ask(`/api/products?${query}`)).json();
  return products.map(({ id }) => id);
}

for (const [what, query, ids] of [
  ['a category', 'category=coffee', COFFEE],
  ['a word of a name', 'q=kettle', ['gooseneck-kettle']],
  ['a word of a description', 'q=linen', ['dot-notebook']],
  ["a word of a category's name", 'q=travel', ['canvas-tote', 'wool-blanket']],
  ['the beginning of a word', 'q=gri', ['hand-grinder']],
  ['another case', 'q=ENAMEL', ['enamel-mug']],
  ['several words, all of which must be there', 'q=steel+linen', []],
  ['several words in any order', 'q=mug+enamel', ['enamel-mug']],
  ['words and a category', 'q=steel&category=coffee', ['enamel-mug', 'gooseneck-kettle', 'hand-grinder']],
  ['words that are in another category', 'q=lamp&category=coffee', []],
  ['what nobody sells', 'q=fax', []],
]) {
  test(`the search finds by ${what}`, async (t) => {
    assert.deepEqual(await found(t, query), ids);
  });
}

for (const query of ['q=', 'q=%20%20', 'category=', 'q=!!', 'unrelated=1']) {
  test(`a search for nothing (${query}) finds everything`, async (t) => {
    assert.equal((await found(t, query)).length, createCatalog().all.length);
  });
}

for (const [asked, name] of [['cafe', 'Café chair'], ['CAFÉ', 'Cafe chair'], ['cafe\u0301', 'Caf\u00e9 chair'], ['strasse', 'Strasse']]) {
  test(`the search for ${asked} finds ${name}, whatever the accents`, async (t) => {
    const catalog = createCatalog([{ id: 'x', name, description: '', price_cents: 5 }]);

    assert.deepEqual(await found(t, `q=${encodeURIComponent(asked)}`, { catalog }), ['x']);
  });
}

test('a page shows what was found and keeps the words and the category in its form', async (t) => {
  const { ask } = await startShop(t);

  const page = await (await ask('/?q=steel&category=coffee')).text();

  assert.match(page, /name="q" value="steel"/);
  assert.match(page, /name="category" value="coffee"/);
  assert.match(page, /href="\/\?q=steel&amp;category=coffee" aria-current="page">Coffee/);
  assert.ok(page.includes('/products/hand-grinder') && !page.includes('/products/desk-lamp'));
});

test('a page without results repeats the words, escaped, and leads on', async (t) => {
  const { ask } = await startShop(t);

  const answer = await ask(`/?q=${encodeURIComponent('"><script>')}&category=desk`);

  assert.equal(answer.status, 200);
  const page = await answer.text();
  assert.match(page, /Nothing found for “&quot;&gt;&lt;script&gt;”/);
  assert.doesNotMatch(page, /<script>/);
  assert.match(page, /href="\/\?q=%22%3E%3Cscript%3E">Search all categories/);
});

for (const [what, query, status, message] of [
  ['an unknown category', 'category=fax', 404, /^No category has the id "fax". There are: coffee, desk, home\.$/],
  ['a long search', `q=${'x'.repeat(101)}`, 400, /^q must be at most 100 characters, got 101\./],
  ['words given twice', 'q=a&q=b', 400, /^q must be given once, got 2 times\.$/],
  ['a category given twice', 'category=desk&category=home', 400, /^category must be given once/],
]) {
  test(`${what} is refused with what is allowed, as JSON and as a page`, async (t) => {
    const { ask } = await startShop(t);

    const api = await ask(`/api/products?${query}`);
    const page = await ask(`/?${query}`);

    assert.deepEqual([api.status, page.status], [status, status]);
    assert.match((await api.json()).error, message);
  });
}

test('the categories come as JSON', async (t) => {
  const { ask } = await startShop(t);

  const { categories } = await (await ask('/api/categories')).json();

  assert.deepEqual(categories.map(({ id }) => id), ['coffee', 'desk', 'home']);
});

test('every page works on a phone: it fits the screen, needs no script, and is below 100 kB with its stylesheet', async (t) => {
  const { ask } = await startShop(t);
  const css = (await (await ask('/assets/shop.css')).bytes()).length;

  for (const path of ['/', '/?q=steel', '/?q=fax', '/products/enamel-mug', '/cart', '/no/such/page']) {
    const page = await (await ask(path)).text();
    assert.match(page, /<meta name="viewport" content="width=device-width, initial-scale=1">/, path);
    assert.doesNotMatch(page, /<script/, path);
    assert.ok(Buffer.byteLength(page) + css < 100_000, path);
  }
});

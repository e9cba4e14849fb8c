import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import { test } from 'node:test';
import { startShop } from './support/shop.js';

const OWN = 'shop.example.com';
const FORM = 'application/x-www-form-urlencoded';

const REFUSED = [
  ['another site by HTTPS', { 'sec-fetch-site': 'cross-site', origin: `https://${OWN}` }],
  ['another host of the same site by HTTPS', { 'sec-fetch-site': 'same-site' }],
  ['another site by HTTP', { origin: 'http://evil.example' }],
  ['another host of the same site by HTTP', { origin: 'http://blog.example.com' }],
  ['a sandboxed frame', { origin: 'null' }],
];

for (const [who, headers] of REFUSED) {
  test(`a form of ${who} is refused, changes nothing and leaves the cookie alone`, async (t) => {
    const { carts, port } = await startShop(t);

    const answer = await post(port, headers);

    assert.equal(answer.statusCode, 403);
    assert.equal(answer.headers['set-cookie'], undefined);
    assert.equal(carts.calls, 0);
  });
}

const TAKEN = [
  ["the shop's own page by HTTPS", { 'sec-fetch-site': 'same-origin', origin: `https://${OWN}` }],
  ["the shop's own page by HTTP", { origin: `http://${OWN}` }],
  ["the shop's own page behind another port", { origin: `http://${OWN}:8080` }],
  ['the shopper who typed it', { 'sec-fetch-site': 'none' }],
  ['a client that is no browser', {}],
];

for (const [who, headers] of TAKEN) {
  test(`a form of ${who} is taken`, async (t) => {
    assert.equal((await post((await startShop(t)).port, headers)).statusCode, 303);
  });
}

for (const method of ['PUT', 'DELETE']) {
  test(`a ${method} of another site is refused too`, async (t) => {
    const { ask, carts } = await startShop(t);

    const answer = await ask('/api/cart/items/enamel-mug', { method, headers: { origin: 'https://evil.example' } });

    assert.equal(answer.status, 403);
    assert.match((await answer.json()).error, /another site/);
    assert.equal(carts.calls, 0);
  });
}

test('a link from another site opens the cart', async (t) => {
  const { ask } = await startShop(t);

  assert.equal((await ask('/cart', { headers: { 'sec-fetch-site': 'cross-site' } })).status, 200);
});

test('an origin is compared with nothing when the request names no host that can be read', async (t) => {
  const { port } = await startShop(t);

  assert.equal((await post(port, { host: 'a b', origin: `http://${OWN}` })).statusCode, 403);
});

/** Post the form of a product as a browser would; `fetch` lets nobody choose Host or Sec-Fetch-Site. */
async function post(port, headers) {
  const options = { method: 'POST', port, path: '/cart/items/enamel-mug' };
  const asked = request({ ...options, headers: { host: OWN, 'content-type': FORM, ...headers } }).end('quantity=1');
  const [answer] = await once(asked, 'response');
  answer.resume();
  return answer;
}

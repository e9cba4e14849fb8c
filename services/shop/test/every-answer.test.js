import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { putJson, startShop } from './support/shop.js';

const ANSWERS = [
  ['a page', '/', {}, 200],
  ['a product page', '/products/desk-lamp', {}, 200],
  ['the cart page', '/cart', {}, 200],
  ['health', '/health', {}, 200],
  ['the API', '/api/products', {}, 200],
  ['the stylesheet', '/assets/shop.css', {}, 200],
  ['HEAD', '/', { method: 'HEAD' }, 200],
  ['OPTIONS', '/', { method: 'OPTIONS' }, 200],
  ['an unknown path', '/no/such/page', {}, 404],
  ['an unknown path of the API', '/api/nothing', {}, 404],
  ['a method that is not answered', '/', { method: 'POST' }, 404],
  ['a path that cannot be decoded', '/products/%E0%A4%A', {}, 400],
  ['a bad request', '/api/cart/items/desk-lamp', putJson({ quantity: -1 }), 400],
  ['an unforeseen error', '/api/cart/items/desk-lamp', putJson({ quantity: 1 }), 500],
];

for (const [what, path, options, status] of ANSWERS) {
  test(`${what} (${status}) carries color, version and the security headers`, async (t) => {
    const { ask, carts } = await startShop(t);
    carts.broken = new TypeError('a bug');

    const { headers, status: got } = await ask(path, options);

    assert.equal(got, status);
    assert.equal(headers.get('x-environment'), 'green');
    assert.equal(headers.get('x-version'), '2.1.0');
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.match(headers.get('content-security-policy'), /^default-src 'none'/);
    assert.equal(headers.get('x-frame-options'), 'DENY');
    assert.equal(headers.get('referrer-policy'), 'same-origin');
    assert.equal(headers.get('strict-transport-security'), null);
    assert.equal(headers.get('x-powered-by'), null);
  });
}

const RAW = [
  ['nonsense', 'nonsense\r\n\r\n', 400],
  ['headers beyond the limit', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a missing Host header', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 200],
  ['an unknown expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\nConnection: close\r\n\r\n', 200],
];

for (const [what, bytes, status] of RAW) {
  test(`${what}, which Node itself would refuse, is answered ${status} with color and version`, async (t) => {
    const { port } = await startShop(t);

    const answer = await send(port, bytes);

    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
    assert.match(answer, /\r\nX-Environment: green\r\nX-Version: 2\.1\.0\r\n/);
  });
}

test('an unforeseen error keeps its words for the log', async (t) => {
  const { ask, carts, lines } = await startShop(t);
  carts.broken = new TypeError('secret of the house');

  const answer = await ask('/api/cart/items/desk-lamp', putJson({ quantity: 1 }));

  assert.doesNotMatch(await answer.text(), /secret/);
  assert.equal(lines.length, 1);
  assert.equal(lines[0].error, 'TypeError: secret of the house');
});

test('connections outlive the 60 s for which the load balancer keeps them idle', async (t) => {
  const { server } = await startShop(t);

  assert.equal(server.keepAliveTimeout, 65_000);
  assert.ok(server.headersTimeout > server.keepAliveTimeout);
});

async function send(port, bytes) {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let answer = '';
  socket.on('data', (data) => (answer += data));
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

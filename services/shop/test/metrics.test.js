import assert from 'node:assert/strict';
import { test } from 'node:test';
import { putJson, startShop } from './support/shop.js';

/** Return the lines of the metrics that begin with a name. */
async function samples(ask, name) {
  const text = await (await ask('/metrics')).text();
  return text.split('\n').filter((line) => line.startsWith(`${name}{`));
}

test('requests are counted by method, route pattern and status, with the color and the version', async (t) => {
  const { ask } = await startShop(t);
  for (const path of ['/products/enamel-mug', '/products/desk-lamp', '/products/fax-machine']) await ask(path);
  await ask('/api/cart/items/desk-lamp', putJson({ quantity: -1 }));

  const lines = await samples(ask, 'shop_http_requests_total');

  const route = (method, pattern, status) =>
    `shop_http_requests_total{method="${method}",route="${pattern}",status="${status}",color="green",version="2.1.0"}`;
  assert.deepEqual(lines.sort(), [
    `${route('GET', '/products/:id', 200)} 2`,
    `${route('GET', '/products/:id', 404)} 1`,
    `${route('PUT', '/api/cart/items/:productId', 400)} 1`,
  ]);
});

test('what people type never becomes a series of its own', async (t) => {
  const { ask } = await startShop(t);
  for (const path of ['/wp-login.php', '/.env', '/a/b/c']) await ask(path);

  const lines = await samples(ask, 'shop_http_requests_total');

  assert.deepEqual(lines.map((line) => /route="([^"]*)".* (\d+)$/.exec(line).slice(1)), [['unmatched', '3']]);
});

test('a method that somebody made up is refused by Node, and is no series', async (t) => {
  const { ask } = await startShop(t);

  const answer = await ask('/', { method: 'X1' });

  assert.equal(answer.status, 400);
  assert.deepEqual(await samples(ask, 'shop_http_requests_total'), []);
});

test('a client that leaves before its answer is counted as aborted', async (t) => {
  const { ask, carts } = await startShop(t);
  const leave = new AbortController();
  carts.read = () => new Promise(() => leave.abort());
  const headers = { cookie: 'cart=00000000-0000-4000-8000-000000000000' };

  await assert.rejects(ask('/api/cart', { headers, signal: leave.signal }), { name: 'AbortError' });

  await until(async () => (await samples(ask, 'shop_http_requests_total')).some((line) => /status="aborted"/.test(line)));
});

test('durations are a histogram by route, and the lag of the event loop is there', async (t) => {
  const { ask } = await startShop(t);
  await ask('/cart');

  const [count] = await samples(ask, 'shop_http_request_duration_seconds_count');
  const [lag] = await samples(ask, 'nodejs_eventloop_lag_p99_seconds');

  assert.match(count, /route="\/cart".* 1$/);
  assert.ok(Number(lag.split(' ')[1]) >= 0, lag);
});

for (const header of ['x-forwarded-for', 'x-forwarded-proto', 'x-amzn-trace-id']) {
  test(`who came through the load balancer (${header}) sees no metrics`, async (t) => {
    const { ask } = await startShop(t);

    const answer = await ask('/metrics', { headers: { [header]: '203.0.113.7' } });

    assert.equal(answer.status, 404);
    assert.doesNotMatch(await answer.text(), /shop_http/);
  });
}

async function until(isTrue) {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startShop } from './support/shop.js';

test('health tells color, version, uptime in seconds and the time, and nothing else', async (t) => {
  const { ask } = await startShop(t);

  const answer = await ask('/health');

  assert.equal(answer.status, 200);
  const { uptime, timestamp, ...rest } = await answer.json();
  assert.deepEqual(rest, { environment: 'green', version: '2.1.0' });
  assert.ok(uptime > 0 && uptime < 600, `uptime ${uptime}`);
  assert.ok(Math.abs(Date.now() - Date.parse(timestamp)) < 5000, timestamp);
});

test('health is 503 while draining, with the same body', async (t) => {
  const { ask, lifecycle } = await startShop(t);
  lifecycle.drain();

  const answer = await ask('/health');

  assert.equal(answer.status, 503);
  assert.deepEqual(Object.keys(await answer.json()), ['environment', 'version', 'uptime', 'timestamp']);
});

test('while draining everything else is still answered, and each connection ends', async (t) => {
  const { ask, lifecycle } = await startShop(t);
  lifecycle.drain();

  const answer = await ask('/api/products');

  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('connection'), 'close');
});

test('health does not depend on the carts', async (t) => {
  const { ask, carts } = await startShop(t);
  carts.broken = new Error('no carts today');

  assert.equal((await ask('/health')).status, 200);
  assert.equal(carts.calls, 0);
});

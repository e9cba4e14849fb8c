import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CartsUnavailableError } from '../src/errors.js';
import { createReadiness } from '../src/readiness.js';
import { startShop } from './support/shop.js';

test('the shop is ready when its tables answer', async (t) => {
  const { ask } = await startShop(t);

  const answer = await ask('/ready');

  assert.equal(answer.status, 200);
  const { ready, tables } = await answer.json();
  assert.deepEqual([ready, tables.carts], [true, true]);
});

test('a table that does not answer is named, with 503, and its cause goes to the log alone', async (t) => {
  const { ask, carts, lines } = await startShop(t);
  carts.broken = new CartsUnavailableError(new Error('table carts-7 not found'));

  const answer = await ask('/ready');

  assert.equal(answer.status, 503);
  const text = await answer.text();
  assert.equal(JSON.parse(text).tables.carts, false);
  assert.doesNotMatch(text, /carts-7/);
  assert.deepEqual(lines.map(({ message, table, cause }) => [message, table, cause]), [
    ['not ready', 'carts', 'Error: table carts-7 not found'],
  ]);
});

test('a shop that drains is not ready, whatever its tables say', async (t) => {
  const { ask, lifecycle } = await startShop(t);
  lifecycle.drain();

  const answer = await ask('/ready');

  assert.equal(answer.status, 503);
  const { ready, draining, tables } = await answer.json();
  assert.deepEqual([ready, draining, tables.carts], [false, true, true]);
});

test('a table is read at most once a second, however often and however many ask', async () => {
  let reads = 0;
  let now = 5000;
  const readiness = createReadiness({ carts: async () => (reads += 1) }, { now: () => now });

  await Promise.all([readiness(), readiness(), readiness()]);
  now += 999;
  await readiness();
  assert.equal(reads, 1);

  now += 1;
  await readiness();
  assert.equal(reads, 2);
});

test('a table that comes back is ready at the next look', async () => {
  let broken = true;
  let now = 5000;
  const probe = async () => {
    if (broken) throw new Error('away');
  };
  const readiness = createReadiness({ carts: probe }, { now: () => now });
  assert.deepEqual(await readiness(), { carts: false });

  broken = false;
  now += 1000;
  assert.deepEqual(await readiness(), { carts: true });
});

test('with accounts their tables are asked as well', async (t) => {
  const { ask, members } = await startShop(t, { withAccounts: {} });
  members.store.broken = true;

  const answer = await ask('/ready');

  assert.equal(answer.status, 503);
  assert.deepEqual((await answer.json()).tables, { carts: true, accounts: true, sessions: false });
});

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startHoldingDynamoDb } from './support/fake-dynamodb.js';
import { startListening, startProcess } from './support/process.js';

const ONE = { method: 'POST', body: new URLSearchParams({ quantity: '1' }) };
const COOKIE = { headers: { cookie: 'cart=00000000-0000-4000-8000-000000000000' } };

test('a bad environment ends the process with 1 and one line that says what to set', async (t) => {
  const { code, stdout, stderr } = await startProcess(t, { ENVIRONMENT: 'red', VERSION: '' }).exited;

  assert.equal(code, 1);
  assert.match(stderr, /^shop cannot start: ENVIRONMENT must be blue or green, got "red"; VERSION must be [^\n]*\n$/);
  assert.equal(stdout, '');
});

test('a port that is taken ends the process with 1 and one line', async (t) => {
  const { origin } = await startListening(t);

  const { code, stdout } = await startProcess(t, { PORT: new URL(origin).port }).exited;

  assert.equal(code, 1);
  const lines = stdout.trim().split('\n');
  assert.equal(lines.length, 1);
  assert.match(JSON.parse(lines[0]).error, /EADDRINUSE/);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  test(`on ${signal} health turns to 503, what is in flight is finished, and the process exits with 0`, async (t) => {
    const dynamo = await startHoldingDynamoDb(t);
    const shop = await startListening(t, { DRAIN_SECONDS: '0.4', AWS_ENDPOINT_URL: dynamo.endpoint });
    const inFlight = fetch(`${shop.origin}/api/cart`, COOKIE);
    await dynamo.firstRequest;

    shop.child.kill(signal);
    await once(shop.lines, 'line');
    assert.equal((await fetch(`${shop.origin}/health`)).status, 503);
    assert.equal((await fetch(`${shop.origin}/`)).status, 200);
    await refusal(shop.origin);
    dynamo.release();

    const answer = await inFlight;
    assert.equal(answer.status, 200);
    assert.deepEqual((await answer.json()).items, []);
    const { code, stdout } = await shop.exited;
    assert.equal(code, 0);
    assert.deepEqual(messages(stdout), ['listening', 'draining', 'stopped']);
  });
}

test('connections that are kept alive do not delay the exit', async (t) => {
  const shop = await startListening(t, { DRAIN_SECONDS: '0' });
  await (await fetch(`${shop.origin}/`)).text();

  shop.child.kill('SIGTERM');

  assert.equal(await Promise.race([shop.exited.then(({ code }) => code), sleep(3000, 'still there', { ref: false })]), 0);
});

test('a request that never ends is cut off, and the exit code says so', async (t) => {
  const shop = await startListening(t, { DRAIN_SECONDS: '0' });
  const neverEnding = fetch(`${shop.origin}/api/cart/items/desk-lamp`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: new ReadableStream(),
    duplex: 'half',
  });
  const cutOff = assert.rejects(neverEnding);
  await sleep(200);

  shop.child.kill('SIGTERM');

  const { code, stdout } = await shop.exited;
  assert.equal(code, 1);
  assert.deepEqual(messages(stdout), ['listening', 'draining', 'stopped with requests cut off']);
  await cutOff;
});

test('a second signal ends the process at once', async (t) => {
  const shop = await startListening(t, { DRAIN_SECONDS: '300' });

  shop.child.kill('SIGTERM');
  await once(shop.lines, 'line');
  shop.child.kill('SIGTERM');

  const { code, stdout } = await shop.exited;
  assert.equal(code, 143);
  assert.deepEqual(messages(stdout), ['listening', 'draining', 'stopped at once']);
});

for (const [deed, tries, path, options] of [
  ['reading a cart', 2, '/api/cart', COOKIE],
  ['adding, which must not happen twice,', 1, '/cart/items/desk-lamp', ONE],
]) {
  test(`${deed} with a DynamoDB that never answers is 503 within seconds, tried ${tries} times`, async (t) => {
    const { endpoint, count } = await startHoldingDynamoDb(t);
    const shop = await startListening(t, { AWS_ENDPOINT_URL: endpoint });
    const before = Date.now();

    const answer = await fetch(`${shop.origin}${path}`, options);

    assert.equal(answer.status, 503);
    assert.equal(count(), tries);
    assert.ok(Date.now() - before < 4000, `${Date.now() - before} ms`);
  });
}

/** Wait until the listener is closed. */
async function refusal(origin) {
  for (;;) {
    const open = await fetch(`${origin}/health`).then(() => true, () => false);
    if (!open) return;
    await sleep(50);
  }
}

function messages(stdout) {
  return stdout.trim().split('\n').map((line) => JSON.parse(line).message);
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { AccountsUnavailableError } from '../src/accounts/errors.js';
import { SESSION_SECONDS, SessionStore } from '../src/accounts/session-store.js';
import { dynamoError, FakeClient } from './support/fake-client.js';

const NOW_SECONDS = Math.floor(Date.now() / 1000);

function storeWith(...answers) {
  const client = new FakeClient(...answers);
  const lines = [];
  const log = { error: (...said) => lines.push(said) };
  const store = new SessionStore({ table: 'sessions', client, log, now: () => NOW_SECONDS * 1000 + 700 });
  const [get, set, touch, destroy] = ['get', 'set', 'touch', 'destroy'].map((name) =>
    promisify(store[name].bind(store)),
  );
  return { client, lines, get, set, touch, destroy };
}

const SESSION = { cookie: { maxAge: 86_399_123.4 }, person: { id: 'a1' } };
const stored = (expires) => ({
  Item: { id: { S: 'sess:s1' }, expires: { N: `${expires}` }, sess: { S: JSON.stringify(SESSION) } },
});

test('a session is kept for a day, to a whole second as a TTL needs it, and the table is never looked for', async () => {
  const { client, set } = storeWith({});

  await set('s1', SESSION);

  assert.deepEqual(
    client.asked.map(({ command }) => command),
    ['PutItemCommand'],
  );
  assert.deepEqual(client.asked[0].Item.id, { S: 'sess:s1' });
  assert.deepEqual(client.asked[0].Item.expires, { N: `${NOW_SECONDS + SESSION_SECONDS}` });
});

test('a session that expired counts no more, even if DynamoDB has not deleted it yet', async () => {
  assert.equal(await storeWith(stored(NOW_SECONDS - 1)).get('s1'), null);
});

test('a session is renewed when an hour of it is over, and not with each request', async () => {
  const { client, touch } = storeWith({ Attributes: { expires: { N: '1' } } });

  await touch('s1', { ...SESSION, stored_until: NOW_SECONDS + SESSION_SECONDS - 3500 });
  assert.equal(client.asked.length, 0);

  await touch('s1', { ...SESSION, stored_until: NOW_SECONDS + SESSION_SECONDS - 3600 });
  assert.deepEqual(
    client.asked.map(({ command }) => command),
    ['UpdateItemCommand'],
  );
});

test('when it ends is known from the table', async () => {
  assert.equal((await storeWith(stored(NOW_SECONDS + 500)).get('s1')).stored_until, NOW_SECONDS + 500);
});

test('a renewal that fails is logged and fails no request', async () => {
  const { lines, touch } = storeWith(dynamoError('ProvisionedThroughputExceededException'));

  await touch('s1', { ...SESSION, stored_until: NOW_SECONDS });

  assert.equal(lines.length, 1);
  assert.match(JSON.stringify(lines[0]), /session not renewed/);
});

for (const [deed, ...given] of [['get'], ['set', SESSION], ['destroy']]) {
  test(`a failure to ${deed} a session is "unavailable", with its cause`, async () => {
    const cause = dynamoError('ResourceNotFoundException');
    const store = storeWith(cause);

    await assert.rejects(
      store[deed]('s1', ...given),
      (error) => error instanceof AccountsUnavailableError && error.cause === cause,
    );
  });
}

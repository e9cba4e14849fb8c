import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMAIL, PASSWORD, Person } from './support/person.js';
import { startShop } from './support/shop.js';

const CREDENTIALS = { email: EMAIL, password: PASSWORD };

function sending(method, body) {
  return {
    method,
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

async function shopAndClient(t) {
  const shop = await startShop(t, { withAccounts: {} });
  return { ...shop, client: new Person(shop.ask) };
}

test('a client registers, is known by its cookie, logs out and logs in again', async (t) => {
  const { client } = await shopAndClient(t);

  const registered = await client.visit('/api/account', sending('POST', CREDENTIALS));
  assert.equal(registered.status, 201);
  const { email, created_at: createdAt, ...rest } = await registered.json();
  assert.equal(email, EMAIL);
  assert.ok(Date.parse(createdAt) <= Date.now());
  assert.deepEqual(rest, {});
  assert.equal((await client.visit('/api/account')).status, 200);
  assert.equal((await client.visit('/api/session', { method: 'DELETE' })).status, 204);
  assert.equal((await client.visit('/api/account')).status, 401);
  assert.equal((await client.visit('/api/session', sending('POST', CREDENTIALS))).status, 200);
  assert.equal((await (await client.visit('/api/account')).json()).email, EMAIL);
});

test('a client changes the password and stays logged in', async (t) => {
  const { client } = await shopAndClient(t);
  await client.visit('/api/account', sending('POST', CREDENTIALS));
  const change = { current_password: PASSWORD, new_password: 'Another 8 staple' };

  assert.equal((await client.visit('/api/account/password', sending('PUT', change))).status, 200);

  assert.equal((await client.visit('/api/account')).status, 200);
  assert.equal((await client.visit('/api/session', sending('POST', CREDENTIALS))).status, 401);
});

const REFUSED = [
  ['malformed JSON', '{"email": "anna@example.com", "password": "Correct', 400, /not valid JSON/],
  ['a list', [], 400, /must be an object/],
  ['nothing', {}, 400, /Enter your e-mail address/],
  ['numbers', { email: 1, password: 2 }, 400, /Enter your e-mail address/],
  ['objects, as for another database', { email: { $gt: '' }, password: { $gt: '' } }, 400, /Enter your e-mail address/],
  ['a body that is too large', { ...CREDENTIALS, password: 'x'.repeat(10_000) }, 413, /too large/],
];

for (const [what, body, status, message] of REFUSED) {
  test(`a login with ${what} is ${status}, and nothing of it is logged or repeated`, async (t) => {
    const { client, lines } = await shopAndClient(t);

    const answer = await client.visit('/api/session', sending('POST', body));

    assert.equal(answer.status, status);
    const { error } = await answer.json();
    assert.match(error, message);
    assert.doesNotMatch(error + JSON.stringify(lines), /Correct|xxxx/);
  });
}

test('what is wrong is said by field', async (t) => {
  const { client } = await shopAndClient(t);

  const answer = await client.visit('/api/account', sending('POST', { email: 'anna', password: 'short' }));

  assert.equal(answer.status, 400);
  const { fields } = await answer.json();
  assert.deepEqual(Object.keys(fields), ['email', 'password']);
  assert.deepEqual(fields.email, ['"anna" is not an e-mail address. Write it like name@example.com.']);
});

test('a form cannot log in through the API: it takes JSON alone', async (t) => {
  const { client } = await shopAndClient(t);
  await client.visit('/api/account', sending('POST', CREDENTIALS));

  const answer = await client.visit('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: JSON.stringify(CREDENTIALS),
  });

  assert.equal(answer.status, 400);
});

test("the API's cart with a cookie needs no token, as the load of a rehearsal sends it", async (t) => {
  const { client } = await shopAndClient(t);
  client.cookies.set('cart', '00000000-0000-4000-8000-000000000000');

  const answer = await client.visit('/api/cart/items/enamel-mug', sending('PUT', { quantity: 1 }));

  assert.equal(answer.status, 200);
  assert.equal((await answer.json()).items[0].quantity, 1);
});

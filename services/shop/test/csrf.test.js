import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMAIL, PASSWORD, Person, tokenIn } from './support/person.js';
import { startShop } from './support/shop.js';

const CREDENTIALS = { email: EMAIL, password: PASSWORD };

const FORMS = [
  ['/login', CREDENTIALS],
  ['/register', { email: 'other@example.com', password: PASSWORD }],
  ['/logout', {}],
  ['/account/password', { current_password: PASSWORD, new_password: 'Another 8 staple' }],
  ['/cart/items/desk-lamp', { quantity: '1' }],
  ['/cart/items/desk-lamp/quantity', { quantity: '1' }],
];

async function loggedIn(t) {
  const shop = await startShop(t, { withAccounts: {} });
  const anna = new Person(shop.ask);
  await anna.register();
  return { ...shop, anna };
}

const post = (person, path, fields) => person.visit(path, { method: 'POST', body: new URLSearchParams(fields) });

for (const [path, fields] of FORMS) {
  test(`POST ${path} without its token is refused with what to do, and changes nothing`, async (t) => {
    const { anna, carts, members } = await loggedIn(t);
    const before = JSON.stringify([...members.accounts.stored]);

    const answer = await post(anna, path, fields);

    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /nothing was changed\. Go back, reload the page and send it again/);
    assert.equal(JSON.stringify([...members.accounts.stored]), before);
    assert.equal(carts.calls, 0);
    assert.match(await anna.text('/'), /Log out/);
  });
}

test('with its token each form is taken', async (t) => {
  const { anna } = await loggedIn(t);

  for (const path of ['/cart/items/desk-lamp', '/cart/items/desk-lamp/quantity']) {
    assert.equal((await anna.send(path, { quantity: '1' }, { page: '/products/desk-lamp' })).status, 303, path);
  }
});

for (const [what, wrong] of [
  ['made up', () => `${'0'.repeat(64)}.${'0'.repeat(64)}`],
  ['of nobody', () => ''],
  ['an object', () => ({})],
]) {
  test(`a token that is ${what} is refused`, async (t) => {
    const { anna } = await loggedIn(t);
    await anna.visit('/account');

    assert.equal((await post(anna, '/logout', { _csrf: wrong() })).status, 403);
  });
}

test('a token of another session is refused, even with its cookie', async (t) => {
  const { anna, ask } = await loggedIn(t);
  const eve = new Person(ask);
  await eve.register({ email: 'eve@example.com' });
  const field = tokenIn(await eve.text('/account'));
  anna.cookies.set('csrf', eve.cookies.get('csrf'));

  assert.equal((await post(anna, '/logout', field)).status, 403);
});

test('a form that was opened before the login is refused after it', async (t) => {
  const { anna, ask } = await loggedIn(t);
  const visitor = new Person(ask);
  const field = tokenIn(await visitor.text('/login'));
  anna.cookies.set('csrf', visitor.cookies.get('csrf'));

  assert.equal((await post(anna, '/logout', field)).status, 403);
});

test('a login form of another site is refused', async (t) => {
  const { ask } = await loggedIn(t);

  const answer = await ask('/login', {
    method: 'POST',
    body: new URLSearchParams(CREDENTIALS),
    headers: { origin: 'https://evil.example' },
  });

  assert.equal(answer.status, 403);
});

test("the cart's form of a visitor needs no token", async (t) => {
  const { ask } = await startShop(t, { withAccounts: {} });

  assert.equal((await post(new Person(ask), '/cart/items/desk-lamp', { quantity: '1' })).status, 303);
});

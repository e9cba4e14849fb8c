import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMAIL, PASSWORD, Person, tokenIn } from './support/person.js';
import { startShop } from './support/shop.js';

const OLD = 'the-old-secret_0123456789ABCDEFabcdef';
const NEW = 'the-new-secret_0123456789ABCDEFabcdef';

async function loggedIn(t, withAccounts = {}) {
  const shop = await startShop(t, { withAccounts });
  const anna = new Person(shop.ask);
  await anna.register();
  shop.members.store.asked.length = 0;
  shop.members.accounts.reads = 0;
  return { ...shop, anna };
}

test('a visitor costs no session: none is read and none is made, with a cart or without', async (t) => {
  const { ask, members } = await startShop(t, { withAccounts: {} });
  const visitor = new Person(ask);

  await visitor.visit('/cart/items/desk-lamp', { method: 'POST', body: new URLSearchParams({ quantity: '1' }) });
  for (const path of ['/', '/products/desk-lamp', '/api/products', '/cart', '/api/cart', '/login', '/health'])
    await visitor.visit(path);

  assert.deepEqual(members.store.asked, []);
  assert.equal(members.accounts.reads, 0);
  assert.deepEqual([...visitor.cookies.keys()], ['cart', 'csrf']);
});

for (const path of ['/health', '/assets/shop.css', '/api/products', '/api/products/desk-lamp']) {
  test(`${path} reads no session, whoever asks`, async (t) => {
    const { anna, members } = await loggedIn(t);

    assert.equal((await anna.visit(path)).status, 200);

    assert.deepEqual(members.store.asked, []);
  });
}

test('a page of the catalog costs somebody who is logged in one read, and no write', async (t) => {
  const { anna, members } = await loggedIn(t);

  await anna.visit('/');

  assert.deepEqual(members.store.asked, ['get']);
  assert.equal(members.accounts.reads, 0);
});

test('what is made for one person is kept by nobody', async (t) => {
  const { anna } = await loggedIn(t);

  for (const path of ['/', '/products/desk-lamp', '/cart', '/account']) {
    assert.equal((await anna.visit(path)).headers.get('cache-control'), 'no-store', path);
  }
});

test('a forged session is nobody and is not looked up', async (t) => {
  const { anna, members } = await loggedIn(t);
  const [id] = decodeURIComponent(anna.cookies.get('session')).slice(2).split('.');
  anna.cookies.set('session', `s:${id}.${'A'.repeat(43)}`);

  assert.doesNotMatch(await anna.text('/'), /Log out/);

  assert.deepEqual(members.store.asked, []);
});

test('an expired session is nobody', async (t) => {
  const { anna, members } = await loggedIn(t);
  members.store.sessions = {};

  assert.equal((await anna.visit('/account')).headers.get('location'), '/login?next=%2Faccount');
});

test('a process that does not know the newest secret yet logs nobody out', async (t) => {
  const { anna, ask, members } = await loggedIn(t, { secrets: [NEW] });
  const { ask: behind } = await startShop(t, { withAccounts: { secrets: [OLD], store: members.store } });

  anna.ask = behind;
  assert.doesNotMatch(await anna.text('/'), /Log out/);

  anna.ask = ask;
  assert.match(await anna.text('/'), /Log out/);
});

test('the cookie is for this site and for no script, for a day, and by HTTPS it stays there', async (t) => {
  const { ask } = await startShop(t, { withAccounts: {} });
  const headers = { 'x-forwarded-proto': 'https' };
  const form = await ask('/register', { headers });
  const cookie = form.headers.getSetCookie()[0].split(';')[0];
  const body = new URLSearchParams({ email: EMAIL, password: PASSWORD, ...tokenIn(await form.text()) });

  const answer = await ask('/register', { method: 'POST', body, headers: { ...headers, cookie } });

  const session = answer.headers.getSetCookie().find((text) => text.startsWith('session='));
  for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
    assert.ok(session.includes(`; ${attribute}`), session);
  const hours = (Date.parse(/Expires=([^;]+)/.exec(session)[1]) - Date.now()) / 3_600_000;
  assert.ok(hours > 23.9 && hours <= 24.01, session);
});

test('by plain HTTP, as in a rehearsal, the cookies are not Secure', async (t) => {
  const { ask } = await startShop(t, { withAccounts: {} });
  const anna = new Person(ask);
  await anna.visit('/register');

  const answer = await anna.register();

  assert.ok(answer.headers.getSetCookie().length > 0);
  for (const cookie of answer.headers.getSetCookie()) assert.doesNotMatch(cookie, /Secure/);
});

test('a session signed with an old secret goes on while a new one is brought in, and is signed anew', async (t) => {
  const { anna, members } = await loggedIn(t, { secrets: [OLD] });
  const before = anna.cookies.get('session');
  const { ask } = await startShop(t, { withAccounts: { secrets: [NEW, OLD], store: members.store } });
  anna.ask = ask;

  assert.match(await anna.text('/'), /Log out/);

  assert.notEqual(anna.cookies.get('session'), before);
  const { ask: later } = await startShop(t, { withAccounts: { secrets: [NEW], store: members.store } });
  anna.ask = later;
  assert.match(await anna.text('/'), /Log out/);
});

test('without the table whoever has a session gets 503, and visitors go on', async (t) => {
  const { anna, ask, members, lines } = await loggedIn(t);
  members.store.broken = true;

  const answer = await anna.visit('/');

  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get('retry-after'), '5');
  assert.match(await answer.text(), /Accounts cannot be reached right now/);
  assert.equal((await ask('/')).status, 200);
  assert.equal(lines.filter(({ level }) => level === 'error').length, 1);
});

test('a login whose session cannot be kept is 503 and sets no cookie of a session', async (t) => {
  const { ask, members } = await loggedIn(t);
  const anna = new Person(ask);
  await anna.visit('/login');
  members.store.broken = true;

  assert.equal((await anna.logIn()).status, 503);

  assert.ok(!anna.cookies.has('session'));
});

test('a session that began by HTTP gets a Secure cookie as soon as its person comes by HTTPS', async (t) => {
  const { anna } = await loggedIn(t);

  const answer = await anna.visit('/', { headers: { 'x-forwarded-proto': 'https' } });

  assert.match(answer.headers.getSetCookie().find((text) => text.startsWith('session=')), /; Secure/);
});

test('a session that ended elsewhere leaves none behind, and its cookie is taken back once', async (t) => {
  const { anna, ask, members } = await loggedIn(t);
  const other = new Person(ask);
  await other.logIn();
  const fields = { current_password: PASSWORD, new_password: 'Another 8 staple x' };
  await other.send('/account/password', fields, { page: '/account' });

  const answer = await anna.visit('/login');

  assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/login']);
  assert.ok(!anna.cookies.has('session'));
  assert.equal((await anna.visit('/login')).status, 200);
  assert.equal(Object.keys(members.store.sessions).length, 1);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMAIL, PASSWORD, Person } from './support/person.js';
import { startShop } from './support/shop.js';

const NEW_PASSWORD = 'Another 8 staple';

async function shopWith(t, withAccounts = {}) {
  const shop = await startShop(t, { withAccounts });
  return { ...shop, person: () => new Person(shop.ask) };
}

test('registering logs in, and every page shows who it is, with a button that logs out', async (t) => {
  const { person } = await shopWith(t);
  const anna = person();

  const answer = await anna.register();

  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/account');
  for (const path of ['/', '/products/desk-lamp', '/cart', '/account', '/no/such/page']) {
    assert.match(
      await anna.text(path),
      /href="\/account">Anna\.Example@example\.com<.*action="\/logout".*Log out/s,
      path,
    );
  }
});

test('a visitor is offered to log in, and a page of the account leads there and back', async (t) => {
  const { person } = await shopWith(t);
  const visitor = person();

  assert.match(await visitor.text('/'), /<a href="\/login">Log in<\/a>/);
  assert.equal((await visitor.visit('/account')).headers.get('location'), '/login?next=%2Faccount');
});

test('after the login one is where one wanted to go', async (t) => {
  const { person } = await shopWith(t);
  await person().register();

  const answer = await person().send('/login', { email: EMAIL, password: PASSWORD, next: '/cart' });

  assert.equal(answer.headers.get('location'), '/cart');
});

for (const next of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/a?b=//c']) {
  test(`the login leads nowhere but into the shop: not to ${next}`, async (t) => {
    const { person } = await shopWith(t);
    await person().register();

    const answer = await person().send('/login', { email: EMAIL, password: PASSWORD, next });

    assert.equal(answer.headers.get('location'), '/account');
    assert.doesNotMatch(await person().text(`/login?next=${encodeURIComponent(next)}`), /name="next"/);
  });
}

test('upper and lower case of an e-mail address are one account, shown as it was registered', async (t) => {
  const { person } = await shopWith(t);
  await person().register();
  const anna = person();

  assert.equal((await anna.logIn({ email: 'ANNA.example@EXAMPLE.com' })).status, 303);
  assert.match(await anna.text('/account'), /Anna\.Example@example\.com/);
  assert.equal((await person().register({ email: 'anna.example@example.com' })).status, 409);
});

const WRONG_FIELDS = [
  ['no e-mail address', { email: '' }, /Enter your e-mail address/],
  [
    'half an e-mail address',
    { email: 'anna@' },
    /&quot;anna@&quot; is not an e-mail address\. Write it like name@example\.com/,
  ],
  ['an endless e-mail address', { email: `${'a'.repeat(250)}@example.com` }, /at most 254 characters/],
  ['a short password', { password: 'Short 1' }, /at least 12 characters, got 7/],
  [
    'a password of one kind of characters',
    { password: 'onlylowercase' },
    /lacks an upper-case letter, a digit, and a character that is neither/,
  ],
  ['a password that bcrypt would cut off', { password: `Aa 1${'ü'.repeat(35)}` }, /at most 72 bytes, got 74/],
];

for (const [what, wrong, message] of WRONG_FIELDS) {
  test(`${what} is said beside its field, and what was typed is kept, but for the password`, async (t) => {
    const { person, members } = await shopWith(t);
    const fields = { email: EMAIL, password: PASSWORD, ...wrong };

    const answer = await person().register(fields);

    assert.equal(answer.status, 400);
    const page = await answer.text();
    assert.match(page, message);
    const [name] = Object.keys(wrong);
    assert.match(page, new RegExp(`id="${name}" [^>]*aria-describedby="[^"]*${name}-problem" aria-invalid="true"`));
    assert.ok(page.includes(`value="${fields.email}"`));
    assert.ok(!page.includes(fields.password) || fields.password === '');
    assert.equal(members.accounts.stored.size, 0);
  });
}

test('a wrong password and an unknown e-mail address get the same answer', async (t) => {
  const { person } = await shopWith(t);
  await person().register();

  const wrong = await person().logIn({ password: 'Wrong horse 9 battery' });
  const unknown = await person().logIn({ email: 'nobody@example.com' });

  assert.deepEqual([wrong.status, unknown.status], [401, 401]);
  const [one, other] = [await wrong.text(), await unknown.text()].map((page) => page.replace(/value="[^"]*"/g, ''));
  assert.match(one, /role="alert">There is no account with this e-mail address and password/);
  assert.equal(one, other);
});

test('logging out ends the session for whoever has its cookie', async (t) => {
  const { person, members } = await shopWith(t);
  const anna = person();
  await anna.register();
  const thief = person();
  thief.cookies = new Map(anna.cookies);

  const answer = await anna.send('/logout', {}, { page: '/' });

  assert.equal(answer.headers.get('location'), '/');
  assert.ok(!anna.cookies.has('session'));
  assert.equal((await thief.visit('/account')).status, 303);
  assert.equal(Object.keys(members.store.sessions).length, 0);
});

test('a session begins with an id that nobody could have planted', async (t) => {
  const { person } = await shopWith(t);
  const anna = person();
  await anna.register();
  const planted = anna.cookies.get('session');

  await anna.send('/login', { email: EMAIL, password: PASSWORD }, { page: '/account' });

  assert.notEqual(anna.cookies.get('session'), planted);
  const old = person();
  old.cookies.set('session', planted);
  assert.equal((await old.visit('/account')).status, 303);
});

test('changing the password ends every other session and keeps this one, with a new id', async (t) => {
  const { person } = await shopWith(t);
  const [here, there] = [person(), person()];
  await here.register();
  await there.logIn();
  const before = here.cookies.get('session');

  const answer = await here.send(
    '/account/password',
    { current_password: PASSWORD, new_password: NEW_PASSWORD },
    { page: '/account' },
  );

  assert.equal(answer.headers.get('location'), '/account?changed');
  assert.match(await here.text('/account?changed'), /role="status">Your password is changed/);
  assert.notEqual(here.cookies.get('session'), before);
  for (const next of ['/account', '/login?next=%2Faccount'])
    assert.equal((await there.visit('/account')).headers.get('location'), next);
  assert.equal((await person().logIn()).status, 401);
  assert.equal((await person().logIn({ password: NEW_PASSWORD })).status, 303);
});

test('a wrong current password changes nothing', async (t) => {
  const { person, members } = await shopWith(t);
  const anna = person();
  await anna.register();

  const answer = await anna.send(
    '/account/password',
    { current_password: 'Wrong 1 password', new_password: NEW_PASSWORD },
    { page: '/account' },
  );

  assert.equal(answer.status, 401);
  assert.match(await answer.text(), /This is not your current password/);
  assert.equal(members.accounts.stored.get(EMAIL.toLowerCase()).generation, 1);
});

test('without accounts the shop has no login, and its pages offer none', async (t) => {
  const { ask } = await startShop(t);

  assert.equal((await ask('/login')).status, 404);
  assert.doesNotMatch(await (await ask('/')).text(), /log ?in/i);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { AddressLimit } from '../src/accounts/address-limit.js';
import { BusyError, NetworkBusyError } from '../src/accounts/errors.js';
import { Passwords } from '../src/accounts/passwords.js';
import { EMAIL, PASSWORD, Person } from './support/person.js';
import { startShop } from './support/shop.js';

const WRONG = 'Wrong horse 9 battery';

function logIn(ask, { email = EMAIL, password = WRONG } = {}) {
  return ask('/api/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
}

/** Return how somebody asks from an address, as the load balancer tells it. */
function from(ask, address) {
  return (path, options) => ask(path, { ...options, headers: { ...options?.headers, 'x-forwarded-for': address } });
}

/** Return how the nth of many people asks: no three of them come from one address. */
function nth(ask, number) {
  return from(ask, `198.51.100.${Math.floor(number / 2)}`);
}

function register(ask, number) {
  return ask('/api/account', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: `new${number}@example.com`, password: PASSWORD }),
  });
}

async function registered(t, withAccounts = {}) {
  const shop = await startShop(t, { withAccounts });
  await new Person(shop.ask).register();
  return shop;
}

for (const [who, email] of [
  ['an account', EMAIL],
  ['an address that nobody has', 'nobody@example.com'],
]) {
  test(`after five wrong passwords ${who} is locked, in any spelling, and says for how long`, async (t) => {
    const { ask } = await registered(t);
    for (let attempt = 0; attempt < 5; attempt += 1) assert.equal((await logIn(ask, { email })).status, 401);

    const answer = await logIn(ask, { email: email.toUpperCase(), password: PASSWORD });

    assert.equal(answer.status, 429);
    assert.equal(answer.headers.get('retry-after'), '900');
    assert.match((await answer.json()).error, /too many attempts with this e-mail address\. Try again in 15 minutes/);
  });
}

test('many attempts at once are no way around the limit', async (t) => {
  const { ask } = await registered(t);

  const answers = await Promise.all(Array.from({ length: 12 }, (_, number) => logIn(nth(ask, number))));

  assert.equal(answers.filter(({ status }) => status === 401).length, 5);
});

test('a login that succeeds forgets the wrong passwords before it', async (t) => {
  const { ask } = await registered(t);
  for (let round = 0; round < 3; round += 1) {
    for (let attempt = 0; attempt < 4; attempt += 1) await logIn(ask);
    assert.equal((await logIn(ask, { password: PASSWORD })).status, 200);
  }
});

test('guessing the current password in a stolen session is limited as well', async (t) => {
  const { ask } = await registered(t);
  const thief = new Person(ask);
  await thief.logIn();
  const change = { current_password: WRONG, new_password: 'Another 8 staple' };
  for (let attempt = 0; attempt < 5; attempt += 1) await thief.send('/account/password', change, { page: '/account' });

  const answer = await thief.send('/account/password', { ...change, current_password: PASSWORD }, { page: '/account' });

  assert.equal(answer.status, 429);
});

test('an address that tried sixty e-mail addresses is refused, and others are not', async (t) => {
  const { ask } = await registered(t);
  for (let number = 0; number < 60; number += 1) await logIn(from(ask, '192.0.2.1'), { email: `p${number}@example.com` });

  const answer = await logIn(from(ask, '192.0.2.1'), { password: PASSWORD });

  assert.equal(answer.status, 429);
  assert.match((await answer.json()).error, /from your network/);
  assert.equal((await logIn(from(ask, '192.0.2.2'), { password: PASSWORD })).status, 200);
});

test('an address that somebody claims to come from does not count, but the one that the load balancer saw', async (t) => {
  const { ask } = await registered(t);
  const headers = (claim) => ({ 'content-type': 'application/json', 'x-forwarded-for': `${claim}, 192.0.2.1` });
  const body = (email) => JSON.stringify({ email, password: WRONG });
  for (let number = 0; number < 60; number += 1) {
    await ask('/api/session', {
      method: 'POST',
      headers: headers(`198.51.100.${number}`),
      body: body(`p${number}@example.com`),
    });
  }

  const answer = await ask('/api/session', { method: 'POST', headers: headers('203.0.113.9'), body: body(EMAIL) });

  assert.equal(answer.status, 429);
});

test('an address that logged in two hundred times is refused, though each password was right', async (t) => {
  const { ask } = await registered(t);
  const answers = [];
  for (let number = 0; number < 201; number += 1) {
    answers.push((await logIn(from(ask, '192.0.2.1'), { password: PASSWORD })).status);
  }

  assert.deepEqual(answers, [...Array(200).fill(200), 429]);
  assert.equal((await logIn(from(ask, '192.0.2.2'), { password: PASSWORD })).status, 200);
});

test('an address registers twenty people an hour, and others go on', async (t) => {
  const { ask, members } = await registered(t);
  for (let number = 0; number < 20; number += 1) {
    assert.equal((await register(from(ask, '192.0.2.1'), number)).status, 201);
  }

  const answer = await register(from(ask, '192.0.2.1'), 20);

  assert.equal(answer.status, 429);
  assert.ok(Number(answer.headers.get('retry-after')) > 3590);
  assert.equal(members.accounts.stored.size, 21);
  assert.equal((await register(from(ask, '192.0.2.2'), 21)).status, 201);
});

test('an address has five attempts under way, and others are not kept waiting for a place', async () => {
  const limit = new AddressLimit();
  let finish;
  const slow = new Promise((resolve) => (finish = resolve));
  const underWay = Array.from({ length: 5 }, () => limit.within('192.0.2.1', 'login', () => slow));

  await assert.rejects(limit.within('192.0.2.1', 'login', () => 'sixth'), NetworkBusyError);
  assert.equal(await limit.within('192.0.2.2', 'login', () => 'another'), 'another');
  finish();
  await Promise.all(underWay);
  assert.equal(await limit.within('192.0.2.1', 'login', () => 'sixth'), 'sixth');
});

test('while one address floods the shop it is told so with 429, and a shopper elsewhere logs in', async (t) => {
  const { ask, lines } = await registered(t, { passwords: new Passwords({ workFactor: 10, atOnce: 1 }) });

  const flood = Array.from({ length: 60 }, (_, number) => logIn(from(ask, '192.0.2.1'), { email: `p${number}@example.com` }));
  await sleep(50);
  const shopper = await logIn(from(ask, '192.0.2.2'), { password: PASSWORD });
  const answers = await Promise.all(flood);

  assert.equal(shopper.status, 200);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))].sort(), [401, 429]);
  const busy = answers.filter(({ status }) => status === 429);
  assert.ok(busy.every(({ headers }) => headers.get('retry-after') === '5'));
  assert.ok(lines.every(({ level }) => level === 'info'));
});

test('what has no room in the queue is not written to the table of attempts', async (t) => {
  const { ask, members } = await registered(t, { passwords: new Passwords({ workFactor: 10, atOnce: 1 }) });
  const waiting = Array.from({ length: 26 }, () => members.passwords.hash(PASSWORD));
  t.mock.method(members.attempts, 'reserve');

  const answer = await logIn(ask);

  assert.equal(answer.status, 503);
  assert.equal(members.attempts.reserve.mock.callCount(), 0);
  await Promise.all(waiting);
});

test('a login flood is 503 with a time to come back, costs nobody an attempt, and the catalog goes on', async (t) => {
  const { ask, members } = await registered(t, { passwords: new Passwords({ workFactor: 10, atOnce: 1 }) });

  const flood = Array.from({ length: 60 }, (_, number) => logIn(nth(ask, number), { email: `p${number}@example.com` }));
  await sleep(50);
  assert.equal((await ask('/')).status, 200);
  const answers = await Promise.all(flood);

  const busy = answers.filter(({ status }) => status === 503);
  assert.ok(busy.length > 0 && busy.length < 60, `${busy.length} of 60`);
  assert.ok(busy.every(({ headers }) => headers.get('retry-after') === '5'));
  const counted = [...members.attempts.counts.values()].filter((count) => count > 0);
  assert.equal(counted.length, 60 - busy.length);
});

test('no more passwords wait than the limit', async () => {
  const passwords = new Passwords({ workFactor: 4, atOnce: 1 });

  const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => passwords.hash(PASSWORD)));

  const refused = outcomes.filter(({ status }) => status === 'rejected');
  assert.ok(refused.length >= 13 && refused.length <= 15, `${refused.length}`);
  assert.ok(refused.every(({ reason }) => reason instanceof BusyError));
});

test('hashing leaves the event loop free', async () => {
  const passwords = new Passwords({ workFactor: 12, atOnce: 1 });
  let done = false;
  const hash = passwords.hash(PASSWORD).finally(() => (done = true));

  let turns = 0;
  for (; !done; turns += 1) await sleep(5);

  assert.match(await hash, /^\$2b\$12\$/);
  assert.ok(turns > 5, `${turns} turns of the event loop while one password was hashed`);
});

test('a password without an account takes as long as a wrong one', async () => {
  const passwords = new Passwords({ workFactor: 10 });
  const hash = await passwords.hash(PASSWORD);
  const timed = async (stored) => {
    const times = [];
    for (let round = 0; round < 7; round += 1) {
      const start = performance.now();
      assert.equal(await passwords.matches(WRONG, stored), false);
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[0];
  };

  const [wrong, unknown] = [await timed(hash), await timed(undefined)];

  assert.ok(unknown > wrong / 2 && unknown < wrong * 2, `${wrong} ms and ${unknown} ms`);
});

test("a password that bcrypt would cut off is nobody's", async () => {
  const passwords = new Passwords({ workFactor: 4 });
  const whole = `${PASSWORD} `.repeat(4).slice(0, 72);

  assert.equal(await passwords.matches(`${whole}and more`, await passwords.hash(whole)), false);
});

test('nothing of a login is in the log: no address, no password, no cookie, no token', async (t) => {
  const { ask, members, lines } = await registered(t);
  const anna = new Person(ask);
  await anna.logIn({ password: WRONG });
  await anna.logIn();
  members.accounts.broken = true;
  assert.equal((await anna.visit('/account')).status, 503);
  assert.equal((await logIn(ask)).status, 503);

  const log = JSON.stringify(lines);
  assert.match(log, /WrongCredentialsError/);
  assert.match(log, /Throughput exceeds/);
  for (const secret of ['example.com', 'anna', 'horse', ...anna.cookies.values()]) {
    assert.ok(!log.toLowerCase().includes(secret.toLowerCase()), secret);
  }
});

/**
 * OWASP's top ten of 2025 (https://owasp.org/Top10/2025/), one case for each risk that the shop can meet itself.
 *
 * A01 also counts requests that a server makes for somebody (SSRF): the shop makes none to an address that a user names.
 * Of A03, that packages are scanned and signed is the pipeline's, and of A09, that people are alerted is the
 * alarms' (docs/pipeline.md and docs/judge.md of the project); the shop's own halves are below.
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Passwords } from '../src/accounts/passwords.js';
import { createOrderKey } from '../src/orders/order-key.js';
import { SECRET } from './support/fake-accounts.js';
import { EMAIL, PASSWORD, Person } from './support/person.js';
import { putJson, startShop } from './support/shop.js';

const MUG = '/api/cart/items/enamel-mug';
const BEHIND_BALANCER = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' };

async function shopWithAnna(t) {
  const shop = await startShop(t, { withAccounts: {}, withOrders: true });
  const anna = new Person(shop.ask);
  await anna.register();
  return { ...shop, anna };
}

function order(person, totalCents) {
  const headers = { 'content-type': 'application/json', 'idempotency-key': createOrderKey() };
  const body = JSON.stringify({ total_cents: totalCents });
  return person.visit('/api/orders', { method: 'POST', headers, body });
}

function logIn(person, body) {
  return person.visit('/api/session', { ...putJson(body), method: 'POST' });
}

test('A01 Broken Access Control: who knows the id of an order of somebody else still does not see it', async (t) => {
  const { anna, ask } = await shopWithAnna(t);
  await anna.visit(MUG, putJson({ quantity: 1 }));
  const { order_id: id } = await (await order(anna, 1400)).json();
  const [bert, visitor] = [new Person(ask), new Person(ask)];
  await bert.register({ email: 'bert@example.com' });

  for (const path of [`/api/orders/${id}`, `/orders/${id}`]) {
    assert.equal((await anna.visit(path)).status, 200);
    assert.equal((await bert.visit(path)).status, 404);
  }
  assert.equal((await visitor.visit(`/api/orders/${id}`)).status, 401);
});

test('A02 Security Misconfiguration: an answer has its protection, and tells nothing of what runs behind it', async (t) => {
  const { ask, carts } = await shopWithAnna(t);
  carts.broken = new TypeError('/app/src/carts.js broke');

  const failed = await ask(MUG, putJson({ quantity: 1 }));
  const metrics = await ask('/metrics', { headers: BEHIND_BALANCER });

  assert.deepEqual([failed.status, metrics.status], [500, 404]);
  assert.doesNotMatch(await failed.text(), /carts\.js|TypeError|at /);
  assert.equal(failed.headers.get('x-powered-by'), null);
  assert.match(failed.headers.get('content-security-policy'), /default-src 'none'.*form-action 'self'/);
});

test('A03 Software Supply Chain Failures: each package has one version, one digest, and comes from the registry', async () => {
  const read = async (name) => JSON.parse(await readFile(new URL(`../${name}`, import.meta.url), 'utf8'));
  const { dependencies, devDependencies } = await read('package.json');
  const { packages } = await read('package-lock.json');

  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.equal(packages[`node_modules/${name}`].version, version);
  }
  for (const [path, { integrity, resolved, link }] of Object.entries(packages)) {
    if (path) assert.deepEqual([/^sha512-/.test(integrity), resolved, link], [true, undefined, undefined], path);
  }
});

test('A04 Cryptographic Failures: a password is a slow hash with a salt, and a session crosses no plain connection', async (t) => {
  const passwords = new Passwords();
  const hashes = await Promise.all([passwords.hash(PASSWORD), passwords.hash(PASSWORD)]);
  const { ask } = await shopWithAnna(t);
  const body = putJson({ email: EMAIL, password: PASSWORD });

  const answer = await ask('/api/session', { ...body, method: 'POST', headers: { ...body.headers, ...BEHIND_BALANCER } });

  for (const hash of hashes) assert.match(hash, /^\$2b\$12\$/);
  assert.notEqual(hashes[0], hashes[1]);
  const session = answer.headers.getSetCookie().find((cookie) => cookie.startsWith('session='));
  for (const attribute of [/; Secure/, /; HttpOnly/, /; SameSite=Lax/]) assert.match(session, attribute);
});

test('A05 Injection: what somebody types is neither markup nor an expression', async (t) => {
  const { anna, ask } = await shopWithAnna(t);
  const markup = '"><script>alert(1)</script>';

  const page = await (await ask(`/?q=${encodeURIComponent(markup)}`)).text();
  const tried = await logIn(anna, { email: { $ne: null }, password: { $ne: null } });
  const product = await ask(`/api/cart/items/${encodeURIComponent('enamel-mug SET price = :zero')}`, putJson({ quantity: 1 }));

  assert.ok(!page.includes('<script'));
  assert.ok(page.includes('&lt;script&gt;'));
  assert.deepEqual([tried.status, product.status], [400, 404]);
});

test('A06 Insecure Design: the shop sets the price, and a quantity below zero pays nobody out', async (t) => {
  const { anna, orders } = await shopWithAnna(t);
  const negative = await anna.visit(MUG, putJson({ quantity: -5 }));
  await anna.visit(MUG, putJson({ quantity: 2, price_cents: 1 }));
  await anna.visit(MUG, putJson({ quantity: 2 }));

  const cheap = await order(anna, 1);

  assert.deepEqual([negative.status, cheap.status, orders.stored.size], [400, 409, 0]);
  assert.equal((await (await order(anna, 2800)).json()).total_cents, 2800);
});

test('A07 Authentication Failures: guessing ends after five tries, and says nothing about who has an account', async (t) => {
  const { ask } = await shopWithAnna(t);
  const guess = async (email) => {
    const answer = await logIn(new Person(ask), { email, password: 'Wrong horse 1 battery' });
    return [answer.status, await answer.text()];
  };

  const [known, unknown] = [await guess(EMAIL), await guess('nobody@example.com')];
  for (let tries = 0; tries < 4; tries += 1) await guess(EMAIL);

  assert.deepEqual(known, unknown);
  assert.equal(known[0], 401);
  assert.equal((await guess(EMAIL))[0], 429);
  assert.equal((await logIn(new Person(ask), { email: EMAIL, password: PASSWORD })).status, 429);
});

test('A08 Software or Data Integrity Failures: a session that somebody else signed is nobody', async (t) => {
  const { anna, ask, members } = await shopWithAnna(t);
  const [id] = Object.keys(members.store.sessions);
  const session = anna.cookies.get('session');
  const forged = [`s%3A${id}.${'A'.repeat(43)}`, `s%3A${id}.${SECRET}`, `${session.slice(0, -8)}AAAAAAAA`, id];

  assert.equal((await ask('/api/account', { headers: { cookie: `session=${session}` } })).status, 200);
  for (const cookie of forged) {
    assert.equal((await ask('/api/account', { headers: { cookie: `session=${cookie}` } })).status, 401, cookie);
  }
});

test('A09 Security Logging and Alerting Failures: a refused login is in the log, without what was typed', async (t) => {
  const { ask, lines } = await shopWithAnna(t);
  await logIn(new Person(ask), { email: EMAIL, password: 'Wrong horse 1 battery\n{"level":"info"}' });

  const refused = lines.filter(({ message }) => message === 'attempt refused');

  assert.deepEqual(refused.map(({ level, reason }) => [level, reason]), [['info', 'WrongCredentialsError']]);
  assert.doesNotMatch(JSON.stringify(lines), /horse|example\.com/i);
});

test('A10 Mishandling of Exceptional Conditions: while the accounts are away nobody is let in, and the shop stays up', async (t) => {
  const { anna, ask, members } = await shopWithAnna(t);
  members.accounts.broken = true;

  const [known, login] = [await anna.visit('/api/account'), await logIn(new Person(ask), { email: EMAIL, password: PASSWORD })];
  const others = await ask('/api/products');
  members.accounts.broken = false;

  assert.deepEqual([known.status, login.status, others.status], [503, 503, 200]);
  assert.equal((await anna.visit('/api/account')).status, 200);
});

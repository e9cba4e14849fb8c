import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeFlagSource, related } from './support/flag-source.js';
import { Person } from './support/person.js';
import { startShop } from './support/shop.js';

const PAGE = '/products/enamel-mug';
const API = '/api/products/enamel-mug';
const HALF = related({ enabled: true, share_percent: 50 });

async function shopWith(t, flags, options) {
  const flagSource = new FakeFlagSource(flags);
  return { flagSource, ...(await startShop(t, { flagSource, ...options })) };
}

async function isShown(ask, path = PAGE) {
  return /From the same shelf|"related":/.test(await (await ask(path)).text());
}

test('a feature without a word about its flag is dark, on the page and in the API', async (t) => {
  const { ask } = await startShop(t);

  assert.deepEqual([await isShown(ask), await isShown(ask, API)], [false, false]);
});

test('a flag that is on shows up to three other products of the category, on the page and in the API', async (t) => {
  const { ask } = await shopWith(t, related({ enabled: true }));

  const page = await (await ask(PAGE)).text();
  const { related: found } = await (await ask(API)).json();

  assert.deepEqual(found.map(({ id }) => id), ['pour-over-dripper', 'gooseneck-kettle', 'hand-grinder']);
  for (const { id } of found) assert.ok(page.split('From the same shelf')[1].includes(`href="/products/${id}"`), id);
});

test('a product that is alone on its shelf has no section, and an empty list in the API', async (t) => {
  const { createCatalog } = await import('../src/catalog.js');
  const catalog = createCatalog([{ id: 'enamel-mug', name: 'Mug', category: 'coffee', description: '', price_cents: 1 }]);
  const { ask } = await shopWith(t, related({ enabled: true }), { catalog });

  assert.equal(await isShown(ask), false);
  assert.deepEqual((await (await ask(API)).json()).related, []);
});

test('a flag that is switched while the shop runs counts for the next request', async (t) => {
  const { ask, flagSource } = await shopWith(t, related({ enabled: false, share_percent: 100 }));
  const before = await isShown(ask);

  flagSource.say(related({ enabled: true, share_percent: 100 }));

  assert.deepEqual([before, await isShown(ask)], [false, true]);
});

for (const flag of [{ enabled: true }, { enabled: false }, { enabled: true, share_percent: 0 }]) {
  test(`nobody gets a cookie for ${JSON.stringify(flag)}, which is the same for all`, async (t) => {
    const { ask } = await shopWith(t, related(flag));

    assert.deepEqual((await ask(PAGE)).headers.getSetCookie(), []);
  });
}

test('a visitor of a shared flag keeps a key, and sees the same on every page, in the API and on the other color', async (t) => {
  const shops = [await shopWith(t, HALF), await shopWith(t, HALF)];
  const seen = new Set();
  for (let visitor = 0; visitor < 12; visitor += 1) {
    const person = new Person(shops[0].ask);
    const first = await isShown(person.visit.bind(person));
    for (const { ask } of shops) {
      person.ask = ask;
      for (const path of [PAGE, API]) assert.equal(await isShown(person.visit.bind(person), path), first);
    }
    assert.equal([...person.cookies.keys()].join(), 'visitor');
    seen.add(first);
  }
  assert.equal(seen.size, 2);
});

test("a key's cookie is kept from scripts and other sites, lasts for half a year, and is Secure by HTTPS", async (t) => {
  const { ask } = await shopWith(t, HALF);

  const [plain] = (await ask(PAGE)).headers.getSetCookie();
  const [secure] = (await ask(PAGE, { headers: { 'x-forwarded-proto': 'https' } })).headers.getSetCookie();

  assert.match(plain, /^visitor=[0-9a-f-]{36}; Path=\/; Max-Age=15552000; HttpOnly; SameSite=Lax$/);
  assert.match(secure, /SameSite=Lax; Secure$/);
});

for (const forged of ['visitor=x', 'visitor=j:{}', `visitor=${'0'.repeat(36)}`]) {
  test(`a forged key ${forged} is replaced`, async (t) => {
    const { ask } = await shopWith(t, HALF);

    const [given] = (await ask(PAGE, { headers: { cookie: forged } })).headers.getSetCookie();

    assert.match(given, /^visitor=[0-9a-f]{8}-/);
  });
}

test('somebody who is logged in sees the same on every device, and still after the logout', async (t) => {
  const { ask } = await shopWith(t, HALF, { withAccounts: {} });
  const keys = new Set();
  for (let account = 0; account < 6; account += 1) {
    const [desk, phone] = [new Person(ask), new Person(ask)];
    const email = `person${account}@example.com`;
    await desk.register({ email });
    await phone.visit(PAGE);
    await phone.logIn({ email });
    const first = await isShown(desk.visit.bind(desk));
    assert.equal(await isShown(phone.visit.bind(phone)), first);
    assert.equal(await isShown(phone.visit.bind(phone), API), first);
    await phone.send('/logout', {}, { page: '/account' });
    assert.equal(await isShown(phone.visit.bind(phone)), first);
    keys.add(desk.cookies.get('visitor'));
    assert.equal(desk.cookies.get('visitor'), phone.cookies.get('visitor'));
  }
  assert.equal(keys.size, 6);
});

for (const [how, enter] of [
  ['registration', (person, email) => person.register({ email })],
  ['login', (person, email) => person.logIn({ email })],
]) {
  test(`the API that is asked first after a ${how} says what the pages of the account say`, async (t) => {
    const { ask } = await shopWith(t, HALF, { withAccounts: {} });
    const seen = new Set();
    for (let account = 0; account < 10; account += 1) {
      const desk = new Person(ask);
      const email = `person${account}@example.com`;
      if (how === 'login') await new Person(ask).register({ email });
      await enter(desk, email);
      const first = await isShown(desk.visit.bind(desk), API);
      assert.equal(await isShown(desk.visit.bind(desk)), first);
      seen.add(first);
    }
    assert.equal(seen.size, 2);
  });
}

test('a client of the API without cookies gets the default of a shared flag each time, and no cookie', async (t) => {
  const { ask } = await shopWith(t, related({ enabled: true, share_percent: 99 }));

  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(API)));

  for (const answer of answers) {
    assert.deepEqual(answer.headers.getSetCookie(), []);
    assert.equal((await answer.json()).related, undefined);
  }
});

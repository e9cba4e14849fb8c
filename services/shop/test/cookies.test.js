import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorAnswer } from '../src/routes/errors.js';
import { Person, tokenIn } from './support/person.js';
import { postForm, startShop } from './support/shop.js';

const BAD_VALUES = [
  'j:{}',
  'j:[]',
  'j:1',
  'j:true',
  'j:{"a":1}',
  'j:{"toString":1}',
  `j:["${'0'.repeat(64)}.${'0'.repeat(64)}"]`,
  'j:{',
  's:',
  's:.',
  's:j:{}',
  's%3Aj%3A%7B%7D',
  '%E0%A4%A',
  '%',
  '%00',
  '\u00ff\u00fe',
  '"',
  '',
  'x'.repeat(12_000),
];

const BAD_HEADERS = [
  '=',
  ';;=;',
  'session',
  '__proto__=j:{"session":1}; session=j:{}',
  'session=j:{}; session=x; csrf=j:{}; csrf=y',
  'session=x; session=j:{}; csrf=y; csrf=j:{}',
  'cart=j:{"a":1}',
];

const named = (cookie) => (cookie.length > 80 ? `${cookie.slice(0, 20)}... (${cookie.length} characters)` : cookie);

for (const cookie of [...BAD_VALUES.flatMap((value) => [`session=${value}`, `csrf=${value}`]), ...BAD_HEADERS]) {
  test(`the cookie ${named(cookie)} is a visitor's`, async (t) => {
    const { ask, lines } = await startShop(t, { withAccounts: {}, withOrders: true });

    for (const path of ['/', '/login', '/register', '/cart', '/api/cart', '/nothing-here']) {
      const answer = await ask(path, { headers: { cookie } });
      assert.equal(answer.status, path === '/nothing-here' ? 404 : 200, path);
    }
    assert.equal((await ask('/login', { ...postForm({ email: 'a' }), headers: { cookie } })).status, 403);
    assert.deepEqual(lines, []);
  });
}

for (const value of BAD_VALUES) {
  test(`somebody with the csrf cookie ${named(value)} stays logged in, gets pages, and sends no form with it`, async (t) => {
    const { ask, lines } = await startShop(t, { withAccounts: {}, withOrders: true });
    const anna = new Person(ask);
    await anna.register();
    const cookie = `csrf=${value}; session=${anna.cookies.get('session')}`;

    for (const [path, status] of [['/', 200], ['/cart', 200], ['/account', 200], ['/nothing-here', 404]]) {
      const answer = await ask(path, { headers: { cookie } });
      assert.equal(answer.status, status, path);
      assert.match(await answer.text(), /Log out/, path);
    }
    assert.equal((await ask('/logout', { ...postForm({ _csrf: value.slice(0, 1000) }), headers: { cookie } })).status, 403);
    assert.deepEqual(lines, []);
  });
}

test('what is appended to a token does not come back: the load balancer limits what headers an answer has', async (t) => {
  const { ask } = await startShop(t, { withAccounts: {} });
  const { _csrf: token } = tokenIn(await (await ask('/login')).text());

  const answer = await ask('/login', { headers: { cookie: `csrf=${token}.${'\u00ff'.repeat(8000)}` } });

  assert.ok(answer.headers.get('set-cookie').length < 300);
});

test('more cookies than the server reads are 431', async (t) => {
  const { ask } = await startShop(t, { withAccounts: {} });

  assert.equal((await ask('/login', { headers: { cookie: `session=j:"${'x'.repeat(20_000)}"` } })).status, 431);
});

test('a failure is answered by a page even when the person cannot be named', () => {
  const sent = [];
  const res = { status: () => res, setHeader: () => res, type: () => res, send: (page) => sent.push(page) };
  const pages = { error: (status, _message, visitor) => [status, visitor] };
  const req = {
    method: 'GET',
    path: '/cart',
    person: {},
    csrfToken() {
      throw new TypeError('no token');
    },
  };

  errorAnswer({ pages, log: { error() {} } })(new Error('broken'), req, res);

  assert.deepEqual(sent, [[500, undefined]]);
});

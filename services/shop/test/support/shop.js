import { once } from 'node:events';
import { createApp } from '../../src/app.js';
import { createCatalog } from '../../src/catalog.js';
import { createFlags } from '../../src/flags/create.js';
import { createHttpServer } from '../../src/http-server.js';
import { createLifecycle } from '../../src/lifecycle.js';
import { createLog } from '../../src/log.js';
import { fakeAccounts } from './fake-accounts.js';
import { FakeCarts } from './fake-carts.js';
import { FakeOrders } from './fake-orders.js';

export const CONFIG = Object.freeze({ environment: 'green', version: '2.1.0' });

/**
 * Start a shop on a free port for one test, and end it with the test.
 *
 * Return how to ask it and what a test looks at besides the answer: `carts` (state, calls), `lines` (log), `lifecycle`.
 * With `withAccounts` (an object, see fakeAccounts) it has accounts, whose parts are `members`; with `withOrders`, which
 * needs accounts, `orders`. `flagSource` is where its flags come from (see FileSource).
 */
export async function startShop(t, { catalog = createCatalog(), withAccounts, withOrders = false, flagSource } = {}) {
  const lines = [];
  const log = createLog(CONFIG, { write: (line) => lines.push(JSON.parse(line)) });
  const carts = new FakeCarts();
  const orders = withOrders ? new FakeOrders(carts) : undefined;
  const lifecycle = createLifecycle();
  const members = withAccounts && fakeAccounts({ carts, log, ...withAccounts });
  const config = { ...CONFIG, ...(members && { accounts: {} }), ...(orders && { orders: {} }) };
  const flags = createFlags({ source: flagSource, log });
  const app = createApp({ config, catalog, carts, accounts: members?.created, orders, lifecycle, log, flags });
  await flags.start();
  const server = createHttpServer(app, CONFIG).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    flags.stop();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address();
  const ask = (path, options) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...options });
  return { app, ask, carts, lifecycle, lines, members, orders, port, server };
}

/** Return a browser with one cookie: it sends back what it was last given. */
export function browser(ask) {
  let cookie;
  return async (path, options = {}) => {
    const answer = await ask(path, { ...options, headers: { ...options.headers, ...(cookie && { cookie }) } });
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie;
    return answer;
  };
}

/** Return the fetch options that send a JSON body. */
export function putJson(body) {
  return { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

/** Return the fetch options that send an HTML form. */
export function postForm(fields) {
  return { method: 'POST', body: new URLSearchParams(fields) };
}

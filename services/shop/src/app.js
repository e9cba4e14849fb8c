import express from 'express';
import { answerHeaders } from './answer-headers.js';
import { constant, JSON_TYPE, REVALIDATE } from './constant.js';
import { refuseCrossOrigin } from './cross-origin.js';
import { createFlags } from './flags/create.js';
import { createLog, errorFields } from './log.js';
import { measure } from './measure.js';
import { createMetrics } from './metrics.js';
import { describeApi } from './openapi/description.js';
import { Checkout } from './orders/checkout.js';
import { createPages } from './pages.js';
import { createReadiness } from './readiness.js';
import { accountApi } from './routes/account-api.js';
import { accountPages } from './routes/account-pages.js';
import { assets } from './routes/assets.js';
import { cartApi } from './routes/cart-api.js';
import { cartPages } from './routes/cart-pages.js';
import { errorAnswer, notFound } from './routes/errors.js';
import { health } from './routes/health.js';
import { metricsPage } from './routes/metrics.js';
import { orderApi } from './routes/order-api.js';
import { orderPages } from './routes/order-pages.js';
import { products } from './routes/products.js';
import { ready } from './routes/ready.js';

/**
 * Build the application; it does not listen.
 *
 * `carts` has read, put, add, remove and takeOut (see DynamoCarts); tests give one that lives in memory. Without `accounts`
 * (see createAccounts) the shop has visitors alone; with them and without `orders` (see DynamoOrders) nothing can be ordered.
 * Without `flags` (see createFlags) each feature is on or off as it is by default.
 */
export function createApp({
  config,
  catalog,
  carts,
  accounts,
  orders,
  lifecycle,
  log = createLog(config),
  flags = createFlags({ log }),
}) {
  const metrics = createMetrics(config);
  const pages = createPages(config);
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // The load balancer's word alone says how and from where somebody came; it is the last in each header.
  app.set('trust proxy', 1);
  app.use(measure(metrics));
  app.use(answerHeaders(config, lifecycle));
  app.get('/health', health({ config, lifecycle }));
  const readiness = createReadiness(probes({ carts, accounts, orders }), { failed: tableFailed(log) });
  app.get('/ready', ready({ readiness, lifecycle }));
  app.get('/metrics', metricsPage(metrics));
  app.get('/assets/shop.css', assets());
  if (accounts) app.use(accounts.sessions.load);
  app.use(products({ catalog, pages, flags }));
  const description = JSON.stringify(describeApi({ version: config.version, accounts, orders }));
  app.get('/api/openapi.json', constant(description, { type: JSON_TYPE, cache: REVALIDATE }));
  app.use(refuseCrossOrigin);
  if (accounts) app.use(accounts.confirm);
  app.use(cartApi({ catalog, carts }));
  app.use(cartPages({ catalog, carts, pages }));
  if (accounts) app.use(accountApi(accounts), accountPages({ ...accounts, pages }));
  if (orders) app.use(ordering({ catalog, carts, orders, pages }));
  app.use(notFound);
  app.use(errorAnswer({ pages, log }));
  return app;
}

function ordering({ catalog, carts, orders, pages }) {
  const checkout = new Checkout({ catalog, carts, orders });
  return [orderApi({ checkout, orders }), orderPages({ checkout, orders, pages })];
}

/** Return one small read from each table that the shop uses. */
function probes({ carts, accounts, orders }) {
  const ordering = { orders: () => orders.find('ready', 'ready'), stock: () => orders.stockOf('ready') };
  return { carts: () => carts.read('ready'), ...accounts?.probes, ...(orders && ordering) };
}

function tableFailed(log) {
  return (table, error) => log.error({ table, ...errorFields(error) }, 'not ready');
}

import { stopTracing } from './tracing.js';
import { constants } from 'node:os';
import { accountsOnDynamoDb } from './accounts/on-dynamodb.js';
import { createApp } from './app.js';
import { connect, DynamoCarts } from './carts.js';
import { createCatalog } from './catalog.js';
import { ConfigError, readConfig } from './config.js';
import { flagsOf } from './flags/create.js';
import { createHttpServer } from './http-server.js';
import { createLifecycle, stop } from './lifecycle.js';
import { createLog, errorFields } from './log.js';
import { DynamoOrders } from './orders/dynamo-orders.js';

const config = readConfigOrExit();
const log = createLog(config);
const lifecycle = createLifecycle();
const flags = flagsOf(config, log);
const server = createHttpServer(createShop(), config);

process.on('uncaughtException', fail);
process.on('SIGTERM', onSignal);
process.on('SIGINT', onSignal);
server.on('error', fail);
await flags.start();
server.listen(config.port, config.host, () => log.info({ port: server.address().port }, 'listening'));

function readConfigOrExit() {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`shop cannot start: ${error.message}\n`);
    return process.exit(1);
  }
}

function createShop() {
  const carts = createCarts();
  const accounts = accountsOnDynamoDb({ config, carts, log });
  return createApp({ config, catalog: createCatalog(), carts, accounts, orders: createOrders(), lifecycle, log, flags });
}

function createOrders() {
  return config.orders && new DynamoOrders({ ...config.orders, client: connect(config.region, { tries: 2 }) });
}

function createCarts() {
  const [client, singleTryClient] = [2, 1].map((tries) => connect(config.region, { tries }));
  return new DynamoCarts({ table: config.cartTable, client, singleTryClient });
}

async function onSignal(signal) {
  if (lifecycle.draining) {
    log.info({ signal }, 'stopped at once');
    process.exit(128 + constants.signals[signal]);
  }
  log.info({ signal, drain_seconds: config.drainSeconds }, 'draining');
  const finished = await stop({ server, lifecycle, drainSeconds: config.drainSeconds });
  await stopTracing();
  if (finished) log.info('stopped');
  else log.error('stopped with requests cut off');
  process.exit(finished ? 0 : 1);
}

function fail(error) {
  log.error(errorFields(error), 'failed');
  process.exit(1);
}

import { shown, TABLE_NAME } from '../config-values.js';

const NEEDED = 'must be set for orders, since each belongs to an account';
const NAMES = ['ORDER_TABLE', 'STOCK_TABLE'];
const MOST_INITIAL = 1_000_000;
const DEFAULT_INITIAL = '1000';

/**
 * Read what orders need; add to `problems` what is wrong with it.
 *
 * They are switched on by the names of both their tables. Without either nothing can be ordered. One of the two is
 * refused, and both without accounts: it would fail at the first order.
 */
export function readOrdersConfig(env, problems) {
  const given = NAMES.filter((name) => env[name] !== undefined);
  if (given.length === 0) return undefined;
  if (env.ACCOUNT_TABLE === undefined) problems.push(`ACCOUNT_TABLE ${NEEDED}, got nothing while ${given[0]} is set`);
  for (const name of NAMES) checkTable(name, env[name], given, problems);
  return Object.freeze({
    orderTable: env.ORDER_TABLE,
    stockTable: env.STOCK_TABLE,
    initialStock: initialStockOf(env.STOCK_INITIAL ?? DEFAULT_INITIAL, problems),
  });
}

function checkTable(name, text, given, problems) {
  if (text !== undefined && TABLE_NAME.pattern.test(text)) return;
  const got = text === undefined ? `nothing while ${given[0]} is set: set both for orders, or neither` : shown(text);
  problems.push(`${name} must be ${TABLE_NAME.allowed}, got ${got}`);
}

function initialStockOf(text, problems) {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : NaN;
  if (number <= MOST_INITIAL) return number;
  problems.push(`STOCK_INITIAL must be a whole number from 0 to ${MOST_INITIAL}, got ${shown(text)}`);
  return undefined;
}

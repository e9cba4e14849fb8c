import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigError, readConfig } from '../src/config.js';

const GOOD = { ENVIRONMENT: 'blue', VERSION: 'v1.2.3', PORT: '3000', CART_TABLE: 'carts', AWS_REGION: 'us-east-1' };

test('a good environment is read, with numbers as numbers and defaults for what is optional', () => {
  assert.deepEqual(readConfig(GOOD), {
    environment: 'blue',
    version: 'v1.2.3',
    port: 3000,
    host: '0.0.0.0',
    cartTable: 'carts',
    region: 'us-east-1',
    drainSeconds: 5,
    tracesEndpoint: '',
    tracedShare: 1,
  });
});

test('the time for draining can be set, also in fractions', () => {
  assert.equal(readConfig({ ...GOOD, DRAIN_SECONDS: '0.5' }).drainSeconds, 0.5);
});

for (const [name, value] of [
  ['ENVIRONMENT', 'red'],
  ['ENVIRONMENT', 'Blue'],
  ['VERSION', ''],
  ['VERSION', '-1'],
  ['VERSION', 'x'.repeat(129)],
  ['VERSION', 'v1\n'],
  ['PORT', '65536'],
  ['PORT', '3000.5'],
  ['HOST', 'http://here'],
  ['CART_TABLE', 'no'],
  ['AWS_REGION', 'mars'],
  ['DRAIN_SECONDS', '-1'],
  ['DRAIN_SECONDS', '301'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://somebody:secret@collector'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.1'],
]) {
  test(`${name}=${JSON.stringify(value)} is refused, with the value and what is allowed`, () => {
    assert.throws(() => readConfig({ ...GOOD, [name]: value }), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.ok(error.message.startsWith(`${name} must be `), error.message);
      assert.ok(error.message.includes(`got ${JSON.stringify(value)}`), error.message);
      return true;
    });
  });
}

test('all that is missing is named in one line', () => {
  assert.throws(() => readConfig({}), (error) => {
    assert.match(error.message, /^ENVIRONMENT .*got nothing; VERSION .*; PORT .*; CART_TABLE .*; AWS_REGION .*$/);
    return true;
  });
});

const SECRET = 'newest-secret_0123456789ABCDEFabcdef';
const OLDER = 'older-secret_0123456789ABCDEFabcdefg';
const ACCOUNTS = { ...GOOD, ACCOUNT_TABLE: 'accounts', SESSION_TABLE: 'sessions', SESSION_SECRETS: `${SECRET},${OLDER}` };

test('accounts are there when their tables are named, with the newest secret first', () => {
  assert.deepEqual(readConfig(ACCOUNTS).accounts, { accountTable: 'accounts', sessionTable: 'sessions', secrets: [SECRET, OLDER] });
});

test('a shop without the tables of accounts sells to visitors, whatever the secrets', () => {
  assert.equal(readConfig({ ...GOOD, SESSION_SECRETS: 'short' }).accounts, undefined);
});

for (const [name, other] of [['ACCOUNT_TABLE', 'SESSION_TABLE'], ['SESSION_TABLE', 'ACCOUNT_TABLE']]) {
  test(`${other} without ${name} is refused, and both ways out are named`, () => {
    assert.throws(() => readConfig({ ...ACCOUNTS, [name]: undefined }), (error) => {
      assert.match(error.message, new RegExp(`^${name} must be .*got nothing while ${other} is set: set both for accounts, or neither`));
      return true;
    });
  });
}

for (const [what, secrets, got] of [
  ['missing', undefined, 'got nothing'],
  ['empty', '', 'got 0 characters in number 1 of 1'],
  ['too short', 'x'.repeat(31), 'got 31 characters in number 1 of 1'],
  ['of one character', 'x'.repeat(64), 'got fewer than 8 different characters in number 1 of 1'],
  ['of other characters', `${SECRET}!`, 'got another character in number 1 of 1'],
  ['good but for an old one', `${SECRET},short`, 'got 5 characters in number 2 of 2'],
  ['followed by a comma', `${SECRET},`, 'got 0 characters in number 2 of 2'],
]) {
  test(`a secret that is ${what} is refused and never repeated`, () => {
    assert.throws(() => readConfig({ ...ACCOUNTS, SESSION_SECRETS: secrets }), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /^SESSION_SECRETS must be one or more secrets, the one that signs first/);
      assert.ok(error.message.includes(got), error.message);
      assert.ok(!error.message.includes(SECRET) && !error.message.includes('xxx') && !error.message.includes('short'));
      return true;
    });
  });
}

test('orders are switched on by both their tables', () => {
  const orders = { ...ACCOUNTS, ORDER_TABLE: 'orders', STOCK_TABLE: 'stock' };

  assert.equal(readConfig(GOOD).orders, undefined);
  assert.deepEqual(readConfig({ ...GOOD, ...orders }).orders, { orderTable: 'orders', stockTable: 'stock', initialStock: 1000 });
  assert.equal(readConfig({ ...GOOD, ...orders, STOCK_INITIAL: '5' }).orders.initialStock, 5);
});

for (const [what, env, message] of [
  ['both without accounts', { ORDER_TABLE: 'orders', STOCK_TABLE: 'stock' }, /^ACCOUNT_TABLE must be set for orders.*while ORDER_TABLE is set/],
  ['the orders without the stock', { ORDER_TABLE: 'orders', ...ACCOUNTS }, /^STOCK_TABLE must be .*got nothing while ORDER_TABLE is set: set both/],
  ['the stock without the orders', { STOCK_TABLE: 'stock', ...ACCOUNTS }, /^ORDER_TABLE must be .*got nothing while STOCK_TABLE is set: set both/],
  ['a table without a name', { ORDER_TABLE: '', STOCK_TABLE: 'stock', ...ACCOUNTS }, /^ORDER_TABLE must be .*got ""/],
  ['a stock that is no number', { ORDER_TABLE: 'orders', STOCK_TABLE: 'stock', STOCK_INITIAL: 'many', ...ACCOUNTS }, /^STOCK_INITIAL .*got "many"/],
  ['too much of a stock', { ORDER_TABLE: 'orders', STOCK_TABLE: 'stock', STOCK_INITIAL: '1000001', ...ACCOUNTS }, /^STOCK_INITIAL .*got "1000001"/],
]) {
  test(`${what} is refused`, () => {
    assert.throws(() => readConfig({ ...GOOD, ...env }), (error) => error instanceof ConfigError && message.test(error.message));
  });
}

test('flags are in a file or in AppConfig, or are the defaults', () => {
  assert.equal(readConfig(GOOD).flags, undefined);
  assert.deepEqual(readConfig({ ...GOOD, FLAGS_FILE: '/etc/flags.json' }).flags, { file: '/etc/flags.json' });
  assert.deepEqual(readConfig({ ...GOOD, FLAGS_APPCONFIG: 'shop/a1b2c3d/flags' }).flags, {
    appConfig: { application: 'shop', environment: 'a1b2c3d', profile: 'flags' },
  });
});

for (const [what, env, message] of [
  ['a place without a profile', { FLAGS_APPCONFIG: 'shop/production' }, /^FLAGS_APPCONFIG must be .*got "shop\/production"/],
  ['a place of four parts', { FLAGS_APPCONFIG: 'a/b/c/d' }, /^FLAGS_APPCONFIG must be .*got "a\/b\/c\/d"/],
  ['an empty path', { FLAGS_FILE: '' }, /^FLAGS_FILE must be the path of a JSON file, got ""/],
  ['both', { FLAGS_FILE: 'f', FLAGS_APPCONFIG: 'a/b/c' }, /^FLAGS_FILE must be absent while FLAGS_APPCONFIG is set, got "f"/],
]) {
  test(`${what} for the flags is refused`, () => {
    assert.throws(() => readConfig({ ...GOOD, ...env }), (error) => error instanceof ConfigError && message.test(error.message));
  });
}

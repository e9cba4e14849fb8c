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

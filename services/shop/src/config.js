import { readAccountsConfig } from './accounts/config.js';
import { shown, TABLE_NAME } from './config-values.js';
import { readFlagsConfig } from './flags/config.js';
import { readOrdersConfig } from './orders/config.js';

/** What the environment must hold: for each name a pattern, the allowed values in words, and what becomes of the text. */
const SCHEMA = {
  ENVIRONMENT: { key: 'environment', pattern: /^(blue|green)$/, allowed: 'blue or green' },
  VERSION: {
    key: 'version',
    pattern: /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
    allowed: 'an image tag (up to 128 letters, digits, ".", "_", "-"; not starting with "." or "-")',
  },
  PORT: {
    key: 'port',
    pattern: /^\d{1,5}$/,
    allowed: 'a whole number from 0 (any free port) to 65535',
    parse: Number,
    most: 65535,
  },
  HOST: {
    key: 'host',
    pattern: /^[A-Za-z0-9.:-]{1,253}$/,
    allowed: 'the address to listen on, such as 127.0.0.1 (0.0.0.0 is every IPv4 address)',
    fallback: '0.0.0.0',
  },
  CART_TABLE: { key: 'cartTable', ...TABLE_NAME },
  AWS_REGION: { key: 'region', pattern: /^[a-z]{2}(-[a-z]+)+-\d$/, allowed: 'an AWS region such as us-east-1' },
  DRAIN_SECONDS: {
    key: 'drainSeconds',
    pattern: /^\d{1,3}(\.\d{1,3})?$/,
    allowed: 'a number of seconds from 0 to 300',
    parse: Number,
    most: 300,
    fallback: '5',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    key: 'tracesEndpoint',
    pattern: /^(https?:\/\/[^\s/?#@]+(\/[^\s?#]*)?)?$/,
    allowed: 'the address of an OpenTelemetry collector such as http://127.0.0.1:4318, or absent for no traces',
    fallback: '',
  },
  OTEL_TRACES_SAMPLER_ARG: {
    key: 'tracedShare',
    pattern: /^\d(\.\d{1,6})?$/,
    allowed: 'the share of requests to trace, from 0 to 1',
    parse: Number,
    most: 1,
    fallback: '1',
  },
};

/** The environment is not what the shop needs; the message is one line for the operator. */
export class ConfigError extends Error {
  name = 'ConfigError';
}

/**
 * Read the environment once and return it checked and frozen.
 *
 * Throws ConfigError naming every wrong variable at once: an operator should need one restart, not six.
 */
export function readConfig(env) {
  const config = {};
  const problems = [];
  for (const [name, rule] of Object.entries(SCHEMA)) {
    const text = env[name] ?? rule.fallback;
    const value = valueOf(text, rule);
    if (value === undefined) problems.push(`${name} must be ${rule.allowed}, got ${shown(text)}`);
    config[rule.key] = value;
  }
  const accounts = readAccountsConfig(env, problems);
  if (accounts) config.accounts = accounts;
  const orders = readOrdersConfig(env, problems);
  if (orders) config.orders = orders;
  const flags = readFlagsConfig(env, problems);
  if (flags) config.flags = flags;
  if (problems.length > 0) throw new ConfigError(`${problems.join('; ')}. Set it in the container's environment.`);
  return Object.freeze(config);
}

function valueOf(text, { pattern, parse = String, most = Infinity }) {
  if (text === undefined || !pattern.test(text)) return undefined;
  const value = parse(text);
  return value > most ? undefined : value;
}

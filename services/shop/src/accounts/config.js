import { shown, TABLE_NAME } from '../config-values.js';

const SECRET = /^[A-Za-z0-9_-]{32,}$/;
const LEAST_DIFFERENT = 8;
const SECRET_ALLOWED =
  'one or more secrets, the one that signs first, separated by commas, each at least 32 random characters of A-Z, a-z, 0-9, ' +
  '"_" and "-"';
const NAMES = ['ACCOUNT_TABLE', 'SESSION_TABLE'];

/**
 * Read what accounts and sessions need; add to `problems` what is wrong with it.
 *
 * They are switched on by the names of both their tables. Without either the shop sells to visitors alone, as before it
 * had accounts. One of the two, or both without a good secret, is refused: half of it would fail at the first login.
 */
export function readAccountsConfig(env, problems) {
  const given = NAMES.filter((name) => env[name] !== undefined);
  if (given.length === 0) return undefined;
  for (const name of NAMES) {
    if (isTableName(env[name])) continue;
    problems.push(`${name} must be ${TABLE_NAME.allowed}, got ${shown(env[name])}${hint(name, given)}`);
  }
  return Object.freeze({
    accountTable: env.ACCOUNT_TABLE,
    sessionTable: env.SESSION_TABLE,
    secrets: secretsOf(env.SESSION_SECRETS, problems),
  });
}

function isTableName(text) {
  return text !== undefined && TABLE_NAME.pattern.test(text);
}

function hint(name, given) {
  return given.includes(name) ? '' : ` while ${given[0]} is set: set both for accounts, or neither`;
}

/** Check the secrets without ever repeating one: the message ends up in a log. */
function secretsOf(text, problems) {
  const secrets = text === undefined ? [] : text.split(',');
  const weak = secrets.findIndex((secret) => !SECRET.test(secret) || new Set(secret).size < LEAST_DIFFERENT);
  if (secrets.length === 0) problems.push(`SESSION_SECRETS must be ${SECRET_ALLOWED}, got nothing`);
  else if (weak >= 0) problems.push(`SESSION_SECRETS must be ${SECRET_ALLOWED}, got ${described(secrets, weak)}`);
  return Object.freeze(secrets);
}

function described(secrets, index) {
  const secret = secrets[index];
  const which = `number ${index + 1} of ${secrets.length}`;
  if (secret.length < 32) return `${secret.length} characters in ${which}`;
  return SECRET.test(secret)
    ? `fewer than ${LEAST_DIFFERENT} different characters in ${which}`
    : `another character in ${which}`;
}

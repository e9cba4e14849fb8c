import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoAttempts, MOST_ATTEMPTS, WINDOW_SECONDS } from '../src/accounts/attempts.js';
import { AccountsUnavailableError, TooManyAttemptsError } from '../src/accounts/errors.js';
import { dynamoError, FakeClient, REFUSED } from './support/fake-client.js';

const NOW_SECONDS = 1_800_000_000;
const refused = () => dynamoError(REFUSED);

function attemptsWith(...answers) {
  const client = new FakeClient(...answers);
  return { client, attempts: new DynamoAttempts({ table: 'sessions', client, now: () => NOW_SECONDS * 1000 + 400 }) };
}

test('the first attempt begins a quarter of an hour, as one write', async () => {
  const { client, attempts } = attemptsWith({});

  await attempts.reserve('anna@example.com');

  const [{ UpdateExpression: update, ConditionExpression: condition, ExpressionAttributeValues: values }] =
    client.asked;
  assert.equal(client.asked.length, 1);
  assert.equal(update, 'SET attempts = :one, expires = :until');
  assert.equal(condition, 'attribute_not_exists(id) OR expires <= :now');
  assert.deepEqual(values, { ':one': 1, ':until': NOW_SECONDS + WINDOW_SECONDS, ':now': NOW_SECONDS });
});

test('a later attempt is counted on only below the limit and within the time', async () => {
  const { client, attempts } = attemptsWith(refused(), {});

  await attempts.reserve('anna@example.com');

  const { ConditionExpression: condition, ExpressionAttributeValues: values } = client.asked[1];
  assert.equal(condition, 'expires > :now AND attempts < :most');
  assert.deepEqual(values, { ':one': 1, ':most': MOST_ATTEMPTS, ':now': NOW_SECONDS });
});

test('beyond the limit it is refused, with the time that is left', async () => {
  const { attempts } = attemptsWith(refused(), refused(), refused(), { Item: { expires: NOW_SECONDS + 61 } });

  await assert.rejects(attempts.reserve('anna@example.com'), (error) => {
    assert.ok(error instanceof TooManyAttemptsError);
    assert.equal(error.retryAfterSeconds, 61);
    assert.match(error.message, /in 2 minutes/);
    return true;
  });
});

test('somebody who logged in between two looks does not lock the account', async () => {
  await attemptsWith(refused(), refused(), {}).attempts.reserve('anna@example.com');
});

test('no e-mail address is in the table, and no item is in the way of a session', async () => {
  const { client, attempts } = attemptsWith({}, {}, {});

  await attempts.reserve('anna@example.com');
  await attempts.giveBack('anna@example.com');
  await attempts.clear('anna@example.com');

  const keys = client.asked.map(({ Key }) => Key.id);
  assert.equal(new Set(keys).size, 1);
  assert.match(keys[0], /^attempts:[0-9a-f]{64}$/);
});

test('without the table nobody gets in, and the answer is 503', async () => {
  const { attempts } = attemptsWith(dynamoError('ResourceNotFoundException'));

  await assert.rejects(attempts.reserve('anna@example.com'), AccountsUnavailableError);
});

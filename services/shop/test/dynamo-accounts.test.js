import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamoAccounts } from '../src/accounts/accounts.js';
import { AccountsUnavailableError, EmailTakenError, LoggedOutError } from '../src/accounts/errors.js';
import { dynamoError, FakeClient, REFUSED } from './support/fake-client.js';

const ACCOUNT = { email: 'anna@example.com', account_id: 'a1', cart_id: 'c1', password_hash: 'old', generation: 3 };

function accountsWith(...answers) {
  const client = new FakeClient(...answers);
  return { client, accounts: new DynamoAccounts({ table: 'accounts', client }) };
}

test('an account is made only if there is none; its own, from a lost answer, does not count', async () => {
  const { client, accounts } = accountsWith({});

  assert.equal((await accounts.create(ACCOUNT)).generation, 1);

  const [{ command, ConditionExpression: condition, ExpressionAttributeValues: values }] = client.asked;
  assert.equal(command, 'PutCommand');
  assert.equal(condition, 'attribute_not_exists(email) OR account_id = :own');
  assert.deepEqual(values, { ':own': 'a1' });
});

test('an e-mail address that has an account is refused as taken, not as a failure', async () => {
  await assert.rejects(accountsWith(dynamoError(REFUSED)).accounts.create(ACCOUNT), EmailTakenError);
});

test('a new password counts on the generation that was proven, and begins the next', async () => {
  const { client, accounts } = accountsWith({ Attributes: { ...ACCOUNT, generation: 4 } });

  assert.equal((await accounts.changePassword(ACCOUNT, 'new')).generation, 4);

  const [{ ConditionExpression: condition, ExpressionAttributeValues: values }] = client.asked;
  assert.equal(condition, 'generation = :generation OR password_hash = :hash');
  assert.deepEqual(values, { ':hash': 'new', ':next': 4, ':generation': 3 });
});

test('of two changes at once the second is told to log in again', async () => {
  await assert.rejects(accountsWith(dynamoError(REFUSED)).accounts.changePassword(ACCOUNT, 'new'), LoggedOutError);
});

for (const name of [
  'ResourceNotFoundException',
  'ProvisionedThroughputExceededException',
  'AccessDeniedException',
  'TimeoutError',
]) {
  test(`${name} is "unavailable", with the cause for the log`, async () => {
    const cause = dynamoError(name);

    await assert.rejects(accountsWith(cause).accounts.find('anna@example.com'), (error) => {
      assert.ok(error instanceof AccountsUnavailableError);
      assert.equal(error.status, 503);
      assert.equal(error.cause, cause);
      return true;
    });
  });
}

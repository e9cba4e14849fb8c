import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CART_SECONDS, DynamoCarts } from '../src/carts.js';
import { CartsUnavailableError, QuantityLimitError } from '../src/errors.js';
import { dynamoError, FakeClient } from './support/fake-client.js';

const NOW_SECONDS = 1_800_000_000;

function cartsWith(...answers) {
  const client = new FakeClient(...answers);
  const singleTryClient = new FakeClient(...answers);
  const now = () => NOW_SECONDS * 1000;
  return { client, singleTryClient, carts: new DynamoCarts({ table: 'carts', client, singleTryClient, now }) };
}

const STORED = { cart_id: 'c1', expires_at: NOW_SECONDS + 60, 'item:enamel-mug': 2, 'item:desk-lamp': 1 };
const QUANTITIES = new Map([['enamel-mug', 2], ['desk-lamp', 1]]);

test('setting a quantity is one atomic update that also renews the expiry', async () => {
  const { client, carts } = cartsWith({ Attributes: STORED });

  assert.deepEqual(await carts.put('c1', 'enamel-mug', 2), QUANTITIES);

  assert.deepEqual(client.asked, [
    {
      command: 'UpdateCommand',
      TableName: 'carts',
      Key: { cart_id: 'c1' },
      UpdateExpression: 'SET #item = :quantity, expires_at = :expires',
      ConditionExpression: undefined,
      ExpressionAttributeNames: { '#item': 'item:enamel-mug' },
      ExpressionAttributeValues: { ':quantity': 2, ':expires': NOW_SECONDS + CART_SECONDS },
      ReturnValues: 'ALL_NEW',
    },
  ]);
});

test('adding is one atomic update that keeps to the limit, and is never tried twice', async () => {
  const { client, singleTryClient, carts } = cartsWith({ Attributes: STORED });

  await carts.add('c1', 'enamel-mug', 2);

  const [{ UpdateExpression: update, ConditionExpression: condition, ExpressionAttributeValues: values }] =
    singleTryClient.asked;
  assert.deepEqual([client.asked.length, singleTryClient.asked.length], [0, 1]);
  assert.equal(update, 'ADD #item :quantity SET expires_at = :expires');
  assert.equal(condition, 'attribute_not_exists(#item) OR #item <= :room');
  assert.deepEqual([values[':quantity'], values[':room']], [2, 97]);
});

test('adding too many is refused as a limit, not as a failure of the store', async () => {
  const { carts } = cartsWith(Object.assign(new Error('no'), { name: 'ConditionalCheckFailedException' }));

  await assert.rejects(carts.add('c1', 'enamel-mug', 2), QuantityLimitError);
});

for (const [deed, act] of [
  ['removing', (carts) => carts.remove('c1', 'enamel-mug')],
  ['setting the quantity 0', (carts) => carts.put('c1', 'enamel-mug', 0)],
]) {
  test(`${deed} removes the attribute in one update`, async () => {
    const { client, carts } = cartsWith({ Attributes: STORED });

    await act(carts);

    assert.deepEqual(client.asked.map((asked) => asked.UpdateExpression), ['REMOVE #item SET expires_at = :expires']);
  });
}

test('a cart is read consistently, so that it shows what was just put in', async () => {
  const { client, carts } = cartsWith({ Item: STORED });

  assert.deepEqual(await carts.read('c1'), QUANTITIES);
  assert.deepEqual(client.asked, [
    { command: 'GetCommand', TableName: 'carts', Key: { cart_id: 'c1' }, ConsistentRead: true },
  ]);
});

for (const [what, answer] of [
  ['a missing cart', {}],
  ['an expired cart that DynamoDB has not deleted yet', { Item: { ...STORED, expires_at: NOW_SECONDS } }],
]) {
  test(`${what} is empty`, async () => {
    assert.deepEqual(await cartsWith(answer).carts.read('c1'), new Map());
  });
}

const conflict = () => dynamoError('TransactionConflictException');

for (const [deed, act] of [
  ['setting a quantity', (carts) => carts.put('c1', 'enamel-mug', 2)],
  ['adding', (carts) => carts.add('c1', 'enamel-mug', 2)],
]) {
  test(`${deed} beside an order or a login of the same cart is tried again, since nothing was written`, async () => {
    const { carts } = cartsWith(conflict(), conflict(), { Attributes: STORED });

    assert.deepEqual(await act(carts), QUANTITIES);
  });
}

test('a cart that transactions are always at is given up after three tries', async () => {
  const { client, carts } = cartsWith(conflict(), conflict(), conflict(), { Attributes: STORED });

  await assert.rejects(carts.put('c1', 'enamel-mug', 2), CartsUnavailableError);
  assert.equal(client.asked.length, 3);
});

test('whatever else DynamoDB says is "unavailable", with the cause', async () => {
  const cause = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  const { carts } = cartsWith(cause);

  await assert.rejects(carts.read('c1'), (error) => error instanceof CartsUnavailableError && error.cause === cause);
});

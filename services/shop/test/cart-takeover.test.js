import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CartTakeover } from '../src/accounts/cart-takeover.js';
import { CART_SECONDS, DynamoCarts } from '../src/carts.js';
import { CartsUnavailableError } from '../src/errors.js';
import { dynamoError, FakeClient } from './support/fake-client.js';
import { FakeCarts } from './support/fake-carts.js';
import { EMAIL, PASSWORD, Person } from './support/person.js';
import { startShop } from './support/shop.js';

const NOW_SECONDS = 1_800_000_000;
const changed = () =>
  dynamoError('TransactionCanceledException', {
    CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed' }],
  });

function takeoverWith({ from = {}, into = {} }, ...answers) {
  const client = new FakeClient(...answers);
  const carts = new FakeCarts();
  carts.stored = new Map([
    ['from', new Map(Object.entries(from))],
    ['into', new Map(Object.entries(into))],
  ]);
  return {
    client,
    carts,
    takeover: new CartTakeover({ table: 'carts', client, carts, now: () => NOW_SECONDS * 1000 }),
  };
}

test('both carts change in one transaction, which holds only if they are as they were read', async () => {
  const { client, takeover } = takeoverWith({ from: { mug: 2, lamp: 60 }, into: { lamp: 50 } }, {});

  await takeover.move('from', 'into');

  const [emptied, filled] = client.asked[0].TransactItems.map(({ Update }) => Update);
  assert.deepEqual(emptied, {
    TableName: 'carts',
    Key: { cart_id: 'from' },
    ExpressionAttributeNames: { '#i0': 'item:mug', '#i1': 'item:lamp' },
    UpdateExpression: 'REMOVE #i0, #i1',
    ConditionExpression: '#i0 = :q0 AND #i1 = :q1',
    ExpressionAttributeValues: { ':q0': 2, ':q1': 60 },
  });
  assert.deepEqual(filled, {
    TableName: 'carts',
    Key: { cart_id: 'into' },
    ExpressionAttributeNames: { '#i0': 'item:mug', '#i1': 'item:lamp' },
    UpdateExpression: 'SET expires_at = :expires, #i0 = :q0, #i1 = :q1',
    ConditionExpression: '(attribute_not_exists(#i0) OR expires_at <= :now) AND #i1 = :o1',
    ExpressionAttributeValues: {
      ':expires': NOW_SECONDS + CART_SECONDS,
      ':now': NOW_SECONDS,
      ':q0': 2,
      ':q1': 99,
      ':o1': 50,
    },
  });
});

test('a cart that expired and is still in the table takes over what a visitor has of the same product', async () => {
  const expired = { cart_id: 'into', expires_at: NOW_SECONDS - 100, 'item:lamp': 2 };
  const client = new FakeClient(
    { Item: { cart_id: 'from', expires_at: NOW_SECONDS + 100, 'item:lamp': 1 } },
    { Item: expired },
    {},
  );
  const now = () => NOW_SECONDS * 1000;
  const carts = new DynamoCarts({ table: 'carts', client, now });

  await new CartTakeover({ table: 'carts', client, carts, now }).move('from', 'into');

  const { Update: filled } = client.asked[2].TransactItems[1];
  assert.equal(filled.ConditionExpression, '(attribute_not_exists(#i0) OR expires_at <= :now)');
  const { ':q0': quantity, ':now': limit } = filled.ExpressionAttributeValues;
  assert.equal(quantity, 1);
  assert.ok(expired.expires_at <= limit);
});

test('the time is no part of the transaction when no condition asks for it: DynamoDB refuses what is not used', async () => {
  const { client, takeover } = takeoverWith({ from: { mug: 2 }, into: { mug: 1 } }, {});

  await takeover.move('from', 'into');

  const { Update: filled } = client.asked[0].TransactItems[1];
  assert.deepEqual(Object.keys(filled.ExpressionAttributeValues).toSorted(), [':expires', ':o0', ':q0']);
});

for (const [what, from, into] of [
  ['an empty cart', 'from', 'into'],
  ["a cart that is the account's already", 'into', 'into'],
]) {
  test(`${what} is no reason to write`, async () => {
    const { client, takeover } = takeoverWith({ into: { mug: 1 } });

    await takeover.move(from, into);

    assert.deepEqual(client.asked, []);
  });
}

test('when a cart was changed in between both are read anew', async () => {
  const { client, carts, takeover } = takeoverWith({ from: { mug: 2 } }, changed(), {});

  await takeover.move('from', 'into');

  assert.equal(client.asked.length, 2);
  assert.equal(carts.calls, 4);
});

test('carts that never stand still are given up on, and nobody is told a lie', async () => {
  const { takeover } = takeoverWith({ from: { mug: 2 } }, changed(), changed(), changed(), changed());

  await assert.rejects(takeover.move('from', 'into'), CartsUnavailableError);
});

for (const error of [
  dynamoError('TransactionCanceledException', { CancellationReasons: [{ Code: 'None' }, { Code: 'ThrottlingError' }] }),
  dynamoError('AccessDeniedException'),
]) {
  test(`${error.CancellationReasons?.[1].Code ?? error.name} is not tried again`, async () => {
    const { client, takeover } = takeoverWith({ from: { mug: 2 } }, error);

    await assert.rejects(takeover.move('from', 'into'), CartsUnavailableError);
    assert.equal(client.asked.length, 1);
  });
}

const put = (person, product, quantity) =>
  person.visit(`/api/cart/items/${product}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ quantity }),
  });

const cartOf = async (person) =>
  Object.fromEntries(
    (await (await person.visit('/api/cart')).json()).items.map(({ product_id: id, quantity }) => [id, quantity]),
  );

test('what a visitor put into the cart is in it after registering, and after a login on top of what was there', async (t) => {
  const { ask } = await startShop(t, { withAccounts: {} });
  const [phone, laptop] = [new Person(ask), new Person(ask)];
  await put(phone, 'enamel-mug', 2);
  await phone.register();
  assert.deepEqual(await cartOf(phone), { 'enamel-mug': 2 });
  await put(laptop, 'enamel-mug', 98);
  await put(laptop, 'desk-lamp', 1);

  await laptop.logIn();

  assert.deepEqual(await cartOf(laptop), { 'enamel-mug': 99, 'desk-lamp': 1 });
  assert.deepEqual(await cartOf(phone), await cartOf(laptop));
});

test('a login that is sent again with the same cart adds nothing', async (t) => {
  const { ask } = await startShop(t, { withAccounts: {} });
  await new Person(ask).register();
  const visitor = new Person(ask);
  await put(visitor, 'enamel-mug', 2);
  const cart = visitor.cookies.get('cart');
  await visitor.logIn();
  assert.ok(!visitor.cookies.has('cart'));

  const again = new Person(ask);
  again.cookies.set('cart', cart);
  await again.logIn();

  assert.deepEqual(await cartOf(again), { 'enamel-mug': 2 });
});

test("after the logout the cart is the account's and nobody else's", async (t) => {
  const { ask } = await startShop(t, { withAccounts: {} });
  const anna = new Person(ask);
  await anna.register();
  await put(anna, 'enamel-mug', 2);

  await anna.send('/logout', {}, { page: '/account' });
  assert.deepEqual(await cartOf(anna), {});

  await anna.send('/login', { email: EMAIL, password: PASSWORD });
  assert.deepEqual(await cartOf(anna), { 'enamel-mug': 2 });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOrderKey, isOrderKey } from '../src/orders/order-key.js';

test('keys sort in the order in which they were made', () => {
  const keys = Array.from({ length: 1000 }, createOrderKey);

  assert.deepEqual(keys.toSorted(), keys);
});

for (const text of ['', 'x', '019ab000-0000-4000-8000-000000000001', '019AB000-0000-7000-8000-00000000000A', undefined, ['a']]) {
  test(`${JSON.stringify(text)} is no key`, () => {
    assert.equal(isOrderKey(text), false);
  });
}

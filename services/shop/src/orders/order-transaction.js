import { OrderExistsError, ChangedCartError, OutOfStockError } from './errors.js';

/** In a transaction the order comes first, then one entry per product, and the cart last. */
const ORDER = 0;

/**
 * Return the entries that make an order one deed: the order is written, the stock goes down and the cart is emptied, or
 * nothing happens at all.
 *
 * A product without an item in the stock has the initial quantity. Its first order writes the item, under the condition
 * that there is still none or enough of it: DynamoDB checks that and writes in one step, so a race cannot pass it.
 */
export function orderTransaction({ order, cartUpdate, orderTable, stockTable, initialStock }) {
  const write = { TableName: orderTable, Item: order, ConditionExpression: 'attribute_not_exists(order_id)' };
  const stock = order.items.map((item) => ({ Update: takeFromStock(item, stockTable, initialStock) }));
  return [{ Put: write }, ...stock, { Update: cartUpdate }];
}

/** Say why DynamoDB cancelled a transaction: the error to tell, or undefined when trying again may help. */
export function refusalOf(reasons, { items }, initialStock) {
  const failed = (index) => reasons[index]?.Code === 'ConditionalCheckFailed';
  if (failed(ORDER)) return new OrderExistsError();
  const short = items.filter((_item, index) => failed(index + 1));
  if (short.length > 0) {
    const leftOf = (item) => quantityIn(reasons[items.indexOf(item) + 1].Item, initialStock);
    return new OutOfStockError(short.map((item) => ({ name: item.name, wanted: item.quantity, left: leftOf(item) })));
  }
  return failed(items.length + 1) ? new ChangedCartError() : undefined;
}

function takeFromStock({ product_id: productId, quantity }, stockTable, initialStock) {
  const enough = '#quantity >= :taken';
  return {
    TableName: stockTable,
    Key: { product_id: productId },
    UpdateExpression: 'SET #quantity = if_not_exists(#quantity, :initial) - :taken',
    ConditionExpression: quantity <= initialStock ? `attribute_not_exists(#quantity) OR ${enough}` : enough,
    ExpressionAttributeNames: { '#quantity': 'quantity' },
    ExpressionAttributeValues: { ':initial': initialStock, ':taken': quantity },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/** Errors come as DynamoDB wrote them, with `{ N: "3" }` for a number. */
function quantityIn(item, initialStock) {
  return item?.quantity === undefined ? initialStock : Number(item.quantity.N);
}

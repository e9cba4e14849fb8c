const text = { type: 'string' };
const cents = { type: 'integer', minimum: 0, description: 'Whole US cents' };
const quantity = { type: 'integer', minimum: 1 };
const currency = { const: 'USD' };

/** Return the schema of an object that has exactly these properties, all of them but the optional ones. */
function object(properties, { optional = [] } = {}) {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required, additionalProperties: false };
}

function list(items) {
  return { type: 'array', items };
}

/** Return the reference to one of the schemas. */
export function ref(name) {
  return { $ref: `#/components/schemas/${name}` };
}

const key = { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' };
const email = { type: 'string', maxLength: 254 };
const password = { type: 'string', writeOnly: true };
const digest = {
  type: 'string',
  pattern: '^[0-9a-f]{32}$',
  description: 'A digest of each product, quantity and price in the cart',
};
const product = { id: text, name: text, category: text, description: text, price_cents: cents, currency };
const cart = { items: list(ref('Item')), total_cents: cents, currency };

/** What bodies look like, by name. */
export const schemas = {
  Error: object({ error: text, fields: { type: 'object', additionalProperties: list(text) } }, { optional: ['fields'] }),
  Product: object(product),
  ProductDetails: object({ ...product, related: list(ref('Product')) }, { optional: ['related'] }),
  Products: object({ products: list(ref('Product')) }),
  Categories: object({ categories: list(object({ id: text, name: text })) }),
  Item: object({ product_id: text, name: text, quantity, price_cents: cents, total_cents: cents }),
  Cart: object(cart),
  Quantity: object({ quantity: { type: 'integer', minimum: 0, maximum: 99 } }),
  Checkout: object({ ...cart, cart_digest: digest, key }),
  Confirmation: object({ total_cents: cents, cart_digest: digest }, { optional: ['cart_digest'] }),
  Order: object({ order_id: key, placed_at: { type: 'string', format: 'date-time' }, ...cart }),
  Orders: object({ orders: list(ref('Order')), has_older: { type: 'boolean' } }),
  Credentials: object({ email, password }),
  PasswordChange: object({ current_password: password, new_password: password }),
  Account: object({ email, created_at: { type: 'string', format: 'date-time' } }),
};

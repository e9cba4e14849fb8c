import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import { createOrderKey } from '../src/orders/order-key.js';
import { EMAIL, PASSWORD, Person } from './support/person.js';
import { putJson, startShop } from './support/shop.js';

const EVERYTHING = { withAccounts: {}, withOrders: true };
const MUG = '/api/cart/items/enamel-mug';

async function described(t, options = EVERYTHING) {
  const shop = await startShop(t, options);
  return { ...shop, api: await (await shop.ask('/api/openapi.json')).json() };
}

/** Return each route of the application under /api, as `get /api/products/{id}`. */
function routesOf(stack) {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return handle.stack ? routesOf(handle.stack) : [];
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    return Object.keys(route.methods).map((method) => `${method} ${path}`);
  }).filter((line) => line.includes(' /api/'));
}

function operationsOf({ paths }) {
  return Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
}

for (const [what, options] of [
  ['the whole shop', EVERYTHING],
  ['a shop without orders', { withAccounts: {} }],
  ['a shop with visitors alone', {}],
]) {
  test(`the description of ${what} is valid OpenAPI 3.1 and names each route of the API, and no other`, async (t) => {
    const { api, app } = await described(t, options);

    const { valid, errors } = await new Validator().validate(structuredClone(api));

    assert.ok(valid, JSON.stringify(errors));
    assert.deepEqual(operationsOf(api).sort(), routesOf(app.router.stack).sort());
    assert.equal(api.info.version, '2.1.0');
  });
}

/** What a person does in turn: method, path, body, headers, and the status that comes. */
const key = createOrderKey();
const CALLS = [
  ['get', '/api/products?q=mug', 200],
  ['get', '/api/products?category=fax', 404],
  ['get', '/api/products?q=a&q=b', 400],
  ['get', '/api/products/enamel-mug', 200],
  ['get', '/api/products/fax', 404],
  ['get', '/api/categories', 200],
  ['get', '/api/account', 401],
  ['get', '/api/checkout', 401],
  ['post', '/api/session', 401, { email: EMAIL, password: PASSWORD }],
  ['post', '/api/account', 400, { email: 'nobody', password: 'x' }],
  ['post', '/api/account', 201, { email: EMAIL, password: PASSWORD }],
  ['get', '/api/account', 200],
  ['put', MUG, 200, { quantity: 2 }],
  ['put', MUG, 400, { quantity: -1 }],
  ['get', '/api/cart', 200],
  ['get', '/api/checkout', 200],
  ['post', '/api/orders', 409, { total_cents: 1 }, { 'idempotency-key': key }],
  ['post', '/api/orders', 400, { total_cents: 2800 }],
  ['post', '/api/orders', 201, { total_cents: 2800 }, { 'idempotency-key': key }],
  ['post', '/api/orders', 422, { total_cents: 1 }, { 'idempotency-key': key }],
  ['get', '/api/orders', 200],
  ['get', `/api/orders/${key}`, 200],
  ['get', '/api/orders/none', 404],
  ['delete', MUG, 200],
  ['put', '/api/account/password', 200, { current_password: PASSWORD, new_password: `${PASSWORD} 2` }],
  ['delete', '/api/session', 204],
];

test('every answer is as described: its status, and its body to the last property', async (t) => {
  const { api, ask } = await described(t);
  const person = new Person(ask);
  const ajv = new Ajv({ strict: false, validateFormats: false }).addSchema(api, 'api');

  for (const [method, path, status, body, headers] of CALLS) {
    const sent = body && { ...putJson(body), headers: { 'content-type': 'application/json', ...headers } };
    const answer = await person.visit(path, { ...sent, method: method.toUpperCase() });
    const text = await answer.text();
    assert.equal(answer.status, status, `${method} ${path}: ${text}`);
    const where = `#/paths/${pointer(patternOf(api, path))}/${method}/responses/${status}`;
    if (status === 204) continue;
    const check = ajv.compile({ $ref: `api${where}/content/${pointer('application/json')}/schema` });
    assert.ok(check(JSON.parse(text)), `${method} ${path}: ${JSON.stringify(check.errors)}`);
  }
});

function patternOf({ paths }, path) {
  const [bare] = path.split('?');
  const fits = (pattern) => new RegExp(`^${pattern.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare);
  return paths[bare] ? bare : Object.keys(paths).find(fits);
}

function pointer(text) {
  return text.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
}

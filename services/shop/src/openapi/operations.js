import { MOST } from '../quantity.js';
import { LONGEST_SEARCH } from '../selection.js';
import { ref } from './schemas.js';

const answer = (description, schema) => ({
  description,
  ...(schema && { content: { 'application/json': { schema: ref(schema) } } }),
});

const problem = (description) => answer(description, 'Error');

const body = (schema) => ({ required: true, content: { 'application/json': { schema: ref(schema) } } });

const inPath = (name) => ({ name, in: 'path', required: true, schema: { type: 'string' } });

const inQuery = (name, description, schema = {}) => ({ name, in: 'query', description, schema: { type: 'string', ...schema } });

const BAD = { 400: problem('The request is not what is described here') };
const UNKNOWN = { 404: problem('There is no such thing') };
const AWAY = { 503: problem('A table does not answer; try again in a moment') };
const FOREIGN = { 403: problem('A page of another origin asked for a change') };
const LARGE = { 413: problem('The body is too large') };
const VISITOR = { 401: problem('Nobody is logged in') };
const MANY = { 429: problem('Too many attempts; Retry-After says when to try again') };
const CHANGE = { ...BAD, ...FOREIGN, ...LARGE, ...AWAY };

const SELECTION = [
  inQuery('q', 'Words to search for, whatever the case and the accents', { maxLength: LONGEST_SEARCH }),
  inQuery('category', 'The id of one category'),
];
const KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: true,
  description: 'A UUID of version 7, as GET /api/checkout gives one. The order of a key is placed once, and gets its id.',
  schema: { type: 'string' },
};

/** What visitors may do. */
export const shopOperations = {
  '/api/products': {
    get: {
      summary: 'Find products',
      parameters: SELECTION,
      responses: { 200: answer('Those found', 'Products'), ...BAD, ...UNKNOWN },
    },
  },
  '/api/products/{id}': {
    get: {
      summary: 'Look at a product',
      parameters: [inPath('id')],
      responses: { 200: answer('The product, and related ones where that is switched on', 'ProductDetails'), ...UNKNOWN },
    },
  },
  '/api/categories': { get: { summary: 'List the categories', responses: { 200: answer('All of them', 'Categories') } } },
  '/api/cart': { get: { summary: 'Look into the cart', responses: { 200: answer('The cart', 'Cart'), ...AWAY } } },
  '/api/cart/items/{productId}': {
    put: {
      summary: `Set the quantity of a product, up to ${MOST}; 0 takes it out`,
      parameters: [inPath('productId')],
      requestBody: body('Quantity'),
      responses: { 200: answer('The cart', 'Cart'), ...CHANGE, ...UNKNOWN },
    },
    delete: {
      summary: 'Take a product out',
      parameters: [inPath('productId')],
      responses: { 200: answer('The cart', 'Cart'), ...FOREIGN, ...UNKNOWN, ...AWAY },
    },
  },
  '/api/openapi.json': { get: { summary: 'This description', responses: { 200: { description: 'OpenAPI 3.1' } } } },
};

/** What people with an account may do with it. */
export const accountOperations = {
  '/api/account': {
    get: {
      summary: 'Look at the account',
      responses: { 200: answer('The account', 'Account'), ...VISITOR, ...AWAY },
    },
    post: {
      summary: 'Register, and be logged in',
      requestBody: body('Credentials'),
      responses: { 201: answer('The account', 'Account'), 409: problem('The e-mail address is taken'), ...CHANGE, ...MANY },
    },
  },
  '/api/account/password': {
    put: {
      summary: 'Change the password; every other session ends',
      requestBody: body('PasswordChange'),
      responses: { 200: answer('The account', 'Account'), ...CHANGE, ...VISITOR, ...MANY },
    },
  },
  '/api/session': {
    post: {
      summary: 'Log in',
      requestBody: body('Credentials'),
      responses: { 200: answer('The account', 'Account'), ...CHANGE, ...MANY, 401: problem('E-mail address or password are wrong') },
    },
    delete: { summary: 'Log out', responses: { 204: answer('Nobody is logged in any more'), ...FOREIGN, ...AWAY } },
  },
};

/** What people with an account may order. */
export const orderOperations = {
  '/api/checkout': {
    get: {
      summary: 'See what would be ordered',
      responses: { 200: answer('The cart, its digest and a key', 'Checkout'), ...VISITOR, ...AWAY },
    },
  },
  '/api/orders': {
    get: {
      summary: 'List the orders, latest first, fifty at a time',
      parameters: [inQuery('before', 'The id of an order: only those begun before it')],
      responses: { 200: answer('The orders', 'Orders'), ...BAD, ...VISITOR, ...AWAY },
    },
    post: {
      summary: 'Place the order of the cart, once per key',
      parameters: [KEY],
      requestBody: body('Confirmation'),
      responses: {
        201: answer('The order, also when the request is repeated', 'Order'),
        409: problem('Nothing was ordered: the total, the cart or the stock is not what was confirmed'),
        422: problem('The key belongs to an order with other lines or another total'),
        ...CHANGE,
        ...VISITOR,
      },
    },
  },
  '/api/orders/{orderId}': {
    get: {
      summary: 'Look at an order',
      parameters: [inPath('orderId')],
      responses: { 200: answer('The order', 'Order'), ...UNKNOWN, ...VISITOR, ...AWAY },
    },
  },
};

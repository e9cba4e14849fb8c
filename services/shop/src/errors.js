// ShopError
// ├── InvalidRequestError     400: the client has to send something else
// ├── CrossOriginError        403: a page of another origin asked for a change
// ├── UnknownProductError     404: no such product
// ├── UnknownCategoryError    404: no such category
// ├── QuantityLimitError      409: the cart already holds too many
// └── CartsUnavailableError   503: DynamoDB did not answer, or refused

/** A failure with an answer: its message is written for the person who reads the response. */
export class ShopError extends Error {
  status = 500;
}

export class InvalidRequestError extends ShopError {
  name = 'InvalidRequestError';
  status = 400;
}

export class CrossOriginError extends ShopError {
  name = 'CrossOriginError';
  status = 403;

  constructor() {
    super('A page of another site asked for this, so nothing was changed. Open the shop and try again there.');
  }
}

export class UnknownProductError extends ShopError {
  name = 'UnknownProductError';
  status = 404;

  constructor(productId) {
    super(`No product has the id "${productId}". GET /api/products lists them all.`);
  }
}

export class UnknownCategoryError extends ShopError {
  name = 'UnknownCategoryError';
  status = 404;

  constructor(category, known) {
    super(`No category has the id "${category}". There are: ${known.map(({ id }) => id).join(', ')}.`);
  }
}

export class QuantityLimitError extends ShopError {
  name = 'QuantityLimitError';
  status = 409;

  constructor(most) {
    super(`A cart holds at most ${most} of one product. Lower the quantity in the cart.`);
  }
}

/** The cause is kept for the log and never shown: it can name tables, roles and accounts. */
export class CartsUnavailableError extends ShopError {
  name = 'CartsUnavailableError';
  status = 503;

  constructor(cause) {
    super('Carts cannot be reached right now. Try again in a moment.', { cause });
  }
}

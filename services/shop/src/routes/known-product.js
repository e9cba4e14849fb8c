import { UnknownProductError } from '../errors.js';

/** Return the middleware that refuses a path whose product is not in the catalog. */
export function knownProduct(catalog) {
  return (req, _res, next) => {
    if (!catalog.find(req.params.productId)) throw new UnknownProductError(req.params.productId);
    next();
  };
}

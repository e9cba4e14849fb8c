import { Router } from 'express';
import { constant, HTML, JSON_TYPE, REVALIDATE } from '../constant.js';
import { UnknownProductError } from '../errors.js';

/** Return the routes of the shop window, as pages and as JSON. Every answer is made here, once, at start. */
export function products({ catalog, pages }) {
  const page = (body) => constant(body, { type: HTML, cache: REVALIDATE });
  const json = (value) => constant(JSON.stringify(value), { type: JSON_TYPE, cache: REVALIDATE });
  const router = Router();
  router.get('/', page(pages.home(catalog)));
  router.get('/products/:id', oneOf(catalog, (product) => page(pages.product(product))));
  router.get('/api/products', json({ products: catalog.all }));
  router.get('/api/products/:id', oneOf(catalog, json));
  return router;
}

function oneOf(catalog, answer) {
  const answers = new Map(catalog.all.map((product) => [product.id, answer(product)]));
  return (req, res) => {
    const found = answers.get(req.params.id);
    if (!found) throw new UnknownProductError(req.params.id);
    found(req, res);
  };
}

import { Router } from 'express';
import { constant, JSON_TYPE, REVALIDATE } from '../constant.js';
import { UnknownProductError } from '../errors.js';
import { selectProducts } from '../selection.js';
import { flagged } from './flagged.js';
import { personalPage } from './personal-page.js';

/**
 * Return the routes of the shop window, as pages and as JSON.
 *
 * Every answer for a visitor is made once; only a search or a category is looked up for its request.
 */
export function products({ catalog, pages, flags }) {
  const json = (value) => constant(JSON.stringify(value), { type: JSON_TYPE, cache: REVALIDATE });
  const window = (selection) => personalPage((visitor) => pages.home(catalog, selection, visitor));
  const list = (selection) => json({ products: selection.products });
  const productPage = (product, related = []) => personalPage((visitor) => pages.product(product, related, visitor));
  const productJson = (product, related) => json({ ...product, related });
  const withRelated = (answer) => (product) =>
    flagged(flags, 'related-products', (isOn) => answer(product, isOn ? catalog.related(product) : undefined));
  const router = Router();
  router.get('/', selected(catalog, window));
  router.get('/products/:id', oneOf(catalog, withRelated(productPage)));
  router.get('/api/products', selected(catalog, list));
  router.get('/api/products/:id', oneOf(catalog, withRelated(productJson)));
  router.get('/api/categories', json({ categories: catalog.categories }));
  return router;
}

function selected(catalog, answer) {
  const everything = answer(selectProducts({}, catalog));
  return (req, res) => (req.url.includes('?') ? answer(selectProducts(req.query, catalog)) : everything)(req, res);
}

function oneOf(catalog, answer) {
  const answers = new Map(catalog.all.map((product) => [product.id, answer(product)]));
  return (req, res) => {
    const found = answers.get(req.params.id);
    if (!found) throw new UnknownProductError(req.params.id);
    return found(req, res);
  };
}

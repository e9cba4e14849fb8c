import { json, Router } from 'express';
import { cartIdOf, keepCart } from '../cart-cookie.js';
import { viewCart } from '../cart-view.js';
import { quantityOfJson } from '../quantity.js';
import { knownProduct } from './known-product.js';

/** Return the routes of the cart as JSON; each answers with the whole cart. */
export function cartApi({ catalog, carts }) {
  const answer = (res, quantities) => res.json(viewCart(quantities, catalog));
  const known = knownProduct(catalog);
  const router = Router();
  router.use('/api/cart', (_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store');
    next();
  });

  router.get('/api/cart', async (req, res) => {
    const cartId = cartIdOf(req);
    answer(res, cartId ? await carts.read(cartId) : new Map());
  });

  router.put('/api/cart/items/:productId', known, json({ limit: '1kb' }), async (req, res) => {
    const quantity = quantityOfJson(req.body);
    answer(res, await carts.put(keepCart(req, res), req.params.productId, quantity));
  });

  router.delete('/api/cart/items/:productId', known, async (req, res) => {
    const cartId = cartIdOf(req);
    answer(res, cartId ? await carts.remove(keepCart(req, res), req.params.productId) : new Map());
  });
  return router;
}

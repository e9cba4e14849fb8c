import { Router, urlencoded } from 'express';
import { refuseForgedFormOfPerson } from '../accounts/csrf.js';
import { cartIdOf, keepCart } from '../cart-cookie.js';
import { viewCart } from '../cart-view.js';
import { quantityOfForm } from '../quantity.js';
import { visitorOf } from '../visitor.js';
import { knownProduct } from './known-product.js';

/** Return the cart's page and its forms. A form answers with a redirect, so that a reload never sends it again. */
export function cartPages({ catalog, carts, pages }) {
  const known = knownProduct(catalog);
  const form = [urlencoded({ extended: false, limit: '1kb' }), refuseForgedFormOfPerson];
  const router = Router();

  router.get('/cart', async (req, res) => {
    const cartId = cartIdOf(req);
    const quantities = cartId ? await carts.read(cartId) : new Map();
    res.setHeader('Cache-Control', 'no-store');
    res.type('html').send(pages.cart(viewCart(quantities, catalog), visitorOf(req)));
  });

  router.post('/cart/items/:productId', known, form, async (req, res) => {
    const quantity = quantityOfForm(req.body, { least: 1 });
    await carts.add(keepCart(req, res), req.params.productId, quantity);
    res.redirect(303, '/cart');
  });

  router.post('/cart/items/:productId/quantity', known, form, async (req, res) => {
    const quantity = quantityOfForm(req.body);
    await carts.put(keepCart(req, res), req.params.productId, quantity);
    res.redirect(303, '/cart');
  });
  return router;
}

import { Router, urlencoded } from 'express';
import { refuseForgedForm } from '../accounts/csrf.js';
import { requirePerson } from '../accounts/require-person.js';
import { cartIdOf } from '../cart-cookie.js';
import { confirmationOfForm } from '../orders/confirmation.js';
import { RefusedOrderError, UnknownOrderError } from '../orders/errors.js';
import { createOrderKey, isOrderKey } from '../orders/order-key.js';
import { visitorOf } from '../visitor.js';
import { notStored } from './not-stored.js';

/**
 * Return the pages of checkout and orders.
 *
 * The form carries the key of the order that it places, the total and a digest of the lines that it shows: sent twice it
 * is one order, and nobody is charged or gets what they did not see.
 */
export function orderPages({ checkout, orders, pages }) {
  const router = Router();
  const form = [urlencoded({ extended: false, limit: '1kb' }), refuseForgedForm];
  router.use(['/checkout', '/orders'], notStored);

  const show = async (req, res, { status = 200, notice } = {}) => {
    const cart = await checkout.offer(cartIdOf(req));
    res.status(status).type('html').send(pages.checkout(cart, { key: createOrderKey(), notice }, visitorOf(req)));
  };

  router.get('/checkout', requirePerson, (req, res) => show(req, res));

  router.post('/checkout', requireBuyer, form, async (req, res) => {
    const wanted = { accountId: req.person.id, cartId: cartIdOf(req), ...confirmationOfForm(req.body) };
    try {
      const order = await checkout.place(wanted);
      res.redirect(303, `/orders/${order.order_id}`);
    } catch (error) {
      if (!(error instanceof RefusedOrderError)) throw error;
      await show(req, res, { status: error.status, notice: error.message });
    }
  });

  router.get('/orders', requirePerson, async (req, res) => {
    const before = isOrderKey(req.query.before) ? req.query.before : undefined;
    res.type('html').send(pages.orders(await orders.list(req.person.id, before), visitorOf(req)));
  });

  router.get('/orders/:orderId', requirePerson, async (req, res) => {
    res.type('html').send(pages.order(await knownOrder(orders, req), visitorOf(req)));
  });
  return router;
}

/** A form of somebody whose session has ended leads to the login, and from there to a checkout that is shown anew. */
function requireBuyer(req, res, next) {
  if (req.person) next();
  else res.redirect(303, '/login?next=%2Fcheckout');
}

/** Return the order that a path names, or throw UnknownOrderError: also when it is another account's. */
export async function knownOrder(orders, { person, params: { orderId } }) {
  const order = isOrderKey(orderId) ? await orders.find(person.id, orderId) : undefined;
  if (!order) throw new UnknownOrderError();
  return order;
}

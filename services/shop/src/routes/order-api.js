import { json, Router } from 'express';
import { requirePerson } from '../accounts/require-person.js';
import { cartIdOf } from '../cart-cookie.js';
import { confirmationOfJson } from '../orders/confirmation.js';
import { viewOrder } from '../orders/order.js';
import { checkedOrderKey, createOrderKey } from '../orders/order-key.js';
import { notStored } from './not-stored.js';
import { knownOrder } from './order-pages.js';

/** Return the routes of checkout and orders as JSON. They take no token: no form of another site can send what they take. */
export function orderApi({ checkout, orders }) {
  const router = Router();
  router.use(['/api/checkout', '/api/orders'], notStored);

  router.get('/api/checkout', requirePerson, async (req, res) => {
    res.json({ ...(await checkout.offer(cartIdOf(req))), key: createOrderKey() });
  });

  router.post('/api/orders', requirePerson, json({ limit: '1kb' }), async (req, res) => {
    const wanted = { accountId: req.person.id, cartId: cartIdOf(req), ...confirmationOfJson(req.headers, req.body) };
    const order = await checkout.place(wanted);
    res.status(201).location(`/api/orders/${order.order_id}`).json(viewOrder(order));
  });

  router.get('/api/orders', requirePerson, async (req, res) => {
    const before = req.query.before === undefined ? undefined : checkedOrderKey(req.query.before, 'before');
    const { orders: found, hasOlder } = await orders.list(req.person.id, before);
    res.json({ orders: found.map(viewOrder), has_older: hasOlder });
  });

  router.get('/api/orders/:orderId', requirePerson, async (req, res) => {
    res.json(viewOrder(await knownOrder(orders, req)));
  });
  return router;
}

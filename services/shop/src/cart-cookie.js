import { randomUUID } from 'node:crypto';
import { CART_SECONDS } from './carts.js';

const CART = /(?:^|;\s*)cart=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:;|$)/;

/** Return the request's cart id, or undefined when there is none or it is not one of ours. */
export function cartIdOf(req) {
  return CART.exec(req.headers.cookie ?? '')?.[1];
}

/**
 * Return the request's cart id, or a new one, and let the cookie live as long as the cart that is about to change.
 *
 * Scripts cannot read the cookie (HttpOnly) and other sites cannot post with it (SameSite). It is Secure whenever
 * the shopper came by HTTPS, which only the load balancer knows.
 */
export function keepCart(req, res) {
  const cartId = cartIdOf(req) ?? randomUUID();
  const secure = req.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  res.setHeader('Set-Cookie', `cart=${cartId}; Path=/; Max-Age=${CART_SECONDS}; HttpOnly; SameSite=Lax${secure}`);
  return cartId;
}

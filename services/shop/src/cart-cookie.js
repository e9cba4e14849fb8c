import { randomUUID } from 'node:crypto';
import { CART_SECONDS } from './carts.js';

const CART = /(?:^|;\s*)cart=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:;|$)/;

/** Return the cart that the request is about: that of the account, else that of the cookie, else undefined. */
export function cartIdOf(req) {
  return req.person?.cartId ?? visitorsCartIdOf(req);
}

/** Return the id in the cookie, or undefined when there is none or it is not one of ours. */
export function visitorsCartIdOf(req) {
  return CART.exec(req.headers.cookie ?? '')?.[1];
}

/** Take the cookie back, after its cart became part of the account's. */
export function forgetVisitorsCart(res) {
  res.clearCookie('cart', { path: '/' });
}

/**
 * Return the request's cart id, or a new one, and let the cookie live as long as the cart that is about to change.
 * The cart of an account needs no cookie.
 *
 * Scripts cannot read the cookie (HttpOnly) and other sites cannot post with it (SameSite). It is Secure whenever
 * the shopper came by HTTPS, which only the load balancer knows.
 */
export function keepCart(req, res) {
  if (req.person) return req.person.cartId;
  const cartId = visitorsCartIdOf(req) ?? randomUUID();
  const secure = req.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  res.append('Set-Cookie', `cart=${cartId}; Path=/; Max-Age=${CART_SECONDS}; HttpOnly; SameSite=Lax${secure}`);
  return cartId;
}

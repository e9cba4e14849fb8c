import { forgetVisitorsCart, visitorsCartIdOf } from '../cart-cookie.js';
import { keepAccount } from '../flags/visitor-key.js';

/**
 * Return how somebody comes in: proven or new by `membership`, with the cart that was filled before, in a session of
 * its own.
 */
export function createEntrance({ membership, takeover, sessions }) {
  const enter = async (account, req, res) => {
    const cartId = visitorsCartIdOf(req);
    if (cartId) await takeover.move(cartId, account.cart_id);
    await sessions.begin(req, account);
    keepAccount(req, res);
    if (cartId) forgetVisitorsCart(res);
    return account;
  };
  return {
    logIn: async (credentials, req, res) => enter(await membership.logIn(credentials, req.ip), req, res),
    register: async (registration, req, res) => enter(await membership.register(registration, req.ip), req, res),
  };
}

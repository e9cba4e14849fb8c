import { promisify } from 'node:util';
import { ownPath } from '../own-path.js';
import { AddressLimit } from './address-limit.js';
import { createEntrance } from './entrance.js';
import { Membership } from './membership.js';
import { Passwords } from './passwords.js';
import { createSessions } from './sessions.js';

/**
 * Return the accounts of the shop, from where their data is: `accounts`, `attempts`, `store` (sessions) and `takeover`
 * (carts). `probes` is one small read from each of their tables.
 *
 * Tests give them in memory, and passwords that are hashed fast.
 */
export function createAccounts({ secrets, store, accounts, attempts, takeover, log, passwords = new Passwords() }) {
  const sessions = createSessions({ secrets, store });
  const membership = new Membership({ accounts, attempts, addressLimit: new AddressLimit(), passwords, log });
  return {
    sessions,
    membership,
    entrance: createEntrance({ membership, takeover, sessions }),
    confirm: confirm(membership, sessions),
    probes: { accounts: () => accounts.find('ready'), sessions: () => promisify(store.get.bind(store))('ready') },
  };
}

/**
 * Let a session count only if the account has not changed its password since, and give the request the account.
 *
 * A page whose session ends here is asked for anew, without the cookie: a form of the login would else open a second
 * session beside the ended one, and express-session would keep it, with nobody in it.
 */
function confirm(membership, sessions) {
  return async (req, res, next) => {
    if (!req.person) return next();
    req.account = await membership.current(req.person);
    if (req.account) return next();
    await sessions.end(req, res);
    return isPage(req) ? res.redirect(303, ownPath(req.path) ?? '/') : next();
  };
}

function isPage({ method, path }) {
  return (method === 'GET' || method === 'HEAD') && !path.startsWith('/api/');
}

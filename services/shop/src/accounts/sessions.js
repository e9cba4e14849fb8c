import { promisify } from 'node:util';
import cookieParser from 'cookie-parser';
import session from 'express-session';
import { createCsrf } from './csrf.js';
import { SESSION_SECONDS } from './session-store.js';

const COOKIE = 'session';
/** What is the same for everybody, and never asks who it is. */
const PUBLIC = /^\/api\/(?:products|categories)(?:\/|$)/;

const CARRIED = new RegExp(`(?:^|;\\s*)${COOKIE}=`);

/**
 * Return how requests get their session, and how one begins and ends. It holds `person` and nothing else.
 *
 * Whoever sends no session's cookie is a visitor, and nothing is read or made for one: most requests are theirs.
 */
export function createSessions({ secrets, store }) {
  const csrf = createCsrf(secrets);
  const chain = [cookieParser(), textAlone, sessionOf(secrets, store), recognize, csrf.attach];
  return {
    /** Read the session of a request that carries one. */
    load: inTurn(chain, ({ headers: { cookie }, path }) => CARRIED.test(cookie ?? '') && !PUBLIC.test(path)),
    /** The same for every request, for the routes where a visitor can log in. */
    open: inTurn(chain, ({ session: opened }) => opened === undefined),
    begin,
    end,
  };
}

/**
 * Drop the cookies that are no text: cookie-parser reads JSON in what begins with `j:`, and what comes after it calls
 * a string's methods. Whoever sends one is a visitor, and no failure of the shop.
 */
function textAlone(req, _res, next) {
  for (const [name, value] of Object.entries(req.cookies)) if (typeof value !== 'string') delete req.cookies[name];
  next();
}

function sessionOf(secrets, store) {
  return session({
    name: COOKIE,
    secret: [...secrets],
    store,
    resave: false,
    saveUninitialized: false,
    rolling: true,
    cookie: { httpOnly: true, sameSite: 'lax', secure: 'auto', maxAge: SESSION_SECONDS * 1000 },
  });
}

/** Log somebody in: always with a new session, whose id nobody could have planted. */
async function begin(req, account) {
  try {
    await promisify(req.session.regenerate.bind(req.session))();
    req.session.person = personOf(account);
    await promisify(req.session.save.bind(req.session))();
  } catch (error) {
    // Or the answer to the failure would try once more, and carry the cookie.
    req.session = undefined;
    throw error;
  }
  req.person = req.session.person;
}

function personOf({ account_id: id, email: key, email_given: email, cart_id: cartId, generation }) {
  return { id, key, email, cartId, generation };
}

/** Log somebody out. */
async function end(req, res) {
  await promisify(req.session.destroy.bind(req.session))();
  req.person = undefined;
  res.clearCookie(COOKIE, { path: '/' });
}

/**
 * Name the person of the session, if it has one. A cookie that leads nowhere is left alone: it may be signed with a new
 * secret that this process does not have yet. A session that began before the shop had HTTPS gets a Secure cookie by it:
 * express-session decides that at the beginning alone.
 */
function recognize(req, _res, next) {
  if (req.secure) req.session.cookie.secure = true;
  req.person = req.session.person;
  next();
}

/** Run middlewares one after the other, for the requests that they are for. */
function inTurn(middlewares, isMeant) {
  return (req, res, next) => {
    if (!isMeant(req)) return next();
    const run = (index) => (error) => {
      if (error || index === middlewares.length) return next(error);
      return middlewares[index](req, res, run(index + 1));
    };
    return run(0)();
  };
}

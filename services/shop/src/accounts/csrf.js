import { hkdfSync } from 'node:crypto';
import { doubleCsrf } from 'csrf-csrf';
import { ForgedFormError } from './errors.js';

const COOKIE = 'csrf';

/** A token as csrf-csrf makes one: a signature and a random value, 32 bytes each. */
const TOKEN = /^[0-9a-f]{64}\.[0-9a-f]{64}$/;

/** The name of the hidden field of a form. */
export const TOKEN_FIELD = '_csrf';

/**
 * Return what forms are protected with: a token in a cookie and in the form, signed, and bound to the session.
 *
 * It is signed and not stored, so that the form of somebody who is not logged in yet costs no session. The keys are
 * derived from the sessions' secrets and are rotated with them.
 */
export function createCsrf(secrets) {
  const keys = secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, '', 'csrf', 32)).toString('hex'));
  const { generateCsrfToken, validateRequest } = doubleCsrf({
    getSecret: () => keys,
    getSessionIdentifier: (req) => (req.person ? req.sessionID : ''),
    getCsrfTokenFromRequest: (req) => req.body?.[TOKEN_FIELD],
    cookieName: COOKIE,
    cookieOptions: { sameSite: 'lax', path: '/', httpOnly: true },
  });
  return {
    /** Give the request the two things that pages and forms ask of it. */
    attach(req, res, next) {
      // It goes back with the answer, whose headers must not grow by what somebody appends to a token.
      if (!TOKEN.test(req.cookies[COOKIE])) delete req.cookies[COOKIE];
      let token;
      req.csrfToken = () => (token ??= generateCsrfToken(req, res, { cookieOptions: { secure: req.secure } }));
      req.hasCsrfToken = () => validateRequest(req);
      next();
    },
  };
}

/** Refuse a form without the token that it was given. It goes after the parser of the form's body. */
export function refuseForgedForm(req, _res, next) {
  if (!req.hasCsrfToken()) throw new ForgedFormError();
  next();
}

/** The same for a form that visitors use, too: it is theirs to send without a token, as long as nobody is logged in. */
export function refuseForgedFormOfPerson(req, res, next) {
  if (req.person) refuseForgedForm(req, res, next);
  else next();
}

import { createHash, randomUUID } from 'node:crypto';

const API = '/api/';
const LIFE_SECONDS = 180 * 24 * 3600;
const VISITOR = /(?:^|;\s*)visitor=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:;|$)/;

/**
 * Return by what a share of users is drawn, and let a cookie keep it; undefined for who asks the API without a cookie.
 *
 * Who is logged in has the key of the account, so that it is the same on every device. Others keep the one they have or
 * get a new one from a page. The public API reads no session and often has clients that keep no cookie: a new key for
 * each request would be another answer each time. Whoever makes one up chooses which features to see, and nothing else:
 * the key is no proof of anything.
 */
export function keepVisitor(req, res) {
  const known = knownKey(req);
  if (req.path.startsWith(API)) return known;
  const key = req.person ? keyOfAccount(req.person.id) : (known ?? randomUUID());
  if (key !== known) res.append('Set-Cookie', cookie(key, req));
  return key;
}

/** Let the cookie have the account's key from the login on: the API, which may be asked next, knows the cookie alone. */
export function keepAccount(req, res) {
  const key = keyOfAccount(req.person.id);
  if (key !== knownKey(req)) res.append('Set-Cookie', cookie(key, req));
}

function knownKey(req) {
  return VISITOR.exec(req.headers.cookie ?? '')?.[1];
}

/** The id of the account itself stays out of the cookie. */
function keyOfAccount(id) {
  const digest = createHash('sha256').update(`visitor:${id}`).digest('hex');
  return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => digest.slice(from, to)).join('-');
}

function cookie(key, req) {
  const secure = req.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  return `visitor=${key}; Path=/; Max-Age=${LIFE_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}

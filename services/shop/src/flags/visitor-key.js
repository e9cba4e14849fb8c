import { createHash, randomUUID } from 'node:crypto';

const LIFE_SECONDS = 180 * 24 * 3600;
const VISITOR = /(?:^|;\s*)visitor=([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:;|$)/;

/**
 * Return by what a share of users is drawn, and let a cookie keep it.
 *
 * Who is logged in has the key of the account, so that it is the same on every device; the cookie takes it over, and the
 * public API, which reads no session, knows it too. Others keep the one they have or get a new one. Whoever makes one up
 * chooses which features to see, and nothing else: the key is no proof of anything.
 */
export function keepVisitor(req, res) {
  const known = VISITOR.exec(req.headers.cookie ?? '')?.[1];
  const key = req.person ? keyOfAccount(req.person.id) : (known ?? randomUUID());
  if (key !== known) res.append('Set-Cookie', cookie(key, req));
  return key;
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

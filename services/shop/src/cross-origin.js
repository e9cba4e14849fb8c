import { CrossOriginError } from './errors.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
const OWN_SITES = new Set(['same-origin', 'none']);

/**
 * Refuse a change that a page of another origin asks for: without the shopper's cookie, which is SameSite, it would get
 * a cart of its own, and that one's cookie would replace the shopper's.
 *
 * `Sec-Fetch-Site` decides where a browser sends it, which is over HTTPS alone (Fetch Metadata Request Headers, W3C);
 * else `Origin`, which a browser sends with every POST, PUT and DELETE (Fetch, section 3.2). Whoever sends neither is no
 * browser, and has no shopper's cookie to replace. Ports are not compared, since cookies know none (RFC 6265, 8.5).
 */
export function refuseCrossOrigin(req, _res, next) {
  if (!SAFE_METHODS.has(req.method) && !isFromOwnPage(req.headers)) throw new CrossOriginError();
  next();
}

function isFromOwnPage({ 'sec-fetch-site': site, origin, host }) {
  if (site !== undefined) return OWN_SITES.has(site);
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).hostname === hostnameOf(host);
}

function hostnameOf(host) {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

const SECURITY = {
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

/** Return the headers of every answer: who gave it, and what a browser may do with it. */
export function constantHeaders({ environment, version }) {
  return Object.entries({ 'X-Environment': environment, 'X-Version': version, ...SECURITY });
}

/**
 * Return the middleware that stamps every answer.
 *
 * While draining it also ends each connection, so that none is left on which a request could arrive as it closes.
 */
export function answerHeaders(config, lifecycle) {
  const headers = constantHeaders(config);
  return (_req, res, next) => {
    for (const [name, value] of headers) res.setHeader(name, value);
    if (lifecycle.draining) res.setHeader('Connection', 'close');
    next();
  };
}

import helmet from 'helmet';

const NOTHING = ["'none'"];
const OWN = ["'self'"];

/**
 * What pages may do: load the shop's own stylesheet and pictures, and send forms to the shop. No page has a script.
 *
 * The referrer's policy must not be Helmet's `no-referrer`: a browser then calls the origin of a form "null" (Fetch,
 * section 3.2), which the shop refuses. Whether browsers ask for HTTPS alone from now on is the load balancer's to say.
 */
const POLICY = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: NOTHING,
      styleSrc: OWN,
      imgSrc: OWN,
      formAction: OWN,
      baseUri: NOTHING,
      frameAncestors: NOTHING,
    },
  },
  referrerPolicy: { policy: 'same-origin' },
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
};

/** Helmet's headers do not depend on the request, so that it is asked once. */
const SECURITY = securityHeaders();

function securityHeaders() {
  const headers = {};
  const answer = { setHeader: (name, value) => (headers[name] = value), removeHeader: () => {} };
  helmet(POLICY)({}, answer, () => {});
  return headers;
}

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

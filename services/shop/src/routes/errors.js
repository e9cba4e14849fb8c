import { InvalidRequestError, ShopError } from '../errors.js';
import { errorFields } from '../log.js';
import { visitorOf } from '../visitor.js';

const NOT_JSON =
  'The body is not valid JSON. Send an object, {"quantity": 2} for a cart, with Content-Type: application/json.';
const OUR_FAULT = 'Something went wrong on our side. Try again in a moment.';

/** Answer what no route answers. */
export function notFound(req, _res, next) {
  const error = new ShopError(`Nothing answers ${req.method} ${req.path}.`);
  error.status = 404;
  next(error);
}

/**
 * Return the one place where errors become answers: JSON under /api, a page elsewhere.
 *
 * Only what is not the client's doing is logged. An unforeseen error's own words stay in the log.
 */
export function errorAnswer({ pages, log }) {
  return (error, req, res, next) => {
    const { status, message, fields, retryAfterSeconds } = described(error);
    if (status >= 500) log.error({ method: req.method, path: req.path, status, ...errorFields(error) }, 'request failed');
    if (res.headersSent) return next(error);
    res.status(status).setHeader('Cache-Control', 'no-store');
    if (retryAfterSeconds) res.setHeader('Retry-After', retryAfterSeconds);
    if (req.path.startsWith('/api/')) return res.json({ error: message, ...(fields && { fields }) });
    return res.type('html').send(pages.error(status, message, visitorIfKnown(req)));
  };
}

/** The answer to a failure must not fail itself: without the person it is still an answer. */
function visitorIfKnown(req) {
  try {
    return visitorOf(req);
  } catch {
    return undefined;
  }
}

function described(error) {
  if (error instanceof ShopError) return error;
  if (error.type === 'entity.parse.failed') return new InvalidRequestError(NOT_JSON);
  const clientError = error.status >= 400 && error.status < 500;
  return clientError ? { status: error.status, message: error.message } : { status: 500, message: OUR_FAULT };
}

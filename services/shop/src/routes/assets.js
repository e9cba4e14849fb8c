import { constant, REVALIDATE } from '../constant.js';
import { stylesheet } from '../stylesheet.js';

const TYPE = 'text/css; charset=utf-8';

/**
 * Return the handler of the stylesheet, kept by browsers for a year when the digest in the address is its own.
 *
 * In the middle of a switch the page may come from one color and this request reach the other, whose stylesheet differs.
 * It then gives what it has, but not to keep.
 */
export function assets() {
  const lasting = constant(stylesheet.css, { type: TYPE, cache: 'public, max-age=31536000, immutable' });
  const passing = constant(stylesheet.css, { type: TYPE, cache: REVALIDATE });
  return (req, res) => (req.query.v === stylesheet.digest ? lasting : passing)(req, res);
}

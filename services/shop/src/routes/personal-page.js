import { constant, HTML, REVALIDATE } from '../constant.js';
import { visitorOf } from '../visitor.js';

/**
 * Return a handler for a page that only differs by who is logged in: made once for all visitors, and anew for each
 * person.
 *
 * `render` gets what `visitorOf` says.
 */
export function personalPage(render) {
  let forVisitors;
  return (req, res) => {
    const visitor = visitorOf(req);
    if (!visitor) return (forVisitors ??= constant(render(), { type: HTML, cache: REVALIDATE }))(req, res);
    res.setHeader('Cache-Control', 'no-store');
    return res.type('html').send(render(visitor));
  };
}

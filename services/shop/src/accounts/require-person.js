import { LoggedOutError } from './errors.js';

/** Let nobody through who is not logged in: a page leads to the form, and from there back; the API says 401. */
export function requirePerson(req, res, next) {
  if (req.person) return next();
  if (req.originalUrl.startsWith('/api/')) throw new LoggedOutError();
  const back = req.method === 'GET' ? `?next=${encodeURIComponent(req.path)}` : '';
  return res.redirect(303, `/login${back}`);
}

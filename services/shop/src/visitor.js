/**
 * Return who is logged in, as pages show it: the e-mail address and the token of forms. For a visitor it is undefined.
 *
 * A page that shows it must not be kept by anybody: `Cache-Control: no-store`.
 */
export function visitorOf(req) {
  return req.person && { email: req.person.email, csrfToken: req.csrfToken() };
}

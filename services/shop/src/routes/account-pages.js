import { Router, urlencoded } from 'express';
import { refuseForgedForm } from '../accounts/csrf.js';
import { requirePerson } from '../accounts/require-person.js';
import { credentialsOf, passwordChangeOf, registrationOf } from '../accounts/validation.js';
import { refusalOf } from '../accounts/refusal.js';
import { ownPath } from '../own-path.js';
import { visitorOf } from '../visitor.js';
import { notStored } from './not-stored.js';

const CHANGED = 'Your password is changed.';

/** Return the pages of accounts and their forms. A refused form comes back with what was typed, but for passwords. */
export function accountPages({ sessions, entrance, membership, pages }) {
  const router = Router();
  const form = [urlencoded({ extended: false, limit: '4kb' }), refuseForgedForm];
  router.use(['/login', '/register', '/logout', '/account'], notStored, sessions.open);

  for (const [path, page, checked, enter] of [
    ['/login', pages.login, credentialsOf, entrance.logIn],
    ['/register', pages.register, registrationOf, entrance.register],
  ]) {
    const show = (req, res, shown) => res.type('html').send(page(shown, { csrfToken: req.csrfToken() }));
    router.get(path, (req, res) => {
      const next = ownPath(req.query.next);
      return req.person ? res.redirect(303, next ?? '/account') : show(req, res, { next });
    });
    router.post(path, form, async (req, res) => {
      const { email, next } = req.body;
      const refused = await refusalOf(async () => enter(checked(req.body), req, res), res);
      if (refused) show(req, res, { email, next: ownPath(next), ...refused });
      else res.redirect(303, ownPath(next) ?? '/account');
    });
  }

  router.post('/logout', form, async (req, res) => {
    await sessions.end(req, res);
    res.redirect(303, '/');
  });

  router.get('/account', requirePerson, (req, res) => {
    const done = req.query.changed === undefined ? undefined : CHANGED;
    res.type('html').send(pages.account(req.account, { done }, visitorOf(req)));
  });

  router.post('/account/password', requirePerson, form, async (req, res) => {
    const refused = await refusalOf(async () => {
      const account = await membership.changePassword(req.account, passwordChangeOf(req.body), req.ip);
      await sessions.begin(req, account);
    }, res);
    if (refused) res.type('html').send(pages.account(req.account, refused, visitorOf(req)));
    else res.redirect(303, '/account?changed');
  });
  return router;
}

import { json, Router } from 'express';
import { requirePerson } from '../accounts/require-person.js';
import { credentialsOf, passwordChangeOf, registrationOf } from '../accounts/validation.js';
import { notStored } from './not-stored.js';

/**
 * Return the routes of accounts and sessions as JSON.
 *
 * They take no token: what they take, no form of another site can send (JSON, PUT, DELETE), and no browser lets a script
 * of one through, since the shop never allows another origin.
 */
export function accountApi({ sessions, entrance, membership }) {
  const router = Router();
  const body = json({ limit: '4kb' });
  router.use(['/api/account', '/api/session'], notStored, sessions.open);

  router.post('/api/session', body, async (req, res) => {
    res.json(shown(await entrance.logIn(credentialsOf(req.body), req, res)));
  });

  router.delete('/api/session', async (req, res) => {
    if (req.person) await sessions.end(req, res);
    res.status(204).end();
  });

  router.post('/api/account', body, async (req, res) => {
    res.status(201).json(shown(await entrance.register(registrationOf(req.body), req, res)));
  });

  router.get('/api/account', requirePerson, (req, res) => res.json(shown(req.account)));

  router.put('/api/account/password', requirePerson, body, async (req, res) => {
    const account = await membership.changePassword(req.account, passwordChangeOf(req.body), req.ip);
    await sessions.begin(req, account);
    res.json(shown(account));
  });
  return router;
}

/** Return what the person may see of the account. */
function shown({ email_given: email, created_at: createdAt }) {
  return { email, created_at: createdAt };
}

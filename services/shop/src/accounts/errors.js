import { InvalidRequestError, ShopError } from '../errors.js';

// ShopError
// ├── InvalidRequestError
// │   └── InvalidFieldsError          400: fields of a form or body are wrong, each with its problems
// ├── WrongCredentialsError           401: no account with this e-mail address and password
// ├── LoggedOutError                  401: only for somebody who is logged in
// ├── ForgedFormError                 403: the form's token is missing, old or not ours
// ├── EmailTakenError                 409: there is such an account already
// ├── TooManyAttemptsError            429: too many attempts, for an account or from an address
// ├── NetworkBusyError                429: too many attempts of one address are under way
// ├── BusyError                       503: too many passwords wait to be checked
// └── AccountsUnavailableError        503: DynamoDB did not answer, or refused

const BUSY_SECONDS = 5;

/** `fields` holds the problems of each field, as sentences. */
export class InvalidFieldsError extends InvalidRequestError {
  name = 'InvalidFieldsError';

  constructor(fields) {
    super(Object.values(fields).flat().join(' '));
    this.fields = fields;
  }
}

/** One message for an unknown address and for a wrong password: it must not say who has an account. */
export class WrongCredentialsError extends ShopError {
  name = 'WrongCredentialsError';
  status = 401;

  constructor(message = 'There is no account with this e-mail address and password. Check both and try again.') {
    super(message);
  }
}

export class LoggedOutError extends ShopError {
  name = 'LoggedOutError';
  status = 401;

  constructor() {
    super('Nobody is logged in. Log in with POST /api/session and send the cookie that it sets.');
  }
}

export class ForgedFormError extends ShopError {
  name = 'ForgedFormError';
  status = 403;

  constructor() {
    super(
      'This form was too old, or was not made for you, so nothing was changed. Go back, reload the page and send it ' +
        'again; the shop needs cookies for that.',
    );
  }
}

export class EmailTakenError extends ShopError {
  name = 'EmailTakenError';
  status = 409;

  constructor() {
    super('There is an account with this e-mail address already. Log in instead.');
  }
}

export class TooManyAttemptsError extends ShopError {
  name = 'TooManyAttemptsError';
  status = 429;

  /** `where` says what was tried too often: `with this e-mail address` or `from your network`. */
  constructor(where, seconds) {
    const minutes = Math.max(1, Math.ceil(seconds / 60));
    super(`There were too many attempts ${where}. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`);
    this.retryAfterSeconds = Math.max(1, Math.ceil(seconds));
  }
}

/** Not BusyError, which is the server's failure and counts against a release: one address must not cause that. */
export class NetworkBusyError extends ShopError {
  name = 'NetworkBusyError';
  status = 429;
  retryAfterSeconds = BUSY_SECONDS;

  constructor() {
    super('Too many people are logging in from your network at this moment. Try again in a few seconds.');
  }
}

export class BusyError extends ShopError {
  name = 'BusyError';
  status = 503;
  retryAfterSeconds = BUSY_SECONDS;

  constructor() {
    super('Too many people are logging in at this moment. Try again in a few seconds.');
  }
}

/** The cause is kept for the log and never shown: it can name tables, roles and accounts of AWS. */
export class AccountsUnavailableError extends ShopError {
  name = 'AccountsUnavailableError';
  status = 503;
  retryAfterSeconds = BUSY_SECONDS;

  constructor(cause) {
    super('Accounts cannot be reached right now. Try again in a moment.', { cause });
  }
}

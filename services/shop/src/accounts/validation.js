import { z } from 'zod';
import { InvalidFieldsError } from './errors.js';

/** bcrypt looks at no more: a longer password would be cut off without a word. */
const MOST_PASSWORD_BYTES = 72;
const LEAST_PASSWORD_CHARACTERS = 12;
const MOST_EMAIL_CHARACTERS = 254;

const PARTS = [
  [/\p{Ll}/u, 'a lower-case letter'],
  [/\p{Lu}/u, 'an upper-case letter'],
  [/\p{Nd}/u, 'a digit'],
  [/[^\p{L}\p{Nd}]/u, 'a character that is neither letter nor digit'],
];

const LIST = new Intl.ListFormat('en');

/** What a new password must be, in words, for the form. */
export const PASSWORD_RULE =
  `At least ${LEAST_PASSWORD_CHARACTERS} characters, with lower-case and upper-case letters, a digit and another ` +
  'character, such as a space.';

const email = z
  .string('Enter your e-mail address.')
  .trim()
  .min(1, { error: 'Enter your e-mail address.', abort: true })
  .max(MOST_EMAIL_CHARACTERS, {
    error: `An e-mail address has at most ${MOST_EMAIL_CHARACTERS} characters.`,
    abort: true,
  })
  .regex(z.regexes.email, {
    error: ({ input }) => `"${input}" is not an e-mail address. Write it like name@example.com.`,
  });

// A password is the same however a keyboard composes its letters.
const typed = z.string('Enter your password.').normalize('NFKC').min(1, 'Enter your password.');

const chosen = z
  .string('Choose a password.')
  .normalize('NFKC')
  .superRefine((password, { addIssue }) => {
    for (const message of problemsOf(password)) addIssue({ code: 'custom', message });
  });

const CREDENTIALS = z.object({ email, password: typed });
const REGISTRATION = z.object({ email, password: chosen });
const PASSWORD_CHANGE = z.object({ current_password: typed, new_password: chosen });

/** Check who wants to log in. The password is only read: what an account's may look like can have changed since. */
export const credentialsOf = (body) => checked(CREDENTIALS, body);

/** Check a new account's e-mail address and password. */
export const registrationOf = (body) => checked(REGISTRATION, body);

/** Check a change of password: the current one, and the new one. */
export const passwordChangeOf = (body) => checked(PASSWORD_CHANGE, body);

/** Return the address as accounts are kept by: upper and lower case are the same person. */
export function accountKey(address) {
  return address.toLowerCase();
}

/** Say whether bcrypt would look at the whole password. One that is longer is nobody's. */
export function isWhole(password) {
  return Buffer.byteLength(password) <= MOST_PASSWORD_BYTES;
}

function problemsOf(password) {
  const problems = [];
  const characters = [...password].length;
  if (characters < LEAST_PASSWORD_CHARACTERS) {
    problems.push(`The password must have at least ${LEAST_PASSWORD_CHARACTERS} characters, got ${characters}.`);
  }
  if (!isWhole(password)) {
    problems.push(`The password must have at most ${MOST_PASSWORD_BYTES} bytes, got ${Buffer.byteLength(password)}.`);
  }
  const missing = PARTS.filter(([pattern]) => !pattern.test(password)).map(([, part]) => part);
  if (missing.length > 0) problems.push(`The password lacks ${LIST.format(missing)}.`);
  if (/\p{Cc}/u.test(password)) problems.push('The password must not have control characters, such as a tab.');
  return problems;
}

function checked(schema, body) {
  const { success, data, error } = schema.safeParse(body ?? {});
  if (success) return data;
  const { formErrors, fieldErrors } = z.flattenError(error);
  throw new InvalidFieldsError(formErrors.length > 0 ? { body: ['The body must be an object.'] } : fieldErrors);
}

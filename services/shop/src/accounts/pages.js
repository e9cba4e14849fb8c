import { html } from '../html.js';
import { alert, csrfField, field } from './fields.js';
import { PASSWORD_RULE } from './validation.js';

/**
 * Return the pages of accounts, each a function from what it shows to HTML text.
 *
 * `form` is what was sent and refused: `{ email, next, message, fields }`, with the problems of each field; it is empty
 * at first.
 */
export function accountPages(page) {
  return Object.freeze({
    login: (form, visitor) => page('Log in · Greenlight Goods', login(form, visitor)),
    register: (form, visitor) => page('Register · Greenlight Goods', register(form, visitor)),
    account: (account, form, visitor) =>
      page('Your account · Greenlight Goods', ownAccount(account, form, visitor), visitor),
  });
}

const login = ({ email, next, message, fields = {} }, token) => html`
<h1>Log in</h1>
<form class="form" method="post" action="/login">
${alert(message)}${csrfField(token)}${nextField(next)}
${emailField(email, fields.email)}
${passwordField({ label: 'Password', name: 'password', problems: fields.password })}
<button>Log in</button>
</form>
<p>New here? <a href="/register${nextQuery(next)}">Register</a></p>`;

const register = ({ email, next, message, fields = {} }, token) => html`
<h1>Register</h1>
<form class="form" method="post" action="/register">
${alert(message)}${csrfField(token)}${nextField(next)}
${emailField(email, fields.email)}
${newPasswordField({ label: 'Password', name: 'password', problems: fields.password })}
<button>Register</button>
</form>
<p>You have an account? <a href="/login${nextQuery(next)}">Log in</a></p>`;

const ownAccount = ({ email_given: email, created_at: since }, { message, done, fields = {} }, visitor) => html`
<h1>Your account</h1>
<p class="lead">${email}, since ${since.slice(0, 10)}</p>
<h2>Change your password</h2>
${done ? html`<p class="done" role="status">${done}</p>` : ''}
<form class="form" method="post" action="/account/password">
${alert(message)}${csrfField(visitor)}
<input type="hidden" name="username" value="${email}" autocomplete="username">
${passwordField({ label: 'Current password', name: 'current_password', problems: fields.current_password })}
${newPasswordField({ label: 'New password', name: 'new_password', problems: fields.new_password })}
<p class="hint">You stay logged in here, and are logged out everywhere else.</p>
<button>Change password</button>
</form>`;

const emailField = (value, problems) =>
  field({ label: 'E-mail address', name: 'email', type: 'email', autocomplete: 'username', value, problems });

const passwordField = ({ label, name, problems }) =>
  field({ label, name, type: 'password', autocomplete: 'current-password', problems });

const newPasswordField = ({ label, name, problems }) =>
  field({ label, name, type: 'password', autocomplete: 'new-password', hint: PASSWORD_RULE, problems });

const nextField = (next) => (next ? html`<input type="hidden" name="next" value="${next}">` : '');

const nextQuery = (next) => (next ? `?next=${encodeURIComponent(next)}` : '');

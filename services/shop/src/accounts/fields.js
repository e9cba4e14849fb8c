import { html } from '../html.js';
import { TOKEN_FIELD } from './csrf.js';

/** Return the hidden field that a form carries for a person, and nothing for a visitor. */
export function csrfField(visitor) {
  return visitor ? html`<input type="hidden" name="${TOKEN_FIELD}" value="${visitor.csrfToken}">` : '';
}

/** Return one field of a form: label, input, hint and what is wrong with it, tied together for screen readers. */
export function field({ label, name, type, autocomplete, value = '', hint, problems = [] }) {
  const notes = [hint && `${name}-hint`, problems.length > 0 && `${name}-problem`].filter(Boolean).join(' ');
  return html`
<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" required
${described(notes, problems)}>
${hint ? html`<p class="hint" id="${name}-hint">${hint}</p>` : ''}
${problems.length > 0 ? html`<p class="problem" id="${name}-problem">${problems.join(' ')}</p>` : ''}
</div>`;
}

/** Return what went wrong with the form as a whole. */
export function alert(message) {
  return message ? html`<p class="problem" role="alert">${message}</p>` : '';
}

function described(notes, problems) {
  return html`${notes && html`aria-describedby="${notes}"`}${problems.length > 0 ? html` aria-invalid="true"` : ''}`;
}

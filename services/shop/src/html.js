const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Markup that is already safe, and is not escaped again. */
class Markup {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

/** The template tag for markup: whatever is put into it is escaped, unless it is markup itself. Lists are joined. */
export function html(strings, ...values) {
  return new Markup(String.raw({ raw: strings }, ...values.map(safe)));
}

/** Declare a constant of our own, such as a drawing, to be safe markup. Never for anything that came from outside. */
export function trusted(text) {
  return new Markup(text);
}

function safe(value) {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(safe).join('');
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

export const EMAIL = 'Anna.Example@example.com';
export const PASSWORD = 'Correct horse 9 battery';

/** A browser with a jar of cookies: it keeps and deletes them as it is told, and fills in a form's hidden fields. */
export class Person {
  cookies = new Map();

  constructor(ask) {
    this.ask = ask;
  }

  async visit(path, { headers, ...options } = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await this.ask(path, { ...options, headers: { ...headers, ...(cookie && { cookie }) } });
    answer.headers.getSetCookie().forEach((text) => this.#keep(text));
    return answer;
  }

  /** Open a page, fill in its form and send it. */
  async send(path, fields, { page = path } = {}) {
    const hidden = tokenIn(await (await this.visit(page)).text());
    return this.visit(path, { method: 'POST', body: new URLSearchParams({ ...hidden, ...fields }) });
  }

  async register({ email = EMAIL, password = PASSWORD } = {}) {
    return this.send('/register', { email, password });
  }

  async logIn({ email = EMAIL, password = PASSWORD } = {}) {
    return this.send('/login', { email, password });
  }

  async text(path) {
    return (await this.visit(path)).text();
  }

  #keep(text) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(text);
    if (/expires=Thu, 01 Jan 1970/i.test(text)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** Return the token of a page's forms, as the field that they send. */
export function tokenIn(page) {
  const found = /name="_csrf" value="([^"]+)"/.exec(page);
  return found ? { _csrf: found[1] } : {};
}

// What one person sees on a way through the shop. Things are found as people find them: by their labels and words.
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";

const PATIENCE_MS = 15_000;

/** What axe finds in a page: its impact, its name and where. Its legacy mode is for pages without frames, and faster. */
export async function faultsOf(page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.map(({ id, impact, nodes }) => `${impact}: ${id} at ${nodes.map((node) => node.html).join(" ")}`);
}

/** Whether a page is wider than its window. `innerWidth` says nothing of it: a phone zooms out, and it grows. */
export function isTooWide(page) {
  return page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
}

export class Visit {
  /** Open a browser window of a kind (options of a Playwright context). */
  static async begin(browser, { who, kind, origin, photos }) {
    const context = await browser.newContext({ ...kind, baseURL: origin });
    context.setDefaultTimeout(PATIENCE_MS);
    return new Visit(await context.newPage(), { who, photos, axe: kind.javaScriptEnabled ?? true });
  }

  /** `axe`: whether it can be asked. It is a script in the page, so not where scripts do not run. */
  constructor(page, { who, photos, axe }) {
    this.page = page;
    this.photos = photos;
    this.axe = axe;
    this.told = { who, pages: [] };
  }

  async open(path, name) {
    await this.#arrive(name, () => this.page.goto(path));
  }

  async follow(words, name) {
    await this.#arrive(name, () => this.page.getByRole("link", { name: words }).first().click());
  }

  async press(words, name) {
    await this.#arrive(name, () => this.page.getByRole("main").getByRole("button", { name: words }).first().click());
  }

  async type(label, text) {
    await this.page.getByLabel(label, { exact: true }).fill(text);
  }

  /** Do what leads to the next page, and look at it: who served it, what it weighs, and what axe finds. */
  async #arrive(name, go) {
    const answers = [];
    const note = (answer) => answers.push(answer);
    this.page.on("response", note);
    await Promise.all([this.page.waitForEvent("load"), go()]);
    this.page.off("response", note);
    this.told.pages.push({
      name,
      ...(await this.#served(answers)),
      words: await this.page.getByRole("main").innerText(),
      faults: this.axe ? await faultsOf(this.page) : [],
      isTooWide: await isTooWide(this.page),
    });
    await this.#photograph(name);
  }

  async #served(answers) {
    const document = answers.findLast((each) => each.request().isNavigationRequest());
    const sizes = await Promise.all(answers.map((each) => each.request().sizes()));
    return {
      status: document.status(),
      color: document.headers()["x-environment"],
      bytes: sizes.reduce((sum, each) => sum + each.responseHeadersSize + each.responseBodySize, 0),
    };
  }

  async #photograph(name) {
    if (!this.photos) return;
    const file = `${this.told.who} - ${name}.png`.replaceAll(" ", "-");
    await this.page.screenshot({ path: join(this.photos, file) });
  }
}

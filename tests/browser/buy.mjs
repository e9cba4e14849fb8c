// People buy in the shop, each in a browser of another kind, and the traffic is moved while they stand at the checkout.
// Input: a line of JSON, {origin, photos}, photos being a folder or "". When all stand there, any line lets them go on.
// Output: a line when all stand at the checkout, and one with what each of them saw.
import { createInterface } from "node:readline";
import { devices } from "playwright-core";
import { inBrowser } from "./chromium.mjs";
import { faultsOf, isTooWide, Visit } from "./visit.mjs";

const PEOPLE = {
  "at a desk": { viewport: { width: 1280, height: 800 } },
  "on a phone": { ...devices["Pixel 7"], deviceScaleFactor: 1 },
  "without JavaScript": { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false },
};
const PASSWORD = "a Long enough 1";

async function goToTheCheckout(visit, number) {
  await visit.open("/", "products");
  await visit.type("Search the products", "mug");
  await visit.press("Search", "search");
  await visit.follow("Enamel mug", "product");
  await visit.type("Quantity", "2");
  await visit.press("Add to cart", "cart");
  await visit.follow("Log in", "login");
  await visit.type("E-mail address", "nobody@example.com");
  await visit.type("Password", PASSWORD);
  await visit.press("Log in", "login refused");
  await visit.follow("Register", "register");
  await visit.type("E-mail address", `person-${number}@example.com`);
  await visit.type("Password", PASSWORD);
  await visit.press("Register", "account");
  await visit.follow("Cart", "cart taken over");
  await visit.follow("Check out", "checkout");
}

/** What is found on a page with faults that were planted, so that silence elsewhere means something. */
async function lookAtPlantedFaults(browser) {
  const context = await browser.newContext(PEOPLE["on a phone"]);
  const page = await context.newPage();
  await page.setContent(`<meta name="viewport" content="width=device-width"><div style="width: 700px"><img src="data:,"></div>`);
  const found = { faults: await faultsOf(page), isTooWide: await isTooWide(page) };
  await context.close();
  return found;
}

async function finishTheOrder(visit) {
  await visit.press(/^Order for/, "order");
  await visit.follow("All your orders", "orders");
  await visit.open("/no-such-page", "not found");
}

async function main() {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const { origin, photos } = JSON.parse((await lines.next()).value);
  await inBrowser([], async (browser) => {
    const visits = await Promise.all(
      Object.entries(PEOPLE).map(([who, kind]) => Visit.begin(browser, { who, kind, origin, photos })),
    );
    for (const [number, visit] of visits.entries()) await goToTheCheckout(visit, number);
    console.log(JSON.stringify({ at: "checkout", planted: await lookAtPlantedFaults(browser) }));
    if ((await lines.next()).done) return;
    for (const visit of visits) await finishTheOrder(visit);
    console.log(JSON.stringify(visits.map((visit) => visit.told)));
  });
}

await main();

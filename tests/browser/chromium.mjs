// A headless Chromium that leaves nothing behind: its files are in a folder that goes with it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-zygote"];

/** Start the browser with further arguments, give it to `use`, return what that returns, and end it. */
export async function inBrowser(more, use) {
  const home = await mkdtemp(join(tmpdir(), "greenlight-browser-"));
  // Both packages read TMPDIR when they are loaded.
  process.env.TMPDIR = home;
  const { default: packed } = await import("@sparticuz/chromium");
  const { chromium } = await import("playwright-core");
  const executablePath = await packed.executablePath();
  const browser = await chromium.launch({ executablePath, args: [...ARGUMENTS, ...more] });
  try {
    return await use(browser);
  } finally {
    await browser.close();
    await rm(home, { recursive: true, force: true });
  }
}

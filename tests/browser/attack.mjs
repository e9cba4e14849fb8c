// A page of another site, in a real browser, sends whatever a page can send to a port of this machine.
// Input: JSON on standard input, {port, requests: [{what, method, path, type, body}]}. Output: JSON, what came of each.
import http from "node:http";
import { text } from "node:stream/consumers";
import { inBrowser } from "./chromium.mjs";

const SITE = "attacker.example";
const SECONDS = 5;

async function serveThePage() {
  const server = http.createServer((_request, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<title>an ordinary page</title>");
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

// Runs in the page. `readable` is what the page could read of an answer; "" when the browser kept it, or none came.
async function tryAll({ requests, origin, seconds }) {
  const inTime = (promise) =>
    Promise.race([promise, new Promise((_, late) => setTimeout(() => late(new Error("no answer")), seconds * 1000))]);
  const said = async (promise) => {
    try {
      return { reached: true, readable: await inTime(promise) };
    } catch (error) {
      return { reached: false, readable: "", error: String(error) };
    }
  };
  const byFetch = (each, mode, headers) =>
    fetch(origin + each.path, {
      method: each.method,
      mode,
      headers,
      body: each.method === "GET" ? undefined : each.body,
      credentials: "include",
    }).then((answer) => answer.text());
  const byForm = (each) =>
    new Promise((sent) => {
      const frame = document.createElement("iframe");
      frame.name = `frame-${Math.random()}`;
      document.body.append(frame);
      const form = document.createElement("form");
      Object.assign(form, { method: "post", action: origin + each.path, target: frame.name, enctype: each.type });
      for (const pair of each.body.split("&")) {
        const field = document.createElement("input");
        const [name, ...value] = pair.split("=");
        Object.assign(field, { type: "hidden", name: decodeURIComponent(name) });
        field.value = decodeURIComponent(value.join("="));
        form.append(field);
      }
      document.body.append(form);
      frame.onload = () => {
        try {
          sent(frame.contentDocument?.body?.innerText ?? "");
        } catch {
          sent("");
        }
      };
      form.submit();
    });
  const results = [];
  const note = async (what, tried) => results.push({ what, ...(await said(tried)) });
  for (const each of requests) {
    const type = { "content-type": each.type };
    await note(`${each.what}, as a simple request`, byFetch(each, "no-cors", type));
    await note(`${each.what}, with headers of its own`, byFetch(each, "cors", { ...type, ...each.headers }));
    if (each.method === "POST") await note(`${each.what}, as a form`, byForm(each));
  }
  const opened = new Promise((open, failed) => {
    const socket = new WebSocket(origin.replace("http", "ws") + "/");
    socket.onopen = () => open("open");
    socket.onerror = () => failed(new Error("refused"));
  });
  await note("a WebSocket", opened);
  return results;
}

async function main() {
  const { port, requests } = JSON.parse(await text(process.stdin));
  const site = await serveThePage();
  try {
    const told = await inBrowser([`--host-resolver-rules=MAP ${SITE} 127.0.0.1`], async (browser) => {
      const page = await browser.newPage();
      await page.goto(`http://${SITE}:${site.address().port}/`);
      return attack(page, port, requests);
    });
    console.log(JSON.stringify(told));
  } finally {
    site.close();
  }
}

async function attack(page, port, requests) {
  const told = [];
  const origins = { "another origin": "127.0.0.1", "a name that was rebound": SITE };
  for (const [who, host] of Object.entries(origins)) {
    const tried = await page.evaluate(tryAll, { requests, origin: `http://${host}:${port}`, seconds: SECONDS });
    told.push(...tried.map((each) => ({ ...each, what: `${who}: ${each.what}` })));
  }
  return told;
}

await main();

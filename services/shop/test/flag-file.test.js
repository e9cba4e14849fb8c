import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileSource } from '../src/flags/file-source.js';
import { related } from './support/flag-source.js';
import { startListening } from './support/process.js';
import { startShop } from './support/shop.js';

const ON = JSON.stringify(related({ enabled: true }));
const OFF = JSON.stringify(related({ enabled: false }));

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), 'flags-'));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

async function shopOf(t, text) {
  const path = join(await folder(t), 'flags.json');
  if (text !== undefined) await writeFile(path, text);
  const shop = await startShop(t, { flagSource: new FileSource({ path }) });
  const isShown = () => shows((address) => shop.ask(address));
  return { ...shop, path, isShown, warnings: () => shop.lines.filter(({ level }) => level === 'warn') };
}

async function shows(ask) {
  return (await (await ask('/products/enamel-mug')).text()).includes('From the same shelf');
}

/** Wait until the shop shows the related products, or no longer does. */
async function becomes(isShown, wanted) {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await isShown()) === wanted) return true;
    await sleep(50);
  }
  return false;
}

test('a file that changes while the shop runs is read again', async (t) => {
  const { isShown, path } = await shopOf(t, OFF);
  const first = await isShown();

  await writeFile(path, ON);

  assert.equal(first, false);
  assert.ok(await becomes(isShown, true));
});

test('a file that is replaced by another one, as editors do, is read again', async (t) => {
  const { isShown, path } = await shopOf(t, OFF);

  await writeFile(`${path}.new`, ON);
  await rename(`${path}.new`, path);

  assert.ok(await becomes(isShown, true));
});

test('a missing file is one line in the log and the defaults; the file that comes later is read', async (t) => {
  const { ask, isShown, path, warnings } = await shopOf(t);
  const first = await isShown();

  await writeFile(path, ON);

  assert.equal(first, false);
  assert.equal((await ask('/ready')).status, 200);
  assert.ok(await becomes(isShown, true));
  assert.equal(warnings().length, 1);
  assert.match(warnings()[0].error, /ENOENT/);
});

test('a file that is taken away leaves the defaults, and one line in the log', async (t) => {
  const { isShown, path, warnings } = await shopOf(t, ON);

  await rm(path);

  assert.ok(await becomes(isShown, false));
  assert.equal(warnings().length, 1);
});

test('a folder in place of the file is one line in the log', async (t) => {
  const shop = await startShop(t, { flagSource: new FileSource({ path: await folder(t) }) });

  assert.equal(await shows(shop.ask), false);
  assert.match(shop.lines[0].error, /EISDIR/);
});

test('the real process reads the file of its environment before its first answer', async (t) => {
  const path = join(await folder(t), 'flags.json');
  await writeFile(path, ON);

  const { origin } = await startListening(t, { FLAGS_FILE: path });

  assert.ok(await shows((address) => fetch(origin + address)));
});

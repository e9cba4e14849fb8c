import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpenFeature } from '@openfeature/server-sdk';
import { FlagProvider } from '../src/flags/provider.js';
import { isInShare } from '../src/flags/share.js';
import { FakeFlagSource, related } from './support/flag-source.js';
import { startShop } from './support/shop.js';

const PAGE = '/products/enamel-mug';
const KEYS = Array.from({ length: 10_000 }, (_, number) => `visitor-${number}`);

async function shopWith(t, flags) {
  const flagSource = new FakeFlagSource(flags);
  const shop = await startShop(t, { flagSource });
  const isShown = async () => (await (await shop.ask(PAGE)).text()).includes('From the same shelf');
  const warnings = () => shop.lines.filter(({ level }) => level === 'warn');
  return { flagSource, isShown, warnings, ...shop };
}

for (const wrong of [
  true,
  'on',
  null,
  {},
  { enabled: 'yes' },
  { enabled: true, share_percent: '20' },
  { enabled: true, share_percent: 101 },
  { enabled: true, share_percent: -1 },
]) {
  test(`a flag that is ${JSON.stringify(wrong)} is off, is one line in the log, and fails neither a page nor /ready`, async (t) => {
    const { ask, flagSource, isShown, warnings } = await shopWith(t, related(wrong));

    flagSource.say(related(wrong));

    assert.equal(await isShown(), false);
    assert.equal(await isShown(), false);
    assert.equal(warnings().length, 1);
    assert.match(warnings()[0].error, /^related-products must be .*, got .*; it is off until then$/);
    assert.equal((await ask('/ready')).status, 200);
  });
}

test('a flag of the wrong type that is mended is on, and wrong again is told again', async (t) => {
  const { flagSource, isShown, warnings } = await shopWith(t, related('on'));

  flagSource.say(related({ enabled: true }));
  const mended = await isShown();
  flagSource.say(related('on'));

  assert.deepEqual([mended, await isShown(), warnings().length], [true, false, 2]);
});

for (const text of ['', '{', '[]', '"on"', 'null', '7']) {
  test(`the text ${JSON.stringify(text)} changes nothing, at first and later, and is one line in the log`, async (t) => {
    const { flagSource, isShown, warnings } = await shopWith(t, text);
    const first = await isShown();
    flagSource.say(related({ enabled: true }));
    flagSource.say(text);
    flagSource.say(text);

    assert.deepEqual([first, await isShown(), warnings().length], [false, true, 2]);
    assert.match(warnings()[0].error, /^FlagTextError: the flags /);
  });
}

test('flags that only another version knows are nobody else’s trouble', async (t) => {
  const { isShown, warnings } = await shopWith(t, '{"later": "anything", "__proto__": 1, "toString": 2, "related-products": {"enabled": true}}');

  assert.deepEqual([await isShown(), warnings()], [true, []]);
});

for (const percent of [1, 20, 50, 99]) {
  test(`a share of ${percent} % of 10,000 fixed keys is that share, to within 3.3 standard deviations`, () => {
    const inShare = KEYS.filter((key) => isInShare('related-products', key, percent)).length;

    const deviation = Math.sqrt(KEYS.length * (percent / 100) * (1 - percent / 100));
    assert.ok(Math.abs(inShare - (KEYS.length * percent) / 100) < 3.3 * deviation, `${inShare} of ${KEYS.length}`);
  });
}

test('who is in a share stays in every larger one; nobody is in none and all are in all', () => {
  const inShare = (percent) => KEYS.filter((key) => isInShare('related-products', key, percent));
  const larger = new Set(inShare(25));

  assert.ok(inShare(5).every((key) => larger.has(key)));
  assert.deepEqual([inShare(0).length, inShare(100).length], [0, KEYS.length]);
});

test('two flags draw apart: half of one half is in the other', () => {
  const both = KEYS.filter((key) => isInShare('related-products', key, 50) && isInShare('another', key, 50)).length;

  assert.ok(Math.abs(both - 2500) < 3.3 * Math.sqrt(10_000 * 0.25 * 0.75), String(both));
});

test('a flag that is asked for as a text, a number or an object is its default, and OpenFeature says why', async () => {
  const provider = new FlagProvider({ log: { info() {}, warn() {} } });
  provider.tell(JSON.stringify(related({ enabled: true })));
  OpenFeature.setProvider('types', provider);
  const client = OpenFeature.getClient('types');

  const answers = [
    await client.getStringDetails('related-products', 'plain'),
    await client.getNumberDetails('related-products', 7),
    await client.getObjectDetails('related-products', { a: 1 }),
  ];

  assert.deepEqual(answers.map(({ value }) => value), ['plain', 7, { a: 1 }]);
  assert.deepEqual(answers.map(({ errorCode }) => errorCode), Array(3).fill('TYPE_MISMATCH'));
});

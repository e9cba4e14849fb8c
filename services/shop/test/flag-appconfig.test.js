import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { PLACE, sourceAt, startAppConfig } from './support/fake-appconfig.js';
import { related } from './support/flag-source.js';
import { startListening } from './support/process.js';
import { startShop } from './support/shop.js';

const ON = JSON.stringify(related({ enabled: true }));
const OFF = JSON.stringify(related({ enabled: false }));

async function shopAt(t, appConfig, options = {}) {
  const shop = await startShop(t, { flagSource: sourceAt(appConfig, { retrySeconds: 0.1, ...options }) });
  const warnings = () => shop.lines.filter(({ level }) => level === 'warn');
  return { ...shop, warnings, isShown: () => shows((path) => shop.ask(path)) };
}

async function shows(ask) {
  return (await (await ask('/products/enamel-mug')).text()).includes('From the same shelf');
}

async function until(holds) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  assert.fail('it did not become so within 5 s');
}

test('the flags of AppConfig are there at the first request, from the place that was named', async (t) => {
  const appConfig = await startAppConfig(t);
  appConfig.content = ON;

  const { isShown } = await shopAt(t, appConfig);

  assert.ok(await isShown());
  assert.deepEqual(appConfig.sessions, [
    {
      ApplicationIdentifier: PLACE.application,
      EnvironmentIdentifier: PLACE.environment,
      ConfigurationProfileIdentifier: PLACE.profile,
    },
  ]);
});

test('a deployment of new flags arrives in the same session, and an empty answer changes nothing', async (t) => {
  const appConfig = await startAppConfig(t);
  appConfig.content = ON;
  const { isShown } = await shopAt(t, appConfig);
  await until(() => appConfig.asked.length === 2);
  const unchanged = await isShown();

  appConfig.content = OFF;

  assert.ok(unchanged);
  await until(async () => !(await isShown()));
  assert.equal(appConfig.sessions.length, 1);
});

test('AppConfig is asked as often as it says, and not by requests', async (t) => {
  const appConfig = await startAppConfig(t);
  Object.assign(appConfig, { content: ON, intervalSeconds: 1 });
  const { isShown } = await shopAt(t, appConfig);

  for (let request = 0; request < 20; request += 1) await isShown();
  await until(() => appConfig.asked.length === 3);

  const [first, second, third] = appConfig.asked;
  for (const pause of [second - first, third - second]) assert.ok(pause > 900 && pause < 2500, `${pause} ms`);
});

test('nothing deployed is the default and no line in the log', async (t) => {
  const appConfig = await startAppConfig(t);

  const { isShown, lines } = await shopAt(t, appConfig);

  assert.deepEqual([await isShown(), lines], [false, []]);
});

test('an AppConfig that does not answer holds up no request, and the start for two seconds', async (t) => {
  const appConfig = await startAppConfig(t);
  appConfig.mood = 'silent';
  const before = Date.now();
  const { ask, isShown } = await shopAt(t, appConfig);
  const started = Date.now() - before;

  const asked = Date.now();
  const shown = await isShown();
  const ready = await ask('/ready');

  assert.deepEqual([shown, ready.status], [false, 200]);
  assert.ok(Date.now() - asked < 1000, `${Date.now() - asked} ms`);
  assert.ok(started > 1900 && started < 5000, `${started} ms`);
});

test('an AppConfig that fails is one line in the log and the default, and is heard once it is well', async (t) => {
  const appConfig = await startAppConfig(t);
  Object.assign(appConfig, { content: ON, mood: 'down' });
  const { isShown, warnings } = await shopAt(t, appConfig);
  await sleep(500);
  const [first, told] = [await isShown(), warnings().length];

  appConfig.mood = 'well';

  assert.deepEqual([first, told], [false, 1]);
  await until(isShown);
});

test('flags stay as they were read while AppConfig is away, and a new session finds what came since', async (t) => {
  const appConfig = await startAppConfig(t);
  Object.assign(appConfig, { content: ON, intervalSeconds: 1 });
  const { isShown, warnings } = await shopAt(t, appConfig);

  appConfig.mood = 'down';
  await until(() => warnings().length === 1);
  const meanwhile = await isShown();
  Object.assign(appConfig, { content: OFF, mood: 'well' });

  assert.ok(meanwhile);
  await until(async () => !(await isShown()));
  assert.equal(appConfig.sessions.length, 2);
});

test('each outage is a line in the log, also where nothing is deployed and every answer is empty', async (t) => {
  const appConfig = await startAppConfig(t);
  const { warnings } = await shopAt(t, appConfig);
  for (const outage of [1, 2]) {
    appConfig.mood = 'down';
    await until(() => warnings().length === outage);
    const asked = appConfig.asked.length;
    appConfig.mood = 'well';
    await until(() => appConfig.asked.length > asked);
  }

  assert.equal(warnings().length, 2);
});

test('the real process starts without AppConfig and says so once', async (t) => {
  const appConfig = await startAppConfig(t);
  appConfig.mood = 'down';

  const { child, exited, origin } = await startListening(t, {
    AWS_ENDPOINT_URL_APPCONFIGDATA: appConfig.endpoint,
    FLAGS_APPCONFIG: 'shop/production/flags',
    DRAIN_SECONDS: '0',
  });

  assert.equal(await shows((path) => fetch(origin + path)), false);
  child.kill('SIGTERM');
  const { code, stdout } = await exited;
  assert.equal(code, 0);
  assert.equal(stdout.match(/flags not read/g).length, 1);
});

test('the real process has the flags of AppConfig before its first answer', async (t) => {
  const appConfig = await startAppConfig(t);
  appConfig.content = ON;

  const { origin } = await startListening(t, {
    AWS_ENDPOINT_URL_APPCONFIGDATA: appConfig.endpoint,
    FLAGS_APPCONFIG: 'shop/production/flags',
  });

  assert.ok(await shows((path) => fetch(origin + path)));
});

import { randomUUID } from 'node:crypto';
import { ErrorCode, OpenFeature } from '@openfeature/server-sdk';
import { AppConfigSource, connectAppConfig } from './appconfig-source.js';
import { FileSource } from './file-source.js';
import { KNOWN_FLAGS } from './known-flags.js';
import { FlagProvider } from './provider.js';
import { keepVisitor } from './visitor-key.js';

/** How long a start waits for the flags at most. Without them the shop starts all the same, with the defaults. */
const START_MS = 2000;

/** Return the flags of the environment: in AppConfig, in a file, or the defaults alone. */
export function flagsOf({ flags, region }, log) {
  return createFlags({ source: sourceOf(flags, region), log });
}

function sourceOf(flags, region) {
  if (flags?.appConfig) return new AppConfigSource({ ...flags.appConfig, client: connectAppConfig(region) });
  return flags?.file === undefined ? undefined : new FileSource({ path: flags.file });
}

/** Return the flags that a source tells of; without one each has its default, as OpenFeature has it without a provider. */
export function createFlags({ source, log }) {
  const domain = randomUUID();
  const provider = new FlagProvider({ log });
  if (source) OpenFeature.setProvider(domain, provider);
  const client = OpenFeature.getClient(domain);
  return {
    /** Ask the source for the first time, and from then on; wait for that a moment. */
    start: async () => source && Promise.race([source.start(provider), moment()]),
    stop: () => source?.stop(),
    /** Say whether a flag is on for whoever asks. Somebody new gets a cookie only where the flag is on for a share. */
    isOn: (name, req, res) => answer(client, name, () => keepVisitor(req, res)),
  };
}

async function answer(client, name, keyOf) {
  const said = await client.getBooleanDetails(name, KNOWN_FLAGS[name]);
  if (said.errorCode !== ErrorCode.TARGETING_KEY_MISSING) return said.value;
  const targetingKey = keyOf();
  if (!targetingKey) return said.value;
  return client.getBooleanValue(name, KNOWN_FLAGS[name], { targetingKey });
}

function moment() {
  return new Promise((resolve) => setTimeout(resolve, START_MS).unref());
}

import { z } from 'zod';
import { shown } from '../config-values.js';
import { KNOWN_FLAGS } from './known-flags.js';

const FLAG = z.object({ enabled: z.boolean(), share_percent: z.number().min(0).max(100).default(100) });
const ALLOWED = '{"enabled": true or false, "share_percent": 0 to 100 (optional)}';

/** The text is not a JSON object: nothing can be read from it. */
export class FlagTextError extends Error {
  name = 'FlagTextError';
}

/**
 * Read flags as AppConfig hands them out: an object with `enabled` and the attributes of each by its name.
 *
 * Return `flags`, those that this version knows and that are as they should be, and `problems`, a line for each that is
 * not, both by name. Flags of another version are not looked at. Throws FlagTextError.
 */
export function readFlags(text) {
  const flags = new Map();
  const problems = new Map();
  for (const [name, value] of Object.entries(objectIn(text))) {
    if (!Object.hasOwn(KNOWN_FLAGS, name)) continue;
    const { success, data } = FLAG.safeParse(value);
    if (success) flags.set(name, { enabled: data.enabled, sharePercent: data.share_percent });
    else problems.set(name, `${name} must be ${ALLOWED}, got ${excerpt(value)}; it is ${KNOWN_FLAGS[name] ? 'on' : 'off'} until then`);
  }
  return { flags, problems };
}

function objectIn(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FlagTextError(`the flags are no JSON: ${error.message}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new FlagTextError(`the flags must be a JSON object by their names, got ${excerpt(value)}`);
  }
  return value;
}

function excerpt(value) {
  return shown(value).slice(0, 200);
}

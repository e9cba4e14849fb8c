import { createHash } from 'node:crypto';

const RANGE = 2 ** 32;

/**
 * Say whether somebody is in a flag's share of users, in percent.
 *
 * It depends on the flag and the key alone, so that every process of either color says the same, now and after a
 * restart. Who is in a share is in every larger one too; and each flag has a draw of its own.
 */
export function isInShare(flag, key, percent) {
  const drawn = createHash('sha256').update(`${flag}:${key}`).digest().readUInt32BE();
  return drawn < (percent / 100) * RANGE;
}

import { ErrorCode, StandardResolutionReasons as Reason } from '@openfeature/server-sdk';
import { errorFields } from '../log.js';
import { FlagTextError, readFlags } from './flag-text.js';
import { isInShare } from './share.js';

/**
 * The shop's flags for OpenFeature, each a switch that may be on for a share of users.
 *
 * A source (FileSource, AppConfigSource) tells it what there is; a question is answered from memory, so that no request
 * ever waits for one. What cannot be read changes nothing: what was read last stays, at first the defaults. Each trouble
 * is one line in the log, however long it lasts.
 */
export class FlagProvider {
  metadata = Object.freeze({ name: 'greenlight-shop' });
  runsOn = 'server';
  #flags = new Map();
  #problems = new Map();
  #trouble;
  #log;

  constructor({ log }) {
    this.#log = log;
  }

  /** Take the text that a source read. */
  tell(text) {
    try {
      const { flags, problems } = readFlags(text);
      const known = this.#problems;
      [this.#flags, this.#problems, this.#trouble] = [flags, problems, undefined];
      this.#report(known);
    } catch (error) {
      if (!(error instanceof FlagTextError)) throw error;
      this.complain(error);
    }
  }

  /** Take note that a source was answered, and there was nothing new: the next trouble is another one. */
  heard() {
    this.#trouble = undefined;
  }

  /** Log, once, why a source could not read anything; the flags stay as they are. */
  complain(error) {
    if (this.#trouble === error.message) return;
    this.#trouble = error.message;
    this.#log.warn({ error: errorFields(error).error, flags: Object.fromEntries(this.#flags) }, 'flags not read');
  }

  /** Go back to the defaults: a source found that there is nothing any more. */
  forget(error) {
    [this.#flags, this.#problems] = [new Map(), new Map()];
    this.complain(error);
  }

  async resolveBooleanEvaluation(name, byDefault, { targetingKey }) {
    const flag = this.#flags.get(name);
    if (!flag) return this.#defaultOf(name, byDefault);
    const { enabled, sharePercent } = flag;
    if (!enabled || sharePercent === 0) return { value: false, reason: Reason.STATIC };
    if (sharePercent === 100) return { value: true, reason: Reason.STATIC };
    if (!targetingKey) return { value: byDefault, reason: Reason.ERROR, errorCode: ErrorCode.TARGETING_KEY_MISSING };
    return { value: isInShare(name, targetingKey, sharePercent), reason: Reason.SPLIT };
  }

  async resolveStringEvaluation(_name, byDefault) {
    return isSwitch(byDefault);
  }

  async resolveNumberEvaluation(_name, byDefault) {
    return isSwitch(byDefault);
  }

  async resolveObjectEvaluation(_name, byDefault) {
    return isSwitch(byDefault);
  }

  #defaultOf(name, byDefault) {
    const errorMessage = this.#problems.get(name);
    if (!errorMessage) return { value: byDefault, reason: Reason.DEFAULT };
    return { value: byDefault, reason: Reason.ERROR, errorCode: ErrorCode.TYPE_MISMATCH, errorMessage };
  }

  #report(known) {
    this.#log.info({ flags: Object.fromEntries(this.#flags) }, 'flags read');
    for (const [name, problem] of this.#problems) {
      if (known.get(name) !== problem) this.#log.warn({ error: problem }, 'flag of the wrong type');
    }
  }
}

function isSwitch(byDefault) {
  const errorMessage = 'every flag of the shop is on or off';
  return { value: byDefault, reason: Reason.ERROR, errorCode: ErrorCode.TYPE_MISMATCH, errorMessage };
}

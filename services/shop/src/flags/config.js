import { shown } from '../config-values.js';

const NAME = '[A-Za-z0-9_.-]{1,64}';
const PLACE = new RegExp(`^(${NAME})/(${NAME})/(${NAME})$`);
const PLACE_ALLOWED = 'an application, an environment and a configuration profile of AppConfig, as "shop/production/flags"';
const FILE = /^[^\0\n\r]{1,4096}$/;

/**
 * Read where the flags are; add to `problems` what is wrong with it.
 *
 * `FLAGS_FILE` is a JSON file, `FLAGS_APPCONFIG` a place in AppConfig. Without either every flag has its default. Both
 * at once are refused: nobody could say which one counts.
 */
export function readFlagsConfig({ FLAGS_FILE: file, FLAGS_APPCONFIG: place }, problems) {
  if (file !== undefined && place !== undefined) {
    problems.push(`FLAGS_FILE must be absent while FLAGS_APPCONFIG is set, got ${shown(file)}`);
  }
  if (place !== undefined) return appConfig(place, problems);
  return file === undefined ? undefined : flagFile(file, problems);
}

function appConfig(text, problems) {
  const [, application, environment, profile] = PLACE.exec(text) ?? [];
  if (!application) problems.push(`FLAGS_APPCONFIG must be ${PLACE_ALLOWED}, got ${shown(text)}`);
  return Object.freeze({ appConfig: Object.freeze({ application, environment, profile }) });
}

function flagFile(text, problems) {
  if (!FILE.test(text)) problems.push(`FLAGS_FILE must be the path of a JSON file, got ${shown(text)}`);
  return Object.freeze({ file: text });
}

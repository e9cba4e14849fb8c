import pino from 'pino';

/** What is never written, whoever logs it: pino puts a remark in its place. */
const SECRETS = ['password', 'cookie', 'authorization', 'token', 'secret'];

/**
 * Return a logger that writes one JSON line per event to standard output, each with the color and the version.
 *
 * It is called as pino is: fields first, then the message. Lines are written at once, so that the last words of a
 * process are not lost. Successful requests are not logged: the load balancer's access log has them, `/metrics` counts
 * them, and they would cost throughput.
 */
export function createLog({ environment, version }, destination = pino.destination({ sync: true })) {
  const options = {
    base: { environment, version },
    messageKey: 'message',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
    redact: [...SECRETS, ...SECRETS.map((name) => `*.${name}`)],
  };
  return pino(options, destination);
}

/** Return what a log line says about an error, with the error behind it. */
export function errorFields(error) {
  const fields = { error: `${error.name}: ${error.message}`, stack: error.stack };
  if (error.cause) fields.cause = `${error.cause.name}: ${error.cause.message}`;
  return fields;
}

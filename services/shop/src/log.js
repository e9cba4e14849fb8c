/**
 * Return a logger that writes one JSON line per event to standard output, each with the color and the version.
 *
 * Successful requests are not logged: the load balancer's access log has them, and they would cost throughput.
 */
export function createLog({ environment, version }, write = (line) => process.stdout.write(line)) {
  const at = (level) => (message, fields = {}) => {
    const time = new Date().toISOString();
    write(`${JSON.stringify({ time, level, message, environment, version, ...fields })}\n`);
  };
  return Object.freeze({ info: at('info'), error: at('error') });
}

/** Return what a log line says about an error, with the error behind it. */
export function errorFields(error) {
  const fields = { error: `${error.name}: ${error.message}`, stack: error.stack };
  if (error.cause) fields.cause = `${error.cause.name}: ${error.cause.message}`;
  return fields;
}

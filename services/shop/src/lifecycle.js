import { setTimeout as sleep } from 'node:timers/promises';

/** How long requests in flight may take after the listener closed; with the 5 s of draining, less than Docker's 10 s. */
export const FINISH_SECONDS = 4;

const SWEEP_MS = 50;

/** Return the shop's state of life, which is serving until `drain` is called. There is no way back. */
export function createLifecycle() {
  let draining = false;
  return {
    get draining() {
      return draining;
    },
    drain() {
      draining = true;
    },
  };
}

/**
 * Stop without failing a request, and return whether every request was finished.
 *
 * First /health says 503 while everything is still answered, so that the load balancer looks elsewhere; then nobody new
 * is let in; then the requests in flight are finished, up to a limit after which they are cut off.
 */
export async function stop({ server, lifecycle, drainSeconds, finishSeconds = FINISH_SECONDS }) {
  lifecycle.drain();
  await sleep(drainSeconds * 1000);
  const closed = close(server);
  const late = sleep(finishSeconds * 1000, 'late', { ref: false });
  if ((await Promise.race([closed, late])) !== 'late') return true;
  server.closeAllConnections();
  return false;
}

/** Close the listener, and each connection as soon as it has nothing to answer: kept alive, it would last 65 s more. */
async function close(server) {
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await new Promise((resolve) => server.close(resolve));
  clearInterval(sweep);
}

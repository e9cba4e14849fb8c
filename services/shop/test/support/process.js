import { spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../../src/server.js', import.meta.url));

export const ENVIRONMENT = Object.freeze({
  ENVIRONMENT: 'blue',
  VERSION: '1.0.0',
  PORT: '0',
  HOST: '127.0.0.1',
  CART_TABLE: 'carts',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

/** Start the real process for one test; it never outlives the test. `exited` resolves to `{ code, stdout, stderr }`. */
export function startProcess(t, env = {}) {
  const child = spawn(process.execPath, [SERVER], { env: { PATH: process.env.PATH, ...ENVIRONMENT, ...env } });
  t.after(() => child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (data) => (output[name] += data));
  const exited = once(child, 'close').then(([code]) => ({ code, ...output }));
  return { child, exited, lines: createInterface({ input: child.stdout }) };
}

/** Start the real process, wait until it listens, and add its address. */
export async function startListening(t, env) {
  const started = startProcess(t, env);
  for await (const [line] of on(started.lines, 'line', { close: ['close'] })) {
    const { port } = JSON.parse(line);
    if (port) return { ...started, origin: `http://127.0.0.1:${port}` };
  }
  throw new Error(`the shop did not start: ${(await started.exited).stderr}`);
}

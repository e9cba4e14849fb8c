import { once } from 'node:events';
import { createServer } from 'node:http';

/** Start an HTTP server in place of DynamoDB: it holds every request until `release`, or for good, and counts. */
export async function startHoldingDynamoDb(t) {
  let asked;
  const held = [];
  const firstRequest = new Promise((resolve) => (asked = resolve));
  const server = createServer((_req, res) => {
    held.push(res);
    asked();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const release = () => held.forEach((res) => res.end('{}'));
  return { endpoint: `http://127.0.0.1:${server.address().port}`, firstRequest, release, count: () => held.length };
}

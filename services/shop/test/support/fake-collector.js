import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';

/** Start an HTTP server in place of an OpenTelemetry collector; `spans` grows as they arrive. */
export async function startCollector(t) {
  const spans = [];
  const server = createServer(async (req, res) => {
    const { resourceSpans } = await json(req);
    for (const { resource, scopeSpans } of resourceSpans) {
      spans.push(...scopeSpans.flatMap((scope) => scope.spans).map((span) => ({ ...span, resource })));
    }
    res.setHeader('content-type', 'application/json').end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { endpoint: `http://127.0.0.1:${server.address().port}`, spans };
}

/** Return a span's or a resource's attributes as an object. */
export function attributes({ attributes: list }) {
  return Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]]));
}

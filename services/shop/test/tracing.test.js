import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributes, startCollector } from './support/fake-collector.js';
import { startHoldingDynamoDb } from './support/fake-dynamodb.js';
import { startListening } from './support/process.js';

const COOKIE = { cookie: 'cart=00000000-0000-4000-8000-000000000000' };
const TRACE = '0af7651916cd43dd8448eb211c80319c';

test('a request is a span named by its route, in the trace of its caller, with the question to DynamoDB below it', async (t) => {
  const collector = await startCollector(t);
  const dynamo = await startHoldingDynamoDb(t);
  const shop = await startListening(t, {
    DRAIN_SECONDS: '0',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
    AWS_ENDPOINT_URL: dynamo.endpoint,
  });
  const asked = fetch(`${shop.origin}/api/cart`, {
    headers: { ...COOKIE, traceparent: `00-${TRACE}-b7ad6b7169203331-01` },
  });
  await dynamo.firstRequest;
  dynamo.release();
  assert.equal((await asked).status, 200);
  await fetch(`${shop.origin}/health`);

  shop.child.kill('SIGTERM');
  await shop.exited;

  const server = collector.spans.find(({ name }) => name === 'GET /api/cart');
  assert.deepEqual([server.traceId, server.parentSpanId], [TRACE, 'b7ad6b7169203331']);
  assert.equal(attributes(server)['http.route'], '/api/cart');
  const { 'service.name': service, 'service.version': version } = attributes(server.resource);
  assert.deepEqual([service, version], ['shop', '1.0.0']);
  assert.deepEqual(collector.spans.filter(({ parentSpanId }) => parentSpanId === server.spanId).length, 1);
  assert.equal(collector.spans.length, 2);
});

test('a collector that is away does not keep the shop from answering or from stopping', async (t) => {
  const shop = await startListening(t, { DRAIN_SECONDS: '0', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
  assert.equal((await fetch(`${shop.origin}/`)).status, 200);
  const before = Date.now();

  shop.child.kill('SIGTERM');

  assert.equal((await shop.exited).code, 0);
  assert.ok(Date.now() - before < 4000, `${Date.now() - before} ms`);
});

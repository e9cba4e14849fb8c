import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { AppConfigDataClient } from '@aws-sdk/client-appconfigdata';
import { AppConfigSource } from '../../src/flags/appconfig-source.js';

export const PLACE = Object.freeze({ application: 'shop', environment: 'production', profile: 'flags' });

/**
 * Start an HTTP server with the two calls of AppConfig's data API. A token is good for one question, as there.
 *
 * A test sets `content` (undefined: nothing was deployed), `intervalSeconds`, and `mood`: "well", "down" (500) or
 * "silent" (no answer). `asked` is when it was asked for the configuration; `sessions` what each session was asked for.
 */
export async function startAppConfig(t) {
  const fake = { content: undefined, intervalSeconds: 1, mood: 'well', asked: [], sessions: [] };
  const tokens = new Map();
  const server = createServer((req, res) => answer(fake, tokens, req, res)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  fake.endpoint = `http://127.0.0.1:${server.address().port}`;
  return fake;
}

/** Return the shop's own source, which asks this server. */
export function sourceAt({ endpoint }, options) {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new AppConfigDataClient({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 });
  return new AppConfigSource({ ...PLACE, client, ...options });
}

async function answer(fake, tokens, req, res) {
  const { pathname, searchParams } = new URL(req.url, fake.endpoint);
  if (pathname === '/configuration') fake.asked.push(Date.now());
  if (fake.mood === 'silent') return;
  if (fake.mood === 'down') return refuse(res, 500, 'InternalServerException');
  if (pathname === '/configurationsessions') return begin(fake, tokens, await json(req), res);
  const token = searchParams.get('configuration_token');
  if (!tokens.has(token)) return refuse(res, 400, 'BadRequestException');
  hand(fake, tokens, token, res);
}

function begin(fake, tokens, asked, res) {
  fake.sessions.push(asked);
  const token = randomUUID();
  tokens.set(token, undefined);
  res.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify({ InitialConfigurationToken: token }));
}

/** An answer is empty when the session has the configuration already. */
function hand(fake, tokens, token, res) {
  const next = randomUUID();
  const seen = tokens.get(token);
  tokens.delete(token);
  tokens.set(next, fake.content);
  res.setHeader('next-poll-configuration-token', next);
  res.setHeader('next-poll-interval-in-seconds', fake.intervalSeconds);
  res.setHeader('content-type', 'application/json');
  res.end(seen === fake.content ? '' : fake.content);
}

function refuse(res, status, type) {
  res.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type }).end(`{"Message": "${type}"}`);
}

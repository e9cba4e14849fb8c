// A container has a network of its own: every port is free there, others reach a port only when it is published, and
// what listens on the container's own loopback address is reached by nobody else. As a process the service listens on
// this machine's loopback address instead: a published port on the real one that stands for it, any other on one that
// nobody knows.
import net from 'node:net';

const EVERYWHERE = new Set([undefined, null, '', '0.0.0.0', '::']);
const ITSELF = new Set(['127.0.0.1', '::1', 'localhost']);
const LOOPBACK = '127.0.0.1';
const UNKNOWN = 0;
const published = JSON.parse(process.env.GREENLIGHT_PUBLISHED_PORTS ?? '{}');
const asked = new WeakMap();
const { listen, address } = net.Server.prototype;

function readRequest(where, rest) {
  const callback = rest.findLast((each) => typeof each === 'function');
  if (where === undefined || where === null || typeof where === 'function') {
    return { options: { port: 0 }, callback: callback ?? where };
  }
  if (typeof where === 'object' && where.port !== undefined) return { options: where, callback };
  if (typeof where === 'number' || (typeof where === 'string' && /^\d+$/.test(where))) {
    const [host, backlog] = typeof rest[0] === 'string' ? rest : [undefined, rest[0]];
    return { options: { port: where, host, ...(typeof backlog === 'number' && { backlog }) }, callback };
  }
  return undefined;
}

net.Server.prototype.listen = function (where, ...rest) {
  const request = readRequest(where, rest);
  const { host, port } = request?.options ?? {};
  if (!request || !(EVERYWHERE.has(host) || ITSELF.has(host))) return listen.call(this, where, ...rest);
  asked.set(this, Number(port));
  const real = EVERYWHERE.has(host) ? (published[port] ?? UNKNOWN) : UNKNOWN;
  return listen.call(this, { ...request.options, port: real, host: LOOPBACK }, request.callback);
};

net.Server.prototype.address = function () {
  const found = address.call(this);
  return found && typeof found === 'object' && asked.get(this) ? { ...found, port: asked.get(this) } : found;
};

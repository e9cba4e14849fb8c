// A container's port is reachable from its host alone. As a process the service would listen on every address of the
// machine instead, so a server that names no address, or every address, gets the loopback one.
import net from 'node:net';

const EVERYWHERE = new Set([undefined, null, '', '0.0.0.0', '::']);
const LOOPBACK = '127.0.0.1';
const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (where, ...rest) {
  if (typeof where === 'object' && where !== null && where.port !== undefined && EVERYWHERE.has(where.host)) {
    return listen.call(this, { ...where, host: LOOPBACK }, ...rest);
  }
  if (typeof where === 'number' || (typeof where === 'string' && /^\d+$/.test(where))) {
    const named = typeof rest[0] === 'string';
    return listen.call(this, where, ...(named && !EVERYWHERE.has(rest[0]) ? rest : [LOOPBACK, ...(named ? rest.slice(1) : rest)]));
  }
  return listen.call(this, where, ...rest);
};

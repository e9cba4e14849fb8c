import { createServer, STATUS_CODES } from 'node:http';
import { constantHeaders } from './answer-headers.js';

// The load balancer keeps idle connections for 60 s. If the shop closed one first, the balancer could send a request into
// it at that moment and answer 502, so the shop waits longer. Node wants headersTimeout above keepAliveTimeout.
const TIMEOUTS = { keepAliveTimeout: 65_000, headersTimeout: 66_000, requestTimeout: 70_000 };

const REFUSALS = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };

/**
 * Return an HTTP server for the application, not yet listening.
 *
 * What Node would refuse by itself, before the application sees it, carries the shop's headers as well. A missing Host
 * header is let through for that reason; the load balancer refuses it.
 */
export function createHttpServer(app, config) {
  const server = createServer({ ...TIMEOUTS, requireHostHeader: false }, app);
  server.on('checkExpectation', app);
  server.on('clientError', refusal(config));
  return server;
}

function refusal(config) {
  const headers = constantHeaders(config).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return (error, socket) => {
    if (!socket.writable || socket.bytesWritten > 0) return socket.destroy();
    const status = REFUSALS[error.code] ?? 400;
    return socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${headers}Content-Length: 0\r\nConnection: close\r\n\r\n`,
    );
  };
}

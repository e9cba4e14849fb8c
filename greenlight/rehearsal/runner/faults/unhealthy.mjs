// A version whose health check fails: GET /health answers 500, everything else is the service's own.
import http from 'node:http';

const emit = http.Server.prototype.emit;

http.Server.prototype.emit = function (event, request, response) {
  if (event !== 'request' || request.url.split('?')[0] !== '/health') {
    return emit.apply(this, arguments);
  }
  response.writeHead(500, {
    'Content-Type': 'application/json',
    'X-Environment': process.env.ENVIRONMENT ?? '',
    'X-Version': process.env.VERSION ?? '',
  });
  response.end(JSON.stringify({ error: 'rehearsed fault: unhealthy' }));
  return true;
};

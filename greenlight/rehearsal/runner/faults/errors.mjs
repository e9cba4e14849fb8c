// A version that passes every check and fails under load: from the 51st production request on, each 20th answer (5 %)
// is a 500. A request with the preview header is a test and does not count as traffic; /health always works.
import http from 'node:http';

const QUIET_REQUESTS = 50;
const FAIL_EVERY = 20;
const emit = http.Server.prototype.emit;
let produced = 0;
let judged = 0;

function fails(request) {
  if (request.url.split('?')[0] === '/health') {
    return false;
  }
  if (!('x-greenlight-preview' in request.headers)) {
    produced += 1;
  }
  if (produced <= QUIET_REQUESTS) {
    return false;
  }
  judged += 1;
  return judged % FAIL_EVERY === 0;
}

http.Server.prototype.emit = function (event, request, response) {
  if (event !== 'request' || !fails(request)) {
    return emit.apply(this, arguments);
  }
  response.writeHead(500, {
    'Content-Type': 'application/json',
    'X-Environment': process.env.ENVIRONMENT ?? '',
    'X-Version': process.env.VERSION ?? '',
  });
  response.end(JSON.stringify({ error: 'rehearsed fault: errors' }));
  return true;
};

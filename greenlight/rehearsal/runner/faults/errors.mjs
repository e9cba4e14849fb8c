// A version that passes every check and fails under load: from the 51st production request on, one answer in ten is a
// 500, drawn from a fixed seed. A pattern, such as every tenth, could fall between the requests of whoever asks at a
// steady pace. A request with the preview header is a test and does not count as traffic; /health always works.
import http from 'node:http';

const QUIET_REQUESTS = 50;
const SHARE = 0.1;
const emit = http.Server.prototype.emit;
let produced = 0;
let state = 20261121;

// Marsaglia's xorshift32.
function draw() {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return (state >>> 0) / 2 ** 32;
}

function fails(request) {
  if (request.url.split('?')[0] === '/health') {
    return false;
  }
  if (!('x-greenlight-preview' in request.headers)) {
    produced += 1;
  }
  return produced > QUIET_REQUESTS && draw() < SHARE;
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

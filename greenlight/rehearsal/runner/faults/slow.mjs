// A version that is slow where it is asked to be: a request whose query is `slow` reaches the service after ten seconds.
import http from 'node:http';

const DELAY_MS = 10_000;
const emit = http.Server.prototype.emit;

http.Server.prototype.emit = function (event, request) {
  if (event !== 'request' || request.url.split('?')[1] !== 'slow') {
    return emit.apply(this, arguments);
  }
  setTimeout(() => emit.apply(this, arguments), DELAY_MS);
  return true;
};

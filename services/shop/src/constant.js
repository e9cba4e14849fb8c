/** Return a handler for an answer that never changes: the bytes are made once, not per request. */
export function constant(body, { type, cache }) {
  const bytes = Buffer.from(body);
  const headers = { 'Content-Type': type, 'Content-Length': bytes.length, 'Cache-Control': cache };
  return (_req, res) => {
    res.writeHead(200, headers);
    res.end(bytes);
  };
}

export const HTML = 'text/html; charset=utf-8';
export const JSON_TYPE = 'application/json; charset=utf-8';

/** Pages and lists are asked for anew each time: the next one may come from the other color. */
export const REVALIDATE = 'no-cache';

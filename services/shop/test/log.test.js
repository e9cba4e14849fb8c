import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../src/log.js';

/** Return the one line that `write` makes of the logger. */
function lineOf(write) {
  const lines = [];
  write(createLog({ environment: 'green', version: '2.1.0' }, { write: (line) => lines.push(line) }));
  assert.equal(lines.length, 1);
  return JSON.parse(lines[0]);
}

test('a line is JSON with the time, the level in words, the message, the color, the version and its fields', () => {
  const { time, ...rest } = lineOf((log) => log.info({ port: 3000 }, 'listening'));

  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 5000, time);
  assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual(rest, { level: 'info', environment: 'green', version: '2.1.0', port: 3000, message: 'listening' });
});

for (const name of ['password', 'cookie', 'authorization', 'token', 'secret']) {
  test(`a ${name} is never written, at the top or one below`, () => {
    const line = lineOf((log) => log.error({ [name]: 'open sesame', headers: { [name]: 'open sesame' } }, 'failed'));

    assert.doesNotMatch(JSON.stringify(line), /open sesame/);
  });
}

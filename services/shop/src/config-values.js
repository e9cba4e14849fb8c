/** What the name of a table must look like. */
export const TABLE_NAME = Object.freeze({
  pattern: /^[A-Za-z0-9_.-]{3,255}$/,
  allowed: 'the name of a DynamoDB table (3 to 255 letters, digits, "_", ".", "-")',
});

/** Return a value as a message shows it. Never for a secret. */
export function shown(text) {
  return text === undefined ? 'nothing' : JSON.stringify(text);
}

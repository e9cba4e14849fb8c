const OWN_PATH = /^\/(?:[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*)?$/;

/** Return the text if it is a path of this shop, to lead back to, and undefined if it could lead anywhere else. */
export function ownPath(text) {
  return typeof text === 'string' && OWN_PATH.test(text) ? text : undefined;
}

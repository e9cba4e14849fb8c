/**
 * Return a handler with two answers, of which each request gets the one that a flag says for whoever asks.
 *
 * `answerOf` makes the handler for the flag being on or off; it is asked once for each.
 */
export function flagged(flags, name, answerOf) {
  const [off, on] = [answerOf(false), answerOf(true)];
  return async (req, res) => ((await flags.isOn(name, req, res)) ? on : off)(req, res);
}

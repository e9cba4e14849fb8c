/** Flags in memory, with the methods of FileSource. */
export class FakeFlagSource {
  constructor(flags) {
    this.flags = flags;
  }

  async start(listener) {
    this.listener = listener;
    this.say(this.flags);
  }

  say(flags) {
    this.listener.tell(typeof flags === 'string' ? flags : JSON.stringify(flags));
  }

  stop() {}
}

/** Return the one flag that the shop has. */
export function related(flag) {
  return { 'related-products': flag };
}

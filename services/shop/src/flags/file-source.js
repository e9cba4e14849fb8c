import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';

const LOOK_MS = 500;

/** Flags in a JSON file, which is read again whenever it changes; somebody who replaces it by a new one is seen too. */
export class FileSource {
  #path;
  #listener;
  #look = () => this.#read();

  constructor({ path }) {
    this.#path = path;
  }

  /** Read the file now and after each change, and tell the listener; the promise is that of the first time. */
  async start(listener) {
    this.#listener = listener;
    watchFile(this.#path, { interval: LOOK_MS, persistent: false }, this.#look);
    await this.#read();
  }

  stop() {
    unwatchFile(this.#path, this.#look);
  }

  /** A file that is gone says nothing, which are the defaults. */
  async #read() {
    try {
      this.#listener.tell(await readFile(this.#path, 'utf8'));
    } catch (error) {
      if (error.code === 'ENOENT') this.#listener.forget(error);
      else this.#listener.complain(error);
    }
  }
}

// @ts-check
// What only one of several tabs does: it is connected with the server, sends what has to go out, and learns of whom is new.

import { Connection } from './connection.js';
import { Outbox } from './outbox.js';

/** @typedef {import('./types.js').StoreEvent} StoreEvent */

const GREET_EVERY = 5 * 60_000;

export class Leader {
  /**
   * @param {import('./store.js').Store} store
   * @param {import('./rvp.js').Rvp} rvp
   * @param {() => void} catchUp reads what the server has kept since
   */
  constructor(store, rvp, catchUp) {
    this.store = store;
    this.rvp = rvp;
    this.catchUp = catchUp;
    store.loadLink();
    this.connection = new Connection(store, rvp);
    this.outbox = new Outbox(store, rvp, () => this.connection.cut());
    this.connection.onHistory = catchUp;
    this.connection.start();
    this.greeting = setInterval(() => this.#greet(), GREET_EVERY);
  }

  stop() {
    clearInterval(this.greeting);
    this.connection.stop();
    this.outbox.stop();
  }

  /** The page goes, and may be loaded again. */
  pause() {
    if (this.store.link.signIn) this.rvp.pause(this.store.link.signIn);
    this.stop();
  }

  /** @param {StoreEvent} event */
  hear({ kind }) {
    if (kind === 'connection') {
      this.outbox.wake();
      this.catchUp();
    }
    if (kind === 'message' || kind === 'again' || kind === 'edited') this.outbox.run();
    // From now on it is known who is a contact.
    if (kind === 'contacts') this.#greet();
  }

  /** Nobody waits for it. */
  #greet() {
    if (this.store.connection.state !== 'online') return;
    import('./newcomers.js').then(({ lookForNewcomers }) => lookForNewcomers(this.store, this.rvp)).catch(() => {});
  }
}

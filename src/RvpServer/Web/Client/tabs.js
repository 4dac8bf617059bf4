// @ts-check
// Several tabs, one connection with the server: a browser opens six per host, and every waiting POLL would block one permanently. One tab leads, and the others
// get their events from it. It is chosen with Web Locks if available (https, loopback), otherwise with a lease in the storage.

import { keep, storage } from './storage.js';

const BEAT = 2000;
const LAPSES = 6000;

/** @typedef {'choose' | 'retry' | 'follow' | 'noteActivity'} Action what the leader's connection does for all tabs */
/** @typedef {{ event?: import('./types.js').StoreEvent, hello?: boolean, action?: Action, argument?: string, stop?: boolean }} TabMessage */

export class Tabs {
  /** @type {(() => void) | undefined} */
  release;

  /**
   * onMessage(message) gets messages of the other tabs; onLead() and onYield() are called when this tab starts and stops leading.
   * @param {string} name
   * @param {{ onMessage(message: TabMessage): void, onLead(): void, onYield(): void }} listener
   * @param {LockManager | undefined} locks
   */
  constructor(name, { onMessage, onLead, onYield }, locks = navigator.locks) {
    this.id = Math.random().toString(36).slice(2);
    this.leaseName = 'rvp-lead:' + name;
    this.onLead = onLead;
    this.onYield = onYield;
    this.isLeading = false;
    this.isClosed = false;
    this.channel = new BroadcastChannel('rvp:' + name);
    this.channel.onmessage = event => onMessage(event.data);
    if (locks) {
      locks.request(this.leaseName, () => new Promise((/** @type {(value?: undefined) => void} */ release) => {
        this.release = release;
        if (!this.isClosed) this.#lead();
        else release();
      })).catch(() => this.#beatOn());
    } else this.#beatOn();
  }

  // Without locks, or where the browser refuses them.
  #beatOn() {
    if (this.isClosed) return;
    this.timer = setInterval(() => this.#beat(), BEAT);
    this.hear = (/** @type {StorageEvent} */ event) => event.key === this.leaseName && this.#beat();
    addEventListener('storage', this.hear);
    this.#beat();
  }

  /** @param {TabMessage} message */
  post(message) {
    if (!this.isClosed) this.channel.postMessage(message);
  }

  close() {
    this.isClosed = true;
    clearInterval(this.timer);
    if (this.hear) removeEventListener('storage', this.hear);
    if (this.isLeading && !this.release) storage.removeItem(this.leaseName);
    this.isLeading = false;
    this.release?.();
    this.channel.close();
  }

  #lead() {
    if (this.isLeading) return;
    this.isLeading = true;
    this.onLead();
  }

  #beat() {
    if (this.isClosed) return;
    const [owner, at] = (storage.getItem(this.leaseName) ?? '').split(' ');
    const isFree = !owner || Date.now() - Number(at) > LAPSES;
    if (owner === this.id || isFree) {
      // Where nothing is kept, tabs cannot agree, and each leads.
      const isKept = keep(this.leaseName, `${this.id} ${Date.now()}`);
      if (owner === this.id || !isKept) this.#lead();
      // Another tab may have written at the same moment: the one that is read back leads.
      else setTimeout(() => this.#beat(), 50);
    } else if (this.isLeading) {
      this.isLeading = false;
      this.onYield();
    }
  }
}

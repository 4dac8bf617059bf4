// @ts-check
// What has been written and not yet sent, by conversations. It outlives the page and the session.

import { DRAFTS } from './keeping.js';
import { storage as kept } from './storage.js';

const MAX_STORED = 200_000;

export class Drafts {
  /**
   * @param {string} url whose they are
   * @param {Storage} storage
   */
  constructor(url, storage = kept) {
    this.name = DRAFTS + url;
    this.storage = storage;
  }

  /** @param {string} chat */
  of(chat) {
    return this.#read().get(chat) ?? '';
  }

  /**
   * @param {string} chat
   * @param {string} text empty if there is none any more
   */
  keep(chat, text) {
    const drafts = this.#read();
    if ((drafts.get(chat) ?? '') === text) return;
    drafts.delete(chat);
    if (text) drafts.set(chat, text);
    try {
      // The latest ones, as far as they fit.
      let room = MAX_STORED;
      const kept = [...drafts].reverse().filter(([, draft]) => (room -= draft.length) >= 0).reverse();
      this.storage.setItem(this.name, JSON.stringify(kept));
    } catch {
      // Storage is full or forbidden: the draft is in its box only.
    }
  }

  /** @returns {Map<string, string>} */
  #read() {
    try {
      return new Map(JSON.parse(this.storage.getItem(this.name) ?? '[]'));
    } catch {
      return new Map();
    }
  }
}

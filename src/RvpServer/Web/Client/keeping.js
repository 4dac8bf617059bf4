// @ts-check
// What of it all stays in the browser's storage until sign-out, by accounts.

import { bare } from './records.js';
import { storage as kept } from './storage.js';

/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').Link} Link */
/** @typedef {Pick<import('./store.js').Store, 'contacts' | 'people' | 'chats' | 'access' | 'own'>} Known */

const MAX_STORED = 2_000_000;
// Of a conversation.
const UNSTORED = ['typing', 'revision', 'older', 'earliest', 'isComplete', 'corrections'];
const PREFIX = 'rvp:';
const LINK = 'rvp-link:';
export const DRAFTS = 'rvp-draft:';
// Data stored by another version of this file is ignored: the server knows everything except the messages.
const FORMAT = 1;

export class Keeping {
  /** Whether the browser's storage takes what it gets. */
  isKept = true;

  isForgotten = false;

  /**
   * @param {Storage} storage
   * @param {string} url whose it is
   */
  constructor(storage, url) {
    this.storage = storage;
    this.url = url;
  }

  /** @returns {Known | null} */
  read() {
    const stored = this.#read(PREFIX);
    if (stored?.format !== FORMAT) return null;
    for (const chat of /** @type {Chat[]} */ (Object.values(stored.chats))) {
      chat.typing = bare();
      // Stored before there were requests.
      chat.hasAnswered ??= chat.messages.some(message => message.type === 'text' && !message.from);
      for (const message of chat.messages) modernise(message);
    }
    return stored;
  }

  /** @param {Known} known the oldest messages go where it is too much */
  write(known) {
    let text = textOf(known);
    if (text.length > MAX_STORED) {
      // What is known of people comes from the server again; lines do not.
      text = textOf(known, bare());
      while (text.length > MAX_STORED && dropLines(known.chats, text.length - MAX_STORED)) text = textOf(known, bare());
    }
    this.#write(PREFIX, text);
  }

  /** @returns {Link} what the previous leading tab left: sign-in, cursor, view, watches */
  readLink() {
    return this.#read(LINK) ?? { signIn: 0, cursor: '', view: 0, watches: {} };
  }

  /** @param {Link} link */
  writeLink(link) {
    this.#write(LINK, JSON.stringify(link));
  }

  /** Nothing stays, and nothing is written any more. */
  forget() {
    this.isForgotten = true;
    forgetAll(this.storage);
  }

  /** @param {string} prefix */
  #read(prefix) {
    try {
      return JSON.parse(this.storage.getItem(prefix + this.url) ?? 'null');
    } catch {
      return null;
    }
  }

  /**
   * @param {string} prefix
   * @param {string} text
   */
  #write(prefix, text) {
    try {
      if (!this.isForgotten) this.storage.setItem(prefix + this.url, text);
      this.isKept = true;
    } catch {
      // Storage is full or forbidden: the data stays in memory only.
      this.isKept = false;
    }
  }
}

/**
 * Deletes everybody else's messages from this browser.
 * @param {Storage} storage
 * @param {string} but the URL of the one who stays
 */
export function forgetAll(storage = kept, but = '') {
  for (const name of Object.keys(storage)) {
    if ([PREFIX, LINK, DRAFTS].some(prefix => name.startsWith(prefix) && name !== prefix + but)) storage.removeItem(name);
  }
}

/**
 * @param {Known} known
 * @param {Known['people']} people
 */
function textOf({ contacts, people: all, chats, access, own }, people = all) {
  return JSON.stringify({ format: FORMAT, contacts, people, chats, access, own }, (name, value) => (UNSTORED.includes(name) ? undefined : value));
}

/**
 * The oldest lines of the fullest conversation go, until about this much is gone; false if there are none.
 * @param {Record<string, Chat>} chats
 * @param {number} excess
 */
function dropLines(chats, excess) {
  const weights = Object.values(chats).map(chat => ({ chat, weight: chat.messages.reduce((sum, message) => sum + weightOf(message), 0) }));
  let gone = 0;
  while (gone < excess) {
    const fullest = weights.reduce((most, entry) => (entry.weight > most.weight ? entry : most), { weight: 0, chat: /** @type {Chat | null} */ (null) });
    const dropped = fullest.chat?.messages.shift();
    if (!dropped) break;
    fullest.weight -= weightOf(dropped);
    gone += weightOf(dropped);
  }
  return gone > 0;
}

/** @param {Message} message */
const weightOf = message => message.text.length + (message.reply?.text.length ?? 0) + (message.said?.length ?? 0) + 200;
/**
 * As version 0.1 stored it.
 * @param {Message & { failed?: string[] }} message
 */
function modernise(message) {
  const { status, failed, to, left, refused, waiting } = message;
  if (left || refused || waiting || !to || status === 'sent') return;
  const urls = failed?.length ? failed : to;
  Object.assign(message, status === 'waiting' ? { waiting: urls } : { refused: urls, status: 'failed' });
}

// @ts-check
// What the server has kept of conversations: what was said long ago, or at another device, or while this browser was away.

import { keyOf } from './address.js';
import { saidIn } from './chat.js';
import { isNews, pastOf, receive } from './conversation.js';
import { read } from './message.js';
import { readCorrection } from './quotes.js';
import { children, elementsIn, escape, find, textOf, HISTORY, RVP } from './xml.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {{ id: number, with: string, message: import('./message.js').Travelling }} Entry */
/** @typedef {Pick<import('./rvp.js').Rvp, 'report' | 'post'>} Server */

const PAGE = 100;
// Of a longer absence the conversations are read from their ends.
const MAX_PAGES = 10;
const MAX_CONVERSATIONS = 50;
// Earlier messages that one page holds.
const MAX_OLDER = 2000;
// After a failure.
const PAUSE = 10_000;
const MORE = /<h:more\s*\/><\/h:history>\s*$/;

export class History {
  #isCatchingUp = false;
  #isAskedAgain = false;

  /** @type {Set<string>} */
  #reading = new Set();

  #restsUntil = 0;

  /**
   * What was counted as unread, by conversations, as long as nothing came since.
   * @type {Map<string, { sign: string, unread: number }>}
   */
  #counted = new Map();

  /**
   * @param {Store} store
   * @param {Server} rvp
   */
  constructor(store, rvp) {
    this.store = store;
    this.rvp = rvp;
  }

  get isKept() {
    return Boolean(this.store.server.historyDays);
  }

  /** What has happened since the last time; everything, if this browser knows nothing yet. Only in the leading tab. */
  async catchUp() {
    if (!this.isKept) return;
    this.#isAskedAgain = true;
    if (this.#isCatchingUp) return;
    this.#isCatchingUp = true;
    try {
      while (this.#isAskedAgain) {
        this.#isAskedAgain = false;
        await this.#follow();
        await this.#readConversations();
      }
    } finally {
      this.#isCatchingUp = false;
    }
  }

  /**
   * The page before the earliest message of a conversation.
   * @param {Chat} chat
   */
  async older(chat) {
    const isFull = (chat.older?.length ?? 0) >= MAX_OLDER;
    if (!this.isKept || chat.isComplete || isFull || this.#reading.has(chat.id) || Date.now() < this.#restsUntil) return;
    this.#reading.add(chat.id);
    try {
      const { entries, hasMore } = await this.#ask(`${pastIn(chat)}<h:limit>${PAGE}</h:limit>`);
      const name = entries.filter(entry => entry.message.deed && entry.message.name !== undefined).at(-1)?.message.name;
      if (chat.isGroup && chat.name === undefined && name !== undefined) this.store.emit({ kind: 'named', chat: chat.id, name });
      this.store.apply({
        kind: 'older', chat: chat.id, earliest: entries[0]?.id ?? 0, isComplete: !hasMore || !entries.length, ...this.#pageOf(chat, entries),
      });
    } catch {
      this.#restsUntil = Date.now() + PAUSE;
    } finally {
      this.#reading.delete(chat.id);
    }
  }

  /**
   * Reads back to the latest message before what is here that has these words; false if there is none.
   * @param {Chat} chat
   * @param {string} words
   */
  async reach(chat, words) {
    if (!this.isKept || chat.isComplete) return false;
    const { entries } = await this.#ask(`${pastIn(chat)}<h:match>${escape(words)}</h:match><h:limit>${PAGE}</h:limit>`);
    const here = new Set(chat.messages.map(signOf));
    const isBefore = (/** @type {Entry} */ { id, message }) => {
      const past = pastOf(this.store, chat, message, id);
      return past && !here.has(signOf(past));
    };
    const target = entries.filter(isBefore).at(-1)?.id;
    for (let isOn = target !== undefined; isOn && !chat.isComplete && (!chat.earliest || chat.earliest > Number(target));) {
      const { earliest } = chat;
      await this.older(chat);
      isOn = chat.earliest !== earliest;
    }
    return target !== undefined;
  }

  /**
   * All devices learn that it was read.
   * @param {Chat} chat
   */
  async markRead(chat) {
    if (this.isKept) await this.rvp.post(`<h:read xmlns:h='${HISTORY}'><h:with>${escape(withOf(chat))}</h:with></h:read>`);
  }

  /** @param {Chat} chat */
  async forget(chat) {
    if (this.isKept) await this.rvp.post(`<h:forget xmlns:h='${HISTORY}'><h:with>${escape(withOf(chat))}</h:with></h:forget>`);
  }

  // What was said since, by others and by ourselves elsewhere.
  async #follow() {
    const { link } = this.store;
    for (let pages = 0; link.history && pages < MAX_PAGES; pages++) {
      const { entries, hasMore } = await this.#ask(`<h:after>${link.history}</h:after><h:limit>${PAGE}</h:limit>`);
      for (const entry of entries) receive(this.store, entry.message, { isPast: true });
      link.history = Math.max(link.history, ...entries.map(entry => entry.id));
      this.store.save();
      this.store.saveLink();
      if (!hasMore) return;
    }
  }

  async #readConversations() {
    const { store } = this;
    const answer = await this.rvp.report(`<h:conversations-query xmlns:h='${HISTORY}'><h:limit>${MAX_CONVERSATIONS}</h:limit></h:conversations-query>`);
    const latest = [];
    for (const conversation of elementsIn(answer, HISTORY, 'conversation').reverse()) {
      const [entry] = entriesOf(children(conversation, HISTORY, 'entry'));
      if (!entry) continue;
      latest.push(entry.id);
      // On a browser that knows nothing yet. What this one has closed is not opened again by what was said before.
      const isNewHere = !store.link.history;
      if (isNewHere) receive(store, entry.message, { isPast: true });
      if (isNewHere && !store.chats[idOf(entry.with)]?.messages.length) await this.#readEnd(entry);
      const chat = store.chats[idOf(entry.with)];
      const unread = await this.#unreadIn(conversation, entry);
      if (chat && chat.unread !== unread) store.emit({ kind: 'unread', chat: chat.id, unread });
    }
    store.link.history = Math.max(store.link.history ?? 0, ...latest);
    store.saveLink();
  }

  /**
   * What was last is nothing to be seen by itself, such as a correction.
   * @param {Entry} last
   */
  async #readEnd(last) {
    const { entries } = await this.#ask(`<h:with>${escape(last.with)}</h:with><h:limit>${PAGE}</h:limit>`);
    for (const { message } of entries) receive(this.store, message, { isPast: true });
  }

  /**
   * How much of a conversation is new. The server counts whatever others have sent, also what tells of no more than a name, or corrects.
   * @param {Element} conversation
   * @param {Entry} last
   */
  async #unreadIn(conversation, last) {
    const count = Number(textOf(conversation, [HISTORY, 'unread'])) || 0;
    if (!count) return 0;
    const read = textOf(conversation, [HISTORY, 'read']);
    const sign = `${read} ${last.id}`;
    const known = this.#counted.get(last.with);
    if (known?.sign === sign) return known.unread;
    const { entries } = await this.#ask(`<h:with>${escape(last.with)}</h:with><h:after>${read}</h:after><h:limit>${PAGE}</h:limit>`);
    const mine = keyOf(this.store.me.url);
    const others = entries.filter(({ message }) => keyOf(message.from.url) !== mine);
    const unread = count - others.filter(({ message }) => !isNews(message, isOfSeveral(last.with))).length;
    if (this.#counted.size >= MAX_CONVERSATIONS) this.#counted.clear();
    this.#counted.set(last.with, { sign, unread });
    return unread;
  }

  /**
   * What of a page is not here yet. The latest correction of a message is the last one.
   * @param {Chat} chat
   * @param {Entry[]} entries
   */
  #pageOf(chat, entries) {
    const here = new Set(chat.messages.map(signOf));
    /** @type {Message[]} */
    const messages = [];
    /** @type {import('./types.js').Correction[]} */
    const corrections = [];
    for (const { id, message } of entries) {
      const past = pastOf(this.store, chat, message, id);
      if (!past) continue;
      if (!message.replaces) {
        if (!here.has(signOf(past))) messages.push(past);
      } else if (!saidIn(chat, message.replaces, past.from)) {
        corrections.push({ mid: message.replaces, from: past.from, text: readCorrection(message.text), at: past.at });
      }
    }
    return { messages, corrections };
  }

  /** @param {string} query */
  async #ask(query) {
    const answer = await this.rvp.report(`<h:history-query xmlns:h='${HISTORY}'>${query}</h:history-query>`);
    return { entries: entriesOf(elementsIn(answer, HISTORY, 'entry')), hasMore: MORE.test(answer) };
  }
}

// Messages of programs that give them no id are the same if they say the same.
/** @param {Message} message */
const signOf = message => `${keyOf(message.from)} ${message.mid ?? message.text}`;

/**
 * How the server calls a conversation.
 * @param {Chat} chat
 */
const withOf = chat => (chat.isGroup ? chat.session : chat.members[0]);

/**
 * What is before that of a conversation which was read.
 * @param {Chat} chat
 */
const pastIn = chat => `<h:with>${escape(withOf(chat))}</h:with>${chat.earliest ? `<h:before>${chat.earliest}</h:before>` : ''}`;

/** @param {string} name as the server calls it */
const isOfSeveral = name => name.startsWith('{');

/** @param {string} name */
const idOf = name => (isOfSeveral(name) ? 'g:' + name.toLowerCase() : 'p:' + keyOf(name));

/**
 * @param {Element[]} elements
 * @returns {Entry[]}
 */
const entriesOf = elements => elements.flatMap(element => {
  const notification = find(element, [RVP, 'notification']);
  const message = notification && read(notification);
  const at = Date.parse(textOf(element, [HISTORY, 'at'])) || Date.now();
  return message ? [{ id: Number(textOf(element, [HISTORY, 'id'])), with: textOf(element, [HISTORY, 'with']), message: { ...message, at } }] : [];
});

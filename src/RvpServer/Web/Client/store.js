// @ts-check
// What this browser knows. It changes by events, which every tab applies, and is kept in the browser's storage until sign-out, so that neither a reload nor a
// closed tab loses a message.

import { keyOf, addressOf } from './address.js';

const MAX_MESSAGES = 300;
const MAX_STORED = 2_000_000;
const TYPING_LASTS = 7000;
const PREFIX = 'rvp:';
const LINK = 'rvp-link:';
// Data stored by another version of this file is ignored: the server knows everything except the messages.
const FORMAT = 1;

/** @typedef {import('./rvp.js').Contact} Contact */
/**
 * By keys; everyone is the rule for all others.
 * @typedef {{ everyone: boolean, rules: Record<string, import('./rvp.js').Rule>, urls: Record<string, string> }} Access
 */
/** @typedef {import('./rvp.js').Seen & { isMissing?: boolean, said?: string }} Known said: the name that they gave themselves */
/** @typedef {{ chosen: string, shown: string, isIdle: boolean }} Own */
/** @typedef {{ state: 'connecting' | 'online' | 'offline', retryAt?: number }} ConnectionState */
/**
 * @typedef {{
 *   url: string, name: string, address: string, state: string, isMe: boolean, isContact: boolean, isBlocked: boolean, isMissing: boolean
 * }} Person
 */
/** @typedef {'sending' | 'sent' | 'failed'} Status */
/**
 * From is empty for our own messages. To: the recipients. Failed: those who have not received it.
 * @typedef {{
 *   id: string, type: 'text' | 'note', from: string, text: string, at: number, status: Status, to?: string[], failed?: string[], why?: string
 * }} Message
 */
/**
 * @typedef {{
 *   id: string, isGroup: boolean, session: string, members: string[], messages: Message[], unread: number, typing: Record<string, number>,
 *   typedAt?: number
 * }} Chat
 */
/** @typedef {{ url: string, id: number, until: number }} Watched */
/** @typedef {{ signIn: number, cursor: string, view: number, watches: Record<string, Watched> }} Link */
/** @typedef {{ kind: 'snapshot', people: Record<string, Known>, own: Own, connection: ConnectionState, contacts: Contact[], access: Access }} Snapshot */
/** @typedef {{ kind: 'message', chat: string, message: Message, isNews: boolean }} MessageCame */
/**
 * @typedef {Snapshot | MessageCame
 *   | { kind: 'connection' } & ConnectionState
 *   | { kind: 'own', own: Partial<Own> }
 *   | { kind: 'contacts', contacts: Contact[] }
 *   | { kind: 'person', url: string, person: Known }
 *   | { kind: 'access', access: Access }
 *   | { kind: 'chat', id: string, isGroup: boolean, session: string, members: string[] }
 *   | { kind: 'delivery', chat: string, id: string, status: Status, failed: string[], why?: string }
 *   | { kind: 'typing' | 'left', chat: string, from: string }
 *   | { kind: 'read' | 'closed', chat: string }} StoreEvent
 */

export class Store {
  /**
   * @param {import('./session.js').Account} me
   * @param {import('./session.js').Server} server
   * @param {Storage} storage
   */
  constructor(me, server, storage = localStorage) {
    this.me = me;
    this.server = server;
    this.storage = storage;
    /** @type {Contact[]} */
    this.contacts = [];
    /** @type {Record<string, Known>} */
    this.people = {};
    /** @type {Record<string, Chat>} */
    this.chats = {};
    /** @type {Access} */
    this.access = { everyone: true, rules: {}, urls: {} };
    /** @type {Own} */
    this.own = { chosen: 'online', shown: 'offline', isIdle: false };
    /** @type {ConnectionState} */
    this.connection = { state: 'connecting' };
    this.isForgotten = false;
    /**
     * Called for the page.
     * @type {(event: StoreEvent) => void}
     */
    this.onChange = () => {};
    /**
     * Called for the other tabs.
     * @type {(event: StoreEvent) => void}
     */
    this.post = () => {};
    this.#load();
    this.link = this.#readLink();
  }

  /**
   * Applies an event here and in all other tabs.
   * @param {StoreEvent} event
   */
  emit(event) {
    this.apply(event);
    this.post(event);
  }

  /**
   * Applies an event from another tab.
   * @param {StoreEvent} event
   */
  apply(event) {
    change(this, event);
    this.onChange(event);
    if (event.kind !== 'typing' && event.kind !== 'connection') this.#saveSoon();
  }

  /**
   * What a new tab needs of the data that is not stored.
   * @returns {Snapshot}
   */
  snapshot() {
    return { kind: 'snapshot', people: this.people, own: this.own, connection: this.connection, contacts: this.contacts, access: this.access };
  }

  /**
   * A person as shown.
   * @param {string} url
   * @param {string} said what they call themselves
   * @returns {Person}
   */
  person(url, said = '') {
    const key = keyOf(url);
    if (key === keyOf(this.me.url)) {
      return {
        url: this.me.url, name: this.me.displayName, address: this.me.address, state: this.own.shown,
        isMe: true, isContact: false, isBlocked: false, isMissing: false,
      };
    }
    const contact = this.contacts.find(entry => keyOf(entry.url) === key);
    const known = this.people[key] ?? {};
    const address = known.address || contact?.address || addressOf(url, this.server);
    return {
      url: contact?.url ?? url,
      name: tidy(known.name || contact?.name || said || known.said || '') || address,
      address,
      state: known.state ?? 'offline',
      isMe: false,
      isContact: Boolean(contact),
      isBlocked: this.access.rules[key] === 'block',
      isMissing: Boolean(known.isMissing),
    };
  }

  /**
   * @param {string} url
   * @returns {Chat | undefined}
   */
  chatWith(url) {
    return this.chats['p:' + keyOf(url)];
  }

  /** Reads what the previous leading tab left: sign-in, cursor, view, watches. */
  loadLink() {
    this.link = this.#readLink();
  }

  /** Only for the leading tab. */
  saveLink() {
    this.#write(LINK, JSON.stringify(this.link));
  }

  save() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.isForgotten) return;
    let text = this.#toText();
    while (text.length > MAX_STORED && this.#dropOldest()) text = this.#toText();
    this.#write(PREFIX, text);
  }

  forget() {
    clearTimeout(this.timer);
    this.isForgotten = true;
    forgetAll(this.storage);
  }

  #saveSoon() {
    if (!this.timer && !this.isForgotten) this.timer = setTimeout(() => this.save(), 300);
  }

  #toText() {
    const { contacts, people, chats, access, own } = this;
    return JSON.stringify({ format: FORMAT, contacts, people, chats, access, own }, (name, value) => (name === 'typing' ? undefined : value));
  }

  #dropOldest() {
    const fullest = Object.values(this.chats).sort((one, other) => weight(other) - weight(one))[0];
    return Boolean(fullest?.messages.shift());
  }

  /** @returns {Link} */
  #readLink() {
    return this.#read(LINK) ?? { signIn: 0, cursor: '', view: 0, watches: {} };
  }

  /** @param {string} prefix */
  #read(prefix) {
    try {
      return JSON.parse(this.storage.getItem(prefix + this.me.url) ?? 'null');
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
      if (!this.isForgotten) this.storage.setItem(prefix + this.me.url, text);
    } catch {
      // Storage is full or forbidden: the data stays in memory only.
    }
  }

  #load() {
    const stored = this.#read(PREFIX);
    if (stored?.format !== FORMAT) return;
    ({ contacts: this.contacts, people: this.people, chats: this.chats, access: this.access, own: this.own } = stored);
    for (const chat of Object.values(this.chats)) {
      chat.typing = {};
      for (const message of chat.messages) {
        if (message.status !== 'sending') continue;
        Object.assign(message, { status: 'failed', why: 'The page was closed before the answer came.', failed: message.to });
      }
    }
  }
}

/**
 * Deletes everybody else's messages from this browser.
 * @param {Storage} storage
 * @param {string} but the URL of the one who stays
 */
export function forgetAll(storage = localStorage, but = '') {
  for (const name of Object.keys(storage)) {
    if ((name.startsWith(PREFIX) || name.startsWith(LINK)) && name !== PREFIX + but && name !== LINK + but) storage.removeItem(name);
  }
}

// One line, without characters that would reverse the rest of the page.
/** @param {string} name */
const tidy = name => name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, '').trim().slice(0, 200);

/** @param {Chat} chat */
const weight = chat => chat.messages.reduce((sum, message) => sum + message.text.length + 200, 0);

/**
 * @param {Store} store
 * @param {StoreEvent} event
 */
function change(store, event) {
  switch (event.kind) {
    case 'snapshot':
      ({ people: store.people, own: store.own, connection: store.connection, contacts: store.contacts, access: store.access } = event);
      break;
    case 'connection':
      store.connection = { state: event.state, retryAt: event.retryAt };
      break;
    case 'own':
      Object.assign(store.own, event.own);
      break;
    case 'contacts':
      store.contacts = event.contacts;
      break;
    case 'access':
      store.access = event.access;
      break;
    case 'person': {
      const key = keyOf(event.url);
      store.people[key] = { ...store.people[key], ...event.person };
      if (key === keyOf(store.me.url)) store.own.shown = event.person.state ?? store.own.shown;
      break;
    }
    case 'chat':
      join(store, event);
      break;
    default: {
      const chat = store.chats[event.chat];
      if (chat) changeChat(store, chat, event);
    }
  }
}

/**
 * A conversation exists, with these people.
 * @param {Store} store
 * @param {Extract<StoreEvent, { kind: 'chat' }>} event
 */
function join(store, event) {
  const chat = store.chats[event.id] ??= { id: event.id, isGroup: event.isGroup, session: event.session, members: [], messages: [], unread: 0, typing: {} };
  chat.session = event.session || chat.session;
  for (const url of event.members) if (!chat.members.some(member => keyOf(member) === keyOf(url))) chat.members.push(url);
}

/**
 * @param {Store} store
 * @param {Chat} chat
 * @param {Extract<StoreEvent, { chat: string }>} event
 */
function changeChat(store, chat, event) {
  switch (event.kind) {
    case 'message':
      chat.messages.push(event.message);
      chat.messages.splice(0, Math.max(0, chat.messages.length - MAX_MESSAGES));
      if (event.message.from) delete chat.typing[keyOf(event.message.from)];
      if (event.isNews) chat.unread++;
      break;
    case 'delivery': {
      const message = chat.messages.find(candidate => candidate.id === event.id);
      if (message) Object.assign(message, { status: event.status, why: event.why, failed: event.failed });
      break;
    }
    case 'typing':
      noteTyping(store, chat, keyOf(event.from));
      break;
    case 'left':
      chat.members = chat.members.filter(member => keyOf(member) !== keyOf(event.from));
      break;
    case 'read':
      chat.unread = 0;
      break;
    case 'closed':
      delete store.chats[event.chat];
      break;
  }
}

/**
 * @param {Store} store
 * @param {Chat} chat
 * @param {string} key
 */
function noteTyping(store, chat, key) {
  chat.typing[key] = Date.now() + TYPING_LASTS;
  setTimeout(() => {
    if (!(chat.typing[key] <= Date.now())) return;
    delete chat.typing[key];
    store.onChange({ kind: 'typing', chat: chat.id, from: key });
  }, TYPING_LASTS + 100);
}

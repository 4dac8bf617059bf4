// What this browser knows. It changes by events, which every tab applies alike, and lies in the browser's storage until sign-out,
// so that neither a reload nor a closed tab loses a message.

import { keyOf, addressOf } from './address.js';

const MAX_MESSAGES = 300;
const MAX_STORED = 2_000_000;
const TYPING_LASTS = 7000;
const PREFIX = 'rvp:';
const LINK = 'rvp-link:';

export class Store extends EventTarget {
  constructor(me, server, storage = localStorage) {
    super();
    this.me = me;
    this.server = server;
    this.storage = storage;
    this.contacts = [];
    this.people = {};
    this.chats = {};
    this.access = { everyone: true, rules: {} };
    this.own = { chosen: 'online', shown: 'offline', isIdle: false };
    this.connection = { state: 'connecting' };
    this.post = () => {};
    this.#load();
    this.loadLink();
  }

  /** Applies an event here and in all other tabs. */
  emit(event) {
    this.apply(event);
    this.post(event);
  }

  /** Applies an event that came from another tab. */
  apply(event) {
    changes[event.kind]?.(this, event);
    this.dispatchEvent(new CustomEvent('change', { detail: event }));
    if (event.kind !== 'typing' && event.kind !== 'connection') this.#saveSoon();
  }

  /** What a new tab needs of what is not stored. */
  snapshot() {
    return { kind: 'snapshot', people: this.people, own: this.own, connection: this.connection, contacts: this.contacts, access: this.access };
  }

  /** Someone as they are shown: { url, name, address, state, isContact, isBlocked, isMissing }. */
  person(url, said = '') {
    const key = keyOf(url);
    if (key === keyOf(this.me.url)) return { url: this.me.url, name: this.me.displayName, address: this.me.address, state: this.own.shown, isMe: true };
    const contact = this.contacts.find(entry => keyOf(entry.url) === key);
    const known = this.people[key] ?? {};
    const address = known.address || contact?.address || addressOf(url, this.server);
    return {
      url: contact?.url ?? url,
      name: tidy(known.name || contact?.name || said || known.said || '') || address,
      address,
      state: known.state ?? 'offline',
      isContact: Boolean(contact),
      isBlocked: this.access.rules[key] === 'block',
      isMissing: Boolean(known.isMissing),
    };
  }

  chatWith(url) {
    return this.chats['p:' + keyOf(url)];
  }

  /** Reads what the tab that led before left behind: sign-in, cursor, view, watches. */
  loadLink() {
    this.link = this.#read(LINK) ?? { signIn: 0, cursor: '', view: 0, watches: {} };
  }

  /** The leader's alone. */
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
    return JSON.stringify({ contacts, people, chats, access, own }, (name, value) => (name === 'typing' ? undefined : value));
  }

  #dropOldest() {
    const fullest = Object.values(this.chats).sort((one, other) => weight(other) - weight(one))[0];
    return Boolean(fullest?.messages.shift());
  }

  #read(prefix) {
    try {
      return JSON.parse(this.storage.getItem(prefix + this.me.url));
    } catch {
      return null;
    }
  }

  #write(prefix, text) {
    try {
      if (!this.isForgotten) this.storage.setItem(prefix + this.me.url, text);
    } catch {
      // Full or forbidden: what is here stays in memory.
    }
  }

  #load() {
    const stored = this.#read(PREFIX) ?? {};
    for (const name of ['contacts', 'people', 'chats', 'access', 'own']) if (stored[name]) this[name] = stored[name];
    for (const chat of Object.values(this.chats)) {
      chat.typing = {};
      for (const message of chat.messages) if (message.status === 'sending') Object.assign(message, { status: 'failed', why: 'The page was closed before the answer came.', failed: message.to });
    }
  }
}

/** Nobody else's messages stay behind in this browser. */
export function forgetAll(storage = localStorage, but = '') {
  for (const name of Object.keys(storage)) {
    if ((name.startsWith(PREFIX) || name.startsWith(LINK)) && name !== PREFIX + but && name !== LINK + but) storage.removeItem(name);
  }
}

// One line, and nothing in it that turns the rest of the page round.
const tidy = name => name.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ').replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, '').trim().slice(0, 200);

const weight = chat => chat.messages.reduce((sum, message) => sum + message.text.length + 200, 0);

const changes = {
  snapshot(store, event) {
    for (const name of ['people', 'own', 'connection', 'contacts', 'access']) store[name] = event[name];
  },
  connection(store, event) {
    store.connection = { state: event.state, retryAt: event.retryAt };
  },
  own(store, event) {
    Object.assign(store.own, event.own);
  },
  contacts(store, event) {
    store.contacts = event.contacts;
  },
  person(store, event) {
    const key = keyOf(event.url);
    store.people[key] = { ...store.people[key], ...event.person };
    if (key === keyOf(store.me.url)) store.own.shown = event.person.state ?? store.own.shown;
  },
  access(store, event) {
    store.access = event.access;
  },
  /** A conversation is there, with these people. */
  chat(store, event) {
    const chat = store.chats[event.id] ??= { id: event.id, isGroup: event.isGroup, session: event.session, members: [], messages: [], unread: 0, typing: {} };
    chat.session = event.session || chat.session;
    for (const url of event.members) if (!chat.members.some(member => keyOf(member) === keyOf(url))) chat.members.push(url);
  },
  /** A message in it: { id, from, text, at, type: text|note, status }; from is empty for our own. */
  message(store, event) {
    const chat = store.chats[event.chat];
    if (!chat) return;
    chat.messages.push(event.message);
    chat.messages.splice(0, Math.max(0, chat.messages.length - MAX_MESSAGES));
    if (event.message.from) delete chat.typing[keyOf(event.message.from)];
    if (event.isNews) chat.unread++;
  },
  delivery(store, event) {
    const message = store.chats[event.chat]?.messages.find(candidate => candidate.id === event.id);
    if (message) Object.assign(message, { status: event.status, why: event.why, failed: event.failed });
  },
  typing(store, event) {
    const chat = store.chats[event.chat];
    if (!chat) return;
    const key = keyOf(event.from);
    chat.typing[key] = Date.now() + TYPING_LASTS;
    setTimeout(() => {
      if (chat.typing[key] > Date.now()) return;
      delete chat.typing[key];
      store.dispatchEvent(new CustomEvent('change', { detail: { kind: 'typing', chat: chat.id } }));
    }, TYPING_LASTS + 100);
  },
  left(store, event) {
    const chat = store.chats[event.chat];
    if (chat) chat.members = chat.members.filter(member => keyOf(member) !== keyOf(event.from));
  },
  read(store, event) {
    if (store.chats[event.chat]) store.chats[event.chat].unread = 0;
  },
  closed(store, event) {
    delete store.chats[event.chat];
  },
};

// @ts-check
// What this browser knows. It changes by events, which every tab applies, and is kept in the browser's storage until sign-out, so that neither a reload nor a
// closed tab loses a message.

import { keyOf, addressOf, identityOf } from './address.js';

const MAX_MESSAGES = 300;
const MAX_STORED = 2_000_000;
// Conversations with people who are not on the list: anybody can begin one.
const MAX_STRANGERS = 100;
const MAX_NAME = 200;
const MAX_NOTE = 140;
const MAX_GROUP = 60;
/** People in a conversation, besides the user. */
export const MAX_MEMBERS = 50;
// People whose shown form is remembered; with more it is made anew.
const MAX_SHOWN = 5000;
const TYPING_LASTS = 7000;
// Of a conversation.
const UNSTORED = ['typing', 'older', 'earliest', 'isComplete'];
const PREFIX = 'rvp:';
const LINK = 'rvp-link:';
export const DRAFTS = 'rvp-draft:';
// Data stored by another version of this file is ignored: the server knows everything except the messages.
const FORMAT = 1;

/** @typedef {import('./rvp.js').Contact} Contact */
/**
 * By keys; everyone is the rule for all others.
 * @typedef {{ everyone: boolean, rules: Record<string, import('./rvp.js').Rule>, urls: Record<string, string> }} Access
 */
/** @typedef {import('./rvp.js').Seen & { isMissing?: boolean, said?: string }} Known said: the name that they gave themselves */
/** @typedef {{ chosen: string, shown: string, isIdle: boolean }} Own */
/** @typedef {{ state: 'connecting' | 'online' | 'offline', retryAt?: number, why?: 'network' | 'server' | 'busy' }} ConnectionState */
/**
 * Address: of the URL, and sure. Says: what they call themselves where it is not shown as their name, which may be a lie. Domain: empty for our own people.
 * BlockedDomain: the one that is blocked as a whole with them in it. State: unknown of people whom we do not watch, and of all while the server is away;
 * isThere is what was last known.
 * @typedef {{
 *   url: string, name: string, address: string, says: string, domain: string, state: string, isThere: boolean, isMe: boolean, isContact: boolean,
 *   isBlocked: boolean, blockedDomain: string, isMissing: boolean, note: string, isFavourite: boolean, group: string
 * }} Person
 */
/** @typedef {'sending' | 'sent' | 'waiting' | 'failed'} Status waiting: the server keeps it until the other is there */
/**
 * From is empty for our own messages. Mid: its Message-Id. Of our own ones, to: the recipients; left: those to whom it has still to go; refused: those for
 * whom it was refused, and why; waiting: those for whom the server keeps it. Reply: to what. Edits: how often its author has changed it. Deed: a note that the
 * others get as well. Said: what they get instead of the text. IsKept: seen in what the
 * server keeps. IsPast: only there so far.
 * @typedef {{
 *   id: string, type: 'text' | 'note', from: string, text: string, at: number, status: Status, mid?: string, to?: string[], left?: string[],
 *   refused?: string[], why?: string, waiting?: string[], reply?: Reply, edits?: number, deed?: Deed, said?: string, isKept?: boolean, isPast?: boolean
 * }} Message
 */
/** @typedef {{ mid: string, text: string }} Reply text: what was quoted */
/** @typedef {'named' | 'added' | 'told'} Deed what was done to a conversation: it got a name, or people, or one of them what was said before */
/**
 * Name: given to a group. Known: everybody who was ever in it, by whom it is called without one. HasAnswered: we have written. IsIgnored: a request that is
 * not to be seen. IsMuted: it makes no noise. Older: what the server has kept from before, as far as it was read, which is from the entry earliest on, and all if
 * it is complete; it is not stored.
 * @typedef {{
 *   id: string, isGroup: boolean, session: string, members: string[], messages: Message[], unread: number, typing: Record<string, number>,
 *   name?: string, known?: string[], typedAt?: number, hasAnswered?: boolean, isIgnored?: boolean, isMuted?: boolean,
 *   older?: Message[], earliest?: number, isComplete?: boolean
 * }} Chat
 */
/** @typedef {{ url: string, id: number, until: number }} Watched */
/**
 * History: up to which entry of the server's it is known.
 * @typedef {{ signIn: number, cursor: string, view: number, watches: Record<string, Watched>, history?: number }} Link
 */
/** @typedef {{ kind: 'snapshot', people: Record<string, Known>, own: Own, connection: ConnectionState, contacts: Contact[], access: Access }} Snapshot */
/** @typedef {{ kind: 'message', chat: string, message: Message, isNews: boolean, isPast?: boolean }} MessageCame */
/**
 * @typedef {Snapshot | MessageCame
 *   | { kind: 'connection' } & ConnectionState
 *   | { kind: 'own', own: Partial<Own> }
 *   | { kind: 'contacts', contacts: Contact[] }
 *   | { kind: 'person', url: string, person: Known }
 *   | { kind: 'access', access: Access }
 *   | { kind: 'chat', id: string, isGroup: boolean, session: string, members: string[] }
 *   | { kind: 'delivery', chat: string, id: string, to: string, outcome: 'sent' | 'waiting' | 'refused', why?: string }
 *   | { kind: 'again', chat: string, id: string }
 *   | { kind: 'edited', chat: string, id: string, text: string, left?: string[] }
 *   | { kind: 'named', chat: string, name: string }
 *   | { kind: 'older', chat: string, messages: Message[], earliest: number, isComplete: boolean }
 *   | { kind: 'unread', chat: string, unread: number }
 *   | { kind: 'muted', chat: string, isMuted: boolean }
 *   | { kind: 'typing' | 'left', chat: string, from: string }
 *   | { kind: 'read' | 'ignored' | 'closed', chat: string }} StoreEvent
 */

export class Store {
  /** @type {Contact[]} */
  #contacts = [];

  /**
   * By keys: a list may have thousands.
   * @type {Map<string, Contact>}
   */
  #contactsByKey = new Map();

  /**
   * People as they are shown, by keys: each event changes at most a few of them, and each picture shows them all.
   * @type {Map<string, Person>}
   */
  #shown = new Map();

  /**
   * @param {import('./session.js').Account} me
   * @param {import('./session.js').Server} server
   * @param {Storage} storage
   */
  constructor(me, server, storage = localStorage) {
    this.me = me;
    this.server = server;
    this.storage = storage;
    this.mine = keyOf(me.url);
    /** @type {Record<string, Known>} */
    this.people = bare();
    /** @type {Record<string, Chat>} */
    this.chats = bare();
    /** @type {Access} */
    this.access = { everyone: true, rules: bare(), urls: bare() };
    /** @type {Own} */
    this.own = { chosen: 'online', shown: 'offline', isIdle: false };
    /** @type {ConnectionState} */
    this.connection = { state: 'connecting' };
    this.isForgotten = false;
    /** Whether the browser's storage takes what it gets. */
    this.isKept = true;
    /**
     * The keys of those for whom messages wait.
     * @type {Set<string>}
     */
    this.awaited = new Set();
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

  get contacts() {
    return this.#contacts;
  }

  set contacts(contacts) {
    this.#contacts = contacts;
    this.#contactsByKey = new Map(contacts.map(contact => [keyOf(contact.url), contact]));
    this.#shown.clear();
  }

  /** @param {string} key */
  hasContact(key) {
    return this.#contactsByKey.has(key);
  }

  /**
   * People may look different from now on: one, or all of them.
   * @param {string} [key]
   */
  showAnew(key) {
    if (key) this.#shown.delete(key);
    else this.#shown.clear();
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
    if (event.kind !== 'typing' && event.kind !== 'connection' && event.kind !== 'older') this.#saveSoon();
  }

  /**
   * What a new tab needs of the data that is not stored.
   * @returns {Snapshot}
   */
  snapshot() {
    return { kind: 'snapshot', people: this.people, own: this.own, connection: this.connection, contacts: this.contacts, access: this.access };
  }

  /**
   * A person as shown; the same object until something about them changes.
   * @param {string} url
   * @returns {Person}
   */
  person(url) {
    const key = keyOf(url);
    const kept = this.#shown.get(key);
    if (kept && (kept.isContact || kept.url === url)) return kept;
    const person = this.#look(url, key);
    if (this.#shown.size >= MAX_SHOWN) this.#shown.clear();
    if (!person.isMe) this.#shown.set(key, person);
    return person;
  }

  /**
   * @param {string} url
   * @param {string} key
   * @returns {Person}
   */
  #look(url, key) {
    if (key === this.mine) {
      return {
        url: this.me.url, name: this.me.displayName, address: this.me.address, says: '', domain: '', state: this.#isOnline ? this.own.shown : 'unknown',
        isThere: true, isMe: true, isContact: false, isBlocked: false, blockedDomain: '', isMissing: false,
        note: shortened(this.people[this.mine]?.note), isFavourite: false, group: '',
      };
    }
    const contact = this.#contactsByKey.get(key);
    const known = this.people[key] ?? {};
    const address = tidy(addressOf(url, this.server), url.length);
    const own = tidy(known.name || (contact && contact.name) || known.said || '');
    const name = (contact && own) || address;
    const host = identityOf(url.trim())?.host ?? '';
    return {
      url: contact?.url ?? url,
      name,
      address,
      says: [...new Set([own, tidy(known.address ?? '')])].filter(claim => claim && ![name, address, contact?.address ?? ''].some(sure => isSame(sure, claim)))
        .join(', '),
      domain: host === this.server.domain ? '' : host,
      state: (contact && this.#isOnline && known.state) || 'unknown',
      isThere: Boolean(contact) && isThere(known.state),
      isMe: false,
      isContact: Boolean(contact),
      isBlocked: this.access.rules[key] === 'block',
      blockedDomain: this.access.rules[key] ? '' : this.#blockedDomainOf(host),
      isMissing: Boolean(known.isMissing),
      note: contact ? shortened(known.note) : '',
      isFavourite: Boolean(contact?.isFavourite),
      group: tidy(contact?.group ?? '', MAX_GROUP),
    };
  }

  get #isOnline() {
    return this.connection.state === 'online';
  }

  // The nearest domain that has a rule decides.
  /** @param {string} host */
  #blockedDomainOf(host) {
    for (let domain = host; domain; domain = domain.slice((domain.indexOf('.') + 1) || domain.length)) {
      const rule = this.access.rules[domain];
      if (rule) return rule === 'block' ? domain : '';
    }
    return '';
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
    this.#dropStrangers();
    let text = this.#toText();
    if (text.length > MAX_STORED) {
      // What is known of people comes from the server again; lines do not.
      text = this.#toText(bare());
      while (text.length > MAX_STORED && this.#dropLines(text.length - MAX_STORED)) text = this.#toText(bare());
    }
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

  #toText(people = this.people) {
    const { contacts, chats, access, own } = this;
    return JSON.stringify({ format: FORMAT, contacts, people, chats, access, own }, (name, value) => (UNSTORED.includes(name) ? undefined : value));
  }

  // The oldest lines of the fullest conversation, until about this much is gone; false if there are none.
  /** @param {number} excess */
  #dropLines(excess) {
    const weights = Object.values(this.chats).map(chat => ({ chat, weight: chat.messages.reduce((sum, message) => sum + weightOf(message), 0) }));
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

  // Only contacts and those who take part in a conversation, or have said something in one, are kept.
  #dropStrangers() {
    const kept = new Set([this.mine]);
    for (const chat of Object.values(this.chats)) {
      for (const url of chat.members) kept.add(keyOf(url));
      for (const message of chat.messages) if (message.from) kept.add(keyOf(message.from));
    }
    for (const key of Object.keys(this.people)) {
      if (kept.has(key) || this.hasContact(key)) continue;
      delete this.people[key];
      this.showAnew(key);
    }
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
      this.isKept = true;
    } catch {
      // Storage is full or forbidden: the data stays in memory only.
      this.isKept = false;
    }
  }

  #load() {
    const stored = this.#read(PREFIX);
    if (stored?.format !== FORMAT) return;
    [this.people, this.chats, this.access] = [bare(stored.people), bare(stored.chats), bareAccess(stored.access)];
    ({ contacts: this.contacts, own: this.own } = stored);
    for (const chat of Object.values(this.chats)) {
      chat.typing = bare();
      // Stored before there were requests.
      chat.hasAnswered ??= chat.messages.some(message => message.type === 'text' && !message.from);
      for (const message of chat.messages) modernise(message);
      for (const url of chat.messages.flatMap(message => message.waiting ?? [])) this.awaited.add(keyOf(url));
    }
  }
}

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

/**
 * Deletes everybody else's messages from this browser.
 * @param {Storage} storage
 * @param {string} but the URL of the one who stays
 */
export function forgetAll(storage = localStorage, but = '') {
  for (const name of Object.keys(storage)) {
    if ([PREFIX, LINK, DRAFTS].some(prefix => name.startsWith(prefix) && name !== prefix + but)) storage.removeItem(name);
  }
}

/**
 * A record without the names that every object has: strangers choose the keys.
 * @template Value
 * @param {Record<string, Value>} [record]
 * @returns {Record<string, Value>}
 */
const bare = record => Object.assign(Object.create(null), record);

/**
 * @param {Access} access
 * @returns {Access}
 */
const bareAccess = access => ({ everyone: access.everyone, rules: bare(access.rules), urls: bare(access.urls) });

// One line, without characters that would reverse the rest of the page.
/** @param {string} name */
const tidy = (name, most = MAX_NAME) => [...name.slice(0, 2 * most).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
  .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, '').trim()].slice(0, most).join('');

/** @param {string | undefined} note */
const shortened = (note = '') => tidy(note, MAX_NOTE);

/**
 * @param {string} one
 * @param {string} other
 */
const isSame = (one, other) => one.toLowerCase() === other.toLowerCase();

/** @param {string | undefined} state */
const isThere = state => state !== undefined && state !== 'offline' && state !== 'unknown';

/** @param {Message} message */
const weightOf = message => message.text.length + (message.reply?.text.length ?? 0) + (message.said?.length ?? 0) + 200;

/**
 * How one of our own messages stands.
 * @param {Message} message
 * @returns {Status}
 */
const standOf = ({ left, refused, waiting }) => (left?.length ? 'sending' : refused?.length ? 'failed' : waiting?.length ? 'waiting' : 'sent');

/**
 * Where something belongs that was said before.
 * @param {Message[]} messages
 * @param {Message} message
 */
function placeOf(messages, message) {
  let place = messages.length;
  while (place > 0 && messages[place - 1].at > message.at) place--;
  return place;
}

/**
 * @param {string[] | undefined} urls
 * @param {string} url
 */
const without = (urls, url) => urls?.filter(other => keyOf(other) !== keyOf(url)) ?? [];

/**
 * @param {Store} store
 * @param {StoreEvent} event
 */
function change(store, event) {
  switch (event.kind) {
    case 'snapshot':
      [store.people, store.access] = [bare(event.people), bareAccess(event.access)];
      ({ own: store.own, connection: store.connection, contacts: store.contacts } = event);
      break;
    case 'connection':
      if (store.connection.state !== event.state) store.showAnew();
      store.connection = { state: event.state, retryAt: event.retryAt, ...event.why && { why: event.why } };
      break;
    case 'own':
      Object.assign(store.own, event.own);
      break;
    case 'contacts':
      store.contacts = event.contacts;
      // Nobody tells any more how those who were taken off the list are.
      for (const [key, known] of Object.entries(store.people)) if (key !== store.mine && !store.hasContact(key)) delete known.state;
      break;
    case 'access':
      store.access = bareAccess(event.access);
      store.showAnew();
      break;
    case 'person': {
      const key = keyOf(event.url);
      if (!isKnown(store, key)) break;
      store.people[key] = { ...store.people[key], ...cut(event.person) };
      store.showAnew(key);
      if (isThere(event.person.state)) arrive(store, key);
      if (key === store.mine) store.own.shown = event.person.state ?? store.own.shown;
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
 * Whether anything is kept of somebody.
 * @param {Store} store
 * @param {string} key
 */
function isKnown(store, key) {
  return key === store.mine || store.hasContact(key)
    || Object.values(store.chats).some(chat => chat.members.some(member => keyOf(member) === key));
}

/**
 * What is known of a person, as long as it may be.
 * @param {Known} person
 * @returns {Known}
 */
function cut(person) {
  /** @type {Record<string, unknown>} */
  const short = {};
  for (const [name, value] of Object.entries(person)) short[name] = typeof value === 'string' ? tidy(value) : value;
  return short;
}

/**
 * A conversation exists, with these people.
 * @param {Store} store
 * @param {Extract<StoreEvent, { kind: 'chat' }>} event
 */
function join(store, event) {
  const isNew = !store.chats[event.id];
  const chat = store.chats[event.id] ??= { id: event.id, isGroup: event.isGroup, session: event.session, members: [], messages: [], unread: 0, typing: bare() };
  chat.session = event.session || chat.session;
  const keys = new Set(chat.members.map(keyOf));
  for (const url of event.members) {
    if (chat.members.length >= MAX_MEMBERS || keys.has(keyOf(url))) continue;
    keys.add(keyOf(url));
    chat.members.push(url);
    if (chat.isGroup) chat.known = [...without(chat.known, url), url].slice(-MAX_MEMBERS);
  }
  if (isNew) dropOldestOfStrangers(store, chat);
}

/**
 * One conversation with strangers too many ends the one in which nothing was said for the longest time; those with contacts stay.
 * @param {Store} store
 * @param {Chat} but
 */
function dropOldestOfStrangers(store, but) {
  const strangers = Object.values(store.chats).filter(chat => !chat.members.some(url => store.hasContact(keyOf(url))));
  if (strangers.length <= MAX_STRANGERS) return;
  const oldest = strangers.filter(chat => chat !== but).sort((one, other) => lastOf(one) - lastOf(other))[0];
  delete store.chats[oldest.id];
}

/** @param {Chat} chat */
const lastOf = chat => chat.messages.at(-1)?.at ?? 0;

/**
 * @param {Store} store
 * @param {Chat} chat
 * @param {Extract<StoreEvent, { chat: string }>} event
 */
function changeChat(store, chat, event) {
  switch (event.kind) {
    case 'message':
      chat.messages.splice(event.isPast ? placeOf(chat.messages, event.message) : chat.messages.length, 0, event.message);
      // What was read from the server goes on without a gap.
      chat.older = chat.older && [...chat.older, ...chat.messages.slice(0, -MAX_MESSAGES)];
      chat.messages.splice(0, Math.max(0, chat.messages.length - MAX_MESSAGES));
      if (event.message.from) {
        delete chat.typing[keyOf(event.message.from)];
        arrive(store, keyOf(event.message.from));
      }
      else if (event.message.type === 'text') Object.assign(chat, { hasAnswered: true, isIgnored: false });
      if (event.isNews && !chat.isIgnored) chat.unread++;
      break;
    case 'delivery':
    case 'again':
    case 'edited': {
      const message = chat.messages.find(candidate => candidate.id === event.id);
      if (!message) break;
      if (event.kind === 'edited') delete chat.typing[keyOf(message.from)];
      changeMessage(store, message, event);
      break;
    }
    case 'named':
      chat.name = tidy(event.name);
      break;
    case 'muted':
      chat.isMuted = event.isMuted;
      break;
    case 'typing':
      arrive(store, keyOf(event.from));
      noteTyping(store, chat, keyOf(event.from));
      break;
    case 'left':
      chat.members = without(chat.members, event.from);
      for (const message of chat.messages) {
        if (!message.left?.length) continue;
        message.left = without(message.left, event.from);
        message.status = standOf(message);
      }
      break;
    case 'older':
      Object.assign(chat, { older: [...event.messages, ...chat.older ?? []], earliest: event.earliest || chat.earliest, isComplete: event.isComplete });
      if (event.messages.some(message => message.type === 'text' && !message.from)) chat.hasAnswered = true;
      break;
    case 'unread':
      if (!chat.isIgnored) chat.unread = event.unread;
      break;
    case 'read':
      chat.unread = 0;
      break;
    case 'ignored':
      Object.assign(chat, { unread: 0, isIgnored: true });
      break;
    case 'closed':
      delete store.chats[event.chat];
      break;
  }
}

/**
 * @param {Store} store
 * @param {Message} message
 * @param {Extract<StoreEvent, { kind: 'delivery' | 'again' | 'edited' }>} event
 */
function changeMessage(store, message, event) {
  switch (event.kind) {
    case 'delivery':
      message.left = without(message.left, event.to);
      if (event.outcome === 'waiting') {
        message.waiting = [...without(message.waiting, event.to), event.to];
        store.awaited.add(keyOf(event.to));
      } else if (event.outcome === 'refused') Object.assign(message, { refused: [...without(message.refused, event.to), event.to], why: event.why });
      break;
    case 'again':
      Object.assign(message, { left: message.refused, refused: [], why: undefined });
      break;
    case 'edited':
      Object.assign(message, { text: event.text, edits: (message.edits ?? 0) + 1, ...event.left && { left: event.left } });
  }
  if (message.from) return;
  message.status = standOf(message);
  if (message.status === 'sent') delete message.said;
}

/**
 * Somebody is there, and has what waited.
 * @param {Store} store
 * @param {string} key
 */
function arrive(store, key) {
  if (!store.awaited.delete(key)) return;
  for (const message of Object.values(store.chats).flatMap(chat => chat.messages)) {
    if (!message.waiting?.some(url => keyOf(url) === key)) continue;
    message.waiting = message.waiting.filter(url => keyOf(url) !== key);
    message.status = standOf(message);
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

// @ts-check
// What this browser knows. It changes by events, which every tab applies, and is kept in the browser's storage until sign-out, so that neither a reload nor a
// closed tab loses a message.

import { keyOf } from './address.js';
import { change } from './changes.js';
import { Keeping } from './keeping.js';
import { personOf } from './person.js';
import { bare, bareAccess } from './records.js';
import { storage as kept } from './storage.js';

/** @typedef {import('./types.js').Access} Access */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').ConnectionState} ConnectionState */
/** @typedef {import('./types.js').Known} Known */
/** @typedef {import('./types.js').Own} Own */
/** @typedef {import('./types.js').Person} Person */
/** @typedef {import('./types.js').Snapshot} Snapshot */
/** @typedef {import('./types.js').StoreEvent} StoreEvent */
/** @typedef {import('./rvp.js').Contact} Contact */

// People whose shown form is remembered; with more it is made anew.
const MAX_SHOWN = 5000;

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
  constructor(me, server, storage = kept) {
    this.me = me;
    this.server = server;
    this.keeping = new Keeping(storage, me.url);
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
    this.link = this.keeping.readLink();
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

  /** @param {string} key */
  contactAt(key) {
    return this.#contactsByKey.get(key);
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
    const person = personOf(this, url, key);
    if (this.#shown.size >= MAX_SHOWN) this.#shown.clear();
    if (!person.isMe) this.#shown.set(key, person);
    return person;
  }

  /**
   * @param {string} url
   * @returns {Chat | undefined}
   */
  chatWith(url) {
    return this.chats['p:' + keyOf(url)];
  }

  /** Reads what the previous leading tab left. */
  loadLink() {
    this.link = this.keeping.readLink();
  }

  /** Only for the leading tab. */
  saveLink() {
    this.keeping.writeLink(this.link);
  }

  save() {
    clearTimeout(this.timer);
    this.timer = 0;
    if (this.keeping.isForgotten) return;
    this.#dropStrangers();
    this.keeping.write(this);
  }

  /** Nobody is signed in any more. */
  forget() {
    clearTimeout(this.timer);
    this.keeping.forget();
  }

  #saveSoon() {
    if (!this.timer && !this.keeping.isForgotten) this.timer = setTimeout(() => this.save(), 300);
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

  #load() {
    const stored = this.keeping.read();
    if (!stored) return;
    [this.people, this.chats, this.access] = [bare(stored.people), bare(stored.chats), bareAccess(stored.access)];
    ({ contacts: this.contacts, own: this.own } = stored);
    const waiting = Object.values(this.chats).flatMap(chat => chat.messages).flatMap(message => message.waiting ?? []);
    for (const url of waiting) this.awaited.add(keyOf(url));
  }
}

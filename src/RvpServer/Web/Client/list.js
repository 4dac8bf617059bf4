// @ts-check
// What is on the left, in its order: conversations, requests of people who are not on the list, and everybody else.

import { keyOf } from './address.js';
import { plainOf } from './markup.js';
import { t, locale } from './texts.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Person} Person */

const MAX_PREVIEW = 120;
/** @type {Intl.Collator | undefined} */
let collator;

/**
 * @param {string} one
 * @param {string} other
 */
const byName = (one, other) => (collator ??= new Intl.Collator(locale())).compare(one, other);

/** @param {Person} person */
const idOf = person => 'p:' + keyOf(person.url);


export class List {
  /** @type {import('./store.js').Contact[]} */
  #contacts = [];

  /**
   * Nearly in order from the last time on, which makes sorting cheap.
   * @type {Person[]}
   */
  #people = [];

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
  }

  /**
   * Everybody is in one place only: whom one talks with is in the conversation.
   * @param {string} wanted words that names or addresses must have
   * @returns {{ favourites: (Chat | Person)[], talks: Chat[], requests: Chat[], groups: { name: string, people: Person[] }[], people: Person[] }}
   */
  read(wanted = '') {
    const { store } = this;
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (/** @type {Person[]} */ people) => words.every(word => people.some(person =>
      [person.name, person.address, person.says].some(text => text.toLowerCase().includes(word))));
    const chats = Object.values(store.chats).filter(chat => isListed(store, chat) && (!words.length || fits(peopleIn(store, chat))));
    const talking = new Map(chats.map(chat => [chat.id, chat]));
    const people = this.#inOrder().filter(person => !words.length || fits([person]));
    const favourites = people.filter(person => person.isFavourite);
    const rest = people.filter(person => !person.isFavourite && !talking.has(idOf(person)));
    const isFavourite = (/** @type {Chat} */ chat) => !chat.isGroup && store.person(chat.members[0]).isFavourite;
    const names = [...new Set(rest.map(person => person.group))].filter(Boolean).sort(byName);
    return {
      favourites: favourites.map(person => talking.get(idOf(person)) ?? person),
      talks: chats.filter(chat => !isRequest(store, chat) && !isFavourite(chat)).sort(byNews),
      requests: chats.filter(chat => isRequest(store, chat) && (words.length || !chat.isIgnored)).sort(byNews),
      groups: names.map(name => ({ name, people: rest.filter(person => person.group === name) })),
      people: rest.filter(person => !person.group),
    };
  }

  #inOrder() {
    const { store } = this;
    if (this.#contacts !== store.contacts) {
      this.#contacts = store.contacts;
      this.#people = store.contacts.map(contact => store.person(contact.url)).filter(person => !person.isMe);
    }
    this.#people = this.#people.map(person => store.person(person.url)).sort(byPresence);
    return this.#people;
  }
}

/**
 * Somebody has written, alone or among others of whom nobody is on the list, and we have not answered.
 * @param {Store} store
 * @param {Chat} chat
 */
export const isRequest = (store, chat) => !chat.hasAnswered && chat.messages.length > 0 && chat.members.length > 0
  && !peopleIn(store, chat).some(person => person.isContact || person.isMe);

/**
 * @param {Store} store
 * @param {Chat} chat
 */
export const peopleIn = (store, chat) => chat.members.map(url => store.person(url));

/**
 * What a conversation is called.
 * @param {Store} store
 * @param {Chat} chat
 */
export const nameOf = (store, chat) => chat.name || (chat.known ?? chat.members).map(url => store.person(url).name).join(', ') || t('Nobody else');

/**
 * The last that was said, in one line, or who is writing.
 * @param {Store} store
 * @param {Chat} chat
 */
export function previewOf(store, chat) {
  const writing = peopleIn(store, chat).filter(person => chat.typing[keyOf(person.url)]);
  if (writing.length) return chat.isGroup ? `${writing.map(person => person.name).join(', ')}: ${t('typing…')}` : t('typing…');
  const last = chat.messages.at(-1);
  if (!last) return '';
  const text = plainOf(last.text, MAX_PREVIEW);
  if (last.type === 'note') return text;
  if (!last.from) return t('You: {0}', text);
  return chat.isGroup ? `${store.person(last.from).name}: ${text}` : text;
}

// A conversation that is about to begin is on top, not where those without a time would be.
/** @param {Chat} chat */
const timeOf = chat => chat.messages.at(-1)?.at ?? Infinity;

/**
 * @param {Store} store
 * @param {Chat} chat
 */
const isListed = (store, chat) => chat.isGroup || chat.messages.length > 0 || !(store.person(chat.members[0]).isContact || store.person(chat.members[0]).isMe);

/**
 * @param {Chat} one
 * @param {Chat} other
 */
const byNews = (one, other) => Number(other.unread > 0) - Number(one.unread > 0) || Number(timeOf(other) > timeOf(one)) - Number(timeOf(other) < timeOf(one));

/**
 * @param {Person} one
 * @param {Person} other
 */
const byPresence = (one, other) => Number(other.isThere) - Number(one.isThere) || byName(one.name, other.name);

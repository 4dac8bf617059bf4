// @ts-check
// What an event changes in what the browser knows.

import { keyOf } from './address.js';
import { arrive, changeChat } from './chat.js';
import { isThere } from './person.js';
import { bare, bareAccess, tidy, without } from './records.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Known} Known */
/** @typedef {import('./types.js').StoreEvent} StoreEvent */

// Conversations with people who are not on the list: anybody can begin one.
const MAX_STRANGERS = 100;
/** People in a conversation, besides the user. */
export const MAX_MEMBERS = 50;

/**
 * @param {Store} store
 * @param {StoreEvent} event
 */
export function change(store, event) {
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

// @ts-check
// Begins conversations, and names them.

import { keyOf } from './address.js';

/** @typedef {import('./store.js').Store} Store */

/** @param {string} session */
export const idOfGroup = session => 'g:' + session.toLowerCase();

/** @param {string} url */
export const idOfPerson = url => 'p:' + keyOf(url);

/**
 * The conversation with one person; created if there is none.
 * @param {Store} store
 * @param {string} url
 */
export function openWith(store, url) {
  const id = idOfPerson(url);
  if (!store.chats[id]) store.emit({ kind: 'chat', id, isGroup: false, session: newSession(), members: [url] });
  return id;
}

/**
 * A new conversation with several people. Always a new session: some clients crash when a second person joins an existing one.
 * @param {Store} store
 * @param {string[]} urls
 */
export function openGroup(store, urls) {
  const session = newSession();
  const id = idOfGroup(session);
  store.emit({ kind: 'chat', id, isGroup: true, session, members: urls });
  return id;
}

export function newSession() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('').toUpperCase();
  return `{${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}}`;
}

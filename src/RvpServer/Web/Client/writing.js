// @ts-check
// What one writes: how long it may be, again, and otherwise.

import { keyOf } from './address.js';
import { sizeOf } from './message.js';
import { documentOf, tell } from './sending.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./outbox.js').Sender} Sender */

const TYPING_EVERY = 4000;

/**
 * By how many bytes something is too long for the server; zero or less if it fits.
 * @param {Store} store
 * @param {Chat} chat
 * @param {Message} message
 */
export const excess = (store, chat, message) => sizeOf(documentOf(store, chat, message)) - store.server.maxBodyBytes;

/**
 * Tries again for those who have not received it.
 * @param {Store} store
 * @param {Chat} chat
 * @param {Message} message
 */
export function sendAgain(store, chat, message) {
  store.emit({ kind: 'again', chat: chat.id, id: message.id });
}

/**
 * Whether the others have it as it is, so that it can be corrected.
 * @param {Message | undefined} message
 */
export const isEditable = message => message?.type === 'text' && !message.from && Boolean(message.mid) && ['sent', 'waiting'].includes(message.status);

/**
 * @param {Store} store
 * @param {Chat} chat
 * @param {Message} message
 * @param {string} text
 */
export function edit(store, chat, message, text) {
  if (text === message.text) return;
  const left = chat.members.filter(url => message.to?.some(other => keyOf(other) === keyOf(url)));
  store.emit({ kind: 'edited', chat: chat.id, mid: message.mid ?? '', from: '', text, at: Date.now(), left });
  store.save();
}

/**
 * Tells the others, at most every four seconds; not awaited, and errors are not shown.
 * @param {Store} store
 * @param {Sender} rvp
 * @param {Chat} chat
 */
export function sendTyping(store, rvp, chat) {
  const now = Date.now();
  if (now - (chat.typedAt ?? 0) < TYPING_EVERY || !chat.messages.length && chat.isGroup) return;
  chat.typedAt = now;
  tell(store, rvp, chat, 'typing');
}

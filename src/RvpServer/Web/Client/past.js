// @ts-check
// What the server has kept, as it is seen in a conversation.

import { keyOf } from './address.js';
import { leftBy, madeOf, unshown } from './conversation.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./message.js').Travelling} Travelling */

/**
 * Whether it is something that somebody has said, rather than what only happens in a conversation, or puts right what was said before.
 * @param {Travelling} message
 * @param {boolean} isGroup
 */
export const isNews = (message, isGroup) => message.kind === 'text' && !message.replaces && !(isGroup && message.deed);

/**
 * A message from long ago; null if there is nothing to be seen of it. What was done to a conversation is told in the words of who did it.
 * @param {Store} store
 * @param {Chat} chat
 * @param {Travelling} message
 * @param {number} entry at the server
 * @returns {Message | null}
 */
export function pastOf(store, chat, message, entry) {
  const from = keyOf(message.from.url) === keyOf(store.me.url) ? '' : message.from.url;
  // The same in all tabs.
  const made = { ...madeOf(message, from, true), id: `past-${entry}` };
  const note = (/** @type {string} */ text) => ({ ...made, type: /** @type {const} */ ('note'), from: '', text });
  const who = from && store.person(from).name;
  switch (message.kind) {
    case 'text': return chat.isGroup && message.deed ? note(made.text) : made;
    case 'leave': return who && chat.isGroup ? note(leftBy(who)) : null;
    case 'invitation':
    case 'unknown': return note(unshown(who));
    default: return null;
  }
}

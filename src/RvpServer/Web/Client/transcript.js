// @ts-check
// A conversation as plain text.

import { keyOf } from './address.js';
import { isoOf } from './times.js';
import { t } from './texts.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */

/**
 * Names, times and texts, a message on a line or more.
 * @param {Store} store
 * @param {Chat} chat
 */
export const transcriptOf = (store, chat) => linesIn(store, chat).join('\n');

/**
 * The end of a conversation, as much of it as fits into a message.
 * @param {Store} store
 * @param {Chat} chat
 * @param {number} most in bytes
 */
export function endOf(store, chat, most) {
  const encoder = new TextEncoder();
  const heading = t('What was said before:');
  let room = most - encoder.encode(heading).length;
  const lines = linesIn(store, chat);
  let from = lines.length;
  while (from > 0 && (room -= encoder.encode(lines[from - 1]).length + 1) >= 0) from--;
  return from < lines.length ? [heading, ...lines.slice(from)].join('\n') : '';
}

/**
 * @param {Store} store
 * @param {Chat} chat
 */
const linesIn = (store, chat) => chat.messages.filter(message => !message.said).map(message => {
  if (message.type === 'note') return `${isoOf(message.at)} ${message.text}`;
  const name = store.person(message.from && keyOf(message.from) !== keyOf(store.me.url) ? message.from : store.me.url).name;
  return `${isoOf(message.at)} ${name}: ${message.text}`;
});

/**
 * Also where browsers withhold their clipboard, which is on pages that came over plain http.
 * @param {string} text
 */
export async function copyText(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const give = (/** @type {ClipboardEvent} */ event) => {
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
  };
  document.addEventListener('copy', give, { once: true });
  if (!document.execCommand('copy')) throw new Error('The browser does not copy.');
}

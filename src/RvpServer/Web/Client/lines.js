// @ts-check
// A conversation as it is read: days between the messages, where the new ones begin, and messages of one sender as one.

import { keyOf } from './address.js';
import { dayOf } from './times.js';

const TOGETHER = 5 * 60_000;

/** @typedef {import('./types.js').Message} Message */
/**
 * @typedef {{ key: string, day: string, message?: undefined } | { key: string, isNews: true, message?: undefined }
 *   | { key: string, message: Message, isContinued: boolean }} Line
 */

/**
 * @param {Message[]} messages
 * @param {number} [now]
 * @param {string} [news] the id of the first that is new
 */
export function linesOf(messages, now = Date.now(), news = '') {
  /** @type {Line[]} */
  const lines = [];
  /** @type {Message | undefined} */
  let before;
  let day = '';
  for (const message of messages) {
    const its = new Date(message.at).toDateString();
    if (its !== day) lines.push({ key: `day before ${message.id}`, day: dayOf(message.at, now) });
    const isFirst = message.id === news;
    if (isFirst) lines.push({ key: 'news', isNews: true });
    lines.push({ key: message.id, message, isContinued: its === day && !isFirst && Boolean(before) && isOfOne(before, message) });
    [before, day] = [message, its];
  }
  return lines;
}

/**
 * @param {Message | undefined} before
 * @param {Message} message
 */
const isOfOne = (before, message) => before?.type === 'text' && message.type === 'text' && keyOf(before.from) === keyOf(message.from)
  && Math.abs(message.at - before.at) < TOGETHER;

/**
 * The last of our own, which can be corrected.
 * @param {Message[]} messages
 */
export const lastOwn = messages => messages.filter(message => message.type === 'text' && !message.from).at(-1);

/**
 * What is known of a conversation, from its beginning on.
 * @param {import('./types.js').Chat} chat
 */
export const allIn = chat => [...chat.older ?? [], ...chat.messages];

// @ts-check
// What is said to others, made ready for the outbox, and what is only told them.

import { newId } from './conversation.js';
import { compose, newMessageId } from './message.js';
import { asCorrection, withQuote } from './quotes.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./outbox.js').Sender} Sender */

// What goes out later than this after it was said says when that was.
const LATE = 60_000;

/**
 * Something to be said to these people, by default to all.
 * @param {Store} store
 * @param {Chat} chat
 * @param {string} text
 * @param {Partial<Message>} [more]
 * @returns {Message}
 */
export function draft(store, chat, text, more = {}) {
  const to = [...more.to ?? chat.members];
  return {
    id: newId(), mid: newMessageId(store.server.domain), type: 'text', from: '', text, at: Date.now(), status: to.length ? 'sending' : 'sent',
    ...more, to, left: [...to],
  };
}

/**
 * From now on it is on its way, whatever happens to the page.
 * @param {Store} store
 * @param {Chat} chat
 * @param {Message} message
 */
export function send(store, chat, message) {
  store.emit({ kind: 'message', chat: chat.id, message, isNews: false });
  store.save();
}

/**
 * The conversation is deleted here, and a group has one less.
 * @param {Store} store
 * @param {Sender} rvp
 * @param {Chat} chat
 */
export function leave(store, rvp, chat) {
  if (chat.isGroup) tell(store, rvp, chat, 'leave');
  store.emit({ kind: 'closed', chat: chat.id });
}

/** @param {import('./types.js').Person} person */
const mayBeThere = person => !person.isContact || person.state !== 'offline';

/**
 * @param {Store} store
 * @param {Sender} rvp
 * @param {Chat} chat
 * @param {'typing' | 'leave'} kind
 */
export function tell(store, rvp, chat, kind) {
  const document = documentFor(store, chat, kind);
  for (const url of chat.members) if (chat.isGroup || mayBeThere(store.person(url))) rvp.notify(url, document, 'SingleHop').catch(() => {});
}

/**
 * One of our own messages as it is sent.
 * @param {Store} store
 * @param {Chat} chat
 * @param {Message} message
 */
export function documentOf(store, chat, { mid, at, edits, reply, deed, said, text }) {
  if (edits) return documentFor(store, chat, 'text', asCorrection(text), { id: mid?.replace('@', `.${edits}@`), replaces: mid });
  const about = {
    at: Date.now() - at > LATE ? at : undefined, id: mid, answers: reply?.mid, ...deed && { deed }, ...deed && chat.name !== undefined && { name: chat.name },
  };
  return documentFor(store, chat, 'text', said ?? (reply ? withQuote(reply.text, text) : text), about);
}

/**
 * With several people, everybody is named as a recipient, including ourselves: other clients do the same, and learn from it who is there.
 * @param {Store} store
 * @param {Chat} chat
 * @param {'text' | 'typing' | 'leave'} kind
 * @param {string} text
 * @param {import('./message.js').About} about
 */
function documentFor(store, chat, kind, text = '', about = {}) {
  const from = { url: store.me.url, name: store.me.displayName, address: store.me.address };
  const to = chat.members.map(url => store.person(url));
  return compose(kind, from, chat.isGroup ? [...to, from] : to, chat.session, text, about);
}

// @ts-check
// Each incoming message is assigned to its conversation.

import { keyOf } from './address.js';
import { MAX_MEMBERS } from './changes.js';
import { saidIn } from './chat.js';
import { idOfGroup, idOfPerson, openWith } from './opening.js';
import { readCorrection, readQuote } from './quotes.js';
import { t } from './texts.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./message.js').Travelling} Travelling */

const SAME_TIME = 2000;
// The protocol's year.
const EARLIEST = Date.UTC(2000, 0);

export const newId = () => Date.now().toString(36) + Math.random().toString(36).slice(2, 8);

/**
 * Takes a message that came for us, or, if it is past, that we learn of later than others.
 * @param {Store} store
 * @param {Travelling | null} message
 * @param {{ isPast?: boolean }} how
 */
export function receive(store, message, { isPast = false } = {}) {
  if (!message) return;
  const mine = keyOf(store.me.url);
  const isMine = keyOf(message.from.url) === mine;
  const named = new Map([message.from, ...message.to].map(person => [keyOf(person.url), person]));
  if (named.size > 1) named.delete(mine);
  const at = isPast ? timeOf(message) : undefined;
  const known = store.chats[idOfGroup(message.session)];
  const isOutsider = Boolean(known) && !isMine && !isMember(known, message.from.url);
  // Who is in a conversation says who else is in it. Whoever has left it or never was in it, and knows its Session-Id, speaks for himself alone.
  const others = isOutsider ? [message.from] : [...named.values()].slice(0, MAX_MEMBERS);
  const isGroup = !isOutsider && (Boolean(known) || others.length > 1);
  const id = isGroup ? idOfGroup(message.session) : idOfPerson(others[0].url);

  if (message.kind === 'typing') {
    if (!isMine && store.chats[id]) store.emit({ kind: 'typing', chat: id, from: message.from.url });
    return;
  }
  if (message.kind === 'leave') {
    if (isMine || !isGroup || !store.chats[id]) return;
    note(store, id, leftBy(store.person(message.from.url).name), at);
    store.emit({ kind: 'left', chat: id, from: message.from.url });
    return;
  }
  if (message.kind === 'opening' && !isGroup) return;
  const added = isGroup && known ? others.filter(person => !isMember(known, person.url)).slice(0, MAX_MEMBERS - known.members.length) : [];
  store.emit({ kind: 'chat', id, isGroup, session: isOutsider ? '' : message.session, members: others.map(person => person.url) });
  remember(store, others);
  const who = isMine ? '' : store.person(message.from.url).name;
  for (const person of added) note(store, id, addedBy(who, store.person(person.url).name), at);
  if (message.kind === 'opening') return;
  if (message.kind === 'invitation' || message.kind === 'unknown') {
    note(store, id, unshown(who), at);
    return;
  }
  const from = isMine ? '' : message.from.url;
  if (isGroup && message.deed) learn(store, store.chats[id], message, who, Boolean(known), at);
  else if (!correct(store, store.chats[id], message, from)) hear(store, store.chats[id], message, from, isPast);
}

/** @param {string} who */
export const leftBy = who => t('{0} has left the conversation.', who);

/** @param {string} who empty for ourselves */
export const unshown = who => (who ? t('{0} sent something that this client cannot show, such as a file or a call.', who)
  : t('You sent something that this client cannot show, such as a file or a call.'));

/**
 * @param {string} who empty for ourselves
 * @param {string} whom
 */
export const addedBy = (who, whom) => (who ? t('{0} added {1} to the conversation.', who, whom) : t('You added {0} to the conversation.', whom));

/**
 * What was done to the conversation; the text is for programs that know nothing of it.
 * @param {Store} store
 * @param {Chat} chat
 * @param {Travelling} message
 * @param {string} who
 * @param {boolean} wasKnown
 * @param {number} [at]
 */
function learn(store, chat, message, who, wasKnown, at) {
  const { deed, name } = message;
  if (deed === 'added' && !wasKnown && who) note(store, chat.id, t('{0} added you to the conversation.', who), at);
  if (deed === 'told') {
    const told = who ? t('{0} told somebody who came later what was said before.', who) : t('You told somebody who came later what was said before.');
    note(store, chat.id, told, at);
  }
  if (name === undefined || deed !== 'named' && wasKnown || name === (chat.name ?? '')) return;
  store.emit({ kind: 'named', chat: chat.id, name });
  if (deed === 'named') note(store, chat.id, namedBy(who, chat.name ?? ''), at);
}

/**
 * @param {string} who empty for ourselves
 * @param {string} name
 */
export function namedBy(who, name) {
  if (!name) return who ? t('{0} took the name of the conversation away.', who) : t('You took the name of the conversation away.');
  return who ? t('{0} called the conversation "{1}".', who, name) : t('You called the conversation "{0}".', name);
}

/**
 * Its author, and nobody else, may replace a message; false if this one replaces none. What it replaces may be on a page that is still to be read.
 * @param {Store} store
 * @param {Chat} chat
 * @param {Travelling} message
 * @param {string} from
 */
function correct(store, chat, message, from) {
  const { replaces } = message;
  const mayComeLater = store.server.historyDays && !chat.isComplete;
  if (!replaces || !saidIn(chat, replaces, from) && !mayComeLater) return false;
  store.emit({ kind: 'edited', chat: chat.id, mid: replaces, from, text: readCorrection(message.text), at: timeOf(message) });
  return true;
}

/**
 * @param {Store} store
 * @param {Chat} chat
 * @param {Travelling} message
 * @param {string} from
 * @param {boolean} isPast
 */
function hear(store, chat, message, from, isPast) {
  // It came once more, as its sender did not hear that it had come.
  if (message.id && saidIn(chat, message.id, from)) return;
  // Programs give their messages no id: what was said in the same words is the same, once, and what waited and was kept has one time in both places.
  const alike = message.id ? [] : chat.messages.filter(other => !other.mid && keyOf(other.from) === keyOf(from) && other.text === message.text);
  const same = isPast ? alike.find(other => !other.isKept) : alike.find(other => other.isPast && Math.abs(other.at - (message.at ?? 0)) < SAME_TIME);
  if (same) Object.assign(same, { isKept: true, isPast: false });
  else store.emit({ kind: 'message', chat: chat.id, message: madeOf(message, from, isPast), isNews: Boolean(from) && !isPast, isPast });
}

/**
 * @param {Travelling} message
 * @param {string} from
 * @param {boolean} isPast
 * @returns {Message}
 */
export function madeOf(message, from, isPast) {
  const { quoted, rest } = message.answers ? readQuote(message.text) : { quoted: '', rest: '' };
  const isReply = message.answers && rest.trim();
  return {
    id: newId(), type: 'text', from, text: isReply ? rest : message.text, at: timeOf(message), status: 'sent', ...message.id && { mid: message.id },
    ...isReply && { reply: { mid: message.answers ?? '', text: quoted } }, ...isPast && { isKept: true, isPast: true },
  };
}

// A clock elsewhere may be wrong, or lie: nothing was said tomorrow, which would be the latest news for ever.
/** @param {Travelling} message */
const timeOf = message => Math.min(Math.max(message.at ?? Infinity, EARLIEST), Date.now());

/**
 * @param {Chat} chat
 * @param {string} url
 */
export const isMember = (chat, url) => chat.members.some(member => keyOf(member) === keyOf(url));

/**
 * Names that strangers give themselves count only until the server sends a better one.
 * @param {Store} store
 * @param {import('./message.js').Party[]} people
 */
function remember(store, people) {
  for (const { url, name } of people) if (name && !store.people[keyOf(url)]?.name) store.emit({ kind: 'person', url, person: { said: name } });
}

/**
 * Somebody has put us on a contact list: a request, as if they had said so.
 * @param {Store} store
 * @param {string} url
 */
export function welcomeRequest(store, url) {
  const chat = openWith(store, url);
  const text = t('{0} has added you as a contact.', store.person(url).name);
  store.emit({ kind: 'message', chat, message: { id: newId(), type: 'note', from: url, text, at: Date.now(), status: 'sent' }, isNews: true });
}

/**
 * @param {Store} store
 * @param {string} chat
 * @param {string} text
 * @param {number} [at] when it was, if that is past
 */
export function note(store, chat, text, at) {
  const message = /** @type {const} */ ({ id: newId(), type: 'note', from: '', text, at: at ?? Date.now(), status: 'sent' });
  store.emit({ kind: 'message', chat, message, isNews: false, isPast: at !== undefined });
}

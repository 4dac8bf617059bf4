// @ts-check
// Conversations: each incoming message is assigned to its conversation, and what is said in one is made ready for the outbox.

import { keyOf } from './address.js';
import { MAX_MEMBERS } from './changes.js';
import { saidIn } from './chat.js';
import { compose, newMessageId, newSession, sizeOf } from './message.js';
import { asCorrection, readCorrection, readQuote, withQuote } from './quotes.js';
import { t } from './texts.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./message.js').Travelling} Travelling */
/** @typedef {import('./outbox.js').Sender} Sender */

const TYPING_EVERY = 4000;
// What goes out later than this after it was said says when that was.
const LATE = 60_000;
const SAME_TIME = 2000;
// The protocol's year.
const EARLIEST = Date.UTC(2000, 0);

/** @param {string} session */
const idOfGroup = session => 'g:' + session.toLowerCase();
/** @param {string} url */
const idOfPerson = url => 'p:' + keyOf(url);
const newId = () => Date.now().toString(36) + Math.random().toString(36).slice(2, 8);

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

/**
 * Whether it is something that somebody has said, rather than what only happens in a conversation, or puts right what was said before.
 * @param {Travelling} message
 * @param {boolean} isGroup
 */
export const isNews = (message, isGroup) => message.kind === 'text' && !message.replaces && !(isGroup && message.deed);

/** @param {string} who */
const leftBy = who => t('{0} has left the conversation.', who);

/** @param {string} who empty for ourselves */
const unshown = who => (who ? t('{0} sent something that this client cannot show, such as a file or a call.', who)
  : t('You sent something that this client cannot show, such as a file or a call.'));

/**
 * @param {string} who empty for ourselves
 * @param {string} whom
 */
const addedBy = (who, whom) => (who ? t('{0} added {1} to the conversation.', who, whom) : t('You added {0} to the conversation.', whom));

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
    note(store, chat.id, who ? t('{0} told somebody who came later what was said before.', who) : t('You told somebody who came later what was said before.'), at);
  }
  if (name === undefined || deed !== 'named' && wasKnown || name === (chat.name ?? '')) return;
  store.emit({ kind: 'named', chat: chat.id, name });
  if (deed === 'named') note(store, chat.id, namedBy(who, chat.name ?? ''), at);
}

/**
 * @param {string} who empty for ourselves
 * @param {string} name
 */
function namedBy(who, name) {
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
function madeOf(message, from, isPast) {
  const { quoted, rest } = message.answers ? readQuote(message.text) : { quoted: '', rest: '' };
  const isReply = message.answers && rest.trim();
  return {
    id: newId(), type: 'text', from, text: isReply ? rest : message.text, at: timeOf(message), status: 'sent', ...message.id && { mid: message.id },
    ...isReply && { reply: { mid: message.answers ?? '', text: quoted } }, ...isPast && { isKept: true, isPast: true },
  };
}

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

// A clock elsewhere may be wrong, or lie: nothing was said tomorrow, which would be the latest news for ever.
/** @param {Travelling} message */
const timeOf = message => Math.min(Math.max(message.at ?? Infinity, EARLIEST), Date.now());

/**
 * @param {Chat} chat
 * @param {string} url
 */
const isMember = (chat, url) => chat.members.some(member => keyOf(member) === keyOf(url));

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
function note(store, chat, text, at) {
  const message = /** @type {const} */ ({ id: newId(), type: 'note', from: '', text, at: at ?? Date.now(), status: 'sent' });
  store.emit({ kind: 'message', chat, message, isNews: false, isPast: at !== undefined });
}

/**
 * By how many bytes something is too long for the server; zero or less if it fits.
 * @param {Store} store
 * @param {Chat} chat
 * @param {Message} message
 */
export const excess = (store, chat, message) => sizeOf(documentOf(store, chat, message)) - store.server.maxBodyBytes;

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
 * @param {Store} store
 * @param {Chat} chat
 * @param {string} name empty for none
 */
export function nameGroup(store, chat, name) {
  if (name === (chat.name ?? '')) return;
  store.emit({ kind: 'named', chat: chat.id, name });
  send(store, chat, draft(store, chat, namedBy('', name), { type: 'note', deed: 'named', said: namedBy(store.me.displayName, name) }));
}

/**
 * A group goes on with more people; with somebody more, a conversation of two goes on as a new one with several. Gives its id.
 * @param {Store} store
 * @param {Chat} chat
 * @param {string[]} urls
 * @param {string} [transcript] what they are told of what was said before
 */
export function addPeople(store, chat, urls, transcript) {
  const group = chat.isGroup ? chat : store.chats[openGroup(store, chat.members)];
  const room = Math.max(0, MAX_MEMBERS - group.members.length);
  const added = urls.filter(url => !isMember(group, url)).slice(0, room);
  if (!added.length) return group.id;
  const names = added.map(url => store.person(url).name).join(', ');
  store.emit({ kind: 'chat', id: group.id, isGroup: true, session: '', members: added });
  send(store, group, draft(store, group, addedBy('', names), { type: 'note', deed: 'added', said: addedBy(store.me.displayName, names) }));
  if (group !== chat) note(store, chat.id, t('You went on in a conversation of several, with {0}.', names));
  if (transcript) {
    const said = t('{0} told somebody who came later what was said before.', store.me.displayName);
    send(store, group, draft(store, group, t('You told somebody who came later what was said before.'), { type: 'note', deed: 'told', said }));
    send(store, group, draft(store, group, t('What was said before went to {0}.', names), { type: 'note', to: added, said: transcript }));
  }
  return group.id;
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
function tell(store, rvp, chat, kind) {
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

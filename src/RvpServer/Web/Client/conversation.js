// @ts-check
// Conversations: each incoming message is assigned to its conversation, each outgoing one is sent to every member.

import { keyOf } from './address.js';
import { compose, newSession, sizeOf } from './message.js';
import { statusOf } from './rvp.js';
import { MAX_MEMBERS } from './store.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./store.js').Chat} Chat */
/** @typedef {import('./store.js').Message} Message */
/** @typedef {Pick<import('./rvp.js').Rvp, 'notify'>} Sender */

const TYPING_EVERY = 4000;
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
 * Takes a message that came for us.
 * @param {Store} store
 * @param {import('./message.js').Travelling | null} message
 */
export function receive(store, message) {
  if (!message) return;
  const mine = keyOf(store.me.url);
  const isMine = keyOf(message.from.url) === mine;
  const named = new Map([message.from, ...message.to].map(person => [keyOf(person.url), person]));
  if (named.size > 1) named.delete(mine);
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
    note(store, id, `${store.person(message.from.url).name} has left the conversation.`);
    store.emit({ kind: 'left', chat: id, from: message.from.url });
    return;
  }
  if (message.kind === 'opening' && !isGroup) return;
  const added = isGroup && known ? others.filter(person => !isMember(known, person.url)).slice(0, MAX_MEMBERS - known.members.length) : [];
  store.emit({ kind: 'chat', id, isGroup, session: isOutsider ? '' : message.session, members: others.map(person => person.url) });
  remember(store, others);
  const who = isMine ? 'You' : store.person(message.from.url).name;
  for (const person of added) note(store, id, `${who} added ${store.person(person.url).name} to the conversation.`);
  if (message.kind === 'opening') return;
  if (message.kind === 'invitation' || message.kind === 'unknown') {
    note(store, id, `${who} sent something that this client cannot show, such as a file or a call.`);
    return;
  }
  /** @type {Message} */
  const received = { id: newId(), type: 'text', from: isMine ? '' : message.from.url, text: message.text, at: timeOf(message), status: 'sent' };
  store.emit({ kind: 'message', chat: id, message: received, isNews: !isMine });
}

// A clock elsewhere may be wrong, or lie: nothing was said tomorrow, which would be the latest news for ever.
/** @param {import('./message.js').Travelling} message */
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
 * @param {Store} store
 * @param {string} chat
 * @param {string} text
 */
function note(store, chat, text) {
  store.emit({ kind: 'message', chat, message: { id: newId(), type: 'note', from: '', text, at: Date.now(), status: 'sent' }, isNews: false });
}

/**
 * By how many bytes a text is too long for the server; zero or less if it fits.
 * @param {Store} store
 * @param {Chat} chat
 * @param {string} text
 */
export function excess(store, chat, text) {
  const document = documentFor(store, chat, 'text', text);
  return sizeOf(document) - store.server.maxBodyBytes;
}

/**
 * @param {Store} store
 * @param {Sender} rvp
 * @param {Chat} chat
 * @param {string} text
 */
export async function send(store, rvp, chat, text) {
  /** @type {Message} */
  const message = { id: newId(), type: 'text', from: '', text, at: Date.now(), status: 'sending', to: [...chat.members] };
  store.emit({ kind: 'message', chat: chat.id, message, isNews: false });
  await deliver(store, rvp, chat, message, chat.members);
}

/**
 * Tries again for the members who have not received it.
 * @param {Store} store
 * @param {Sender} rvp
 * @param {Chat} chat
 * @param {Message} message
 */
export async function sendAgain(store, rvp, chat, message) {
  const failed = message.failed?.length ? message.failed : chat.members;
  store.emit({ kind: 'delivery', chat: chat.id, id: message.id, status: 'sending', failed: [] });
  await deliver(store, rvp, chat, message, failed);
}

/**
 * @param {Store} store
 * @param {Sender} rvp
 * @param {Chat} chat
 * @param {Message} message
 * @param {string[]} members
 */
async function deliver(store, rvp, chat, message, members) {
  const document = documentFor(store, chat, 'text', message.text);
  const answers = await Promise.all(members.map(url =>
    rvp.notify(url, document).then(isWaiting => ({ isWaiting, why: '' }), error => ({ isWaiting: false, why: reasonOf(error) }))));
  const failed = members.filter((_, i) => answers[i].why);
  const waiting = members.filter((_, i) => answers[i].isWaiting);
  const why = answers.find(answer => answer.why)?.why;
  const names = (/** @type {string[]} */ urls) => urls.map(url => store.person(url).name).join(', ');
  store.emit({
    kind: 'delivery', chat: chat.id, id: message.id, status: why ? 'failed' : waiting.length ? 'waiting' : 'sent', failed,
    why: why ? (chat.isGroup ? `${names(failed)}: ${why}` : why) : names(waiting),
  });
}

/** @param {unknown} error */
function reasonOf(error) {
  switch (statusOf(error)) {
    case undefined: return 'The server cannot be reached.';
    case 401: return 'You are no longer signed in.';
    case 403: return 'This person does not take messages from you.';
    case 404: return 'Nobody has this address any more.';
    case 412: return 'This person is not available at the moment.';
    case 413: return 'The message is too long.';
    case 500: return 'The other program did not take it.';
    default: return 'The server cannot deliver it at the moment.';
  }
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

/** @param {import('./store.js').Person} person */
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
 * With several people, everybody is named as a recipient, including ourselves: other clients do the same, and learn from it who is there.
 * @param {Store} store
 * @param {Chat} chat
 * @param {'text' | 'typing' | 'leave'} kind
 */
function documentFor(store, chat, kind, text = '') {
  const from = { url: store.me.url, name: store.me.displayName, address: store.me.address };
  const to = chat.members.map(url => store.person(url));
  return compose(kind, from, chat.isGroup ? [...to, from] : to, chat.session, text);
}

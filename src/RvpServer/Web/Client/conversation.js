// Conversations: what comes in finds its conversation, what goes out is sent to each member.

import { keyOf } from './address.js';
import { compose, newSession, sizeOf } from './message.js';

const TYPING_EVERY = 4000;

const idOfGroup = session => 'g:' + session.toLowerCase();
const idOfPerson = url => 'p:' + keyOf(url);
const newId = () => Date.now().toString(36) + Math.random().toString(36).slice(2, 8);

/** The conversation with one person, made when there is none. */
export function openWith(store, url) {
  const id = idOfPerson(url);
  if (!store.chats[id]) store.emit({ kind: 'chat', id, isGroup: false, session: newSession(), members: [url] });
  return id;
}

/** A new conversation with several. Always a session of its own: some clients crash on a second person in the first one's. */
export function openGroup(store, urls) {
  const session = newSession();
  const id = idOfGroup(session);
  store.emit({ kind: 'chat', id, isGroup: true, session, members: urls });
  return id;
}

/** Takes a message that came for us. */
export function receive(store, message) {
  if (!message) return;
  const mine = keyOf(store.me.url);
  const isMine = keyOf(message.from.url) === mine;
  const others = new Map([message.from, ...message.to].map(person => [keyOf(person.url), person]));
  if (others.size > 1) others.delete(mine);
  const group = idOfGroup(message.session);
  const isGroup = Boolean(store.chats[group]) || others.size > 1;
  const id = isGroup ? group : idOfPerson([...others.values()][0].url);

  if (message.kind === 'typing') {
    if (!isMine && store.chats[id]) store.emit({ kind: 'typing', chat: id, from: message.from.url });
    return;
  }
  if (message.kind === 'leave') {
    if (isMine || !isGroup || !store.chats[id]) return;
    note(store, id, `${store.person(message.from.url, message.from.name).name} has left the conversation.`);
    store.emit({ kind: 'left', chat: id, from: message.from.url });
    return;
  }
  if (message.kind === 'opening' && !isGroup) return;
  remember(store, [...others.values()]);
  store.emit({ kind: 'chat', id, isGroup, session: message.session, members: [...others.values()].map(person => person.url) });
  if (message.kind === 'opening') return;
  if (message.kind === 'invitation' || message.kind === 'unknown') {
    note(store, id, `${store.person(message.from.url, message.from.name).name} sent something that this client cannot show, such as a file or a call.`);
    return;
  }
  const received = { id: newId(), type: 'text', from: isMine ? '' : message.from.url, text: message.text, at: Date.now(), status: 'sent' };
  store.emit({ kind: 'message', chat: id, message: received, isNews: !isMine });
}

// What strangers call themselves counts only until the server says better.
function remember(store, people) {
  for (const { url, name } of people) if (name && !store.people[keyOf(url)]?.name) store.emit({ kind: 'person', url, person: { said: name.slice(0, 100) } });
}

function note(store, chat, text) {
  store.emit({ kind: 'message', chat, message: { id: newId(), type: 'note', from: '', text, at: Date.now(), status: 'sent' }, isNews: false });
}

/** How far a text is over what the server takes, in bytes; zero or less where it fits. */
export function excess(store, chat, text) {
  const document = documentFor(store, chat, 'text', text);
  return sizeOf(document) - store.server.maxBodyBytes;
}

export async function send(store, rvp, chat, text) {
  const message = { id: newId(), type: 'text', from: '', text, at: Date.now(), status: 'sending', to: [...chat.members] };
  store.emit({ kind: 'message', chat: chat.id, message, isNews: false });
  await deliver(store, rvp, chat, message, chat.members);
}

/** Tries again with those who have not got it. */
export async function sendAgain(store, rvp, chat, message) {
  const failed = message.failed?.length ? message.failed : chat.members;
  store.emit({ kind: 'delivery', chat: chat.id, id: message.id, status: 'sending', failed: [] });
  await deliver(store, rvp, chat, message, failed);
}

async function deliver(store, rvp, chat, message, members) {
  const document = documentFor(store, chat, 'text', message.text);
  const results = await Promise.all(members.map(async url => {
    try {
      await rvp.notify(url, document);
      return null;
    } catch (error) {
      return { url, why: reasonOf(error) };
    }
  }));
  const failed = results.filter(Boolean);
  store.emit({
    kind: 'delivery', chat: chat.id, id: message.id, status: failed.length ? 'failed' : 'sent', failed: failed.map(result => result.url),
    why: failed.length && chat.isGroup ? `${failed.map(result => store.person(result.url).name).join(', ')}: ${failed[0].why}` : failed[0]?.why,
  });
}

function reasonOf(error) {
  switch (error.status) {
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

/** Tells the others, at most every four seconds; nobody waits for it and nobody hears when it fails. */
export function sendTyping(store, rvp, chat) {
  const now = Date.now();
  if (now - (chat.typedAt ?? 0) < TYPING_EVERY || !chat.messages.length && chat.isGroup) return;
  chat.typedAt = now;
  tell(store, rvp, chat, 'typing');
}

export function leave(store, rvp, chat) {
  if (chat.isGroup) tell(store, rvp, chat, 'leave');
  store.emit({ kind: 'closed', chat: chat.id });
}

const mayBeThere = person => !person.isContact || person.state !== 'offline';

function tell(store, rvp, chat, kind) {
  const document = documentFor(store, chat, kind);
  for (const url of chat.members) if (chat.isGroup || mayBeThere(store.person(url))) rvp.notify(url, document, 'SingleHop').catch(() => {});
}

// To several people everybody is named as a recipient, ourselves included: so do other clients, and so they know who is there.
function documentFor(store, chat, kind, text = '') {
  const from = { url: store.me.url, name: store.me.displayName, address: store.me.address };
  const to = chat.members.map(url => store.person(url));
  return compose(kind, from, chat.isGroup ? [...to, from] : to, chat.session, text);
}

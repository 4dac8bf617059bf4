// @ts-check
// What happens in one conversation.

import { keyOf } from './address.js';
import { bare, tidy, without } from './records.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {import('./types.js').Status} Status */
/** @typedef {import('./types.js').Correction} Correction */
/** @typedef {import('./types.js').StoreEvent} StoreEvent */

const MAX_MESSAGES = 300;
// Corrections, in a conversation, of what is on pages that were not read.
const MAX_CORRECTIONS = 200;
const TYPING_LASTS = 7000;

/**
 * How one of our own messages stands.
 * @param {Message} message
 * @returns {Status}
 */
const standOf = ({ left, refused, waiting }) => (left?.length ? 'sending' : refused?.length ? 'failed' : waiting?.length ? 'waiting' : 'sent');

// What is said in it, or how it stands, is to be drawn once more.
/** @param {Chat} chat */
function touch(chat) {
  chat.revision = (chat.revision ?? 0) + 1;
}

/**
 * Where something belongs that was said before.
 * @param {Message[]} messages
 * @param {{ at: number }} message
 */
function placeOf(messages, message) {
  let place = messages.length;
  while (place > 0 && messages[place - 1].at > message.at) place--;
  return place;
}

/**
 * @param {Store} store
 * @param {Chat} chat
 * @param {Extract<StoreEvent, { chat: string }>} event
 */
export function changeChat(store, chat, event) {
  if (event.kind !== 'typing') touch(chat);
  switch (event.kind) {
    case 'message':
      chat.messages.splice(event.isPast ? placeOf(chat.messages, event.message) : chat.messages.length, 0, event.message);
      // What was read from the server goes on without a gap.
      chat.older = chat.older && [...chat.older, ...chat.messages.slice(0, -MAX_MESSAGES)];
      chat.messages.splice(0, Math.max(0, chat.messages.length - MAX_MESSAGES));
      if (event.message.from) {
        delete chat.typing[keyOf(event.message.from)];
        arrive(store, keyOf(event.message.from));
      }
      else if (event.message.type === 'text') Object.assign(chat, { hasAnswered: true, isIgnored: false });
      if (event.isNews && !chat.isIgnored) chat.unread++;
      break;
    case 'delivery':
    case 'again': {
      const message = chat.messages.find(candidate => candidate.id === event.id);
      if (message) changeMessage(store, message, event);
      break;
    }
    case 'edited': {
      const message = saidIn(chat, event.mid, event.from);
      delete chat.typing[keyOf(event.from)];
      if (message) changeMessage(store, message, event);
      else keepCorrection(chat, event);
      break;
    }
    case 'named':
      chat.name = tidy(event.name);
      break;
    case 'muted':
      chat.isMuted = event.isMuted;
      break;
    case 'typing':
      arrive(store, keyOf(event.from));
      noteTyping(store, chat, keyOf(event.from));
      break;
    case 'left':
      chat.members = without(chat.members, event.from);
      for (const message of chat.messages) {
        if (!message.left?.length) continue;
        message.left = without(message.left, event.from);
        message.status = standOf(message);
      }
      break;
    case 'older':
      addOlder(chat, event);
      if (event.messages.some(message => message.type === 'text' && !message.from)) chat.hasAnswered = true;
      break;
    case 'unread':
      if (!chat.isIgnored) chat.unread = event.unread;
      break;
    case 'read':
      chat.unread = 0;
      break;
    case 'ignored':
      Object.assign(chat, { unread: 0, isIgnored: true });
      break;
    case 'closed':
      delete store.chats[event.chat];
      break;
  }
}

/**
 * @param {Store} store
 * @param {Message} message
 * @param {Extract<StoreEvent, { kind: 'delivery' | 'again' | 'edited' }>} event
 */
function changeMessage(store, message, event) {
  switch (event.kind) {
    case 'delivery':
      if (event.why) message.why = event.why;
      if (event.outcome === 'late') break;
      message.left = without(message.left, event.to);
      if (event.outcome === 'waiting') {
        message.waiting = [...without(message.waiting, event.to), event.to];
        store.awaited.add(keyOf(event.to));
      } else if (event.outcome === 'refused') Object.assign(message, { refused: [...without(message.refused, event.to), event.to] });
      break;
    case 'again':
      Object.assign(message, { left: message.refused, refused: [], why: undefined });
      break;
    case 'edited':
      Object.assign(message, { text: event.text, edits: (message.edits ?? 0) + 1, ...event.left && { left: event.left } });
  }
  if (message.from) return;
  message.status = standOf(message);
  if (message.status === 'sent') delete message.said;
  if (message.status === 'sent' || message.status === 'waiting') delete message.why;
}

/**
 * What somebody has said, by its Message-Id, also on the pages that were read back to.
 * @param {Chat} chat
 * @param {string} mid
 * @param {string} [from] without it: anybody
 */
export function saidIn(chat, mid, from) {
  const isIt = (/** @type {Message} */ message) =>
    message.mid === mid && message.type === 'text' && (from === undefined || keyOf(message.from) === keyOf(from));
  return chat.messages.find(isIt) ?? chat.older?.find(isIt);
}

/** @param {{ mid?: string, from: string }} message */
const signOf = ({ mid, from }) => `${keyOf(from)} ${mid}`;

/**
 * @param {Chat} chat
 * @param {Correction} correction
 */
function keepCorrection(chat, { mid, from, text, at }) {
  const kept = chat.corrections ??= bare();
  kept[signOf({ mid, from })] = { mid, from, text, at };
  const [first, ...others] = Object.keys(kept);
  if (others.length >= MAX_CORRECTIONS) delete kept[first];
}

/**
 * A page before what was read, in which counts what was corrected later.
 * @param {Chat} chat
 * @param {Extract<StoreEvent, { kind: 'older' }>} page
 */
function addOlder(chat, { messages, corrections, earliest, isComplete }) {
  const kept = chat.corrections ??= bare();
  for (const correction of [...corrections].reverse()) if (!kept[signOf(correction)]) keepCorrection(chat, correction);
  for (const message of messages) {
    const correction = kept[signOf(message)];
    if (!correction) continue;
    Object.assign(message, { text: correction.text, edits: (message.edits ?? 0) + 1 });
    delete kept[signOf(message)];
  }
  Object.assign(chat, { older: [...messages, ...chat.older ?? []], earliest: earliest || chat.earliest, isComplete });
  if (!isComplete) return;
  // What these put right is nowhere any more.
  for (const { mid, from, text, at } of Object.values(kept)) {
    const part = chat.older && chat.older.length && at < (chat.messages[0]?.at ?? Infinity) ? chat.older : chat.messages;
    const id = `corrects-${mid}`;
    if (!part.some(message => message.id === id)) part.splice(placeOf(part, { at }), 0, { id, type: 'text', from, text, at, status: 'sent' });
  }
  chat.corrections = bare();
}

/**
 * Somebody is there, and has what waited.
 * @param {Store} store
 * @param {string} key
 */
export function arrive(store, key) {
  if (!store.awaited.delete(key)) return;
  for (const message of Object.values(store.chats).flatMap(chat => chat.messages)) {
    if (!message.waiting?.some(url => keyOf(url) === key)) continue;
    message.waiting = message.waiting.filter(url => keyOf(url) !== key);
    message.status = standOf(message);
  }
  Object.values(store.chats).forEach(touch);
}

/**
 * @param {Store} store
 * @param {Chat} chat
 * @param {string} key
 */
function noteTyping(store, chat, key) {
  chat.typing[key] = Date.now() + TYPING_LASTS;
  setTimeout(() => {
    if (!(chat.typing[key] <= Date.now())) return;
    delete chat.typing[key];
    store.onChange({ kind: 'typing', chat: chat.id, from: key });
  }, TYPING_LASTS + 100);
}

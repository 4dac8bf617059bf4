// @ts-check
// Announces messages that nobody is looking at: in the title and the picture of the tab, with a sound, and on the desktop if that is allowed.

import { picture, title } from './brand.js';
import { plainOf } from './markup.js';
import { hashOf } from './place.js';
import { showNotification } from './worker.js';
import { t } from './texts.js';
import * as settings from './settings.js';

/** @typedef {import('./store.js').Store} Store */

// Time for a tab that shows the conversation to report that it was read.
const PATIENCE = 400;

let hasBadge = false;

export const isPossible = () => 'Notification' in globalThis && globalThis.isSecureContext;
export const isWanted = () => isPossible() && Notification.permission === 'granted' && settings.get('notifications') === 'on';

/**
 * Only the leading tab calls this, so that one message makes one notification.
 * @param {Store} store
 * @param {import('./types.js').MessageCame} event
 * @param {(chat: string) => void} open
 */
export function announce(store, event, open) {
  setTimeout(() => {
    const chat = store.chats[event.chat];
    if (!chat?.unread || chat.isMuted) return;
    if (settings.get('sounds') === 'on') import('./sound.js').then(({ chime }) => chime()).catch(() => {});
    if (isWanted()) notify(store.person(event.message.from).name, plainOf(event.message.text, 200), chat.id, open);
  }, PATIENCE);
}

/**
 * @param {string} name
 * @param {string} text
 * @param {string} chat
 * @param {(chat: string) => void} open
 */
async function notify(name, text, chat, open) {
  const options = { body: text, tag: chat, icon: picture(), renotify: true, data: { chat, hash: hashOf(chat) } };
  // Phones show them by the worker alone, and only there they can be answered.
  if (await showNotification(name, { ...options, actions: [{ action: 'reply', type: 'text', title: t('Reply') }] })) return;
  try {
    const shown = new Notification(name, options);
    shown.onclick = () => {
      focus();
      open(chat);
      shown.close();
    };
  } catch {
    // Not by the page, and there is no worker.
  }
}

/** @param {Store} store */
export function showUnread(store) {
  const count = Object.values(store.chats).reduce((sum, chat) => sum + (chat.isMuted ? 0 : chat.unread), 0);
  document.title = (count ? `(${count}) ` : '') + `${store.me.displayName} – ${title()}`;
  hasBadge ||= count > 0;
  if (hasBadge) import('./badge.js').then(({ showBadge }) => showBadge(count)).catch(() => {});
}

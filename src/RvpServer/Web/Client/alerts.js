// @ts-check
// Announces messages that nobody is looking at: in the title and the picture of the tab, with a sound, and on the desktop if that is allowed.

import { el, dialog } from './dom.js';
import { title } from './brand.js';
import { plainOf } from './markup.js';
import { showBadge } from './badge.js';
import { chime } from './sound.js';
import { t } from './texts.js';

/** @typedef {import('./store.js').Store} Store */

const WISH = 'rvp-alerts';
const SILENCE = 'rvp-silent';
// Time for a tab that shows the conversation to report that it was read.
const PATIENCE = 400;

const isPossible = () => 'Notification' in globalThis && globalThis.isSecureContext;
const isWanted = () => isPossible() && Notification.permission === 'granted' && localStorage.getItem(WISH) !== 'off';

/**
 * Only the leading tab calls this, so that one message makes one notification.
 * @param {Store} store
 * @param {import('./store.js').MessageCame} event
 * @param {(chat: string) => void} open
 */
export function announce(store, event, open) {
  setTimeout(() => {
    const chat = store.chats[event.chat];
    if (!chat?.unread || chat.isMuted) return;
    if (!localStorage.getItem(SILENCE)) chime();
    if (isWanted()) notify(store.person(event.message.from).name, plainOf(event.message.text, 200), chat.id, open);
  }, PATIENCE);
}

/**
 * @param {string} name
 * @param {string} text
 * @param {string} chat
 * @param {(chat: string) => void} open
 */
function notify(name, text, chat, open) {
  try {
    const shown = new Notification(name, { body: text, tag: chat });
    shown.onclick = () => {
      focus();
      open(chat);
      shown.close();
    };
  } catch {
    // Phones support notifications only for installed programs.
  }
}

/** @param {Store} store */
export function showUnread(store) {
  const count = Object.values(store.chats).reduce((sum, chat) => sum + (chat.isMuted ? 0 : chat.unread), 0);
  document.title = (count ? `(${count}) ` : '') + `${store.me.displayName} – ${title()}`;
  showBadge(count);
}

export function showAlerts() {
  const message = el('p', { role: 'status' });
  const button = el('button', { type: 'button', class: 'primary', onclick: toggle });
  /** @type {HTMLInputElement} */
  const sound = el('input', { type: 'checkbox', checked: !localStorage.getItem(SILENCE), onchange: () => {
    if (sound.checked) localStorage.removeItem(SILENCE);
    else localStorage.setItem(SILENCE, 'yes');
  } });
  dialog(t('Notifications'), el('label', {}, sound, ' ', t('A soft sound when a message comes that you do not see')),
    el('h3', {}, t('On your desktop')), message, button);
  refresh();

  async function toggle() {
    if (isWanted()) localStorage.setItem(WISH, 'off');
    else {
      localStorage.setItem(WISH, 'on');
      if (Notification.permission === 'default') await Notification.requestPermission();
    }
    refresh();
  }

  function refresh() {
    button.hidden = !isPossible() || Notification.permission === 'denied';
    button.textContent = isWanted() ? t('Turn off') : t('Turn on');
    message.textContent = !isPossible() ? t('Browsers allow them only on pages that came over https.')
      : Notification.permission === 'denied' ? t('Your browser has forbidden them to this page; its settings can change that.')
      : isWanted() ? t('They are on: a message that comes while you look elsewhere is shown on your desktop.')
      : t('They are off.');
  }
}

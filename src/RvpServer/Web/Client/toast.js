// @ts-check
// A message that comes into another conversation is shown at the edge of the page for a while.

import { el, bdi } from './dom.js';
import { face } from './avatar.js';
import { t } from './texts.js';

const LASTS = 6000;
const MOST = 3;

const shelf = el('div', { class: 'toasts', role: 'status' });

/**
 * @param {string} chat of which the latest is shown
 * @param {import('./types.js').Person} person
 * @param {string} title
 * @param {string} text
 * @param {() => void} open
 */
export function showToast(chat, person, title, text, open) {
  if (!shelf.isConnected) document.body.append(shelf);
  dropToast(chat);
  const portrait = face();
  portrait.show(person.name, person.address, person.state);
  /** @type {HTMLElement} */
  const toast = el('div', { class: 'toast', 'data-chat': chat },
    el('button', { type: 'button', class: 'open', onclick: open },
      portrait.element, el('span', { class: 'said' }, el('bdi', { class: 'name' }, title), bdi(text))),
    el('button', { type: 'button', class: 'icon', 'aria-label': t('Dismiss'), onclick: () => toast.remove() }, '✕'));
  while (shelf.childElementCount >= MOST) shelf.firstElementChild?.remove();
  shelf.append(toast);
  // Who is about to use it has the time to.
  const leave = () => (toast.matches(':hover, :focus-within') ? setTimeout(leave, LASTS) : toast.remove());
  setTimeout(leave, LASTS);
}

/** @param {string} text what the page itself has to say */
export function showNotice(text) {
  if (!shelf.isConnected) document.body.append(shelf);
  const notice = el('div', { class: 'toast notice' }, text);
  shelf.append(notice);
  setTimeout(() => notice.remove(), LASTS);
}

/** @param {string} chat that is in sight, or gone */
export function dropToast(chat) {
  for (const toast of shelf.children) if (toast instanceof HTMLElement && toast.dataset.chat === chat) toast.remove();
}

export function clearToasts() {
  shelf.replaceChildren();
}

// @ts-check
// Chooses an emoji: recent ones first, by name, or by looking.

import { el, dialog } from './dom.js';
import { groups, find, search } from './emoji.js';
import { keep, storage } from './storage.js';
import { t } from './texts.js';

const RECENT = 'rvp-emoji';
const MOST_RECENT = 16;
const MOST_FOUND = 60;

/** @typedef {import('./emoji.js').Emoji} Emoji */

/** @param {(sign: string) => void} choose */
export function showPicker(choose) {
  const wanted = el('input', {
    type: 'search', 'aria-label': t('Search by name'), placeholder: t('Search by name'), autocomplete: 'off', spellcheck: 'false',
    oninput: () => fill(), onkeydown: event => {
      if (event.key !== 'Enter' && event.key !== 'ArrowDown') return;
      event.preventDefault();
      if (event.key === 'Enter') shelf.querySelector('button')?.click();
      else shelf.querySelector('button')?.focus();
    },
  });
  /** @type {HTMLElement} */
  const shelf = el('div', { class: 'shelf', onkeydown: event => move(shelf, event) });
  const box = dialog(t('Emoji'), wanted, shelf);
  box.classList.add('picker');
  fill();
  wanted.focus();

  function fill() {
    const text = wanted.value.trim();
    const parts = text ? [{ name: '', all: search(text, MOST_FOUND) }]
      : [{ name: t('Recent'), all: recent() }, ...groups.map(group => ({ ...group, name: titleOf(group.name) }))];
    const shown = parts.filter(part => part.all.length);
    shelf.replaceChildren(...shown.map(({ name, all }) => el('section', {}, name ? el('h3', {}, name) : null, el('div', {}, ...all.map(button)))),
      ...shown.length ? [] : [el('p', { class: 'quiet' }, t('Nothing has this name.'))]);
    // One stop for Tab; the arrow keys lead on.
    for (const other of [...shelf.querySelectorAll('button')].slice(1)) other.tabIndex = -1;
  }

  /** @param {Emoji} emoji */
  function button(emoji) {
    return el('button', { type: 'button', lang: 'en', 'aria-label': emoji.name.replaceAll('_', ' '), title: `:${emoji.name}:`, onclick: () => {
      remember(emoji);
      box.close();
      choose(emoji.sign);
    } }, emoji.sign);
  }
}

/** @param {string} name */
function titleOf(name) {
  switch (name) {
    case 'Faces': return t('Faces');
    case 'Hands': return t('Hands and people');
    case 'Hearts': return t('Hearts and prizes');
    case 'Nature': return t('Nature');
    case 'Food': return t('Food and drink');
    case 'Doing': return t('Sports and travel');
    case 'Things': return t('Things');
    default: return t('Signs');
  }
}

/** @returns {Emoji[]} */
function recent() {
  try {
    return JSON.parse(storage.getItem(RECENT) ?? '[]').slice(0, MOST_RECENT).flatMap((/** @type {string} */ name) => find(name) ?? []);
  } catch {
    return [];
  }
}

/** @param {Emoji} emoji */
function remember({ name }) {
  keep(RECENT, JSON.stringify([name, ...recent().map(other => other.name).filter(other => other !== name)].slice(0, MOST_RECENT)));
}

/**
 * By the arrow keys, as it looks: the next row has the button that is nearest below.
 * @param {HTMLElement} shelf
 * @param {KeyboardEvent} event
 */
function move(shelf, event) {
  const buttons = [...shelf.querySelectorAll('button')];
  const at = buttons.findIndex(button => button === document.activeElement);
  const isReversed = getComputedStyle(shelf).direction === 'rtl';
  /** @type {Record<string, number>} */
  const steps = { ArrowRight: isReversed ? -1 : 1, ArrowLeft: isReversed ? 1 : -1, Home: -at, End: buttons.length - 1 - at };
  let next = at + steps[event.key];
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const here = buttons[at].getBoundingClientRect();
    const isFurther = (/** @type {DOMRect} */ there) => (event.key === 'ArrowDown' ? there.top >= here.bottom : there.bottom <= here.top);
    const away = (/** @type {DOMRect} */ there) => [Math.abs(there.top - here.top), Math.abs(there.left - here.left)];
    const [nearest] = buttons.map((button, i) => ({ i, there: button.getBoundingClientRect() })).filter(({ there }) => isFurther(there))
      .map(({ i, there }) => ({ i, away: away(there) })).sort((one, other) => one.away[0] - other.away[0] || one.away[1] - other.away[1]);
    next = nearest?.i ?? at;
  }
  if (at < 0 || !Number.isInteger(next) || !buttons[next]) return;
  event.preventDefault();
  buttons[at].tabIndex = -1;
  buttons[next].tabIndex = 0;
  buttons[next].focus();
}

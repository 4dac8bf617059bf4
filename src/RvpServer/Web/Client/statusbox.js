// @ts-check
// What one's own status can be: a state, and a text of one's own.

import { el, presenceIcon, nameOfState } from './dom.js';
import { CHOICES } from './roster.js';
import * as settings from './settings.js';
import { t } from './texts.js';

/** @typedef {HTMLElement & { showPopover(): void, hidePopover(): void }} Popover */

/**
 * Opens beside the button; a choice, Escape and a click elsewhere close it.
 * @param {import('./app.js').App} app
 * @param {HTMLElement} button
 */
export function showStatus(app, button) {
  const { store } = app;
  const { note } = store.person(store.me.url);
  const states = CHOICES.map(state => el('button', {
    type: 'button', class: 'state-choice', 'aria-pressed': String(store.own.chosen === state), onclick: () => { box.hidePopover(); app.choose(state); },
  }, presenceIcon(state), nameOfState(state)));
  const input = el('input', { id: 'own-status', type: 'text', maxlength: '140', dir: 'auto', value: note, autocomplete: 'off' });
  const message = el('p', { class: 'error', role: 'alert' });
  const kept = settings.statuses().filter(text => text !== note);
  const box = /** @type {Popover} */ (/** @type {unknown} */ (el('div', {
    class: 'popup', popover: 'auto', role: 'dialog', 'aria-label': t('My status'), onkeydown: event => onArrow(event, states),
  },
    ...states,
    el('form', { onsubmit: event => { event.preventDefault(); say(input.value); } },
      el('label', { for: 'own-status' }, t('A text of your own')), input,
      el('div', { class: 'choice' },
        note ? el('button', { type: 'button', onclick: () => say('') }, t('Clear')) : null,
        el('button', { type: 'submit', class: 'primary' }, t('Save')))),
    message,
    ...kept.map(text => el('button', { type: 'button', class: 'state-choice', dir: 'auto', onclick: () => say(text) }, text)))));
  box.addEventListener('toggle', () => {
    if (box.matches(':popover-open')) return;
    button.setAttribute('aria-expanded', 'false');
    box.remove();
  });
  button.after(box);
  box.showPopover();
  button.setAttribute('aria-expanded', 'true');
  const { bottom, left, right } = button.getBoundingClientRect();
  box.style.insetBlockStart = `${bottom + 4}px`;
  box.style.insetInlineStart = `${document.dir === 'rtl' ? document.documentElement.clientWidth - right : left}px`;
  (states.find(state => state.getAttribute('aria-pressed') === 'true') ?? states[0]).focus();

  /** @param {string} typed */
  async function say(typed) {
    const text = settings.oneStatus(typed);
    try {
      await app.describe(text);
      if (text) settings.keepStatus(text);
      box.hidePopover();
      button.focus();
    } catch {
      message.textContent = t('The server did not take the change.');
    }
  }
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement[]} choices
 */
function onArrow(event, choices) {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  const at = choices.findIndex(choice => choice === document.activeElement);
  if (!step || at < 0) return;
  event.preventDefault();
  choices[(at + step + choices.length) % choices.length].focus();
}

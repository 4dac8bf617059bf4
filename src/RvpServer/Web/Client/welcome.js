// @ts-check
// What is there when no conversation is: a hint, and for newcomers what to do first.

import { el, bdi } from './dom.js';
import { hashOf, ADD } from './place.js';
import { isPossible } from './alerts.js';
import { title } from './brand.js';
import { t, tn } from './texts.js';

/** @param {import('./main.js').App} app */
export function welcome(app) {
  const hint = el('p', { class: 'quiet' }, t('Choose somebody from your list to begin a conversation.'));
  const days = app.store.server.historyDays ?? 0;
  const kept = el('p', { class: 'quiet', hidden: !days }, tn(days, 'The server keeps what is said for a day, for those who said and heard it.',
    'The server keeps what is said for {0} days, for those who said and heard it.'));
  const element = el('div', { class: 'welcome' }, hint, kept);
  /** @type {HTMLElement | undefined} */
  let first;
  return { element, update };

  /** Newcomers have nobody yet. */
  function update() {
    const isNew = !app.store.contacts.length && !Object.keys(app.store.chats).length;
    hint.hidden = isNew;
    if (isNew && !first) element.append(first = firstSteps(app));
    if (first) first.hidden = !isNew;
  }
}

/** @param {import('./main.js').App} app */
function firstSteps(app) {
  const { address } = app.store.me;
  const link = new URL(hashOf(ADD + address), document.baseURI).href;
  const copied = el('span', { role: 'status' });
  const steps = el('div', { class: 'first' },
    el('h2', {}, title()),
    el('ol', {},
      el('li', {}, el('p', {}, t('Add the people you talk with, by their addresses.')),
        el('button', { type: 'button', class: 'primary', onclick: () => app.addContact() }, t('Add a contact'))),
      el('li', {}, el('p', {}, t('Let others find you: this is your address, and a link with which they add you.')),
        el('p', {}, el('strong', {}, bdi(address))),
        el('p', { class: 'row' }, el('a', { href: link, dir: 'ltr', onclick: event => event.preventDefault() }, link),
          el('button', { type: 'button', onclick: copy }, t('Copy'))), copied)));
  if (isPossible()) import('./desktop.js').then(({ desktop }) => steps.querySelector('ol')?.append(el('li', {}, desktop()))).catch(() => {});
  return steps;

  async function copy() {
    try {
      await navigator.clipboard.writeText(link);
      copied.textContent = t('Copied.');
    } catch {
      // Pages that came by http may not.
      getSelection()?.selectAllChildren(/** @type {Node} */ (steps.querySelector('a')));
      copied.textContent = t('Copy it with Ctrl+C.');
    }
  }
}

// @ts-check
// What a newcomer does first.

import { el, bdi } from './dom.js';
import { hashOf, ADD } from './place.js';
import { isPossible } from './alerts.js';
import { desktop } from './desktop.js';
import { title } from './brand.js';
import { t } from './texts.js';

/** @param {import('./app.js').App} app */
export function firstSteps(app) {
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
  if (isPossible()) steps.querySelector('ol')?.append(el('li', {}, desktop()));
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

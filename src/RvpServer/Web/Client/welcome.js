// @ts-check
// What is there when no conversation is: a hint, and for newcomers what to do first.

import { el } from './dom.js';
import { t, tn } from './texts.js';

/** @param {import('./app.js').App} app */
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
    if (isNew && !first) begin(first = el('div', {}));
    if (first) first.hidden = !isNew;
  }

  /** @param {HTMLElement} place */
  async function begin(place) {
    kept.before(place);
    try {
      const { firstSteps } = await import('./firststeps.js');
      place.append(firstSteps(app));
    } catch {
      hint.hidden = false;
    }
  }
}

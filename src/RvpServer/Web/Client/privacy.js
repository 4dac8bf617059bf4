// @ts-check
// Who may see the user and write, and who watches: two parts of the settings.

import { el, bdi } from './dom.js';
import { keyOf, ruleKeyOf, domainIn } from './address.js';
import { addressForm } from './addressform.js';
import { accessFrom } from './connection.js';
import { t, tn, around } from './texts.js';

/** @typedef {import('./main.js').App} App */

// Of whom there may be thousands, these are shown; with more than a few there is a search.
const ROWS = 50;
const FEW = 8;

/** @param {HTMLSelectElement} choice */
const ruleOf = choice => /** @type {import('./rvp.js').Rule} */ (choice.value);

/**
 * A name and, where it is another text, the address.
 * @param {import('./types.js').Person} person
 */
const namesOf = person => [bdi(person.name), ...person.name === person.address ? [] : [' ', el('span', { class: 'quiet' }, bdi(person.address))]];

/** @param {App} app */
export function access(app) {
  const { store } = app;
  const list = el('ul', { class: 'rules' });
  const search = el('input', { type: 'search', id: 'search-rules', 'aria-label': t('Search people'), placeholder: t('Search people'), oninput: () => fill() });
  const more = el('p', { class: 'quiet' });
  const message = el('p', { class: 'error', role: 'alert' });
  /** @type {HTMLSelectElement} */
  const everyone = el('select', { id: 'everyone', onchange: () => change('', ruleOf(everyone)) },
    el('option', { value: 'allow' }, t('Allowed')), el('option', { value: 'block' }, t('Blocked')));
  const part = el('div', { class: 'part' },
    el('p', { class: 'quiet' }, t('Who is allowed sees whether you are there and can write to you. Who is blocked sees you offline and is not told why.')),
    el('div', { class: 'row' }, el('label', { for: 'everyone' }, t('Everyone else')), everyone),
    search, list, more,
    addressForm(t('Block somebody by address, or a whole domain'), t('Block'), async ({ url }) => {
      await change(url, 'block');
    }, true),
    message);
  fill();
  refresh();
  return part;

  /**
   * @param {string} url
   * @param {import('./rvp.js').Rule} rule
   */
  async function change(url, rule) {
    message.textContent = '';
    try {
      await app.setRule(url, rule);
    } catch {
      message.textContent = t('The server did not take the change.');
    }
    fill();
  }

  async function refresh() {
    try {
      store.emit({ kind: 'access', access: accessFrom(await app.rvp.readAccess(), store.me.url) });
    } catch {
      message.textContent = t('The list cannot be read at the moment.');
    }
    if (part.isConnected) fill();
  }

  /** @param {string} url */
  function textsOf(url) {
    const { name, address } = store.person(url);
    return domainIn(url) ? [domainIn(url)] : [name, address];
  }

  function fill() {
    everyone.value = store.access.everyone ? 'allow' : 'block';
    const listed = Object.values(store.access.urls);
    const urls = new Map([...listed, ...store.contacts.map(contact => contact.url)].map(url => [ruleKeyOf(url), url]));
    urls.delete(keyOf(store.me.url));
    const wanted = search.value.trim().toLowerCase();
    const found = [...urls.entries()].filter(([, url]) => textsOf(url).some(text => text.toLowerCase().includes(wanted)));
    search.hidden = urls.size <= FEW;
    more.textContent = found.length > ROWS ? tn(found.length - ROWS, '{0} more: search for them.', '{0} more: search for them.') : '';
    list.replaceChildren(...found.slice(0, ROWS).map(([key, url], i) => {
      const id = `rule-${i}`;
      /** @type {HTMLSelectElement} */
      const choice = el('select', { id, onchange: () => change(url, ruleOf(choice)) },
        el('option', { value: 'default' }, t('As everyone else')), el('option', { value: 'allow' }, t('Allowed')),
        el('option', { value: 'block' }, t('Blocked')));
      choice.value = store.access.rules[key] ?? 'default';
      const domain = domainIn(url);
      return el('li', { class: 'row' }, el('label', { for: id }, ...domain ? around('Everyone at {0}', bdi(domain)) : namesOf(store.person(url))), choice);
    }));
  }
}

/** @param {App} app */
export function watchers(app) {
  const { store } = app;
  const list = el('ul', { class: 'rules' });
  const message = el('p', { role: 'status' }, t('Asking the server…'));
  refresh();
  return el('div', { class: 'part watchers' }, message, list);

  async function refresh() {
    try {
      const urls = new Map((await app.rvp.watchers()).map(url => [keyOf(url), url]));
      const people = [...urls.values()].map(url => store.person(url)).filter(person => !person.isMe);
      message.textContent = people.length
        ? tn(people.length, '{0} person has you on their list:', '{0} people have you on their list:')
        : t('Nobody has you on their list at the moment.');
      list.replaceChildren(...people.map(watcher));
    } catch {
      message.textContent = t('The server cannot tell at the moment.');
    }
  }

  /** @param {import('./types.js').Person} person */
  function watcher(person) {
    /** @type {HTMLButtonElement} */
    const add = el('button', { type: 'button', hidden: person.isContact, onclick: () => attempt(async () => {
      await app.addToContacts(person.url, person.address);
      add.hidden = true;
    }) }, t('Add'));
    /** @type {HTMLButtonElement} */
    const block = el('button', { type: 'button', onclick: () => attempt(async () => {
      const isBlocked = store.person(person.url).isBlocked;
      await app.setRule(person.url, isBlocked ? 'default' : 'block');
      block.textContent = isBlocked ? t('Block') : t('Unblock');
    }) }, person.isBlocked ? t('Unblock') : t('Block'));
    return el('li', { class: 'row' }, el('span', {}, ...namesOf(person)), el('span', {}, add, ' ', block));
  }

  /** @param {() => Promise<void>} work */
  async function attempt(work) {
    await work().catch(() => { message.textContent = t('The server did not take the change.'); });
  }
}

// @ts-check
// The dialogs: adding contacts, and conversations with several people.

import { el, bdi, dialog, nameOfState } from './dom.js';
import { keyOf } from './address.js';
import { addressForm } from './addressform.js';
import { search } from './find.js';
import * as session from './session.js';
import { t, around } from './texts.js';

/** @typedef {import('./app.js').App} App */

/**
 * @param {App} app
 * @param {string} address
 */
export function showAddContact(app, address) {
  const box = dialog(t('Add a contact'), addressForm(t('Address'), t('Add'), async ({ url, address }) => {
    await app.contacts.add(url, address);
    box.close();
    app.openPerson(url);
  }, false, text => lookUp(app, text)), el('p', { class: 'quiet' }, t('People of other organisations can be added by their address, too.')));
  const input = /** @type {HTMLInputElement} */ (box.querySelector('input'));
  input.value = address;
  input.focus();
}

/**
 * Who is of the same organisation may be named as one knows them: by a name that only one person has, or as for signing in.
 * @param {App} app
 * @param {string} text
 */
async function lookUp({ store, rvp }, text) {
  if (text.includes('@')) return session.lookUp(text);
  const { people } = await search(store, rvp, text);
  const named = people.filter(person => person.name.toLowerCase() === text.toLowerCase());
  const [only] = people.length === 1 ? people : named.length === 1 ? named : [];
  return only ?? session.lookUp(`${text}@${store.server.mailDomains[0] ?? store.server.domain}`);
}

/**
 * @param {App} app
 * @param {string} title
 * @param {string[]} members
 * @param {(urls: string[]) => void} start
 */
export function showGroup(app, title, members, start) {
  const { store } = app;
  const candidates = store.contacts.map(contact => store.person(contact.url))
    .filter(person => !person.isMe && !members.some(url => keyOf(url) === keyOf(person.url)));
  const message = el('p', { class: 'error', role: 'alert' });
  const boxes = candidates.map(person => el('input', { type: 'checkbox', value: person.url }));
  const list = el('ul', { class: 'choices' }, ...candidates.map((person, i) =>
    el('li', {}, el('label', {}, boxes[i], ' ', bdi(person.name), ' ', el('span', { class: 'quiet' }, nameOfState(person.state))))));
  const box = dialog(title,
    el('form', { onsubmit: submit },
      candidates.length ? el('fieldset', {}, el('legend', {}, t('Who else?')), list) : el('p', {}, t('Add more people to your contacts first.')),
      message,
      el('button', { type: 'submit', class: 'primary', disabled: !candidates.length }, t('Begin'))));

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const chosen = boxes.filter(choice => choice.checked).map(choice => choice.value);
    if (!chosen.length) {
      message.textContent = t('Choose at least one person.');
      return;
    }
    box.close();
    start([...members, ...chosen]);
  }
}

/**
 * In which group of the list somebody is; empty for none.
 * @param {App} app
 * @param {string} url
 */
export function showGroupOf(app, url) {
  const { store } = app;
  const person = store.person(url);
  const names = [...new Set(store.contacts.map(contact => store.person(contact.url).group))].filter(Boolean);
  const input = el('input', { id: 'group', type: 'text', list: 'groups', maxlength: '60', dir: 'auto', autocomplete: 'off', value: person.group });
  const message = el('p', { class: 'error', role: 'alert' });
  const box = dialog(t('Group'),
    el('form', { class: 'address', onsubmit: submit },
      el('label', { for: 'group' }, ...around('In which group of your list is {0}?', bdi(person.name))),
      el('div', { class: 'row' }, input, el('button', { type: 'submit', class: 'primary' }, t('Save'))),
      el('datalist', { id: 'groups' }, ...names.map(name => el('option', { value: name }))), message));
  input.focus();

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    try {
      await app.contacts.mark(url, { group: input.value.trim() });
      box.close();
    } catch {
      message.textContent = t('The server did not take the change.');
    }
  }
}

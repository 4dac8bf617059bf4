// @ts-check
// Who is in a conversation, what it is called, and adding people to it.

import { el, bdi, dialog, nameOfState, presenceIcon, setPresence } from './dom.js';
import { keyOf } from './address.js';
import { addPeople, nameGroup } from './conversation.js';
import { endOf } from './transcript.js';
import { t, tn } from './texts.js';

/** @typedef {import('./main.js').App} App */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Person} Person */

const MOST_SHOWN = 50;
const MAX_NAME = 80;
// Of a message there is more than its text.
const HEAD = 8192;

/**
 * @param {App} app
 * @param {Chat} chat
 */
export function showPeople(app, chat) {
  const { store } = app;
  const box = dialog(chat.isGroup ? t('People in this conversation') : t('Add people'),
    ...chat.isGroup ? [nameForm(), el('ul', { class: 'members' }, ...[store.me.url, ...chat.members].map(url => memberRow(store.person(url))))] : [],
    addForm());

  function nameForm() {
    const input = el('input', { id: 'group-name', type: 'text', maxlength: String(MAX_NAME), autocomplete: 'off', value: chat.name ?? '' });
    return el('form', { onsubmit: event => { event.preventDefault(); nameGroup(store, chat, input.value.trim()); box.close(); } },
      el('label', { for: 'group-name' }, t('Name of the conversation')), el('div', { class: 'row' }, input, el('button', { type: 'submit' }, t('Save'))));
  }

  /** @param {Person} person */
  function memberRow(person) {
    const icon = presenceIcon('unknown');
    setPresence(icon, person.state);
    return el('li', { class: 'row' },
      el('span', { class: 'member' }, icon, el('span', {}, bdi(person.isMe ? t('{0} (you)', person.name) : person.name), ' ',
        el('span', { class: 'quiet' }, person.name === person.address ? '' : bdi(person.address), ' ', nameOfState(person.state)))),
      person.isMe ? null : el('button', { type: 'button', onclick: () => { box.close(); app.openPerson(person.url); } }, t('Write alone')));
  }

  function addForm() {
    const members = new Set(chat.members.map(keyOf));
    const candidates = store.contacts.map(contact => store.person(contact.url)).filter(person => !person.isMe && !members.has(keyOf(person.url)));
    /** @type {Map<string, Person>} */
    const chosen = new Map();
    const message = el('p', { class: 'error', role: 'alert' });
    const list = el('ul', { class: 'choices' });
    const more = el('p', { class: 'quiet', role: 'status' });
    const wanted = el('input', {
      type: 'search', 'aria-label': t('Search people'), placeholder: t('Search people'), autocomplete: 'off', spellcheck: 'false', oninput: () => fill(),
    });
    const told = el('input', { type: 'checkbox' });
    fill();
    if (!candidates.length) return el('p', {}, t('Everybody on your contact list is here.'));
    return el('form', { class: 'adding', onsubmit: event => { event.preventDefault(); add(); } },
      el('h3', {}, t('Who else?')), wanted, list, more,
      chat.messages.length ? el('label', {}, told, ' ', t('With what was said so far (everybody in the conversation is told)')) : null,
      message, el('button', { type: 'submit', class: 'primary' }, t('Add')));

    function fill() {
      const words = wanted.value.toLowerCase().split(/\s+/).filter(Boolean);
      const found = candidates.filter(person => words.every(word => `${person.name} ${person.address}`.toLowerCase().includes(word)));
      const shown = [...new Set([...chosen.values(), ...found])].slice(0, MOST_SHOWN);
      list.replaceChildren(...shown.map(person => {
        /** @type {HTMLInputElement} */
        const choice = el('input', { type: 'checkbox', checked: chosen.has(person.url), onchange: () => {
          if (choice.checked) chosen.set(person.url, person);
          else chosen.delete(person.url);
        } });
        return el('li', {}, el('label', {}, choice, ' ', bdi(person.name), ' ', el('span', { class: 'quiet' }, nameOfState(person.state))));
      }));
      const hidden = found.filter(person => !shown.includes(person)).length;
      more.textContent = hidden ? tn(hidden, '{0} more: search for the name', '{0} more: search for a name') : '';
    }

    function add() {
      if (!chosen.size) {
        message.textContent = t('Choose at least one person.');
        return;
      }
      box.close();
      app.openChat(addPeople(store, chat, [...chosen.keys()], told.checked ? endOf(store, chat, store.server.maxBodyBytes - HEAD) : ''));
    }
  }
}

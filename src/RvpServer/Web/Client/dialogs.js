// @ts-check
// The dialogs: adding contacts, conversations with several people, who is allowed, who watches.

import { el, bdi, dialog, nameOfState } from './dom.js';
import { keyOf, ruleKeyOf, domainIn } from './address.js';
import * as session from './session.js';
import { accessFrom } from './connection.js';
import { statusOf } from './rvp.js';

/** @typedef {import('./main.js').App} App */

/**
 * Asks for an address and looks it up; calls found with the result, which may refuse it by throwing. A domain, where it may be one, is its own URL.
 * @param {string} label
 * @param {string} action
 * @param {(found: { url: string, address: string }) => Promise<void>} found
 * @param {boolean} [mayBeDomain]
 */
function addressForm(label, action, found, mayBeDomain = false) {
  const input = el('input', {
    id: 'new-address', type: 'text', inputmode: 'email', autocapitalize: 'none', spellcheck: 'false', autocomplete: 'off', required: true,
    placeholder: 'name@example.com',
  });
  const message = el('p', { class: 'error', role: 'alert' });
  const button = el('button', { type: 'submit', class: 'primary' }, action);
  const form = el('form', { class: 'address', onsubmit: submit },
    el('label', { for: 'new-address' }, label), el('div', { class: 'row' }, input, button), message);
  return form;

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    message.textContent = '';
    try {
      const domain = mayBeDomain ? domainIn(input.value.trim().replace(/^@/, '')) : '';
      await found(domain ? { url: domain, address: domain } : await session.lookUp(input.value.trim()));
      input.value = '';
    } catch (error) {
      message.textContent = explain(error);
    } finally {
      button.disabled = false;
    }
  }
}

/** @param {HTMLSelectElement} choice */
const ruleOf = choice => /** @type {import('./rvp.js').Rule} */ (choice.value);

/** @param {unknown} error */
function explain(error) {
  if (statusOf(error) === 400) return 'An address looks like name@example.com.';
  if (statusOf(error) === 503) return 'The address cannot be looked up at the moment. Try again later.';
  return error instanceof Error && !(error instanceof TypeError) ? error.message : 'The server cannot be reached.';
}

/**
 * A name and, where it is another text, the address.
 * @param {import('./store.js').Person} person
 */
const namesOf = person => [bdi(person.name), ...person.name === person.address ? [] : [' ', el('span', { class: 'quiet' }, bdi(person.address))]];

/** @param {App} app */
export function showAddContact(app) {
  const box = dialog('Add a contact', addressForm('Address', 'Add', async ({ url, address }) => {
    await app.addToContacts(url, address);
    box.close();
    app.openPerson(url);
  }), el('p', { class: 'quiet' }, 'People of other organisations can be added by their address, too.'));
  box.querySelector('input')?.focus();
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
      candidates.length ? el('fieldset', {}, el('legend', {}, 'Who else?'), list) : el('p', {}, 'Add more people to your contacts first.'),
      message,
      el('button', { type: 'submit', class: 'primary', disabled: !candidates.length }, 'Begin')));

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    const chosen = boxes.filter(choice => choice.checked).map(choice => choice.value);
    if (!chosen.length) {
      message.textContent = 'Choose at least one person.';
      return;
    }
    box.close();
    start([...members, ...chosen]);
  }
}

/** @param {App} app */
export async function showAccess(app) {
  const { store } = app;
  const list = el('ul', { class: 'rules' });
  const message = el('p', { class: 'error', role: 'alert' });
  /** @type {HTMLSelectElement} */
  const everyone = el('select', { id: 'everyone', onchange: () => change('', ruleOf(everyone)) },
    el('option', { value: 'allow' }, 'Allowed'), el('option', { value: 'block' }, 'Blocked'));
  const box = dialog('Allowed and blocked people',
    el('p', { class: 'quiet' }, 'Who is allowed sees whether you are there and can write to you. Who is blocked sees you offline and is not told why.'),
    el('div', { class: 'row' }, el('label', { for: 'everyone' }, 'Everyone else'), everyone),
    list,
    addressForm('Block somebody by address, or a whole domain', 'Block', async ({ url }) => {
      await change(url, 'block');
    }, true),
    message);
  await refresh();

  /**
   * @param {string} url
   * @param {import('./rvp.js').Rule} rule
   */
  async function change(url, rule) {
    message.textContent = '';
    try {
      await app.setRule(url, rule);
    } catch {
      message.textContent = 'The server did not take the change.';
    }
    fill();
  }

  async function refresh() {
    fill();
    try {
      store.emit({ kind: 'access', access: accessFrom(await app.rvp.readAccess(), store.me.url) });
    } catch {
      message.textContent = 'The list cannot be read at the moment.';
    }
    fill();
  }

  function fill() {
    if (!box.isConnected) return;
    everyone.value = store.access.everyone ? 'allow' : 'block';
    const listed = Object.values(store.access.urls);
    const urls = new Map([...listed.filter(domainIn), ...store.contacts.map(contact => contact.url), ...listed].map(url => [ruleKeyOf(url), url]));
    urls.delete(keyOf(store.me.url));
    list.replaceChildren(...[...urls.entries()].map(([key, url], i) => {
      const id = `rule-${i}`;
      /** @type {HTMLSelectElement} */
      const choice = el('select', { id, onchange: () => change(url, ruleOf(choice)) },
        el('option', { value: 'default' }, 'As everyone else'), el('option', { value: 'allow' }, 'Allowed'), el('option', { value: 'block' }, 'Blocked'));
      choice.value = store.access.rules[key] ?? 'default';
      const domain = domainIn(url);
      return el('li', { class: 'row' }, el('label', { for: id }, ...domain ? ['Everyone at ', bdi(domain)] : namesOf(store.person(url))), choice);
    }));
  }
}

/** @param {App} app */
export async function showWatchers(app) {
  const { store } = app;
  const list = el('ul', { class: 'rules' });
  const message = el('p', { role: 'status' }, 'Asking the server…');
  dialog('Who has me on their list', message, list);
  try {
    const urls = new Map((await app.rvp.watchers()).map(url => [keyOf(url), url]));
    const people = [...urls.values()].map(url => store.person(url)).filter(person => !person.isMe);
    message.textContent = people.length
      ? `${people.length} ${people.length > 1 ? 'people have' : 'person has'} you on their list:`
      : 'Nobody has you on their list at the moment.';
    list.replaceChildren(...people.map(person => {
      /** @type {HTMLButtonElement} */
      const add = el('button', {
        type: 'button', hidden: person.isContact,
        onclick: async () => { await app.addToContacts(person.url, person.address); add.hidden = true; },
      }, 'Add');
      /** @type {HTMLButtonElement} */
      const block = el('button', { type: 'button', onclick: async () => {
        const isBlocked = store.person(person.url).isBlocked;
        await app.setRule(person.url, isBlocked ? 'default' : 'block');
        block.textContent = isBlocked ? 'Block' : 'Unblock';
      } }, person.isBlocked ? 'Unblock' : 'Block');
      const name = el('span', {}, ...namesOf(person));
      return el('li', { class: 'row' }, name, el('span', {}, add, ' ', block));
    }));
  } catch {
    message.textContent = 'The server cannot tell at the moment.';
  }
}

/**
 * @param {string} address
 * @param {() => void} changed
 */
function passwordForm(address, changed) {
  const old = el('input', { id: 'old-password', type: 'password', autocomplete: 'current-password', required: true });
  const wanted = el('input', { id: 'new-password', type: 'password', autocomplete: 'new-password', required: true });
  const message = el('p', { role: 'status' });
  return el('form', { class: 'address', onsubmit: submit },
    el('label', { for: 'old-password' }, 'Old password'), old, el('label', { for: 'new-password' }, 'New password'), wanted,
    el('button', { type: 'submit' }, 'Change the password'), message);

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    message.textContent = '';
    try {
      await session.changePassword(address, old.value, wanted.value);
      old.value = wanted.value = '';
      message.textContent = 'The password is changed. Other sign-ins with the old one have ended.';
      changed();
    } catch (error) {
      message.textContent = statusOf(error) === 401 ? 'The password is wrong.'
        : statusOf(error) === 400 && error instanceof Error ? error.message : 'The password cannot be changed at the moment.';
    }
  }
}

const WHEN = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** @param {string} time */
const when = time => el('time', { datetime: time }, WHEN.format(new Date(time)));

/** @param {App} app */
export async function showSessions(app) {
  const list = el('ul', { class: 'rules' });
  const message = el('p', { role: 'status' }, 'Asking the server…');
  const everywhere = el('button', { type: 'button', class: 'primary', onclick: () => attempt(() => app.signOutEverywhere()) }, 'Sign out everywhere');
  const box = dialog('Where I am signed in', message, list, everywhere,
    el('p', { class: 'quiet' }, 'This ends the sign-ins of other programs as well. Whoever knows your password can sign in again: then change it.'),
    passwordForm(app.store.me.address ?? '', () => attempt(async () => {})));
  await attempt(async () => {});

  /** @param {() => Promise<unknown>} work */
  async function attempt(work) {
    try {
      await work();
      if (!box.isConnected) return;
      fill(await session.list());
    } catch {
      message.textContent = 'The server cannot do this at the moment.';
    }
  }

  /** @param {session.SignedIn[]} found */
  function fill(found) {
    message.textContent = found.length > 1
      ? `${found.length} browsers are signed in with your password:`
      : 'Only this browser is signed in with your password.';
    list.replaceChildren(...found.map(one => el('li', { class: 'row' },
      el('span', {},
        el('strong', {}, one.isThis ? 'This browser' : session.browserIn(one.browser)), el('br'),
        el('span', { class: 'quiet' }, 'from ', bdi(one.address), ', since ', when(one.begun), ...one.isThis ? [] : [', last used ', when(one.used)])),
      one.isThis ? null : el('button', { type: 'button', onclick: () => attempt(() => session.end(one.id)) }, 'Sign out'))));
  }
}

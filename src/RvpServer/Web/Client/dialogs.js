// @ts-check
// The dialogs: adding contacts, conversations with several people, who is allowed, who watches.

import { el, bdi, dialog, nameOfState } from './dom.js';
import { keyOf, ruleKeyOf, domainIn } from './address.js';
import * as session from './session.js';
import { accessFrom } from './connection.js';
import { statusOf } from './rvp.js';
import { t, tn, around, locale } from './texts.js';

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
    id: 'new-address', type: 'text', dir: 'ltr', inputmode: 'email', autocapitalize: 'none', spellcheck: 'false', autocomplete: 'off', required: true,
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
  if (statusOf(error) === 400) return t('An address looks like name@example.com.');
  if (statusOf(error) === 503) return t('The address cannot be looked up at the moment. Try again later.');
  return error instanceof Error && !(error instanceof TypeError) ? inOurWords(error.message) : t('The server cannot be reached.');
}

/**
 * What the server says of an address, in the user's language.
 * @param {string} line
 */
function inOurWords(line) {
  switch (line) {
    case 'Nobody has this address.': return t('Nobody has this address.');
    case 'There is no server for that domain.': return t('There is no server for that domain.');
    default: return line;
  }
}

/**
 * A name and, where it is another text, the address.
 * @param {import('./store.js').Person} person
 */
const namesOf = person => [bdi(person.name), ...person.name === person.address ? [] : [' ', el('span', { class: 'quiet' }, bdi(person.address))]];

/** @param {App} app */
export function showAddContact(app) {
  const box = dialog(t('Add a contact'), addressForm(t('Address'), t('Add'), async ({ url, address }) => {
    await app.addToContacts(url, address);
    box.close();
    app.openPerson(url);
  }), el('p', { class: 'quiet' }, t('People of other organisations can be added by their address, too.')));
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

/** @param {App} app */
export async function showAccess(app) {
  const { store } = app;
  const list = el('ul', { class: 'rules' });
  const message = el('p', { class: 'error', role: 'alert' });
  /** @type {HTMLSelectElement} */
  const everyone = el('select', { id: 'everyone', onchange: () => change('', ruleOf(everyone)) },
    el('option', { value: 'allow' }, t('Allowed')), el('option', { value: 'block' }, t('Blocked')));
  const box = dialog(t('Allowed and blocked people'),
    el('p', { class: 'quiet' }, t('Who is allowed sees whether you are there and can write to you. Who is blocked sees you offline and is not told why.')),
    el('div', { class: 'row' }, el('label', { for: 'everyone' }, t('Everyone else')), everyone),
    list,
    addressForm(t('Block somebody by address, or a whole domain'), t('Block'), async ({ url }) => {
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
      message.textContent = t('The server did not take the change.');
    }
    fill();
  }

  async function refresh() {
    fill();
    try {
      store.emit({ kind: 'access', access: accessFrom(await app.rvp.readAccess(), store.me.url) });
    } catch {
      message.textContent = t('The list cannot be read at the moment.');
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
        el('option', { value: 'default' }, t('As everyone else')), el('option', { value: 'allow' }, t('Allowed')),
        el('option', { value: 'block' }, t('Blocked')));
      choice.value = store.access.rules[key] ?? 'default';
      const domain = domainIn(url);
      return el('li', { class: 'row' }, el('label', { for: id }, ...domain ? around('Everyone at {0}', bdi(domain)) : namesOf(store.person(url))), choice);
    }));
  }
}

/** @param {App} app */
export async function showWatchers(app) {
  const { store } = app;
  const list = el('ul', { class: 'rules' });
  const message = el('p', { role: 'status' }, t('Asking the server…'));
  dialog(t('Who has me on their list'), message, list);
  try {
    const urls = new Map((await app.rvp.watchers()).map(url => [keyOf(url), url]));
    const people = [...urls.values()].map(url => store.person(url)).filter(person => !person.isMe);
    message.textContent = people.length
      ? tn(people.length, '{0} person has you on their list:', '{0} people have you on their list:')
      : t('Nobody has you on their list at the moment.');
    list.replaceChildren(...people.map(person => {
      /** @type {HTMLButtonElement} */
      const add = el('button', {
        type: 'button', hidden: person.isContact,
        onclick: async () => { await app.addToContacts(person.url, person.address); add.hidden = true; },
      }, t('Add'));
      /** @type {HTMLButtonElement} */
      const block = el('button', { type: 'button', onclick: async () => {
        const isBlocked = store.person(person.url).isBlocked;
        await app.setRule(person.url, isBlocked ? 'default' : 'block');
        block.textContent = isBlocked ? t('Block') : t('Unblock');
      } }, person.isBlocked ? t('Unblock') : t('Block'));
      const name = el('span', {}, ...namesOf(person));
      return el('li', { class: 'row' }, name, el('span', {}, add, ' ', block));
    }));
  } catch {
    message.textContent = t('The server cannot tell at the moment.');
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
    el('label', { for: 'old-password' }, t('Old password')), old, el('label', { for: 'new-password' }, t('New password')), wanted,
    el('button', { type: 'submit' }, t('Change the password')), message);

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    message.textContent = '';
    try {
      await session.changePassword(address, old.value, wanted.value);
      old.value = wanted.value = '';
      message.textContent = t('The password is changed. Other sign-ins with the old one have ended.');
      changed();
    } catch (error) {
      message.textContent = statusOf(error) === 401 ? t('The password is wrong.')
        : statusOf(error) === 400 && error instanceof Error ? error.message : t('The password cannot be changed at the moment.');
    }
  }
}

/** @param {string} time */
const when = time => el('time', { datetime: time }, new Date(time).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' }));

/** @param {App} app */
export async function showSessions(app) {
  const list = el('ul', { class: 'rules' });
  const message = el('p', { role: 'status' }, t('Asking the server…'));
  const everywhere = el('button', { type: 'button', class: 'primary', onclick: () => attempt(() => app.signOutEverywhere()) }, t('Sign out everywhere'));
  const box = dialog(t('Where I am signed in'), message, list, everywhere,
    el('p', { class: 'quiet' }, t('This ends the sign-ins of other programs as well. Whoever knows your password can sign in again: then change it.')),
    passwordForm(app.store.me.address ?? '', () => attempt(async () => {})));
  await attempt(async () => {});

  /** @param {() => Promise<unknown>} work */
  async function attempt(work) {
    try {
      await work();
      if (!box.isConnected) return;
      fill(await session.list());
    } catch {
      message.textContent = t('The server cannot do this at the moment.');
    }
  }

  /** @param {session.SignedIn[]} found */
  function fill(found) {
    message.textContent = found.length > 1
      ? tn(found.length, '{0} browser is signed in with your password:', '{0} browsers are signed in with your password:')
      : t('Only this browser is signed in with your password.');
    list.replaceChildren(...found.map(one => el('li', { class: 'row' },
      el('span', {},
        el('strong', {}, one.isThis ? t('This browser') : session.browserIn(one.browser)), el('br'),
        el('span', { class: 'quiet' }, ...one.isThis
          ? around('from {0}, since {1}', bdi(one.address), when(one.begun))
          : around('from {0}, since {1}, last used {2}', bdi(one.address), when(one.begun), when(one.used)))),
      one.isThis ? null : el('button', { type: 'button', onclick: () => attempt(() => session.end(one.id)) }, t('Sign out')))));
  }
}

// @ts-check
// Where the user is signed in, and with what password: two parts of the settings.

import { el, bdi } from './dom.js';
import * as session from './session.js';
import { statusOf } from './rvp.js';
import { t, tn, around, locale } from './texts.js';

/** @typedef {import('./app.js').App} App */

/** @param {string} time */
const when = time => el('time', { datetime: time }, new Date(time).toLocaleString(locale(), { dateStyle: 'medium', timeStyle: 'short' }));

/** @param {App} app */
export function sessions(app) {
  const list = el('ul', { class: 'rules' });
  const message = el('p', { role: 'status' }, t('Asking the server…'));
  const everywhere = el('button', { type: 'button', onclick: () => attempt(() => app.signOutEverywhere()) }, t('Sign out everywhere'));
  const element = el('div', { class: 'part sessions' }, message, list, el('p', {}, everywhere),
    el('p', { class: 'quiet' }, t('This ends the sign-ins of other programs as well. Whoever knows your password can sign in again: then change it.')));
  refresh();
  return { element, refresh };

  function refresh() {
    return attempt(async () => {});
  }

  /** @param {() => Promise<unknown>} work */
  async function attempt(work) {
    try {
      await work();
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

/**
 * @param {string} address
 * @param {() => void} changed
 */
export function password(address, changed) {
  const old = el('input', { id: 'old-password', type: 'password', dir: 'ltr', autocomplete: 'current-password', required: true });
  const wanted = el('input', { id: 'new-password', type: 'password', dir: 'ltr', autocomplete: 'new-password', required: true });
  const message = el('p', { role: 'status' });
  return el('form', { class: 'part', onsubmit: submit },
    // For programs that keep passwords.
    el('input', { class: 'hidden', type: 'text', autocomplete: 'username', value: address, 'aria-hidden': 'true', tabindex: '-1', readonly: true }),
    el('div', { class: 'row' }, el('label', { for: 'old-password' }, t('Old password')), old),
    el('div', { class: 'row' }, el('label', { for: 'new-password' }, t('New password')), wanted),
    el('p', {}, el('button', { type: 'submit' }, t('Change the password'))), message);

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

// @ts-check
// The settings, in the place of a conversation.

import { el } from './dom.js';
import { access, watchers } from './privacy.js';
import { sessions, password } from './account.js';
import { desktop } from './desktop.js';
import { hooks } from './hooks.js';
import { profile } from './profile.js';
import { push } from './push.js';
import * as settings from './settings.js';
import { LANGUAGES, t, tn } from './texts.js';

/** @typedef {import('./main.js').App} App */
/** @typedef {import('./settings.js').Setting} Setting */

/** @param {App} app */
export function settingsPage(app) {
  const signedIn = sessions(app);
  const heading = el('h2', { tabindex: '-1' }, t('Settings'));
  const element = el('div', { class: 'settings' },
    el('header', { class: 'chat-head' },
      el('button', { type: 'button', class: 'icon back', 'aria-label': t('Back to contacts'), onclick: () => app.closeSettings() }, '‹'),
      el('div', { class: 'chat-name' }, heading),
      el('button', { type: 'button', class: 'close', onclick: () => app.closeSettings() }, t('Close'))),
    el('div', { class: 'settings-body', tabindex: '0', role: 'group', 'aria-label': t('Settings') },
      part(t('Profile'), profile(app)),
      part(t('Appearance'),
        // What is on the page was written in the old language.
        choice('language', t('Language'), nameOfLanguage, () => location.reload()),
        choice('theme', t('Colours'), theme => ({ system: t('As the system'), light: t('Light'), dark: t('Dark') })[theme] ?? theme),
        choice('size', t('Text size'), size => ({ normal: t('Normal'), large: t('Large'), larger: t('Larger') })[size] ?? size)),
      part(t('Writing'),
        choice('enter', t('The Enter key'), enter => ({
          auto: t('Sends, on a touch screen begins a line'), send: t('Sends'), line: t('Begins a line, Ctrl+Enter sends'),
        })[enter] ?? enter)),
      part(t('Notifications'),
        tick('sounds', t('A soft sound when a message comes that you do not see')),
        desktop(),
        ...app.store.server.hasPush ? [push()] : []),
      part(t('My status'),
        choice('idle', t('Away without a key for'), minutes =>
          (minutes === '0' ? t('Never') : tn(Number(minutes), '{0} minute', '{0} minutes'))),
        ownStatuses()),
      part(t('Who may see me'), access(app)),
      part(t('Who has me on their list'), watchers(app)),
      ...app.store.server.hasWebhooks ? [part(t('Webhooks'), hooks())] : [],
      part(t('Where I am signed in'), signedIn.element),
      part(t('Password'), password(app.store.me.address, () => signedIn.refresh()))));
  return { element, focus: () => heading.focus() };
}

/** @param {string} tag */
const nameOfLanguage = tag => (tag ? LANGUAGES[/** @type {import('./texts.js').Language} */ (tag)] : t('As the browser'));

/**
 * @param {string} title
 * @param {...Node} content
 */
const part = (title, ...content) => el('section', { 'aria-label': title }, el('h3', {}, title), ...content);

/**
 * @param {Setting} setting
 * @param {string} label
 * @param {(value: string) => string} nameOf
 * @param {() => void} [then]
 */
function choice(setting, label, nameOf, then) {
  /** @type {HTMLSelectElement} */
  const select = el('select', { id: `setting-${setting}`, onchange: () => {
    settings.set(setting, select.value);
    then?.();
  } }, ...settings.choicesOf(setting).map(value => el('option', { value }, nameOf(value))));
  select.value = settings.get(setting);
  return el('div', { class: 'row' }, el('label', { for: select.id }, label), select);
}

/**
 * @param {Setting} setting
 * @param {string} label
 */
function tick(setting, label) {
  /** @type {HTMLInputElement} */
  const box = el('input', {
    id: `setting-${setting}`, type: 'checkbox', checked: settings.get(setting) === 'on', onchange: () => settings.set(setting, box.checked ? 'on' : 'off'),
  });
  return el('div', { class: 'row' }, el('label', { for: box.id }, label), box);
}

/** The texts that the status offers again. */
function ownStatuses() {
  const list = el('ul', { class: 'rules' });
  fill();
  return list;

  function fill() {
    list.replaceChildren(...settings.statuses().map(text => el('li', { class: 'row' }, el('bdi', {}, text),
      el('button', { type: 'button', 'aria-label': t('Delete {0}', text), onclick: () => { settings.dropStatus(text); fill(); } }, t('Delete')))));
  }
}

// @ts-check
// URLs by which programs write in the user's name, a part of the settings.

import { el, bdi } from './dom.js';
import { ask } from './session.js';
import { fullTimeOf } from './times.js';
import { statusOf } from './rvp.js';
import { t } from './texts.js';

/** @typedef {{ id: string, name: string, to: string, used: string | null, url: string | null }} Hook */

const HOOKS = '/instmsg/hooks';

export function hooks() {
  const list = el('ul', { class: 'hooks' });
  const message = el('p', { role: 'status' });
  const made = el('p', { class: 'row', hidden: true });
  const name = el('input', { id: 'hook-name', type: 'text', dir: 'auto', maxlength: '40', required: true, autocomplete: 'off', placeholder: 'CI' });
  const to = el('input', { id: 'hook-to', type: 'text', dir: 'ltr', inputmode: 'email', autocomplete: 'off', placeholder: 'name@example.com' });
  const element = el('div', { class: 'part' },
    el('p', { class: 'quiet' }, t('By such a URL a program writes in your name:'), ' ', el('code', { dir: 'ltr' }, 'curl -d "Hello" URL')),
    list,
    el('form', { onsubmit: event => { event.preventDefault(); attempt(make); } },
      el('div', { class: 'row' }, el('label', { for: 'hook-name' }, t('Name')), name),
      el('div', { class: 'row' }, el('label', { for: 'hook-to' }, t('To whom, if not to yourself')), to, el('button', { type: 'submit' }, t('Make')))),
    made, message);
  attempt(refresh);
  return element;

  async function refresh() {
    list.replaceChildren(...(await ask('GET', HOOKS)).hooks.map(item));
  }

  /** @param {Hook} hook */
  function item(hook) {
    const used = hook.used ? t('Last used: {0}', fullTimeOf(Date.parse(hook.used))) : t('Never used');
    return el('li', { class: 'row' }, el('span', {}, bdi(hook.name), ' → ', bdi(hook.to), ' ', el('span', { class: 'quiet' }, used)),
      el('button', { type: 'button', 'aria-label': t('End {0}', hook.name), onclick: () => attempt(async () => {
        await ask('DELETE', `${HOOKS}?id=${encodeURIComponent(hook.id)}`);
        made.hidden = true;
        await refresh();
      }) }, t('End')));
  }

  async function make() {
    const whom = to.value.trim();
    const hook = await ask('POST', HOOKS, { name: name.value.trim(), ...whom ? { to: whom } : {} });
    const url = el('input', { type: 'text', readonly: true, dir: 'ltr', value: hook.url ?? '', 'aria-label': t('The URL, which is shown only now') });
    made.replaceChildren(el('span', {}, t('The URL, which is shown only now')), url);
    made.hidden = false;
    url.select();
    name.value = to.value = '';
    await refresh();
  }

  /** @param {() => Promise<void>} work */
  async function attempt(work) {
    message.textContent = '';
    try {
      await work();
    } catch (error) {
      const isTold = [400, 404, 409].includes(statusOf(error) ?? 0) && error instanceof Error;
      message.textContent = isTold ? error.message : t('The server did not take the change.');
    }
  }
}

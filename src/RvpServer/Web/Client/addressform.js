// @ts-check
// Asks for an address, and finds whose it is.

import { el } from './dom.js';
import { domainIn } from './address.js';
import * as session from './session.js';
import { statusOf } from './rvp.js';
import { t } from './texts.js';

/**
 * Asks for an address and looks it up; calls found with the result, which may refuse it by throwing. A domain, where it may be one, is its own URL.
 * @param {string} label
 * @param {string} action
 * @param {(found: { url: string, address: string }) => Promise<void>} found
 * @param {boolean} [mayBeDomain]
 * @param {(text: string) => Promise<{ url: string, address: string }>} [lookUp]
 */
export function addressForm(label, action, found, mayBeDomain = false, lookUp = session.lookUp) {
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
      await found(domain ? { url: domain, address: domain } : await lookUp(input.value.trim()));
      input.value = '';
    } catch (error) {
      message.textContent = explain(error);
    } finally {
      button.disabled = false;
    }
  }
}

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

// @ts-check
// The sign-in form.

import { el } from './dom.js';
import * as session from './session.js';
import { Refused } from './rvp.js';
import { picture, title } from './brand.js';

const REMEMBERED = 'rvp-address';

/**
 * Shows the form; calls done(session) when somebody has signed in.
 * @param {HTMLElement} root
 * @param {session.Server | null} server null if unknown
 * @param {string | undefined} reason
 * @param {(signedIn: session.Session) => void} done
 */
export function showSignIn(root, server, reason, done) {
  const mailDomain = server?.mailDomains?.[0] ?? server?.domain ?? 'example.com';
  const address = el('input', {
    id: 'address', name: 'address', type: 'text', inputmode: 'email', autocomplete: 'username', autocapitalize: 'none', spellcheck: 'false',
    required: true, placeholder: `you@${mailDomain}`,
  });
  const password = el('input', { id: 'password', name: 'password', type: 'password', autocomplete: 'current-password', required: true });
  const button = el('button', { class: 'primary', type: 'submit' }, 'Sign in');
  const message = el('p', { class: 'error', role: 'alert' }, reason ?? '');
  address.value = localStorage.getItem(REMEMBERED) ?? '';

  const form = el('form', { class: 'signin', onsubmit: submit },
    el('img', { src: picture(), alt: '' }),
    el('h1', {}, el('bdi', {}, title())),
    server ? el('p', { class: 'quiet' }, 'for ', el('bdi', {}, mailDomain)) : null,
    el('label', { for: 'address' }, 'Address'), address,
    el('label', { for: 'password' }, 'Password'), password,
    message,
    button,
    isSecureContext ? null : el('p', { class: 'quiet' }, 'This connection is not encrypted: others on the same network could read your password.'),
    el('p', { class: 'quiet' }, el('a', { href: 'clients' }, 'Other ways to sign in')));
  root.replaceChildren(el('main', { class: 'plain' }, form));
  document.title = `Sign in – ${title()}`;
  (address.value ? password : address).focus();

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    message.replaceChildren();
    try {
      const signedIn = await session.signIn(address.value.trim(), password.value);
      localStorage.setItem(REMEMBERED, address.value.trim());
      done(signedIn);
    } catch (error) {
      message.replaceChildren(...explain(error));
      button.disabled = false;
      if (error instanceof Refused && error.status === 401) {
        password.value = '';
        password.focus();
      }
    }
  }
}

/** @param {unknown} error */
function explain(error) {
  if (!(error instanceof Refused)) return ['The server cannot be reached. Try again in a moment.'];
  switch (error.status) {
    case 401: return ['The address or the password is wrong.'];
    case 409: return ['Your account lives on another server: ', el('a', { href: error.detail?.home }, error.detail?.home ?? '')];
    case 429: return [`Too many failed sign-ins. Try again in ${error.retryAfter || 30} seconds.`];
    default: return ['The server cannot sign you in at the moment.'];
  }
}

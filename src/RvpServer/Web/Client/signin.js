// @ts-check
// The sign-in form.

import { el } from './dom.js';
import * as session from './session.js';
import { Refused } from './rvp.js';
import { picture, title } from './brand.js';
import { keep, storage } from './storage.js';
import { t, tn, around } from './texts.js';

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
    dir: 'ltr', required: true, placeholder: `you@${mailDomain}`,
  });
  const password = el('input', { id: 'password', name: 'password', type: 'password', dir: 'ltr', autocomplete: 'current-password', required: true });
  const button = el('button', { class: 'primary', type: 'submit' }, t('Sign in'));
  const message = el('p', { class: 'error', role: 'alert' }, reason ?? (navigator.cookieEnabled ? '' : noCookies()));
  address.value = storage.getItem(REMEMBERED) ?? '';

  const form = el('form', { class: 'signin', onsubmit: submit },
    el('img', { src: picture(), alt: '' }),
    el('h1', {}, el('bdi', {}, title())),
    server ? el('p', { class: 'quiet' }, ...around('for {0}', el('bdi', {}, mailDomain))) : null,
    el('label', { for: 'address' }, t('Address')), address,
    el('label', { for: 'password' }, t('Password')), password,
    message,
    button,
    isSecureContext ? null : el('p', { class: 'quiet' }, t('This connection is not encrypted: others on the same network could read your password.')),
    el('p', { class: 'quiet' }, el('a', { href: 'clients' }, t('Other ways to sign in'))));
  root.replaceChildren(el('main', { class: 'plain' }, form));
  document.title = `${t('Sign in')} – ${title()}`;
  (address.value ? password : address).focus();

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    message.replaceChildren();
    try {
      const signedIn = await session.signIn(address.value.trim(), password.value);
      keep(REMEMBERED, address.value.trim());
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

const noCookies = () => t('This browser takes no cookies from this page: allow them, since without one nobody stays signed in.');

/** @param {unknown} error */
function explain(error) {
  if (!(error instanceof Refused)) return [t('The server cannot be reached. Try again in a moment.')];
  switch (error.status) {
    case 401: return [t('The address or the password is wrong.')];
    case 409: return around('Your account lives on another server: {0}', el('a', { href: error.detail?.home }, error.detail?.home ?? ''));
    case 429: return [tn(error.retryAfter || 30, 'Too many failed sign-ins. Try again in {0} second.', 'Too many failed sign-ins. Try again in {0} seconds.')];
    default: return [t('The server cannot sign you in at the moment.')];
  }
}

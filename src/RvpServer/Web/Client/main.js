// @ts-check
// Begins: who is signed in, and in which language and looks.

import { el } from './dom.js';
import { App } from './app.js';
import { title } from './brand.js';
import * as look from './look.js';
import { statusOf } from './rvp.js';
import * as session from './session.js';
import * as settings from './settings.js';
import { speak, t } from './texts.js';

const root = /** @type {HTMLElement} */ (document.getElementById('app'));
const RETRY = 3000;

/** @param {string} [reason] what the sign-in box says */
async function start(reason) {
  const found = await ask(reason);
  if (found) await begin(found);
}

/**
 * Who is signed in; null where somebody has to do so first, or the server has to be waited for.
 * @param {string} [reason]
 */
async function ask(reason) {
  try {
    const found = await session.current();
    if (found.account) return found;
    session.remember();
    await askWho(found.server, reason);
    return null;
  } catch (error) {
    if (statusOf(error) !== undefined) {
      await askWho(null, reason ?? t('The server cannot sign anybody in at the moment.'));
      return null;
    }
    // What was said before can be read, and the connection comes by itself.
    const last = session.last();
    if (!last) wait(reason);
    return last;
  }
}

/** @param {string} [reason] */
function wait(reason) {
  const page = el('div', { class: 'page' },
    el('h1', {}, title()), el('p', { role: 'status' }, t('The server cannot be reached. Trying again…')));
  root.replaceChildren(el('main', { class: 'plain' }, page));
  setTimeout(() => start(reason), RETRY);
}

// Tabs that wait at the sign-in form follow.
const door = new BroadcastChannel('rvp-door');
door.onmessage = () => document.querySelector('.signin') && start();

/**
 * @param {session.Server | null} server
 * @param {string} [reason]
 */
async function askWho(server, reason) {
  const { showSignIn } = await import('./signin.js');
  showSignIn(root, server, reason, enter);
}

/** @param {session.Session} found */
async function begin(found) {
  if (!found.account) return;
  session.remember(found);
  await choose(found.account.url);
  new App(found.account, found.server, root, start);
}

/** @param {session.Session} found */
async function enter(found) {
  await begin(found);
  door.postMessage('signed in');
}

/** @param {string} [url] whose language and looks; without it, as before */
async function choose(url) {
  settings.begin(url);
  look.show();
  await speak(settings.get('language'));
}

// A page that the browser had suspended has lost its connection.
addEventListener('pageshow', event => event.persisted && location.reload());

settings.onChange(look.show);
await choose();
start();

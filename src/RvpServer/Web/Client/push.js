// @ts-check
// Whether this browser is told of messages also while it is closed: a part of the settings. The makers of browsers pass the notices on, encrypted.

import { el } from './dom.js';
import { isPossible } from './alerts.js';
import { ask } from './session.js';
import { t } from './texts.js';

const workers = /** @type {ServiceWorkerContainer | undefined} */ (globalThis.navigator?.serviceWorker);

const PUSH = '/instmsg/push';

/** The words that the worker shows while no page is open, where it finds them. */
const WORDS = 'rvp-words';

export function push() {
  const message = el('p', { class: 'quiet', role: 'status' });
  /** @type {HTMLInputElement} */
  const on = el('input', { id: 'push', type: 'checkbox', onchange: () => attempt(() => (on.checked ? turnOn() : turnOff())) });
  /** @type {HTMLInputElement} */
  const text = el('input', { id: 'push-text', type: 'checkbox', onchange: () => attempt(async () => { if (on.checked) await turnOn(); }) });
  const element = el('div', { class: 'part' },
    el('div', { class: 'row' }, el('label', { for: 'push' }, t('Also while this browser is closed')), on),
    el('div', { class: 'row' }, el('label', { for: 'push-text' }, t('With the beginning of the message')), text),
    message);
  attempt(async () => {});
  return element;

  async function refresh() {
    on.checked = Boolean(await subscription());
    on.disabled = !canPush() || Notification.permission === 'denied';
  }

  async function turnOn() {
    if (await Notification.requestPermission() !== 'granted') return;
    const registration = /** @type {ServiceWorkerRegistration} */ (await workers?.ready);
    const { key } = await ask('GET', PUSH);
    const made = await subscription() ?? await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    await keepWords();
    const { endpoint, keys } = made.toJSON();
    await ask('POST', PUSH, { endpoint, p256dh: keys?.p256dh, auth: keys?.auth, showsText: text.checked });
  }

  /** @param {() => Promise<void>} work */
  async function attempt(work) {
    message.textContent = !canPush() ? t('This browser cannot do that here.')
      : t('The maker of your browser passes the notice on. It learns that you have got a message, but not from whom or what it says.');
    try {
      await work();
    } catch (error) {
      message.textContent = error instanceof DOMException ? t('The maker of your browser cannot be reached.') : t('The server did not take the change.');
    }
    await refresh();
  }
}

const canPush = () => isPossible() && Boolean(workers) && 'PushManager' in globalThis;

async function subscription() {
  return canPush() ? (await workers?.getRegistration())?.pushManager.getSubscription() ?? null : null;
}

async function turnOff() {
  const made = await subscription();
  if (!made) return;
  await ask('DELETE', `${PUSH}?endpoint=${encodeURIComponent(made.endpoint)}`);
  await made.unsubscribe();
}

async function keepWords() {
  await (await caches.open(WORDS)).put('words', new Response(JSON.stringify({ message: t('A new message'), messages: t('New messages') })));
}

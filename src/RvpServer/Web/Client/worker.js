// @ts-check
// The page's side of the service worker.

/** @typedef {{ createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string } }} TrustedTypes */

const SCRIPT = 'sw.js';

const policy = /** @type {{ trustedTypes?: TrustedTypes }} */ (globalThis).trustedTypes?.createPolicy('rvp-worker', { createScriptURL: () => SCRIPT });
const workers = /** @type {ServiceWorkerContainer | undefined} */ (globalThis.navigator?.serviceWorker);

/**
 * Has the browser keep what the page consists of. Listener: what was done with a notification.
 * @param {(message: { open: string } | { person: string } | { reply: string, chat: string }) => void} listener
 */
export async function keepPage(listener) {
  if (!workers) return;
  workers.onmessage = event => listener(event.data);
  try {
    await workers.register(policy?.createScriptURL(SCRIPT) ?? SCRIPT);
    (await workers.ready).active?.postMessage('hello');
  } catch {
    // Storage is full, or the browser does not want to: the page works without.
  }
}

/** Nothing of the page stays in the browser. */
export async function dropPage() {
  if (!('caches' in globalThis)) return;
  await Promise.all((await caches.keys()).filter(name => name.startsWith('rvp-')).map(name => caches.delete(name)));
}

/**
 * Where there is no worker, or it cannot: false.
 * @param {string} title
 * @param {NotificationOptions & { actions: object[] }} options
 */
export async function showNotification(title, options) {
  const registration = await workers?.getRegistration();
  if (!registration?.active) return false;
  return registration.showNotification(title, options).then(() => true, () => false);
}

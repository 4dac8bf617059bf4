// @ts-check
// The service worker: the page opens without a connection, and notifications can be answered. It keeps the files that the page consists of, and never an answer
// of the server to anybody. The server fills in which files they are, so that each version of them is a new worker.

const FILES = '{{files}}'.split(' ');
const NAME = 'rvp-shell {{version}}';
const WORDS = 'rvp-words';

/**
 * What of the worker's own world is used here.
 * @typedef {Event & { waitUntil(work: Promise<unknown>): void }} Extendable
 * @typedef {Extendable & { request: Request, respondWith(answer: Promise<Response>): void }} Asked
 * @typedef {{ postMessage(message: object): void, focus(): Promise<Page>, visibilityState: string }} Page
 * @typedef {Extendable & { data?: { json(): Notice } }} Pushed
 * @typedef {{ from: string, with: string, text?: string, count: number }} Notice
 * @typedef {Extendable & { action: string, reply?: string, notification: Notification }} Clicked
 * @typedef {{
 *   skipWaiting(): Promise<void>, registration: ServiceWorkerRegistration, addEventListener(name: string, listen: (event: any) => void): void,
 *   clients: { claim(): Promise<void>, matchAll(options: object): Promise<Page[]>, openWindow(url: string): Promise<Page | null> }
 * }} World
 */
const world = /** @type {World} */ (/** @type {unknown} */ (self));
const { scope } = world.registration;

/**
 * Until the page that was opened for it asks.
 * @type {object | undefined}
 */
let waiting;

world.addEventListener('install', (/** @type {Extendable} */ event) => event.waitUntil(fill().then(() => world.skipWaiting())));

world.addEventListener('activate', (/** @type {Extendable} */ event) => event.waitUntil(clear().then(() => world.clients.claim())));

world.addEventListener('fetch', (/** @type {Asked} */ event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = new URL(request.url);
  const page = url.origin + url.pathname;
  if (request.mode === 'navigate' && page === scope) event.respondWith(fetch(request).catch(() => kept(scope, request)));
  else if (FILES.some(file => scope + file === page)) event.respondWith(kept(page, request));
});

world.addEventListener('message', event => {
  // Signing out had taken it all away.
  if (event.data === 'hello') event.waitUntil(fill());
  if (event.data !== 'hello' || !waiting) return;
  event.source?.postMessage(waiting);
  waiting = undefined;
});

world.addEventListener('push', (/** @type {Pushed} */ event) => event.waitUntil(announce(event.data?.json())));

world.addEventListener('notificationclick', (/** @type {Clicked} */ event) => {
  const { notification, action, reply } = event;
  notification.close();
  const { chat, person, hash } = notification.data;
  event.waitUntil(tell(action === 'reply' && reply ? { reply, chat } : person ? { person } : { open: chat }, hash ?? ''));
});

/**
 * @param {string} url
 * @param {Request} request
 */
async function kept(url, request) {
  return await caches.match(url, { cacheName: NAME }) ?? fetch(request);
}

/**
 * Messages that no page has taken. Who looks at one sees them there.
 * @param {Notice | undefined} notice
 */
async function announce(notice) {
  const pages = await world.clients.matchAll({ type: 'window' });
  if (!notice || pages.some(page => page.visibilityState === 'visible')) return;
  const words = await (await caches.match('words', { cacheName: WORDS }))?.json() ?? {};
  await world.registration.showNotification(notice.from, /** @type {NotificationOptions} */ ({
    body: notice.text ?? (notice.count > 1 ? words.messages : words.message) ?? '', tag: notice.with, renotify: true,
    icon: FILES.find(file => file.endsWith('icon-192.png')),
    data: notice.with.startsWith('http') ? { person: notice.with } : { chat: 'g:' + notice.with.toLowerCase() },
  }));
  const { navigator } = /** @type {{ navigator: { setAppBadge?(count: number): Promise<void> } }} */ (/** @type {unknown} */ (self));
  await navigator.setAppBadge?.(notice.count).catch(() => {});
}

async function fill() {
  const cache = await caches.open(NAME);
  const there = (await cache.keys()).length;
  if (there <= FILES.length) await cache.addAll([scope, ...FILES.map(file => scope + file)]);
}

async function clear() {
  const names = await caches.keys();
  await Promise.all(names.filter(name => name.startsWith('rvp-shell ') && name !== NAME).map(name => caches.delete(name)));
}

/**
 * One page is told; where there is none it is opened, and asks.
 * @param {{ open: string } | { person: string } | { reply: string, chat: string }} message
 * @param {string} hash
 */
async function tell(message, hash) {
  const [page] = await world.clients.matchAll({ type: 'window' });
  if (page) {
    page.postMessage(message);
    if (!('reply' in message)) await page.focus();
    return;
  }
  waiting = message;
  await world.clients.openWindow(scope + hash);
}

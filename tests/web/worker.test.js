import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

const SCOPE = 'https://im.adatum.com/chat/';
const SCRIPT = readFileSync(new URL('../../src/RvpServer/Web/Client/sw.js', import.meta.url), 'utf8');

/** A worker in a browser: what it keeps, what it hears, and whom it tells. */
function worker({ pages = [], isOnline = true } = {}) {
  const listeners = {};
  const stores = new Map();
  const store = name => {
    if (!stores.has(name)) stores.set(name, new Map());
    const kept = stores.get(name);
    return { addAll: async urls => urls.forEach(url => kept.set(url, `kept ${url}`)), keys: async () => [...kept.keys()] };
  };
  const opened = [];
  const fetched = [];
  const shown = [];
  const self = {
    navigator: {}, registration: { scope: SCOPE, showNotification: async (title, options) => { shown.push({ title, ...options }); } }, skipWaiting: async () => {}, addEventListener: (name, listen) => { listeners[name] = listen; },
    clients: { claim: async () => {}, matchAll: async () => pages, openWindow: async url => { opened.push(url); return null; } },
  };
  const fetch = async request => {
    fetched.push(request.url);
    if (!isOnline) throw new TypeError('offline');
    return `fetched ${request.url}`;
  };
  const caches = {
    open: async name => store(name), match: async (url, { cacheName }) => stores.get(cacheName)?.get(url),
    keys: async () => [...stores.keys()], delete: async name => stores.delete(name),
  };
  const script = SCRIPT.replace('{{files}}', 'assets/1/main.js assets/1/style.css').replace('{{version}}', '2');
  runInContext(script, createContext({ self, caches, fetch, URL, Promise }));
  const happens = async (name, event = {}) => {
    let work;
    let answer;
    listeners[name]({ ...event, waitUntil: done => { work = done; }, respondWith: done => { answer = done; } });
    await work;
    return answer;
  };
  const asks = (path, more = {}) => happens('fetch', { request: { method: 'GET', mode: 'cors', url: SCOPE + path, ...more } });
  return { happens, asks, stores, opened, fetched, shown };
}

const notification = chat => ({ close() {}, data: { chat, hash: '#' + chat } });

test('at its installation it keeps the page and its files, and drops those of other versions', async () => {
  const { happens, stores } = worker();
  stores.set('rvp-shell 1', new Map());
  stores.set('of somebody else', new Map());

  await happens('install');
  await happens('activate');

  assert.deepEqual([...stores.keys()].sort(), ['of somebody else', 'rvp-shell 2']);
  assert.deepEqual([...stores.get('rvp-shell 2').keys()], [SCOPE, SCOPE + 'assets/1/main.js', SCOPE + 'assets/1/style.css']);
});

test('the page comes from the server while that is there, its files do not', async () => {
  const { happens, asks, fetched } = worker();
  await happens('install');

  assert.equal(await asks('', { mode: 'navigate' }), `fetched ${SCOPE}`);
  assert.equal(await asks('assets/1/main.js'), `kept ${SCOPE}assets/1/main.js`);
  assert.deepEqual(fetched, [SCOPE]);
});

test('without the server the page is what was kept, and nothing else is answered', async () => {
  const { happens, asks } = worker({ isOnline: false });
  await happens('install');

  assert.equal(await asks('', { mode: 'navigate' }), `kept ${SCOPE}`);
  for (const path of ['session', 'instmsg/local/x', 'clients', 'assets/2/main.js']) assert.equal(await asks(path), undefined, path);
  assert.equal(await asks('assets/1/main.js', { method: 'POST' }), undefined);
});

test('a reply goes to one page, a click brings it to the front', async () => {
  const said = [];
  const page = name => ({ postMessage: message => said.push([name, { ...message }]), focus: async () => said.push([name, 'to the front']) });
  const { happens } = worker({ pages: [page('one'), page('two')] });

  await happens('notificationclick', { action: 'reply', reply: 'At noon', notification: notification('p:kari') });
  await happens('notificationclick', { action: '', notification: notification('p:kari') });

  assert.deepEqual(said, [['one', { reply: 'At noon', chat: 'p:kari' }], ['one', { open: 'p:kari' }], ['one', 'to the front']]);
});

test('where no page is open one opens, and gets the reply once it asks', async () => {
  const { happens, opened } = worker();
  const said = [];

  await happens('notificationclick', { action: 'reply', reply: 'At noon', notification: notification('p:kari') });
  const source = { postMessage: message => said.push({ ...message }) };
  await happens('message', { data: 'hello', source });
  await happens('message', { data: 'hello', source });

  assert.deepEqual(opened, [SCOPE + '#p:kari']);
  assert.deepEqual(said, [{ reply: 'At noon', chat: 'p:kari' }]);
});

const pushed = notice => ({ data: { json: () => notice } });
const KARI = 'http://im.adatum.com/instmsg/aliases/KariHensien';

test('a message that no page has taken is shown, and a click opens the conversation with that person', async () => {
  const said = [];
  const page = { visibilityState: 'hidden', postMessage: message => said.push({ ...message }), focus: async () => {} };
  const { happens, shown, stores } = worker({ pages: [page] });
  stores.set('rvp-words', new Map([['words', { json: async () => ({ message: 'Eine neue Nachricht', messages: 'Neue Nachrichten' }) }]]));

  await happens('push', pushed({ from: 'Kari Hensien', with: KARI, text: 'Lunch?', count: 1 }));
  await happens('push', pushed({ from: 'Kari Hensien', with: KARI, count: 1 }));
  await happens('push', pushed({ from: 'Kari Hensien', with: KARI, count: 2 }));
  await happens('notificationclick', { action: '', notification: { close() {}, data: shown[0].data } });

  assert.deepEqual(shown.map(({ title, body }) => [title, body]), [
    ['Kari Hensien', 'Lunch?'], ['Kari Hensien', 'Eine neue Nachricht'], ['Kari Hensien', 'Neue Nachrichten'],
  ]);
  assert.equal(new Set(shown.map(({ tag }) => tag)).size, 1);
  assert.deepEqual(said, [{ person: KARI }]);
});

test('a message of several people opens their conversation', async () => {
  const { happens, shown } = worker();

  await happens('push', pushed({ from: 'Kari Hensien', with: '{79FC61B5}', count: 1 }));

  assert.deepEqual({ ...shown[0].data }, { chat: 'g:{79fc61b5}' });
});

test('who looks at a page is not told twice, and what is no notice is none', async () => {
  const { happens, shown } = worker({ pages: [{ visibilityState: 'visible' }] });

  await happens('push', pushed({ from: 'Kari Hensien', with: KARI, count: 1 }));
  await happens('push', {});

  assert.deepEqual(shown, []);
});

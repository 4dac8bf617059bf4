import test from 'node:test';
import assert from 'node:assert/strict';
import { lookForNewcomers } from '../../src/RvpServer/Web/Client/newcomers.js';
import { keyOf } from '../../src/RvpServer/Web/Client/address.js';
import { List } from '../../src/RvpServer/Web/Client/list.js';
import { JO, KARI, storeOn, urlOf } from './person.js';

const DON = urlOf('DonHall');

/** A server on which these have Jo on their list, and what her devices have noted. */
const serverOf = (watchers, known) => ({
  known,
  watchers: async () => watchers,
  async knownWatchers() { return this.known; },
  async noteWatchers(keys) { this.known = keys; },
});

const requestsOf = store => new List(store).read('').requests.map(chat => [chat.members[0], chat.messages.map(message => message.text), chat.unread]);

test('at the first time all are known already', async () => {
  const [store, server] = [storeOn(), serverOf([JO.url, KARI], null)];

  await lookForNewcomers(store, server);

  assert.deepEqual([requestsOf(store), server.known], [[], [keyOf(KARI)]]);
});

test('who is new is a request, once and on one device', async () => {
  const [store, other, server] = [storeOn(), storeOn(), serverOf([KARI, DON.toUpperCase().replace('HTTP', 'http')], [keyOf(KARI)])];

  await lookForNewcomers(store, server);
  await lookForNewcomers(store, server);
  await lookForNewcomers(other, server);

  assert.equal(requestsOf(store).length, 1);
  const [[url, texts, unread]] = requestsOf(store);
  assert.deepEqual([keyOf(url), texts.length, unread], [keyOf(DON), 1, 1]);
  assert.match(texts[0], /has added you as a contact\.$/);
  assert.deepEqual(requestsOf(other), []);
});

test('contacts and whoever is blocked are not announced', async () => {
  const [store, server] = [storeOn(), serverOf([KARI, DON], [])];
  store.apply({ kind: 'contacts', contacts: [{ url: KARI, address: '', name: 'Kari Hensien' }] });
  store.apply({ kind: 'access', access: { everyone: true, rules: { [keyOf(DON)]: 'block' }, urls: { [keyOf(DON)]: DON } } });

  await lookForNewcomers(store, server);

  assert.deepEqual(requestsOf(store), []);
  assert.equal(server.known.length, 2);
});

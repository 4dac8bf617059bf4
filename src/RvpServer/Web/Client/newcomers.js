// @ts-check
// Whoever puts us on a contact list is announced: once, on one of our devices.

import { keyOf, ruleKeyOf } from './address.js';
import { welcomeRequest } from './conversation.js';

// More than anybody reads; who was known longest ago may be announced again.
const MOST = 500;

/**
 * Looks who has us on their list, and opens a request of each who is new.
 * @param {import('./store.js').Store} store
 * @param {Pick<import('./rvp.js').Rvp, 'watchers' | 'knownWatchers' | 'noteWatchers'>} rvp
 */
export async function lookForNewcomers(store, rvp) {
  const watchers = new Map((await rvp.watchers()).map(url => [keyOf(url), url]));
  watchers.delete(store.mine);
  const known = await rvp.knownWatchers();
  const fresh = [...watchers].filter(([key]) => !known?.includes(key));
  if (known && !fresh.length) return;
  await rvp.noteWatchers([...known ?? [], ...fresh.map(([key]) => key)].slice(-MOST));
  // At the very first time all are there already.
  if (!known) return;
  for (const [key, url] of fresh) if (!store.hasContact(key) && !isBlocked(store, url)) welcomeRequest(store, url);
}

/**
 * @param {import('./store.js').Store} store
 * @param {string} url
 */
function isBlocked(store, url) {
  const person = store.person(url);
  return store.access.rules[ruleKeyOf(url)] === 'block' || person.isBlocked || Boolean(person.blockedDomain);
}

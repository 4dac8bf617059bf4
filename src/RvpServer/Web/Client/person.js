// @ts-check
// Somebody as shown: from the contact list, from what the server tells, and from what they say of themselves.

import { addressOf, identityOf } from './address.js';
import { tidy } from './records.js';

/** @typedef {import('./store.js').Store} Store */

const MAX_NOTE = 140;
const MAX_GROUP = 60;

/**
 * @param {Store} store
 * @param {string} url
 * @param {string} key
 * @returns {import('./types.js').Person}
 */
export function personOf(store, url, key) {
  const isOnline = store.connection.state === 'online';
  if (key === store.mine) {
    return {
      url: store.me.url, name: store.me.displayName, address: store.me.address, says: '', domain: '', state: isOnline ? store.own.shown : 'unknown',
      isThere: true, isMe: true, isContact: false, isBlocked: false, blockedDomain: '', isMissing: false,
      note: shortened(store.people[store.mine]?.note), isFavourite: false, group: '',
    };
  }
  const contact = store.contactAt(key);
  const known = store.people[key] ?? {};
  const address = tidy(addressOf(url, store.server), url.length);
  const own = tidy(known.name || (contact && contact.name) || known.said || '');
  const name = (contact && own) || address;
  const host = identityOf(url.trim())?.host ?? '';
  return {
    url: contact?.url ?? url,
    name,
    address,
    says: [...new Set([own, tidy(known.address ?? '')])].filter(claim => claim && ![name, address, contact?.address ?? ''].some(sure => isSame(sure, claim)))
      .join(', '),
    domain: host === store.server.domain ? '' : host,
    state: (contact && isOnline && known.state) || 'unknown',
    isThere: Boolean(contact) && isThere(known.state),
    isMe: false,
    isContact: Boolean(contact),
    isBlocked: store.access.rules[key] === 'block',
    blockedDomain: store.access.rules[key] ? '' : blockedDomainOf(store, host),
    isMissing: Boolean(known.isMissing),
    note: contact ? shortened(known.note) : '',
    isFavourite: Boolean(contact?.isFavourite),
    group: tidy(contact?.group ?? '', MAX_GROUP),
  };
}

/**
 * The nearest domain that has a rule decides.
 * @param {Store} store
 * @param {string} host
 */
function blockedDomainOf(store, host) {
  for (let domain = host; domain; domain = domain.slice((domain.indexOf('.') + 1) || domain.length)) {
    const rule = store.access.rules[domain];
    if (rule) return rule === 'block' ? domain : '';
  }
  return '';
}

/** @param {string | undefined} note */
const shortened = (note = '') => tidy(note, MAX_NOTE);

/**
 * @param {string} one
 * @param {string} other
 */
const isSame = (one, other) => one.toLowerCase() === other.toLowerCase();

/** @param {string | undefined} state */
export const isThere = state => state !== undefined && state !== 'offline' && state !== 'unknown';

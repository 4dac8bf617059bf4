// @ts-check
// The contact list in our own node's private properties. One request, and so one property, has room for some five hundred people: a long list is in several.
// Rvp.Client has the same form. Everybody stays in the property where they were found, so that a change writes one, and a client that knows only the first
// takes nothing from the others.

import { DAV, RVP, PRIVATE, children, find, textOf, escape } from './xml.js';
import { keyOf } from './address.js';

const PARTS = 8;
// In bytes; a request may have 128 KB.
const ROOM = 100_000;

/**
 * More: what other clients have stored of them, as XML. Part: the property that has them.
 * @typedef {{ url: string, address: string, name: string, isFavourite?: boolean, group?: string, more?: string, part?: number }} Contact
 */

/** The names of the properties. */
export const NAMES_OF_PARTS = Array.from({ length: PARTS }, (_, part) => (part ? `contacts-${part + 1}` : 'contacts'));

/**
 * Each person once.
 * @param {Element | null} prop with the properties in it
 */
export function readContacts(prop) {
  const contacts = NAMES_OF_PARTS.flatMap((name, part) => children(find(prop, [PRIVATE, name]), RVP, 'contact').map(item => contactIn(item, part)));
  return [...new Map(contacts.reverse().map(contact => [keyOf(contact.url), contact])).values()].reverse().filter(({ url }) => url.startsWith('http://'));
}

/**
 * @param {Element} item
 * @param {number} part
 */
function contactIn(item, part) {
  /** @type {Contact} */
  const contact = { url: textOf(item, [DAV, 'href']), address: textOf(item, [RVP, 'email']), name: textOf(item, [RVP, 'description']), part };
  if (find(item, [PRIVATE, 'favourite'])) contact.isFavourite = true;
  const group = textOf(item, [PRIVATE, 'group']);
  if (group) contact.group = group;
  const more = [...item.children].filter(child => !isOurs(child)).map(child => new XMLSerializer().serializeToString(child)).join('');
  if (more) contact.more = more;
  return contact;
}

/** @param {Element} child */
const isOurs = child => [[DAV, 'href'], [RVP, 'email'], [RVP, 'description'], [PRIVATE, 'favourite'], [PRIVATE, 'group']]
  .some(([space, name]) => child.namespaceURI === space && child.localName === name);

/**
 * What each of the properties has to contain. Who is new gets into the first that has room; null if none has.
 * @param {Contact[]} contacts
 */
export function writeContacts(contacts) {
  const parts = NAMES_OF_PARTS.map(() => /** @type {string[]} */ ([]));
  const sizes = NAMES_OF_PARTS.map(() => 0);
  for (const contact of [...contacts.filter(({ part }) => part !== undefined), ...contacts.filter(({ part }) => part === undefined)]) {
    const item = itemOf(contact);
    const size = new TextEncoder().encode(item).length;
    const part = contact.part ?? sizes.findIndex(taken => taken + size <= ROOM);
    if (part < 0) return null;
    parts[part].push(item);
    sizes[part] += size;
  }
  return parts.map(items => items.join(''));
}

/** @param {Contact} contact */
function itemOf({ url, address, name, isFavourite, group, more = '' }) {
  const own = (isFavourite ? `<favourite xmlns='${PRIVATE}'/>` : '') + (group ? `<group xmlns='${PRIVATE}'>${escape(group)}</group>` : '');
  return `<r:contact><d:href>${escape(url)}</d:href><r:email>${escape(address)}</r:email><r:description>${escape(name)}</r:description>`
    + `${own}${more}</r:contact>`;
}

// @ts-check
// What the user does with people: puts them on the list, in an order of their own, and says who may see and write.

import { keyOf, ruleKeyOf } from './address.js';
import { t } from './texts.js';

/** @typedef {import('./contactlist.js').Contact} Contact */

export class Contacts {
  /**
   * @param {import('./store.js').Store} store
   * @param {import('./rvp.js').Rvp} rvp
   * @param {() => void} onChange others are on the list
   */
  constructor(store, rvp, onChange) {
    this.store = store;
    this.rvp = rvp;
    this.onChange = onChange;
  }

  /**
   * @param {string} url
   * @param {string} [address] as they are known by
   */
  async add(url, address) {
    if (keyOf(url) === keyOf(this.store.me.url)) throw new Error(t('This is your own address.'));
    const person = this.store.person(url);
    const isThere = (/** @type {Contact} */ contact) => keyOf(contact.url) === keyOf(url);
    await this.#change(contacts => (contacts.some(isThere) ? contacts : [...contacts, { url, address: address || person.address, name: person.name }]));
  }

  /** @param {string} url */
  async remove(url) {
    await this.#change(contacts => contacts.filter(contact => keyOf(contact.url) !== keyOf(url)));
  }

  /**
   * What the user has noted of somebody.
   * @param {string} url
   * @param {{ isFavourite?: boolean, group?: string }} marks
   */
  async mark(url, marks) {
    await this.#change(contacts => contacts.map(contact => (keyOf(contact.url) === keyOf(url) ? { ...contact, ...marks } : contact)));
  }

  /**
   * Without a URL: the rule for everyone else; with a bare host: for a domain. If everyone else is blocked, unblocking a person means allowing that person.
   * @param {string} url
   * @param {import('./rvp.js').Rule} rule
   */
  async setRule(url, rule) {
    const { access } = this.store;
    const key = ruleKeyOf(url);
    const written = url && rule === 'default' && !access.everyone && access.rules[key] === 'block' ? 'allow' : rule;
    await this.rvp.writeAccess(url, written);
    if (!url) {
      this.store.emit({ kind: 'access', access: { ...access, everyone: written === 'allow' } });
      return;
    }
    const rules = { ...access.rules, [key]: written };
    const urls = { ...access.urls, [key]: url };
    if (written === 'default') {
      delete rules[key];
      delete urls[key];
    }
    this.store.emit({ kind: 'access', access: { ...access, rules, urls } });
  }

  /** @param {(contacts: Contact[]) => Contact[]} change */
  async #change(change) {
    this.store.emit({ kind: 'contacts', contacts: await this.rvp.changeContacts(change) });
    this.onChange();
  }
}

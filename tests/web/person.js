// What the tests of the store and of conversations share: Jo Brown's browser.

import { webcrypto } from 'node:crypto';
import { Store } from '../../src/RvpServer/Web/Client/store.js';

globalThis.crypto ??= webcrypto;

// No timer of the store keeps a test waiting.
const later = globalThis.setTimeout;
globalThis.setTimeout = (...what) => later(...what).unref();

export const SERVER = { domain: 'im.adatum.com', mailDomains: ['adatum.com'], port: 80, maxBodyBytes: 131072 };
export const urlOf = name => `http://im.adatum.com/instmsg/aliases/${name}`;
export const JO = { name: 'JoBrown', displayName: 'Jo Brown', address: 'JoBrown@adatum.com', url: urlOf('JoBrown') };
export const KARI = urlOf('KariHensien');
export const YAN = 'http://im.contoso.com/instmsg/aliases/YanLi';

/** A browser's storage: items are its own properties. */
export class Items {
  getItem(name) {
    return Object.hasOwn(this, name) ? this[name] : null;
  }

  setItem(name, text) {
    this[name] = String(text);
  }

  removeItem(name) {
    delete this[name];
  }
}

export const storeOn = (storage = new Items()) => new Store(JO, SERVER, storage);

/** A conversation with Kari with one message in it. */
export function withMessage(store, message = {}) {
  store.apply({ kind: 'chat', id: 'c', isGroup: false, session: 's', members: [KARI] });
  store.apply({ kind: 'message', chat: 'c', message: { id: 'm', type: 'text', from: KARI, text: 'Hello', at: 1, status: 'sent', ...message }, isNews: true });
  return store;
}

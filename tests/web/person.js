// What the tests of the store and of conversations share: Jo Brown's browser.

import { webcrypto } from 'node:crypto';
import { Store } from '../../src/RvpServer/Web/Client/store.js';
import { Outbox } from '../../src/RvpServer/Web/Client/outbox.js';
import { draft, send } from '../../src/RvpServer/Web/Client/sending.js';

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

/** A network that notes whom something was sent to, and refuses it for some. */
export class Wire {
  sent = [];

  constructor(refused = {}, later = []) {
    Object.assign(this, { refused, later });
  }

  async notify(url, document, ackType = 'DeepOr') {
    this.sent.push({ url, document, ackType });
    if (this.refused[url]) throw this.refused[url];
    return this.later.includes(url);
  }

  /** The texts that were sent, in order. */
  get texts() {
    return this.sent.map(({ document }) => /\r\n\r\n([^]*)]]><\/r:mime-data>/.exec(document)[1]);
  }
}

/** What sends, while the server is there. */
export function outboxOf(store, wire, onAway = () => {}) {
  if (store.connection.state !== 'online') store.apply({ kind: 'connection', state: 'online' });
  return new Outbox(store, wire, onAway);
}

/** Waits for something that needs no time, only turns. */
export async function until(isSo) {
  for (let turn = 0; !isSo(); turn++) {
    if (turn > 10_000) throw new Error('It did not come.');
    await new Promise(setImmediate);
  }
}

/** Something is said, and has gone wherever it can. */
export async function says(store, wire, chat, text, more) {
  const message = draft(store, chat, text, more);
  send(store, chat, message);
  outboxOf(store, wire).run();
  await until(() => !message.left.length);
  return message;
}

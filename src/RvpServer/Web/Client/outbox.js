// @ts-check
// What has still to go out: by conversations and recipients one after the other, when the server is there. Messages themselves say to whom they have to go,
// so this goes on after a reload and in another tab. Only the leading tab sends.

import { documentOf } from './conversation.js';
import { keyOf } from './address.js';
import { statusOf, Refused } from './rvp.js';
import { t } from './texts.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */
/** @typedef {Pick<import('./rvp.js').Rvp, 'notify'>} Sender */

// An answer may depend on servers elsewhere.
const PATIENCE = 90_000;
// With a pause that grows from one second to thirty.
const MAX_TRIES = 8;
const MAX_PAUSE = 30_000;

export class Outbox {
  /**
   * Where something is under way, or rests after a failure.
   * @type {Set<string>}
   */
  #busy = new Set();

  /**
   * How often each of those has failed.
   * @type {Map<string, number>}
   */
  #tries = new Map();

  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #resting = new Map();

  #isStopped = false;

  /**
   * @param {Store} store
   * @param {Sender} rvp
   * @param {() => void} onAway the server did not answer
   */
  constructor(store, rvp, onAway) {
    this.store = store;
    this.rvp = rvp;
    this.onAway = onAway;
  }

  /** Sends what can be sent. */
  run() {
    if (this.#isStopped || this.store.connection.state !== 'online') return;
    for (const chat of Object.values(this.store.chats)) {
      const begun = new Set();
      for (const message of chat.messages) {
        for (const url of message.left ?? []) {
          const lane = `${chat.id} ${keyOf(url)}`;
          if (!begun.has(lane) && !this.#busy.has(lane)) this.#send(chat, message, url, lane);
          begun.add(lane);
        }
      }
    }
  }

  /** The server is there again. */
  wake() {
    for (const [lane, timer] of this.#resting) {
      clearTimeout(timer);
      this.#busy.delete(lane);
    }
    this.#resting.clear();
    this.run();
  }

  stop() {
    this.#isStopped = true;
    for (const timer of this.#resting.values()) clearTimeout(timer);
  }

  /**
   * @param {Chat} chat
   * @param {Message} message
   * @param {string} url
   * @param {string} lane
   */
  async #send(chat, message, url, lane) {
    this.#busy.add(lane);
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE);
    try {
      const isWaiting = await this.rvp.notify(url, documentOf(this.store, chat, message), 'DeepOr', abort.signal);
      this.#settle(chat, message, url, lane, isWaiting ? 'waiting' : 'sent');
    } catch (error) {
      if (this.#isStopped) return;
      const tries = (this.#tries.get(lane) ?? 0) + 1;
      this.#tries.set(lane, tries);
      // It may have arrived without us hearing of it: it goes once more, with the same Message-Id.
      if (mayPass(error) && tries < MAX_TRIES) {
        if (statusOf(error) !== undefined) this.store.emit({ kind: 'delivery', chat: chat.id, id: message.id, to: url, outcome: 'late', why: reasonOf(error) });
        this.#rest(lane, tries, error);
      } else this.#settle(chat, message, url, lane, 'refused', reasonOf(error));
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * @param {Chat} chat
   * @param {Message} message
   * @param {string} url
   * @param {string} lane
   * @param {'sent' | 'waiting' | 'refused'} outcome
   * @param {string} [why]
   */
  #settle(chat, message, url, lane, outcome, why) {
    this.#tries.delete(lane);
    this.#busy.delete(lane);
    this.store.emit({ kind: 'delivery', chat: chat.id, id: message.id, to: url, outcome, why });
    // A page that comes right after this one must not send it again.
    this.store.save();
    this.run();
  }

  /**
   * @param {string} lane
   * @param {number} tries
   * @param {unknown} error
   */
  #rest(lane, tries, error) {
    const wished = error instanceof Refused ? error.retryAfter * 1000 : 0;
    this.#resting.set(lane, setTimeout(() => {
      this.#resting.delete(lane);
      this.#busy.delete(lane);
      this.run();
    }, Math.max(wished, Math.min(MAX_PAUSE, 500 * 2 ** tries))));
    if (statusOf(error) === undefined) this.onAway();
  }
}

/**
 * Whether it is about the way to our own server, or about that being busy, rather than about the message.
 * @param {unknown} error
 */
const mayPass = error => !(error instanceof Refused) || error.status === 503 || error.isByOther && error.status !== 413;

/** @param {unknown} error */
function reasonOf(error) {
  if (error instanceof Refused && error.isFull) return t('There is no room for more messages to this person until they have taken some.');
  switch (statusOf(error)) {
    case undefined: return t('The server cannot be reached.');
    case 401: return t('You are no longer signed in.');
    case 403: return t('This person does not take messages from you.');
    case 404: return t('Nobody has this address any more.');
    case 412: return t('This person is not available at the moment.');
    case 413: return t('The message is too long.');
    case 500: return t('The other program did not take it.');
    case 502: return t('The server of this person cannot be reached.');
    case 507: return t('The server has no room for more.');
    default: return t('The server cannot deliver it at the moment.');
  }
}

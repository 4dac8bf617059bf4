// @ts-check
// The leading tab's connection with the server: signs in, polls, watches, renews leases, and reconnects by itself.

import { RVP, DAV, HISTORY, find, children, textOf } from './xml.js';
import { Refused, personIn, statusOf } from './rvp.js';
import { read } from './message.js';
import { receive } from './conversation.js';
import { keyOf, ruleKeyOf } from './address.js';
import { drawn } from './drawing.js';
import * as settings from './settings.js';

const WAIT = 50;
const TICK = 15_000;
// A page in the background ticks once in a minute.
const ASLEEP = 90_000;
const RENEW_STATE = 10 * 60_000;
const RENEW_WATCH = 5 * 60_000;
const RETRY_WATCH = 60_000;
const AT_ONCE = 3;

export class Connection {
  /** @type {AbortController | undefined} */
  abort;

  /** The sign-in for which contacts, access and watches have been read. */
  settledFor = 0;

  /** The sign-in that this connection has made itself; its watches are made anew. */
  madeSignIn = 0;

  tickedAt = 0;

  /** When the state was last sent. */
  stateAt = 0;

  isStopped = false;
  isRenewing = false;

  /**
   * @param {import('./store.js').Store} store
   * @param {import('./rvp.js').Rvp} rvp
   */
  constructor(store, rvp) {
    this.store = store;
    this.rvp = rvp;
    this.lastActivity = Date.now();
    this.failures = 0;
    this.wake = () => {};
    this.cut = () => this.abort?.abort();
    /** Another device of the user has said, read or deleted something. */
    this.onHistory = () => {};
    this.retry = () => this.wake();
  }

  start() {
    this.isStopped = false;
    this.tickedAt = Date.now();
    this.timer = setInterval(() => this.#tick(), TICK);
    addEventListener('offline', this.cut);
    addEventListener('online', this.retry);
    this.#run();
  }

  stop() {
    this.isStopped = true;
    clearInterval(this.timer);
    removeEventListener('offline', this.cut);
    removeEventListener('online', this.retry);
    this.abort?.abort();
    this.wake();
  }

  /**
   * The user chose a state.
   * @param {string} state
   */
  async choose(state) {
    this.lastActivity = Date.now();
    this.store.emit({ kind: 'own', own: { chosen: state, shown: state, isIdle: false } });
    await this.#putState().catch(() => {});
  }

  /** A key was pressed in some tab. */
  async noteActivity() {
    this.lastActivity = Date.now();
    if (!this.store.own.isIdle) return;
    this.store.emit({ kind: 'own', own: { isIdle: false } });
    await this.#putState().catch(() => {});
  }

  /** Watches everybody on the list, and ends the watches of others. */
  async follow() {
    const wanted = new Map([this.store.me, ...this.store.contacts].map(person => [keyOf(person.url), person.url]));
    for (const [key, watch] of Object.entries(this.link.watches)) {
      if (wanted.has(key)) continue;
      delete this.link.watches[key];
      if (watch.id) this.rvp.unsubscribe(watch.url, watch.id).catch(() => {});
    }
    await this.#watch([...wanted.entries()].filter(([key]) => !this.link.watches[key]).map(([, url]) => url));
  }

  get link() {
    return this.store.link;
  }

  async #run() {
    while (!this.isStopped) {
      try {
        if (!this.link.signIn) await this.#signIn();
        // Much may wait, and it comes in pieces.
        while (await this.#poll(0) && !this.isStopped);
        this.store.emit({ kind: 'connection', state: 'online' });
        // In the background: a slow server elsewhere must not delay messages.
        this.#settle().catch(() => {});
        for (;;) {
          const asked = Date.now();
          const hasNews = await this.#poll(WAIT);
          this.failures = 0;
          if (!hasNews && Date.now() - asked < 1000) await this.#pause(1000);
          if (this.isStopped) return;
        }
      } catch (error) {
        if (this.isStopped) return;
        await this.#recover(error);
      }
    }
  }

  /** @param {unknown} error */
  async #recover(error) {
    if (this.isRenewing) {
      this.isRenewing = false;
      return;
    }
    const hasRunOut = statusOf(error) === 412;
    if (hasRunOut) this.#dropSignIn();
    this.failures++;
    // The first time without a pause, if only the sign-in had expired.
    if (this.failures === 1 && hasRunOut) return;
    const wished = error instanceof Refused ? error.retryAfter * 1000 : 0;
    const delay = Math.max(Math.min(30_000, 500 * 2 ** this.failures) * (0.7 + 0.3 * Math.random()), wished);
    this.store.emit({ kind: 'connection', state: 'offline', retryAt: Date.now() + delay, why: causeOf(error) });
    await this.#pause(delay);
    if (!this.isStopped) this.store.emit({ kind: 'connection', state: 'connecting' });
  }

  /**
   * @param {number} time
   * @returns {Promise<void>}
   */
  #pause(time) {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, time);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #signIn() {
    this.madeSignIn = await this.rvp.signIn();
    Object.assign(this.link, { signIn: this.madeSignIn, cursor: '', view: 0 });
    this.store.saveLink();
  }

  #dropSignIn() {
    Object.assign(this.link, { signIn: 0, cursor: '', view: 0 });
    this.store.saveLink();
  }

  // After every interruption: the view may have expired, and a new sign-in does not know anybody's state.
  async #settle() {
    const { signIn } = this.link;
    await this.#putState();
    if (this.settledFor === signIn) return;
    const [contacts, entries] = await Promise.all([this.rvp.contacts(), this.rvp.readAccess()]);
    this.store.emit({ kind: 'contacts', contacts });
    this.store.emit({ kind: 'access', access: accessFrom(entries, this.store.me.url) });
    const stale = Object.values(this.link.watches).filter(watch => !this.#goesOn(watch)).map(watch => watch.url);
    await this.follow();
    await this.#watch(stale.filter(url => this.link.watches[keyOf(url)]));
    this.settledFor = signIn;
  }

  // With the sign-in of a page before, what has changed since then waited there: what was stored of people, and this, is all there is to know.
  /** @param {import('./types.js').Watched} watch */
  #goesOn(watch) {
    return this.madeSignIn !== this.link.signIn && watch.id && watch.until > Date.now() && this.store.people[keyOf(watch.url)]?.state !== undefined;
  }

  async #putState() {
    const { own } = this.store;
    if (!this.link.signIn) return;
    try {
      this.link.view = await this.rvp.setState(own.isIdle ? 'idle' : own.chosen, this.link.view);
      this.stateAt = Date.now();
      this.store.saveLink();
    } catch (error) {
      if (statusOf(error) !== 412 || !this.link.view) throw error;
      // The view has expired. Its sign-in cannot have another one, so a new sign-in begins; first fetch what waits for the old one.
      const old = this.link.signIn;
      await this.#poll(0).catch(() => {});
      this.#dropSignIn();
      this.isRenewing = true;
      this.abort?.abort();
      await this.rvp.unsubscribe(this.store.me.url, old).catch(() => {});
    }
  }

  /**
   * Whether anything arrived within this many seconds.
   * @param {number} wait
   */
  async #poll(wait) {
    const { signIn } = this.link;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), (wait + 20) * 1000);
    if (wait) this.abort = abort;
    try {
      const { cursor, items } = await this.rvp.poll(signIn, this.link.cursor, wait, abort.signal);
      if (signIn !== this.link.signIn || this.isStopped) return true;
      for (const item of items) this.#take(item);
      const hasNews = cursor !== this.link.cursor;
      if (hasNews) {
        // Also what could not be read: it would come again for ever.
        this.link.cursor = cursor;
        await drawn();
        // The page has gone, which has stored both, or another tab leads.
        if (this.isStopped) return true;
        // Only now may the next POLL acknowledge it.
        this.store.save();
        this.store.saveLink();
      }
      return hasNews;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param {Element} item */
  #take(item) {
    try {
      const news = find(item, [RVP, 'propnotification']);
      if (!news) {
        receive(this.store, read(item));
        return;
      }
      const url = textOf(news, [RVP, 'notification-from'], [RVP, 'contact'], [DAV, 'href']);
      for (const set of children(find(news, [DAV, 'propertyupdate']), DAV, 'set')) {
        for (const prop of children(set, DAV, 'prop')) {
          if (find(prop, [HISTORY, 'changed'])) this.onHistory();
          else this.store.emit({ kind: 'person', url, person: personIn(prop) });
        }
      }
    } catch (error) {
      console.warn('A notification could not be read', error);
    }
  }

  /** @param {string[]} urls */
  async #watch(urls) {
    const waiting = [...urls];
    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      for (let url = waiting.shift(); url; url = waiting.shift()) await this.#watchOne(url);
    }));
    this.store.saveLink();
  }

  /** @param {string} url */
  async #watchOne(url) {
    const key = keyOf(url);
    const old = this.link.watches[key];
    const entry = this.link.watches[key] = { url, id: 0, until: Date.now() + RETRY_WATCH };
    try {
      const { id, seconds, person } = await this.rvp.watch(url);
      Object.assign(entry, { id, until: Date.now() + seconds * 1000 });
      this.store.emit({ kind: 'person', url, person: { ...person, isMissing: false } });
      if (old?.id) await this.rvp.unsubscribe(url, old.id).catch(() => {});
    } catch (error) {
      this.store.emit({ kind: 'person', url, person: { state: 'unknown', isMissing: statusOf(error) === 404 } });
    }
  }

  async #tick() {
    const now = Date.now();
    const { own, connection } = this.store;
    // The computer has slept: nobody may ever answer the request that was on its way.
    if (now - this.tickedAt > ASLEEP) this.cut();
    this.tickedAt = now;
    if (connection.state !== 'online') return;
    try {
      const patience = Number(settings.get('idle')) * 60_000;
      if (patience && !own.isIdle && own.chosen === 'online' && now - this.lastActivity >= patience) {
        this.store.emit({ kind: 'own', own: { isIdle: true } });
        await this.#putState();
      } else if (this.settledFor !== this.link.signIn) {
        await this.#settle();
      } else if (now - this.stateAt >= RENEW_STATE) {
        await this.#putState();
      }
      for (const watch of Object.values(this.link.watches)) await this.#renew(watch, now);
    } catch {
      // The poll notices the error, and the next tick tries again.
    }
  }

  /**
   * @param {import('./types.js').Watched} watch
   * @param {number} now
   */
  async #renew(watch, now) {
    if (!watch.id) {
      if (watch.until <= now) await this.#watchOne(watch.url);
      return;
    }
    if (watch.until - now > RENEW_WATCH) return;
    try {
      const { seconds } = await this.rvp.renew(watch.url, watch.id);
      watch.until = now + seconds * 1000;
    } catch (error) {
      if ([404, 412].includes(statusOf(error) ?? 0)) await this.#watchOne(watch.url);
    }
  }
}

/**
 * Why there is no connection: no network, no server, or one that cannot now.
 * @param {unknown} error
 */
const causeOf = error => (globalThis.navigator?.onLine === false ? 'network' : statusOf(error) === undefined ? 'server' : 'busy');

/**
 * Who is allowed and who is blocked.
 * @param {{ url: string, isAllowed: boolean }[]} entries
 * @param {string} me
 */
export function accessFrom(entries, me) {
  /** @type {import('./types.js').Access} */
  const access = { everyone: true, rules: Object.create(null), urls: Object.create(null) };
  for (const { url, isAllowed } of entries) {
    if (!url || url === 'allprincipals') access.everyone = isAllowed;
    else if (keyOf(url) !== keyOf(me)) {
      access.rules[ruleKeyOf(url)] = isAllowed ? 'allow' : 'block';
      access.urls[ruleKeyOf(url)] = url;
    }
  }
  return access;
}

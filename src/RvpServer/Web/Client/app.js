// @ts-check
// The client of somebody who is signed in: puts the parts together, and what their buttons do.

import { el, confirm } from './dom.js';
import { announce, showUnread } from './alerts.js';
import { title } from './brand.js';
import { Contacts } from './contacts.js';
import { openWith, openGroup } from './opening.js';
import { drawSoon } from './drawing.js';
import { forgetAll } from './keeping.js';
import { keysOf } from './keys.js';
import { later } from './later.js';
import { nameOf } from './list.js';
import { plainOf } from './markup.js';
import * as place from './place.js';
import { Roster } from './roster.js';
import { Rvp } from './rvp.js';
import * as session from './session.js';
import { Stage } from './stage.js';
import { storage } from './storage.js';
import { Store } from './store.js';
import { Tabs } from './tabs.js';
import { showToast, clearToasts } from './toast.js';
import { keepPage, dropPage } from './worker.js';
import { t } from './texts.js';

/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./tabs.js').Action} Action */

const SOON = 2000;
const ACTIVITY_EVERY = 20_000;
// For what has to be told before one is signed out.
const PATIENCE = 3000;

export class App {
  /**
   * Only in the leading tab.
   * @type {import('./leader.js').Leader | undefined}
   */
  leader;

  activeAt = 0;

  /**
   * @param {session.Account} account
   * @param {session.Server} server
   * @param {HTMLElement} root
   * @param {(reason?: string) => void} onEnd nobody is signed in any more
   */
  constructor(account, server, root, onEnd) {
    forgetAll(storage, account.url);
    this.onEnd = onEnd;
    this.ended = new AbortController();
    this.store = new Store(account, server);
    this.rvp = new Rvp(account, server);
    this.contacts = new Contacts(this.store, this.rvp, () => this.#connectionDo('follow'));
    this.stage = new Stage(this);
    this.roster = new Roster(this.store, this);
    const skip = el('button', { type: 'button', class: 'skip primary', onclick: () => this.stage.focus() }, t('Skip the list'));
    this.shell = el('main', { class: 'shell' }, el('h1', { class: 'hidden' }, title()), skip, this.roster.element, this.stage.element);
    this.drawSoon = drawSoon(() => this.#draw());
    this.store.onChange = event => this.#onChange(event);
    this.tabs = new Tabs(account.url, {
      onMessage: message => this.#onMessage(message),
      onLead: () => this.#lead(),
      onYield: () => this.#yield(),
    });
    this.store.post = event => this.tabs.post({ event });
    this.tabs.post({ hello: true });
    this.rvp.onSessionLost = () => this.#loseSession();
    this.#listen();
    root.replaceChildren(this.shell);
    // What is often wanted next is there when it is.
    setTimeout(() => Promise.all([import('./dialogs.js'), import('./statusbox.js')]).catch(() => {}), SOON);
    keepPage(message => this.#onNotification(message));
    this.stage.load(() => this.#catchUp());
    this.stage.follow();
    this.#draw();
  }

  get isStopped() {
    return this.ended.signal.aborted;
  }

  /** @param {string} state */
  choose(state) {
    this.#connectionDo('choose', state);
  }

  /** @param {HTMLElement} button that is to be beside it */
  openStatus(button) {
    later(import('./statusbox.js'), ({ showStatus }) => showStatus(this, button));
  }

  /**
   * The status in the user's own words.
   * @param {string} note
   */
  async describe(note) {
    await this.rvp.setNote(note);
    this.store.emit({ kind: 'person', url: this.store.me.url, person: { note } });
  }

  retry() {
    // What connects could not be loaded.
    if (this.tabs.isLeading && !this.leader) location.reload();
    this.#connectionDo('retry');
  }

  /** @param {string} url */
  openPerson(url) {
    this.stage.open(openWith(this.store, url));
  }

  /**
   * A message that was found among all.
   * @param {import('./find.js').Said} said
   * @param {string} words
   */
  async openFound(said, words) {
    const { chat, url } = said;
    if (!this.store.chats[chat] && !url) await this.stage.history?.restore(chat.slice(2)).catch(() => {});
    this.stage.open(this.store.chats[chat] || !url ? chat : openWith(this.store, url));
    await this.stage.view?.search(words, said);
  }

  /** @param {Chat} chat */
  leave(chat) {
    const consequences = [
      chat.isGroup && t('The others are told.'),
      this.store.server.historyDays ? t('Its messages are deleted on all your devices.') : t('Its messages are deleted from this browser.'),
    ];
    const [question, action] = chat.isGroup ? [t('Leave the conversation?'), t('Leave')] : [t('Delete the conversation?'), t('Delete')];
    confirm(question, consequences.filter(Boolean).join(' '), action, () => {
      this.stage.view?.composer.drafts.keep(chat.id, '');
      this.stage.history?.forget(chat).catch(() => {});
      later(import('./sending.js'), ({ leave }) => leave(this.store, this.rvp, chat));
    });
  }

  /**
   * A request is not to be seen any more.
   * @param {Chat} chat
   */
  ignore(chat) {
    this.store.emit({ kind: 'ignored', chat: chat.id });
    this.stage.close();
  }

  search() {
    this.stage.showList();
    this.roster.search.focus();
    this.roster.search.select();
  }

  openHelp() {
    later(import('./help.js'), ({ showHelp }) => showHelp());
  }

  openSettings() {
    this.stage.open(place.SETTINGS);
  }

  addContact(address = '') {
    later(import('./dialogs.js'), ({ showAddContact }) => showAddContact(this, address));
  }

  newGroup() {
    later(import('./dialogs.js'), ({ showGroup }) => showGroup(this, t('New conversation with several'), [], urls =>
      this.stage.open(urls.length > 1 ? openGroup(this.store, urls) : openWith(this.store, urls[0]))));
  }

  /** @param {string} url */
  chooseGroup(url) {
    later(import('./dialogs.js'), ({ showGroupOf }) => showGroupOf(this, url));
  }

  /** @param {Chat} chat */
  showPeople(chat) {
    later(import('./people.js'), ({ showPeople }) => showPeople(this, chat));
  }

  /** All browsers, this one last, and what other programs have open: they could sign in again only with the password. */
  async signOutEverywhere() {
    await session.endOthers();
    this.store.loadLink();
    const others = (await this.rvp.signIns()).filter(id => id !== this.store.link.signIn);
    await Promise.allSettled(others.map(id => this.rvp.unsubscribe(this.store.me.url, id)));
    await this.signOut();
  }

  async signOut() {
    this.tabs.post({ stop: true });
    this.#stop();
    this.store.loadLink();
    const { signIn, watches } = this.store.link;
    this.store.forget();
    session.remember();
    dropPage();
    place.stay();
    const asked = Object.values(watches).filter(watch => watch.id).map(watch => this.rvp.unsubscribe(watch.url, watch.id));
    if (signIn) asked.push(this.rvp.unsubscribe(this.store.me.url, signIn));
    await Promise.race([Promise.allSettled(asked), new Promise(resolve => setTimeout(resolve, PATIENCE))]);
    session.leaveSoon();
    this.onEnd();
  }

  #listen() {
    const { signal } = this.ended;
    const active = () => this.#onActivity();
    for (const name of ['keydown', 'pointerdown', 'wheel', 'pointermove']) addEventListener(name, active, { passive: true, signal });
    const look = () => this.stage.markRead();
    addEventListener('focus', look, { signal });
    document.addEventListener('visibilitychange', look, { signal });
    addEventListener('keydown', keysOf(this), { signal });
    addEventListener('popstate', () => this.stage.follow(), { signal });
    // The session stays, and another tab may lead immediately.
    addEventListener('pagehide', () => {
      this.store.save();
      if (this.tabs.isLeading) {
        this.store.saveLink();
        this.leader?.pause();
      }
      this.tabs.close();
    }, { signal });
    // What is dropped beside the box would be opened in place of the page.
    const refuse = (/** @type {DragEvent} */ event) => {
      if (event.target instanceof HTMLTextAreaElement && !event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      if (event.type === 'drop') this.stage.view?.composer.refuseFiles(event.dataTransfer);
    };
    addEventListener('dragover', refuse, { signal });
    addEventListener('drop', refuse, { signal });
  }

  async #lead() {
    const part = await import('./leader.js').catch(() => null);
    if (this.isStopped || !this.tabs.isLeading) return;
    if (part) this.leader = new part.Leader(this.store, this.rvp, () => this.#catchUp());
    else this.store.emit({ kind: 'connection', state: 'offline', why: 'server' });
  }

  #catchUp() {
    if (this.tabs.isLeading && this.store.connection.state === 'online') this.stage.history?.catchUp().catch(() => {});
  }

  #yield() {
    this.leader?.stop();
    this.leader = undefined;
  }

  #loseSession() {
    if (this.isStopped) return;
    session.remember();
    this.tabs.post({ stop: true });
    this.#stop();
    this.onEnd(t('Your session has ended. Sign in again.'));
  }

  #stop() {
    this.#yield();
    this.ended.abort();
    this.tabs.close();
    for (const box of document.querySelectorAll('dialog')) box.close();
    clearToasts();
  }

  /**
   * @param {Action} action
   * @param {string} [argument]
   */
  #connectionDo(action, argument = '') {
    if (this.tabs.isLeading) this.leader?.connection[action](argument);
    else this.tabs.post({ action, argument });
  }

  /** @param {import('./tabs.js').TabMessage} message */
  #onMessage(message) {
    if (message.event) this.store.apply(message.event);
    else if (message.hello && this.tabs.isLeading) this.tabs.post({ event: this.store.snapshot() });
    else if (message.action) {
      if (this.tabs.isLeading) this.leader?.connection[message.action](message.argument ?? '');
    }
    else if (message.stop) {
      this.#stop();
      this.store.keeping.isForgotten = true;
      this.onEnd();
    }
  }

  /** @param {import('./types.js').StoreEvent} event */
  #onChange(event) {
    const { stage } = this;
    if (event.kind === 'message' && event.isNews) {
      if (this.tabs.isLeading) announce(this.store, event, id => stage.open(id));
      this.#toast(event);
    }
    this.leader?.hear(event);
    if (event.kind === 'closed' && event.chat === stage.current) stage.close();
    // A bookmark may name somebody whom this browser has only now heard of.
    if (event.kind === 'contacts' && !stage.current && place.placeOf()) stage.follow();
    if ((event.kind === 'message' || event.kind === 'unread') && event.chat === stage.current) stage.markRead();
    this.drawSoon();
  }

  // Without an open conversation the list has it on top.
  /** @param {import('./types.js').MessageCame} event */
  #toast({ chat: id, message }) {
    const { store, stage } = this;
    const chat = store.chats[id];
    if (!stage.current || id === stage.current || !chat?.unread || chat.isMuted) return;
    showToast(id, store.person(message.from), nameOf(store, chat), plainOf(message.text, 200), () => stage.open(id));
  }

  /** @param {{ open: string } | { person: string } | { reply: string, chat: string }} message what was done with a notification */
  #onNotification(message) {
    if (this.isStopped) return;
    if ('open' in message) {
      this.stage.open(message.open);
      return;
    }
    if ('person' in message) {
      this.openPerson(message.person);
      return;
    }
    const chat = this.store.chats[message.chat];
    if (!chat) return;
    this.store.emit({ kind: 'read', chat: chat.id });
    later(import('./sending.js'), ({ draft, send }) => send(this.store, chat, draft(this.store, chat, message.reply)));
  }

  #onActivity() {
    const now = Date.now();
    if (!this.store.own.isIdle && now - this.activeAt < ACTIVITY_EVERY) return;
    this.activeAt = now;
    this.#connectionDo('noteActivity');
  }

  #draw() {
    if (this.isStopped) return;
    this.roster.update();
    this.stage.update();
    showUnread(this.store);
  }
}

// @ts-check
// Puts the parts together: who is signed in, which tab leads, what the buttons do.

import { el, confirm } from './dom.js';
import { forgetAll } from './keeping.js';
import { Store } from './store.js';
import { Tabs } from './tabs.js';
import { Connection } from './connection.js';
import { Outbox } from './outbox.js';
import { Rvp, statusOf } from './rvp.js';
import { Roster } from './roster.js';
import { welcome } from './welcome.js';
import { keysOf } from './keys.js';
import { announce, showUnread } from './alerts.js';
import { showToast, showNotice, dropToast, clearToasts } from './toast.js';
import { nameOf } from './list.js';
import { plainOf } from './markup.js';
import { openWith, openGroup, leave, draft, send } from './conversation.js';
import { drawSoon } from './drawing.js';
import { keyOf, ruleKeyOf } from './address.js';
import { title } from './brand.js';
import * as place from './place.js';
import * as session from './session.js';
import * as settings from './settings.js';
import * as look from './look.js';
import { keep, storage } from './storage.js';
import { keepPage, dropPage } from './worker.js';
import { speak, t } from './texts.js';

/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./tabs.js').Action} Action */
/** @typedef {import('./contactlist.js').Contact} Contact */

const root = /** @type {HTMLElement} */ (document.getElementById('app'));
const LEAVING = 'rvp-leaving';
const SOON = 2000;
const ACTIVITY_EVERY = 20_000;
const GREET_EVERY = 5 * 60_000;
const NARROW = matchMedia('(max-width: 45rem)');

export class App {
  /**
   * Only in the leading tab.
   * @type {Connection | undefined}
   */
  connection;

  /**
   * Only in the leading tab.
   * @type {Outbox | undefined}
   */
  outbox;

  /**
   * Loaded while the list is already there.
   * @type {import('./chatview.js').ChatView | undefined}
   */
  view;

  /** @type {import('./history.js').History | undefined} */
  history;

  /**
   * While they are shown.
   * @type {HTMLElement | undefined}
   */
  settings;

  isStopped = false;
  activeAt = 0;

  /**
   * @param {session.Account} account
   * @param {session.Server} server
   */
  constructor(account, server) {
    forgetAll(storage, account.url);
    this.store = new Store(account, server);
    this.rvp = new Rvp(account, server);
    this.current = '';
    this.roster = new Roster(this.store, this);
    this.welcome = welcome(this);
    this.stage = el('section', { class: 'stage', 'aria-label': t('Conversation'), tabindex: '-1' }, this.welcome.element);
    const skip = el('button', { type: 'button', class: 'skip primary', onclick: () => this.#skip() }, t('Skip the list'));
    this.shell = el('main', { class: 'shell' }, el('h1', { class: 'hidden' }, title()), skip, this.roster.element, this.stage);
    this.drawSoon = drawSoon(() => this.#draw());
    this.store.onChange = event => this.#onChange(event);
    this.tabs = new Tabs(account.url, {
      onMessage: message => this.#onMessage(message),
      onLead: () => this.#lead(),
      onYield: () => this.#yield(),
    });
    this.store.post = event => this.tabs.post({ event });
    this.tabs.post({ hello: true });
    this.listen = () => this.#onActivity();
    for (const name of ['keydown', 'pointerdown', 'wheel', 'pointermove']) addEventListener(name, this.listen, { passive: true });
    this.look = () => this.#markRead();
    addEventListener('focus', this.look);
    document.addEventListener('visibilitychange', this.look);
    // The session stays, and another tab may lead immediately.
    this.keys = keysOf(this);
    addEventListener('keydown', this.keys);
    this.hide = () => {
      this.store.save();
      if (this.tabs.isLeading && this.store.link.signIn) this.rvp.pause(this.store.link.signIn);
      this.#yield();
      this.tabs.close();
    };
    addEventListener('pagehide', this.hide);
    // What is dropped beside the box would be opened in place of the page.
    this.refuse = (/** @type {DragEvent} */ event) => {
      if (event.target instanceof HTMLTextAreaElement && !event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      if (event.type === 'drop') this.view?.composer.refuseFiles(event.dataTransfer);
    };
    addEventListener('dragover', this.refuse);
    addEventListener('drop', this.refuse);
    this.follow = () => this.#follow();
    addEventListener('popstate', this.follow);
    this.rvp.onSessionLost = () => this.#loseSession();
    root.replaceChildren(this.shell);
    // What is often wanted next is there when it is.
    setTimeout(() => Promise.all([import('./dialogs.js'), import('./statusbox.js')]).catch(() => {}), SOON);
    keepPage(message => this.#onNotification(message));
    this.#open(Promise.all([import('./chatview.js'), import('./history.js')]), ([{ ChatView }, { History }]) => {
      this.history = new History(this.store, this.rvp);
      this.#take(new ChatView(this.store, this.rvp, this, this.history));
      this.#catchUp();
    });
    this.#follow();
    this.#draw();
  }

  /** @param {import('./chatview.js').ChatView} view */
  #take(view) {
    this.view = view;
    this.stage.prepend(view.element);
    const chat = this.store.chats[this.current] ?? null;
    view.show(chat);
    if (chat && !NARROW.matches) view.focus();
  }

  // What the buttons do.

  /** @param {string} state */
  choose(state) {
    this.#connectionDo('choose', state);
  }

  /** @param {HTMLElement} button that is to be beside it */
  openStatus(button) {
    this.#open(import('./statusbox.js'), ({ showStatus }) => showStatus(this, button));
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
    this.#connectionDo('retry');
  }

  /** @param {string} url */
  openPerson(url) {
    this.openChat(openWith(this.store, url));
  }

  /** @param {string} id */
  openChat(id) {
    place.enter(id);
    this.#show(id);
    if (id !== place.SETTINGS) this.view?.focus();
  }

  /** The conversation stays as it is. */
  closeChat() {
    place.leave();
    this.#show('');
  }

  /** @param {Chat} chat */
  leave(chat) {
    const consequences = [
      chat.isGroup && t('The others are told.'), this.store.server.historyDays ? t('Its messages are deleted on all your devices.') : t('Its messages are deleted from this browser.'),
    ];
    const [question, action] = chat.isGroup ? [t('Leave the conversation?'), t('Leave')] : [t('Delete the conversation?'), t('Delete')];
    confirm(question, consequences.filter(Boolean).join(' '), action, () => {
      this.view?.composer.drafts.keep(chat.id, '');
      this.history?.forget(chat).catch(() => {});
      leave(this.store, this.rvp, chat);
    });
  }

  /**
   * A request is not to be seen any more.
   * @param {Chat} chat
   */
  ignore(chat) {
    this.store.emit({ kind: 'ignored', chat: chat.id });
    this.closeChat();
  }

  search() {
    if (NARROW.matches && this.current) this.closeChat();
    this.roster.search.focus();
    this.roster.search.select();
  }

  openHelp() {
    this.#open(import('./help.js'), ({ showHelp }) => showHelp());
  }

  addContact(address = '') {
    this.#open(import('./dialogs.js'), ({ showAddContact }) => showAddContact(this, address));
  }

  newGroup() {
    this.#open(import('./dialogs.js'), ({ showGroup }) => showGroup(this, t('New conversation with several'), [], urls =>
      this.openChat(urls.length > 1 ? openGroup(this.store, urls) : openWith(this.store, urls[0]))));
  }

  /** @param {Chat} chat */
  showPeople(chat) {
    this.#open(import('./people.js'), ({ showPeople }) => showPeople(this, chat));
  }

  closeSettings() {
    if (!place.back()) this.#show('');
  }

  openSettings() {
    this.openChat(place.SETTINGS);
  }

  /** @param {string} url */
  keepContact(url) {
    return this.addToContacts(url, this.store.person(url).address);
  }

  /**
   * @param {string} url
   * @param {string} address
   */
  async addToContacts(url, address) {
    if (keyOf(url) === keyOf(this.store.me.url)) throw new Error(t('This is your own address.'));
    const { name } = this.store.person(url);
    const isThere = (/** @type {Contact} */ contact) => keyOf(contact.url) === keyOf(url);
    await this.#changeContacts(contacts =>
      (contacts.some(isThere) ? contacts : [...contacts, { url, address: address || this.store.person(url).address, name }]));
  }

  /** @param {string} url */
  async removeContact(url) {
    await this.#changeContacts(contacts => contacts.filter(contact => keyOf(contact.url) !== keyOf(url)));
  }

  /**
   * What the user has noted of somebody.
   * @param {string} url
   * @param {{ isFavourite?: boolean, group?: string }} marks
   */
  async markContact(url, marks) {
    await this.#changeContacts(contacts => contacts.map(contact => (keyOf(contact.url) === keyOf(url) ? { ...contact, ...marks } : contact)));
  }

  /** @param {string} url */
  chooseGroup(url) {
    this.#open(import('./dialogs.js'), ({ showGroupOf }) => showGroupOf(this, url));
  }

  /** @param {(contacts: Contact[]) => Contact[]} change */
  async #changeContacts(change) {
    this.store.emit({ kind: 'contacts', contacts: await this.rvp.changeContacts(change) });
    this.#connectionDo('follow');
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
    await Promise.race([Promise.allSettled(asked), new Promise(resolve => setTimeout(resolve, 3000))]);
    keep(LEAVING, 'yes');
    start();
  }

  // To where one reads and writes.
  #skip() {
    if (this.view?.chat) this.view.focus();
    else (this.settings?.querySelector('h2') ?? this.stage).focus();
  }

  // What the page's address names, if it is there: somebody on the list may be, without a conversation.
  #follow() {
    const id = place.placeOf();
    const url = id.startsWith('p:') ? id.slice(2) : '';
    if (!this.store.chats[id] && url && this.store.hasContact(url)) openWith(this.store, this.store.person(url).url);
    if (id.startsWith(place.ADD)) {
      place.stay();
      this.addContact(id.slice(place.ADD.length));
    }
    const isThere = Boolean(this.store.chats[id]) || id === place.SETTINGS;
    if (isThere !== Boolean(this.current) || isThere && id !== this.current) this.#show(isThere ? id : '');
    if (this.store.chats[id] && !NARROW.matches) this.view?.focus();
  }

  /** @param {string} id empty for none */
  #show(id) {
    const { current } = this;
    this.current = id;
    this.shell.classList.toggle('in-chat', Boolean(id));
    this.view?.show(this.store.chats[id] ?? null);
    this.#showSettings(id === place.SETTINGS);
    dropToast(id);
    this.#markRead();
    this.drawSoon();
    if (!id && NARROW.matches) this.roster.focus(current);
  }

  // Made anew each time: what it tells is of that time.
  /** @param {boolean} isWanted */
  #showSettings(isWanted) {
    if (isWanted !== Boolean(this.settings)) {
      this.settings?.remove();
      this.settings = isWanted ? el('div', { class: 'chat' }) : undefined;
      if (this.settings) this.stage.append(this.settings);
      const page = this.settings;
      if (page) this.#open(import('./settingspage.js'), ({ settingsPage }) => {
        const { element, focus } = settingsPage(this);
        page.append(element);
        focus();
      });
    }
    this.welcome.element.hidden = isWanted || Boolean(this.store.chats[this.current]);
  }

  /**
   * What is not needed at first is loaded when it is.
   * @template Part
   * @param {Promise<Part>} part
   * @param {(part: Part) => void} use
   */
  async #open(part, use) {
    /** @type {Part} */
    let loaded;
    try {
      loaded = await part;
    } catch (error) {
      console.warn(error);
      showNotice(t('The server cannot be reached.'));
      return;
    }
    use(loaded);
  }

  #lead() {
    this.store.loadLink();
    const connection = new Connection(this.store, this.rvp);
    this.connection = connection;
    this.outbox = new Outbox(this.store, this.rvp, () => connection.cut());
    connection.onHistory = () => this.#catchUp();
    connection.start();
    this.greeting = setInterval(() => this.#greet(), GREET_EVERY);
  }

  /** Nobody waits for it. */
  #greet() {
    if (!this.tabs.isLeading || this.store.connection.state !== 'online') return;
    import('./newcomers.js').then(({ lookForNewcomers }) => lookForNewcomers(this.store, this.rvp)).catch(() => {});
  }

  #catchUp() {
    if (this.tabs.isLeading && this.store.connection.state === 'online') this.history?.catchUp().catch(() => {});
  }

  #yield() {
    clearInterval(this.greeting);
    this.connection?.stop();
    this.outbox?.stop();
  }

  #loseSession() {
    if (this.isStopped) return;
    session.remember();
    this.tabs.post({ stop: true });
    this.#stop();
    start(t('Your session has ended. Sign in again.'));
  }

  #stop() {
    this.#yield();
    removeEventListener('pagehide', this.hide);
    removeEventListener('dragover', this.refuse);
    removeEventListener('drop', this.refuse);
    removeEventListener('popstate', this.follow);
    removeEventListener('keydown', this.keys);
    this.tabs.close();
    for (const name of ['keydown', 'pointerdown', 'wheel', 'pointermove']) removeEventListener(name, this.listen);
    removeEventListener('focus', this.look);
    document.removeEventListener('visibilitychange', this.look);
    for (const box of document.querySelectorAll('dialog')) box.close();
    clearToasts();
    this.isStopped = true;
  }

  /**
   * @param {Action} action
   * @param {string} [argument]
   */
  #connectionDo(action, argument = '') {
    if (this.tabs.isLeading) this.connection?.[action](argument);
    else this.tabs.post({ action, argument });
  }

  /** @param {import('./tabs.js').TabMessage} message */
  #onMessage(message) {
    if (message.event) this.store.apply(message.event);
    else if (message.hello && this.tabs.isLeading) this.tabs.post({ event: this.store.snapshot() });
    else if (message.action) {
      if (this.tabs.isLeading) this.connection?.[message.action](message.argument ?? '');
    }
    else if (message.stop) {
      this.#stop();
      this.store.keeping.isForgotten = true;
      start();
    }
  }

  /** @param {import('./types.js').StoreEvent} event */
  #onChange(event) {
    if (event.kind === 'message' && event.isNews && this.tabs.isLeading) announce(this.store, event, id => this.openChat(id));
    if (event.kind === 'message' && event.isNews) this.#toast(event);
    if (event.kind === 'connection') {
      this.outbox?.wake();
      this.#catchUp();
    }
    if (event.kind === 'message' || event.kind === 'again' || event.kind === 'edited') this.outbox?.run();
    if (event.kind === 'closed' && event.chat === this.current) this.closeChat();
    // From now on it is known who is a contact.
    if (event.kind === 'contacts') this.#greet();
    // A bookmark may name somebody whom this browser has only now heard of.
    if (event.kind === 'contacts' && !this.current && place.placeOf()) this.#follow();
    if ((event.kind === 'message' || event.kind === 'unread') && event.chat === this.current) this.#markRead();
    this.drawSoon();
  }

  // Without an open conversation the list has it on top.
  /** @param {import('./types.js').MessageCame} event */
  #toast({ chat: id, message }) {
    const chat = this.store.chats[id];
    if (!this.current || id === this.current || !chat?.unread || chat.isMuted) return;
    showToast(id, this.store.person(message.from), nameOf(this.store, chat), plainOf(message.text, 200), () => this.openChat(id));
  }

  /** @param {{ open: string } | { person: string } | { reply: string, chat: string }} message what was done with a notification */
  #onNotification(message) {
    if (this.isStopped) return;
    if ('open' in message) {
      this.openChat(message.open);
      return;
    }
    if ('person' in message) {
      this.openPerson(message.person);
      return;
    }
    const chat = this.store.chats[message.chat];
    if (!chat) return;
    this.store.emit({ kind: 'read', chat: chat.id });
    send(this.store, chat, draft(this.store, chat, message.reply));
  }

  #onActivity() {
    const now = Date.now();
    if (!this.store.own.isIdle && now - this.activeAt < ACTIVITY_EVERY) return;
    this.activeAt = now;
    this.#connectionDo('noteActivity');
  }

  #markRead() {
    const chat = this.store.chats[this.current];
    if (chat?.unread && document.visibilityState === 'visible' && document.hasFocus()) {
      this.store.emit({ kind: 'read', chat: chat.id });
      this.history?.markRead(chat).catch(() => {});
    }
  }

  #draw() {
    if (this.isStopped) return;
    this.roster.update();
    this.welcome.update();
    this.view?.update();
    showUnread(this.store);
  }
}

/** @param {string} [reason] what the sign-in box says */
async function start(reason) {
  try {
    // Also when the server could not be reached at that time: after signing out, the user must not find the session open later.
    if (storage.getItem(LEAVING)) await session.signOut();
    storage.removeItem(LEAVING);
    const found = await session.current();
    if (found.account) await begin(found);
    else {
      session.remember();
      await askWho(found.server, reason);
    }
  } catch (error) {
    if (statusOf(error) !== undefined) {
      await askWho(null, reason ?? t('The server cannot sign anybody in at the moment.'));
      return;
    }
    // What was said before can be read, and the connection comes by itself.
    const last = session.last();
    if (last) {
      await begin(last);
      return;
    }
    const page = el('div', { class: 'page' },
      el('h1', {}, title()), el('p', { role: 'status' }, t('The server cannot be reached. Trying again…')));
    root.replaceChildren(el('main', { class: 'plain' }, page));
    setTimeout(() => start(reason), 3000);
  }
}

// Tabs that wait at the sign-in form follow.
const door = new BroadcastChannel('rvp-door');
door.onmessage = () => document.querySelector('.signin') && start();

/**
 * @param {session.Server | null} server
 * @param {string} [reason]
 */
async function askWho(server, reason) {
  const { showSignIn } = await import('./signin.js');
  showSignIn(root, server, reason, enter);
}

/** @param {session.Session} found */
async function begin(found) {
  if (!found.account) return;
  session.remember(found);
  await choose(found.account.url);
  new App(found.account, found.server);
}

/** @param {session.Session} found */
async function enter(found) {
  await begin(found);
  door.postMessage('signed in');
}

/** @param {string} [url] whose language and looks; without it, as before */
async function choose(url) {
  settings.begin(url);
  look.show();
  await speak(settings.get('language'));
}

// A page that the browser had suspended has lost its connection.
addEventListener('pageshow', event => event.persisted && location.reload());

settings.onChange(look.show);
await choose();
start();

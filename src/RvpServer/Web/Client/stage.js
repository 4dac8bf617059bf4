// @ts-check
// The right side: a conversation, the settings, or a welcome. Which of them is in the page's address.

import { el } from './dom.js';
import { openWith } from './opening.js';
import { later } from './later.js';
import * as place from './place.js';
import { dropToast } from './toast.js';
import { welcome } from './welcome.js';
import { t } from './texts.js';

const NARROW = matchMedia('(max-width: 45rem)');

export class Stage {
  /** The conversation that is open, or the settings; empty for neither. */
  current = '';

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

  /** @param {import('./app.js').App} app */
  constructor(app) {
    this.app = app;
    this.store = app.store;
    this.welcome = welcome(app);
    this.element = el('section', { class: 'stage', 'aria-label': t('Conversation'), tabindex: '-1' }, this.welcome.element);
  }

  /** @param {() => void} then */
  load(then) {
    later(Promise.all([import('./chatview.js'), import('./history.js')]), ([{ ChatView }, { History }]) => {
      const { app, store } = this;
      this.history = new History(store, app.rvp);
      const view = this.view = new ChatView(store, app.rvp, app, this.history);
      this.element.prepend(view.element);
      const chat = store.chats[this.current] ?? null;
      view.show(chat);
      if (chat && !NARROW.matches) view.focus();
      then();
    });
  }

  update() {
    this.welcome.update();
    this.view?.update();
  }

  /** To where one reads and writes. */
  focus() {
    if (this.view?.chat) this.view.focus();
    else (this.settings?.querySelector('h2') ?? this.element).focus();
  }

  /** @param {string} id */
  open(id) {
    place.enter(id);
    this.#show(id);
    if (id !== place.SETTINGS) this.view?.focus();
  }

  /** The conversation stays as it is. */
  close() {
    place.leave();
    this.#show('');
  }

  closeSettings() {
    if (!place.back()) this.#show('');
  }

  /** On a phone the list is there when nothing else is. */
  showList() {
    if (NARROW.matches && this.current) this.close();
  }

  /** What the page's address names, if it is there: somebody on the list may be, without a conversation. */
  follow() {
    const { store } = this;
    const id = place.placeOf();
    const url = id.startsWith('p:') ? id.slice(2) : '';
    if (!store.chats[id] && url && store.hasContact(url)) openWith(store, store.person(url).url);
    if (id.startsWith(place.ADD)) {
      place.stay();
      this.app.addContact(id.slice(place.ADD.length));
    }
    const isThere = Boolean(store.chats[id]) || id === place.SETTINGS;
    if (isThere !== Boolean(this.current) || isThere && id !== this.current) this.#show(isThere ? id : '');
    if (store.chats[id] && !NARROW.matches) this.view?.focus();
  }

  /** What is in sight of who looks at the page is read. */
  markRead() {
    const chat = this.store.chats[this.current];
    if (!chat?.unread || document.visibilityState !== 'visible' || !document.hasFocus()) return;
    this.store.emit({ kind: 'read', chat: chat.id });
    this.history?.markRead(chat).catch(() => {});
  }

  /** @param {string} id empty for none */
  #show(id) {
    const { app, store, current } = this;
    this.current = id;
    app.shell.classList.toggle('in-chat', Boolean(id));
    this.view?.show(store.chats[id] ?? null);
    this.#showSettings(id === place.SETTINGS);
    dropToast(id);
    this.markRead();
    app.drawSoon();
    if (!id && NARROW.matches) app.roster.focus(current);
  }

  // Made anew each time: what it tells is of that time.
  /** @param {boolean} isWanted */
  #showSettings(isWanted) {
    if (isWanted !== Boolean(this.settings)) {
      this.settings?.remove();
      this.settings = isWanted ? el('div', { class: 'chat' }) : undefined;
      if (this.settings) this.element.append(this.settings);
      const page = this.settings;
      if (page) later(import('./settingspage.js'), ({ settingsPage }) => {
        const { element, focus } = settingsPage(this.app);
        page.append(element);
        focus();
      });
    }
    this.welcome.element.hidden = isWanted || Boolean(this.store.chats[this.current]);
  }
}

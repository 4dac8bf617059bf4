// @ts-check
// The left side: the user, and everybody else by whether they are available.

import { el, bdi, menu, setText, sync, presenceIcon, setPresence, nameOfState } from './dom.js';

/** @typedef {import('./store.js').Person} Person */
/** @typedef {import('./store.js').Chat} Chat */
/** @typedef {{ key: string, name: string, address: string, state: string, words: string, unread: number, isCurrent: boolean, open(): void }} Entry */
/** @typedef {ReturnType<typeof section>} Section */

const CHOICES = ['online', 'busy', 'back-soon', 'away', 'on-phone', 'at-lunch', 'invisible'];

export class Roster {
  /**
   * @param {import('./store.js').Store} store
   * @param {import('./main.js').App} app what the buttons do
   */
  constructor(store, app) {
    this.store = store;
    this.app = app;
    this.icon = presenceIcon('offline');
    /** @type {HTMLSelectElement} */
    this.status = el('select', { id: 'status', 'aria-label': 'My status', onchange: () => app.choose(this.status.value) },
      ...CHOICES.map(state => el('option', { value: state }, nameOfState(state))));
    this.shown = el('span', { class: 'shown quiet' });
    this.connection = el('p', { class: 'connection', role: 'status', hidden: true });
    this.sections = {
      talks: section('Conversations'),
      online: section('Online'),
      offline: section('Offline'),
    };
    this.empty = el('p', { class: 'quiet empty' }, 'Nobody is on your list yet. Add somebody by their address.');
    this.element = el('div', { class: 'roster' },
      el('header', { class: 'me' },
        el('div', { class: 'me-name' }, el('h2', {}, bdi(store.me.displayName)), el('span', { class: 'quiet' }, bdi(store.me.address))),
        this.#menu(),
        el('div', { class: 'me-status' }, this.icon, this.status, this.shown)),
      this.connection,
      el('nav', { class: 'people', 'aria-label': 'Contacts' },
        this.empty, ...Object.values(this.sections).map(part => part.element)),
      el('div', { class: 'roster-foot' }, el('button', { type: 'button', class: 'primary', onclick: () => app.addContact() }, 'Add a contact')));
  }

  update() {
    const { store } = this;
    const { own } = store;
    setPresence(this.icon, own.shown);
    if (document.activeElement !== this.status || this.status.value !== own.chosen) this.status.value = own.chosen;
    const isShownOtherwise = nameOfState(own.shown) !== nameOfState(own.chosen) && store.connection.state === 'online';
    setText(this.shown, own.isIdle ? 'Away: no key for ten minutes' : isShownOtherwise ? `Others see: ${nameOfState(own.shown)}` : '');
    this.#showConnection();

    const people = store.contacts.map(contact => store.person(contact.url)).filter(person => !person.isMe).sort(byName);
    const talks = Object.values(store.chats).filter(chat => chat.isGroup || !store.person(chat.members[0]).isContact);
    this.empty.hidden = people.length + talks.length > 0;
    this.#fill(this.sections.talks, talks.map(chat => this.#talk(chat)));
    this.#fill(this.sections.online, people.filter(isThere).map(person => this.#entry(person)));
    this.#fill(this.sections.offline, people.filter(person => !isThere(person)).map(person => this.#entry(person)));
  }

  /**
   * @param {Person} person
   * @returns {Entry}
   */
  #entry(person) {
    const chat = this.store.chatWith(person.url);
    const isBlocked = person.isBlocked || person.blockedDomain;
    const words = isBlocked ? `${nameOfState(person.state)}, blocked` : person.isMissing ? 'No such account' : nameOfState(person.state);
    return {
      key: person.url, name: person.name, address: person.address, state: person.state, words, unread: chat?.unread ?? 0,
      isCurrent: chat?.id === this.app.current, open: () => this.app.openPerson(person.url),
    };
  }

  /**
   * @param {Chat} chat
   * @returns {Entry}
   */
  #talk(chat) {
    const names = chat.members.map(url => this.store.person(url).name).join(', ') || 'Nobody else';
    const person = chat.isGroup ? null : this.store.person(chat.members[0]);
    return {
      key: chat.id, name: names, address: person?.address ?? '', state: person?.state ?? 'group',
      words: !person ? `${chat.members.length + 1} people` : person.says && `says: ${person.says}`,
      unread: chat.unread, isCurrent: chat.id === this.app.current, open: () => this.app.openChat(chat.id),
    };
  }

  /**
   * @param {Section} part
   * @param {Entry[]} entries
   */
  #fill(part, entries) {
    part.element.hidden = entries.length === 0;
    setText(part.count, `(${entries.length})`);
    sync(part.list, entries, entry => entry.key, createEntry, updateEntry);
  }

  #showConnection() {
    const { state, retryAt } = this.store.connection;
    const isQuiet = state === 'online';
    this.connection.hidden = isQuiet;
    if (isQuiet || this.connection.dataset.state === state + retryAt) return;
    this.connection.dataset.state = state + retryAt;
    if (state === 'connecting') this.connection.replaceChildren('Connecting…');
    else {
      const now = el('button', { type: 'button', class: 'link', onclick: () => this.app.retry() }, 'Try now');
      this.connection.replaceChildren('Not connected. Trying again shortly. ', now);
    }
  }

  #menu() {
    const { app, store } = this;
    const item = (/** @type {string} */ label, /** @type {() => unknown} */ action) => el('button', { type: 'button', onclick: action }, label);
    return menu('Menu', '☰',
      item('Add a contact…', () => app.addContact()),
      item('New conversation with several…', () => app.newGroup()),
      item('Allowed and blocked people…', () => app.showAccess()),
      item('Who has me on their list…', () => app.showWatchers()),
      item('Where I am signed in…', () => app.showSessions()),
      item('Desktop notifications…', () => app.showAlerts()),
      el('a', { href: `clients?address=${encodeURIComponent(store.me.address)}` }, 'Other clients'),
      item('Sign out', () => app.signOut()));
  }
}

/** @param {Person} person */
const isThere = person => person.state !== 'offline';
/**
 * @param {Person} one
 * @param {Person} other
 */
const byName = (one, other) => one.name.localeCompare(other.name);

/** @param {string} title */
function section(title) {
  const count = el('span', { class: 'count' });
  const list = el('ul', {});
  return { count, list, element: el('section', { 'aria-label': title, hidden: true }, el('h2', {}, title, ' ', count), list) };
}

function createEntry() {
  const parts = {
    icon: presenceIcon('offline'),
    name: el('bdi', { class: 'name' }),
    words: el('span', { class: 'state' }),
    unread: el('span', { class: 'unread', hidden: true }),
  };
  /** @type {HTMLButtonElement} */
  const button = el('button', { type: 'button', class: 'entry', onclick: () => item.open() }, parts.icon, parts.name, parts.words, parts.unread);
  const item = Object.assign(el('li', {}, button), { parts: { ...parts, button }, open: () => {} });
  return item;
}

/**
 * @param {ReturnType<typeof createEntry>} item
 * @param {Entry} entry
 */
function updateEntry(item, entry) {
  const { icon, name, words, unread, button } = item.parts;
  item.open = entry.open;
  setPresence(icon, entry.state);
  setText(name, entry.name);
  // Two people may call themselves alike.
  button.title = entry.address;
  setText(words, entry.words);
  unread.hidden = !entry.unread;
  if (unread.dataset.count !== String(entry.unread)) {
    unread.dataset.count = String(entry.unread);
    unread.replaceChildren(String(entry.unread), el('span', { class: 'hidden' }, ' unread'));
  }
  button.classList.toggle('has-unread', entry.unread > 0);
  if (entry.isCurrent) button.setAttribute('aria-current', 'true');
  else button.removeAttribute('aria-current');
}

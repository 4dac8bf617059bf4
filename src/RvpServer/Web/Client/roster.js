// @ts-check
// The left side: the user, the conversations, and everybody else on the list.

import { el, bdi, menu, setText, sync, presenceIcon, setPresence, nameOfState } from './dom.js';
import { keyOf } from './address.js';
import { face } from './avatar.js';
import { List, nameOf, previewOf } from './list.js';
import { shortTimeOf } from './times.js';
import * as settings from './settings.js';
import { t, tn } from './texts.js';

/** @typedef {import('./types.js').Person} Person */
/** @typedef {import('./types.js').Chat} Chat */
/**
 * Words: how they are, said aloud where the icon shows it. Note: in their own words. Last: what was said last, at a time.
 * @typedef {{
 *   key: string, name: string, address: string, state: string, words: string, note: string,
 *   isQuiet: boolean, last: string, time: string, isTyping: boolean, unread: number, isMuted: boolean, picture?: string,
 *   isCurrent: boolean, open(): void
 * }} Entry
 */
/** @typedef {ReturnType<typeof section>} Section */

export const CHOICES = ['online', 'busy', 'back-soon', 'away', 'on-phone', 'at-lunch', 'invisible'];
// Rows that are in the page at first, and that are added when one scrolls to their end.
const ROWS = 100;
const CAUSES = {
  network: () => t('This device has no network.'),
  server: () => t('The server cannot be reached.'),
  busy: () => t('The server cannot answer at the moment.'),
};
// Who types a name does not ask at each letter.
const ASK_AFTER = 250;
const MAX_SAID = 120;

export class Roster {
  rows = ROWS;

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  asking;

  /**
   * By the server, for what is in the search.
   * @type {{ people: import('./find.js').Found[], messages: import('./find.js').Said[] }}
   */
  found = { people: [], messages: [] };

  /**
   * @param {import('./store.js').Store} store
   * @param {import('./main.js').App} app what the buttons do
   */
  constructor(store, app) {
    this.store = store;
    this.app = app;
    this.list = new List(store);
    this.icon = presenceIcon('offline');
    this.statusName = el('span', {});
    /** @type {HTMLElement} */
    this.status = el('button', {
      type: 'button', id: 'status', 'aria-haspopup': 'dialog', 'aria-expanded': 'false', onclick: () => app.openStatus(this.status),
    }, this.icon, this.statusName, el('span', { 'aria-hidden': 'true' }, '▾'));
    this.shown = el('span', { class: 'shown quiet' });
    this.note = el('bdi', { class: 'note' });
    this.connection = el('p', { class: 'connection', role: 'status', hidden: true });
    this.search = el('input', {
      type: 'search', id: 'search', 'aria-label': t('Search people'), placeholder: t('Search'), autocomplete: 'off', spellcheck: 'false',
      oninput: () => this.#onSearch(), onkeydown: event => this.#onSearchKey(event),
    });
    this.sections = {
      favourites: section(t('Favourites')),
      talks: section(t('Conversations')),
      requests: section(t('Requests')),
      people: section(t('Contacts')),
      directory: section(t('In the directory')),
      messages: section(t('Messages')),
    };
    /**
     * By their names, which the user has chosen.
     * @type {Map<string, Section>}
     */
    this.groups = new Map();
    this.empty = el('p', { class: 'quiet empty' });
    this.add = el('button', { type: 'button', onclick: () => app.addContact() }, t('Add a contact'));
    /** @type {HTMLElement} */
    this.people = el('nav', { class: 'people', 'aria-label': t('Contacts'), onkeydown: event => this.#onArrow(event), onscroll: () => this.#onScroll() },
      this.empty, ...Object.values(this.sections).map(part => part.element));
    this.element = el('div', { class: 'roster' },
      el('header', { class: 'me' },
        el('div', { class: 'me-name' }, el('h2', {}, bdi(store.me.displayName)), el('span', { class: 'quiet' }, bdi(store.me.address))),
        this.#menu(),
        el('div', { class: 'me-status' }, this.status, this.note, this.shown)),
      this.connection,
      el('div', { class: 'search' }, this.search),
      this.people,
      el('div', { class: 'roster-foot' }, this.add));
  }

  update() {
    const { store } = this;
    const { own } = store;
    setPresence(this.icon, store.person(store.me.url).state);
    setText(this.statusName, nameOfState(own.chosen));
    this.status.setAttribute('aria-label', t('My status: {0}', nameOfState(own.chosen)));
    setText(this.note, store.person(store.me.url).note);
    const isShownOtherwise = nameOfState(own.shown) !== nameOfState(own.chosen) && store.connection.state === 'online';
    const minutes = Number(settings.get('idle'));
    setText(this.shown, own.isIdle ? tn(minutes, 'Away: no key for {0} minute', 'Away: no key for {0} minutes')
      : isShownOtherwise ? t('Others see: {0}', nameOfState(own.shown)) : '');
    this.#showConnection();

    const wanted = this.search.value.trim();
    const { favourites, talks, requests, groups, people } = this.list.read(wanted);
    const count = favourites.length + talks.length + requests.length + groups.length + people.length + this.found.people.length + this.found.messages.length;
    this.empty.hidden = count > 0;
    setText(this.empty, wanted
      ? t('Nobody on your list is called like this.')
      : t('Nobody is on your list yet. Add somebody by their address.'));
    this.add.classList.toggle('primary', !count && !wanted);
    let room = this.rows;
    const { sections } = this;
    room -= this.#fill(sections.favourites, favourites, room, item => ('members' in item ? this.#talk(item) : this.#entry(item)));
    room -= this.#fill(sections.talks, talks, room, chat => this.#talk(chat));
    room -= this.#fill(sections.requests, requests, room, chat => this.#talk(chat));
    for (const [name, { element }] of this.groups) {
      if (groups.some(group => group.name === name)) continue;
      element.remove();
      this.groups.delete(name);
    }
    for (const { name, people: members } of groups) {
      const part = this.#groupOf(name);
      const isClosed = !wanted && settings.isClosed(name);
      part.heading.setAttribute('aria-expanded', String(!isClosed));
      room -= this.#fill(part, members, isClosed ? 0 : room, person => this.#entry(person));
    }
    room -= this.#fill(sections.people, people, room, person => this.#entry(person));
    const { found } = this;
    room -= this.#fill(sections.directory, found.people.filter(person => !store.hasContact(keyOf(person.url))), room, person => this.#stranger(person));
    this.#fill(sections.messages, found.messages, room, message => this.#message(message));
  }

  /**
   * To a conversation in the list, or to its beginning.
   * @param {string} chat
   */
  focus(chat) {
    const row = /** @type {HTMLElement | null} */ (this.people.querySelector(`[data-key="${CSS.escape(chat)}"] button`));
    (row ?? this.#entries()[0])?.focus();
  }

  /**
   * @param {Person} person
   * @returns {Entry}
   */
  #entry(person) {
    const key = 'p:' + keyOf(person.url);
    return {
      key, name: person.name, address: person.address, state: person.state, words: wordsOf(person), note: person.note, isQuiet: false,
      last: '', time: '', isTyping: false,
      unread: 0, isMuted: false, picture: pictured(person), isCurrent: key === this.app.current,
      open: () => this.app.openPerson(person.url),
    };
  }

  /**
   * @param {import('./find.js').Found} found
   * @returns {Entry}
   */
  #stranger({ url, name, address, department }) {
    return { ...this.#entry(this.store.person(url)), key: 'd:' + keyOf(url), name, address, words: address, note: department };
  }

  /**
   * @param {import('./find.js').Said} said
   * @returns {Entry}
   */
  #message({ id, chat, url, from, text, at }) {
    const { store } = this;
    const whose = store.chats[chat];
    const last = from ? text : t('You: {0}', text);
    return {
      key: 'm:' + id, name: whose ? nameOf(store, whose) : store.person(url || from).name, address: '', state: 'group', words: '', note: '', isQuiet: true,
      last: last.slice(0, MAX_SAID).replace(/\s+/g, ' '), time: shortTimeOf(at), isTyping: false, unread: 0, isMuted: false, isCurrent: false,
      open: () => (whose || !url ? this.app.openChat(chat) : this.app.openPerson(url)),
    };
  }

  /**
   * @param {Chat} chat
   * @returns {Entry}
   */
  #talk(chat) {
    const { store } = this;
    const person = chat.isGroup ? null : store.person(chat.members[0]);
    const last = chat.messages.at(-1);
    return {
      key: chat.id, name: nameOf(store, chat), address: person?.address ?? '', state: person?.state ?? 'group',
      words: person ? wordsOf(person) : tn(chat.members.length + 1, '{0} person', '{0} people'), note: person?.note ?? '',
      isQuiet: Boolean(person?.isContact && !person.isBlocked && !person.blockedDomain),
      last: previewOf(store, chat), time: last ? shortTimeOf(last.at) : '', isTyping: Object.keys(chat.typing).length > 0,
      unread: chat.unread, isMuted: Boolean(chat.isMuted), picture: person ? pictured(person) : '',
      isCurrent: chat.id === this.app.current, open: () => this.app.openChat(chat.id),
    };
  }

  /** @param {string} name */
  #groupOf(name) {
    const known = this.groups.get(name);
    if (known) return known;
    const part = section(name, () => {
      settings.close(name, part.heading.getAttribute('aria-expanded') === 'true');
      this.update();
    });
    this.groups.set(name, part);
    this.sections.people.element.before(part.element);
    return part;
  }

  /**
   * As many as there is room for; gives how many there are.
   * @template Item
   * @param {Section} part
   * @param {Item[]} items
   * @param {number} room
   * @param {(item: Item) => Entry} entryOf
   */
  #fill(part, items, room, entryOf) {
    part.element.hidden = items.length === 0;
    setText(part.count, `(${items.length})`);
    const focused = document.activeElement;
    sync(part.list, items.slice(0, Math.max(0, room)).map(entryOf), entry => entry.key, createEntry, updateEntry);
    // Who moves up in the list does not lose the keyboard.
    if (focused !== document.activeElement && focused instanceof HTMLElement && part.list.contains(focused)) focused.focus({ preventScroll: true });
    return Math.min(items.length, Math.max(0, room));
  }

  #onSearch() {
    this.rows = ROWS;
    this.people.scrollTop = 0;
    this.found = { people: [], messages: [] };
    clearTimeout(this.asking);
    if (this.search.value.trim()) this.asking = setTimeout(() => this.#ask(this.search.value), ASK_AFTER);
    this.update();
  }

  /** @param {string} wanted */
  async #ask(wanted) {
    const part = await import('./find.js').catch(() => null);
    const found = await part?.search(this.store, this.app.rvp, wanted);
    if (!found) return;
    if (wanted !== this.search.value) return;
    this.found = found;
    this.update();
  }

  /** @param {KeyboardEvent} event */
  #onSearchKey(event) {
    const first = this.#entries()[0];
    if (event.key === 'Escape' && this.search.value) this.search.value = '';
    else if (event.key === 'Enter' && this.search.value.trim()) {
      this.search.value = '';
      first?.click();
    }
    else if (event.key === 'ArrowDown') first?.focus();
    else return;
    event.preventDefault();
    this.#onSearch();
  }

  #entries() {
    return /** @type {HTMLElement[]} */ ([...this.people.querySelectorAll('.entry')]);
  }

  /** @param {KeyboardEvent} event */
  #onArrow(event) {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const entries = this.#entries();
    const at = entries.findIndex(entry => entry === document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    (entries[at + step] ?? (step < 0 ? this.search : entries[at])).focus();
  }

  #onScroll() {
    const { scrollTop, clientHeight, scrollHeight } = this.people;
    if (scrollTop + 2 * clientHeight < scrollHeight || this.#entries().length < this.rows) return;
    this.rows += ROWS;
    this.update();
  }

  #showConnection() {
    const { state, retryAt, why } = this.store.connection;
    const { isKept } = this.store.keeping;
    const isQuiet = state === 'online' && isKept;
    this.connection.hidden = isQuiet;
    const shown = `${state} ${retryAt} ${why} ${isKept}`;
    if (isQuiet || this.connection.dataset.shown === shown) return;
    this.connection.dataset.shown = shown;
    if (state === 'online') this.connection.replaceChildren(t('This browser does not keep anything: its storage is full, or forbidden to this page.'));
    else if (state === 'connecting') this.connection.replaceChildren(t('Connecting…'));
    else {
      const now = el('button', { type: 'button', class: 'link', onclick: () => this.app.retry() }, t('Try now'));
      this.connection.replaceChildren(t('Not connected.'), ' ', CAUSES[why ?? 'server'](), ' ', t('Trying again shortly.'), ' ', now);
    }
  }

  #menu() {
    const { app, store } = this;
    const item = (/** @type {string} */ label, /** @type {() => unknown} */ action) => el('button', { type: 'button', onclick: action }, label);
    return menu(t('Menu'), '☰',
      item(t('Add a contact…'), () => app.addContact()),
      item(t('New conversation with several…'), () => app.newGroup()),
      item(t('Settings'), () => app.openSettings()),
      item(t('Keys'), () => app.openHelp()),
      el('a', { href: `clients?address=${encodeURIComponent(store.me.address)}` }, t('Other clients')),
      item(t('Sign out'), () => app.signOut()));
  }
}

// People of other organisations have none at our server.
/** @param {Person} person */
const pictured = person => (person.domain ? '' : person.url);

/** @param {Person} person */
function wordsOf(person) {
  if (person.isMissing) return t('No such account');
  if (!person.isContact && !person.isMe) return person.says && t('says: {0}', person.says);
  const state = nameOfState(person.state);
  return person.isBlocked || person.blockedDomain ? t('{0}, blocked', state) : state;
}

/**
 * @param {string} title
 * @param {() => void} [toggle] for those that can be closed
 */
function section(title, toggle) {
  const count = el('span', { class: 'count' });
  const list = el('ul', {});
  /** @type {HTMLElement} */
  const heading = toggle ? el('button', { type: 'button', class: 'fold', onclick: toggle }, bdi(title), ' ', count) : el('span', {}, title, ' ', count);
  return { count, list, heading, element: el('section', { 'aria-label': title, hidden: true }, el('h2', {}, heading), list) };
}

function createEntry() {
  const parts = {
    face: face(),
    name: el('bdi', { class: 'name' }),
    time: el('span', { class: 'time' }),
    state: el('span', { class: 'state' }),
    note: el('bdi', { class: 'note' }),
    last: el('bdi', { class: 'last' }),
    unread: el('span', { class: 'unread', hidden: true }),
    muted: el('span', { class: 'hidden', hidden: true }, t('Muted')),
  };
  /** @type {HTMLButtonElement} */
  const button = el('button', { type: 'button', class: 'entry', onclick: () => item.open() },
    parts.face.element, parts.name, parts.time, el('span', { class: 'about' }, parts.state, ' ', parts.note, ' ', parts.last), parts.muted, parts.unread);
  const item = Object.assign(el('li', {}, button), { parts: { ...parts, button }, open: () => {}, seen: '' });
  return item;
}

/**
 * @param {ReturnType<typeof createEntry>} item
 * @param {Entry} entry
 */
function updateEntry(item, entry) {
  item.open = entry.open;
  // Of two thousand rows one event changes one.
  const seen = JSON.stringify(entry);
  if (item.seen === seen) return;
  item.seen = seen;
  const { name, time, state, note, last, muted, unread, button } = item.parts;
  item.parts.face.show(entry.name, entry.address || entry.key, entry.state, entry.picture);
  setText(name, entry.name);
  // Two people may call themselves alike.
  button.title = entry.address;
  setText(time, entry.time);
  setText(state, entry.words);
  // Beside a last line the icon says it, and the words are for those who do not see it.
  state.classList.toggle('hidden', entry.isQuiet && entry.last !== '');
  setText(note, entry.note);
  setText(last, entry.last);
  last.classList.toggle('writes', entry.isTyping);
  muted.hidden = !entry.isMuted;
  button.classList.toggle('is-muted', entry.isMuted);
  unread.hidden = !entry.unread;
  const unreadWords = el('span', { class: 'hidden' }, tn(entry.unread, '{0} unread', '{0} unread'));
  unread.replaceChildren(el('span', { 'aria-hidden': 'true' }, String(entry.unread)), unreadWords);
  button.classList.toggle('has-unread', entry.unread > 0);
  if (entry.isCurrent) button.setAttribute('aria-current', 'true');
  else button.removeAttribute('aria-current');
}

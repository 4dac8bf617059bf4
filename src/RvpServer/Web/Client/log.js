// @ts-check
// What has been said in one conversation, and the place in it at which one reads.

import { el, setText, sync } from './dom.js';
import { createRow, updateRow } from './bubble.js';
import { isEditable } from './writing.js';
import { allIn, lastOwn, linesOf } from './lines.js';
import { tn } from './texts.js';

/** @typedef {import('./types.js').Chat} Chat */

// In pixels: who is nearer to the end is there.
const NEAR_END = 60;
// And nearer to the beginning: what was said before is wanted.
const NEAR_BEGIN = 300;

export class Log {
  /** @type {Chat | null} */
  chat = null;

  /** The first message that was not read when the conversation was opened. */
  news = '';

  unread = 0;

  /** What is drawn. */
  #drawn = '';

  isAtEnd = true;
  missed = 0;

  /**
   * @param {import('./store.js').Store} store
   * @param {Omit<import('./bubble.js').Deeds, 'show'>} deeds
   * @param {(chat: Chat) => unknown} readOlder
   */
  constructor(store, deeds, readOlder) {
    this.store = store;
    this.readOlder = readOlder;
    this.deeds = { ...deeds, show: (/** @type {string} */ id) => this.reveal(id) };
    this.element = el('div', { class: 'log', role: 'log', tabindex: '0', onscroll: () => this.#onScroll(), onkeydown: event => this.#onKey(event) });
    this.below = el('button', { type: 'button', class: 'below primary', hidden: true, onclick: () => this.toEnd() });
    this.foot = el('div', { class: 'to-end' }, this.below);
  }

  /** @param {Chat | null} chat */
  show(chat) {
    this.chat = chat;
    this.#drawn = '';
    this.element.replaceChildren();
    this.#miss(0);
    this.isAtEnd = true;
    this.unread = chat?.unread ?? 0;
    this.news = chat?.unread ? chat.messages.filter(message => message.from && message.type === 'text').at(-chat.unread)?.id ?? '' : '';
  }

  update() {
    const { chat, element } = this;
    if (!chat) return;
    const sign = this.#signOf(chat);
    if (sign === this.#drawn) {
      // The box for writing may have grown.
      if (this.isAtEnd) this.toEnd();
      this.#readOn();
      return;
    }
    this.#drawn = sign;
    const isFirst = !element.childElementCount;
    const last = /** @type {HTMLElement | null} */ (element.lastElementChild)?.dataset.key;
    const wasAtEnd = this.isAtEnd;
    const line = wasAtEnd ? null : this.#firstInSight();
    const before = line?.offsetTop ?? 0;
    const own = lastOwn(chat.messages);
    const context = { store: this.store, chat, deeds: this.deeds, editable: isEditable(own) ? own : undefined };
    sync(element, linesOf(allIn(chat), Date.now(), this.news), item => item.key, item => createRow(item, context), (row, item) => updateRow(row, item, context));
    const added = chat.messages.slice(chat.messages.findIndex(message => message.id === last) + 1);
    if (wasAtEnd || (last && added.some(message => message.type === 'text' && !message.from))) this.toEnd();
    else {
      // What is being read stays where it is, also when the oldest lines go.
      if (line?.isConnected) element.scrollTop += line.offsetTop - before;
      if (last) this.#miss(this.missed + added.filter(message => message.from).length);
    }
    if (isFirst && this.news) this.#toNews();
    this.#readOn();
  }

  toEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    this.isAtEnd = true;
    this.#miss(0);
  }

  /**
   * Brings a message into sight.
   * @param {string} id
   */
  reveal(id) {
    const row = this.rowOf(id);
    if (!row) return;
    this.isAtEnd = false;
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
  }

  /** @param {string} id */
  rowOf(id) {
    return /** @type {HTMLElement[]} */ ([...this.element.children]).find(row => row.dataset.key === id);
  }

  /**
   * The same as long as nothing that is drawn has changed: most of what happens is elsewhere.
   * @param {Chat} chat
   */
  #signOf(chat) {
    const { store } = this;
    const names = (chat.known ?? chat.members).map(url => store.person(url).name);
    return [chat.revision, chat.messages.length, chat.older?.length, this.news, store.connection.state, new Date().toDateString(), ...names].join('\n');
  }

  // What is new is read from its beginning, also where it is more than the window takes.
  #toNews() {
    const { element } = this;
    const mark = this.rowOf('news');
    if (!mark || mark.offsetTop - element.offsetTop >= element.scrollTop) return;
    element.scrollTop = mark.offsetTop - element.offsetTop;
    this.isAtEnd = false;
    this.#miss(this.unread);
  }

  #firstInSight() {
    const { element } = this;
    return /** @type {HTMLElement[]} */ ([...element.children]).find(row => row.offsetTop + row.offsetHeight > element.offsetTop + element.scrollTop);
  }

  #onScroll() {
    const { element } = this;
    this.isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    if (this.isAtEnd) this.#miss(0);
    this.#readOn();
  }

  // Also where what is here does not fill the window.
  #readOn() {
    if (this.chat && this.element.clientHeight && this.element.scrollTop < NEAR_BEGIN) this.readOlder(this.chat);
  }

  // From message to message; what can be done with one is reached by Tab from there.
  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    const rows = /** @type {HTMLElement[]} */ ([...this.element.querySelectorAll(':scope > article')]);
    if (!step || event.altKey || event.ctrlKey || event.metaKey || !rows.length) return;
    const at = rows.findIndex(row => row.contains(document.activeElement));
    const next = at < 0 ? rows[rows.length - 1] : rows[at + step];
    if (!next) return;
    event.preventDefault();
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: 'nearest' });
  }

  /** @param {number} count of messages that came further down than what is in sight */
  #miss(count) {
    this.missed = count;
    this.below.hidden = !count;
    setText(this.below, tn(count, '{0} new message ↓', '{0} new messages ↓'));
  }
}

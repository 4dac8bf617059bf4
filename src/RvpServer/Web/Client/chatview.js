// @ts-check
// The right side: one conversation.

import { el, bdi, menu, setText, sync, nameOfState } from './dom.js';
import { keyOf } from './address.js';
import { face } from './avatar.js';
import { Drafts } from './drafts.js';
import { linesOf } from './lines.js';
import { isRequest, nameOf } from './list.js';
import { clockOf, fullTimeOf } from './times.js';
import { partsOf } from './links.js';
import { t } from './texts.js';
import { Refused } from './rvp.js';
import { send, sendAgain, sendTyping, excess } from './conversation.js';

/** @typedef {import('./store.js').Message} Message */
/** @typedef {import('./store.js').Chat} Chat */
/** @typedef {HTMLElement & { who?: HTMLElement, status?: HTMLElement }} Row only messages have a sender and a status */

// A bubble shows this many characters first; the rest on demand.
const SHORT = 4000;
// In pixels: who is nearer to the end is there.
const NEAR_END = 60;
// The Enter with which an input method ends a word, in browsers that do not call it composing.
const COMPOSED = 229;

export class ChatView {
  /** @type {Chat | null} */
  chat = null;

  isAtEnd = true;
  missed = 0;

  /**
   * @param {import('./store.js').Store} store
   * @param {import('./rvp.js').Rvp} rvp
   * @param {import('./main.js').App} app what the buttons do
   */
  constructor(store, rvp, app) {
    this.store = store;
    this.rvp = rvp;
    this.app = app;
    this.face = face();
    this.title = el('bdi', {});
    this.subtitle = el('span', { class: 'quiet' });
    const refused = () => 'The server did not take the change.';
    /**
     * @param {string} label
     * @param {(chat: Chat) => unknown} action
     * @param {(error: unknown) => string} explain
     * @param {import('./dom.js').Attributes} attributes
     */
    const button = (label, action, explain = refused, attributes = {}) =>
      el('button', { type: 'button', onclick: () => this.#do(action, explain), ...attributes }, label);
    this.star = button('', chat => app.markContact(chat.members[0], { isFavourite: !store.person(chat.members[0]).isFavourite }));
    this.group = button(t('Group…'), chat => app.chooseGroup(chat.members[0]));
    this.block = button('Block', chat => this.#toggleBlock(chat));
    this.blockDomain = button('', chat => this.#toggleBlockDomain(chat));
    this.remove = button('Remove from contacts', chat => app.removeContact(chat.members[0]), () => 'The contact cannot be removed at the moment.');
    this.leave = button('', chat => app.leave(chat));
    const link = { class: 'link' };
    this.strangers = el('span', {});
    this.add = button('Add to contacts', chat => app.keepContact(chat.members[0]),
      error => (error instanceof Refused ? error.message : 'The server cannot be reached.'), link);
    this.refuse = button('Block', async chat => { await app.setRule(chat.members[0], 'block'); app.ignore(chat); }, refused, link);
    this.ignore = button('Ignore', chat => app.ignore(chat), refused, link);
    this.stranger = el('p', { class: 'stranger', hidden: true }, this.strangers, this.add, this.refuse, this.ignore);
    this.log = el('div', { class: 'log', role: 'log', tabindex: '0', onscroll: () => this.#onScroll() });
    this.below = el('button', { type: 'button', class: 'below primary', hidden: true, onclick: () => this.#toEnd() });
    this.typing = el('p', { class: 'typing', 'aria-live': 'polite' });
    this.box = el('textarea', {
      id: 'box', rows: '2', 'aria-label': 'Message', placeholder: 'Write a message',
      oninput: () => this.#onInput(), onkeydown: event => this.#onKey(event), onpaste: event => this.#onPaste(event),
    });
    /** @type {HTMLElement} */
    this.error = el('p', { class: 'error', role: 'alert' });
    this.drafts = new Drafts(store.me.url);
    this.element = el('div', { class: 'chat', hidden: true },
      el('header', { class: 'chat-head' },
        el('button', { type: 'button', class: 'icon back', 'aria-label': 'Back to contacts', onclick: () => app.closeChat() }, '‹'),
        this.face.element,
        el('div', { class: 'chat-name' }, el('h2', {}, this.title), this.subtitle),
        el('div', { class: 'chat-actions' },
          el('button', { type: 'button', class: 'close', onclick: () => app.closeChat() }, 'Close'),
          menu('More', '⋯', button('Add people…', chat => app.invite(chat)), this.star, this.group, this.block, this.blockDomain, this.remove, this.leave))),
      this.stranger, this.log, el('div', { class: 'to-end' }, this.below), this.typing, this.error,
      el('form', { class: 'composer', onsubmit: event => { event.preventDefault(); this.#send(); } },
        this.box, el('button', { type: 'submit', class: 'primary' }, 'Send')));
  }

  /**
   * Shows a conversation, or none. Text that is being written stays with its conversation.
   * @param {Chat | null} chat
   */
  show(chat) {
    this.chat = chat;
    this.element.hidden = !chat;
    this.log.replaceChildren();
    this.#miss(0);
    this.error.textContent = '';
    if (!chat) return;
    this.box.value = this.drafts.of(chat.id);
    this.#resize();
    this.isAtEnd = true;
    this.update();
  }

  update() {
    const { chat, store } = this;
    if (!chat) return;
    const people = chat.members.map(url => store.person(url));
    const names = nameOf(store, chat);
    setText(this.title, names);
    const [person] = people;
    this.face.show(names, chat.isGroup ? chat.id : person.address, chat.isGroup ? 'group' : person.state, chat.isGroup || person.domain ? '' : person.url);
    if (chat.isGroup) setText(this.subtitle, `${people.length + 1} people`);
    else setText(this.subtitle, [
      (person.isContact || person.isMe) && nameOfState(person.state),
      person.note,
      person.name !== person.address && person.address,
      person.says && `says: ${person.says}`,
    ].filter(Boolean).join(' · '));
    const isAsking = isRequest(store, chat);
    this.block.hidden = chat.isGroup || person.isMe || isAsking;
    setText(this.block, person?.isBlocked ? 'Unblock' : 'Block');
    this.blockDomain.hidden = chat.isGroup || !person.domain;
    if (person?.domain) setText(this.blockDomain, person.blockedDomain ? `Unblock everyone at ${person.blockedDomain}` : `Block everyone at ${person.domain}`);
    for (const item of [this.star, this.group, this.remove]) item.hidden = chat.isGroup || !person.isContact;
    setText(this.star, person?.isFavourite ? t('Remove from favourites') : t('Add to favourites'));
    setText(this.leave, chat.isGroup ? 'Leave the conversation…' : 'Delete the conversation…');
    this.stranger.hidden = chat.isGroup ? !isAsking : person.isContact || person.isMe;
    setText(this.strangers, chat.isGroup ? 'Nobody here is on your contact list.' : 'Not on your contact list.');
    this.add.hidden = chat.isGroup;
    this.refuse.hidden = chat.isGroup || !isAsking;
    this.ignore.hidden = !isAsking;
    this.log.setAttribute('aria-label', `Conversation with ${names}`);
    const typing = Object.keys(chat.typing).map(key => store.person(chat.members.find(url => keyOf(url) === key) ?? key).name);
    setText(this.typing, typing.length ? `${typing.join(', ')} ${typing.length > 1 ? 'are' : 'is'} typing…` : '');
    this.#fillLog(chat);
  }

  focus() {
    this.box.focus();
  }

  /**
   * Runs an action on the conversation that is shown, and shows an error if it fails.
   * @param {(chat: Chat) => unknown} action
   * @param {(error: unknown) => string} explain
   */
  async #do(action, explain) {
    if (!this.chat) return;
    try {
      await action(this.chat);
    } catch (error) {
      this.error.textContent = explain(error);
    }
  }

  /** @param {Chat} chat */
  #fillLog(chat) {
    const { log } = this;
    const last = /** @type {HTMLElement | null} */ (log.lastElementChild)?.dataset.key;
    const wasAtEnd = this.isAtEnd;
    const line = wasAtEnd ? null : this.#firstInSight();
    const before = line?.offsetTop ?? 0;
    sync(log, linesOf(chat.messages), item => item.key, item => this.#create(item), (row, item) => this.#update(row, item));
    const added = chat.messages.slice(chat.messages.findIndex(message => message.id === last) + 1);
    if (wasAtEnd || (last && added.some(message => message.type === 'text' && !message.from))) this.#toEnd();
    else {
      // What is being read stays where it is, also when the oldest lines go.
      if (line?.isConnected) log.scrollTop += line.offsetTop - before;
      if (last) this.#miss(this.missed + added.filter(message => message.from).length);
    }
  }

  #firstInSight() {
    const { log } = this;
    return /** @type {HTMLElement[]} */ ([...log.children]).find(row => row.offsetTop + row.offsetHeight > log.offsetTop + log.scrollTop);
  }

  #onScroll() {
    const { log } = this;
    this.isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    if (this.isAtEnd) this.#miss(0);
  }

  #toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.isAtEnd = true;
    this.#miss(0);
  }

  /** @param {number} count of messages that came further down than what is in sight */
  #miss(count) {
    this.missed = count;
    this.below.hidden = !count;
    setText(this.below, `${count} new ${count === 1 ? 'message' : 'messages'} ↓`);
  }

  /**
   * @param {import('./lines.js').Line} line
   * @returns {Row}
   */
  #create({ message, ...line }) {
    if (!message) return el('div', { class: 'day' }, 'day' in line ? line.day : '');
    if (message.type === 'note') return el('div', { class: 'note' }, bdi(message.text));
    const text = el('div', { class: 'text', dir: 'auto' });
    fill(text, message.text);
    const status = el('span', { class: 'status' });
    const who = bdi('');
    return Object.assign(el('div', { class: message.from ? 'theirs' : 'mine', title: fullTimeOf(message.at) },
      el('span', { class: 'who' }, who, ' ', el('time', { datetime: new Date(message.at).toISOString() }, clockOf(message.at))),
      text, status), { who, status });
  }

  /**
   * @param {Row} row
   * @param {import('./lines.js').Line} line
   */
  #update(row, line) {
    const { message } = line;
    if (!message) setText(row, line.day);
    if (!message || !row.who || !row.status) return;
    setText(row.who, message.from ? this.store.person(message.from).name : 'You');
    row.classList.toggle('continued', line.isContinued);
    if (row.dataset.status === message.status) return;
    row.dataset.status = message.status;
    const again = () => this.chat && sendAgain(this.store, this.rvp, this.chat, message);
    switch (message.status) {
      case 'failed':
        row.status.replaceChildren(`Not delivered. ${message.why ?? ''} `, el('button', { type: 'button', class: 'link', onclick: again }, 'Send again'));
        break;
      case 'waiting':
        row.status.replaceChildren('Waits until ', bdi(message.why ?? ''), ' is there');
        break;
      default:
        row.status.replaceChildren(message.status === 'sending' ? 'Sending…' : '');
    }
  }

  #send() {
    const { chat } = this;
    const text = this.box.value.trimEnd();
    if (!chat || !text.trim() || this.#isTooLong(chat, text)) return;
    this.box.value = '';
    this.drafts.keep(chat.id, '');
    chat.typedAt = 0;
    this.#resize();
    this.isAtEnd = true;
    send(this.store, this.rvp, chat, text);
    this.focus();
  }

  /**
   * @param {Chat} chat
   * @param {string} text
   */
  #isTooLong(chat, text) {
    const over = excess(this.store, chat, text);
    this.error.textContent = over > 0
      ? `This is too long to be sent: the server takes ${Math.floor(this.store.server.maxBodyBytes / 1024)} KB in one message, `
        + `and this is ${Math.ceil(over / 1024)} KB too much.`
      : '';
    return over > 0;
  }

  #onInput() {
    this.#resize();
    if (!this.chat) return;
    this.drafts.keep(this.chat.id, this.box.value);
    if (this.error.textContent) this.#isTooLong(this.chat, this.box.value);
    if (this.box.value.trim()) sendTyping(this.store, this.rvp, this.chat);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === COMPOSED) return;
    event.preventDefault();
    this.#send();
  }

  /** @param {ClipboardEvent} event */
  #onPaste(event) {
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    const { value, selectionStart, selectionEnd } = this.box;
    // Refused as a whole: half a text would be worse, and a megabyte in the box makes typing slow.
    const text = value.slice(0, selectionStart) + pasted + value.slice(selectionEnd);
    if (this.chat && pasted.length > 10_000 && this.#isTooLong(this.chat, text)) event.preventDefault();
  }

  #resize() {
    this.box.rows = Math.min(8, Math.max(2, this.box.value.split('\n', 9).length));
  }

  /** @param {Chat} chat */
  async #toggleBlock(chat) {
    const person = this.store.person(chat.members[0]);
    await this.app.setRule(person.url, person.isBlocked ? 'default' : 'block');
  }

  /** @param {Chat} chat */
  async #toggleBlockDomain(chat) {
    const { domain, blockedDomain } = this.store.person(chat.members[0]);
    await this.app.setRule(blockedDomain || domain, blockedDomain ? 'default' : 'block');
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
function fill(element, text) {
  if (text.length <= SHORT) {
    element.replaceChildren(...withLinks(text));
    return;
  }
  const more = el('button', { type: 'button', class: 'link', onclick: () => element.replaceChildren(...withLinks(text)) },
    `Show all ${text.length.toLocaleString()} characters`);
  element.replaceChildren(text.slice(0, SHORT), '… ', more);
}

/** @param {string} text */
function withLinks(text) {
  // What is clicked is what is read: the link in its own letters, and in its own direction.
  return partsOf(text).map(({ text: plain, href }) =>
    (href ? el('a', { href, dir: 'ltr', target: '_blank', rel: 'noopener noreferrer' }, href) : plain));
}

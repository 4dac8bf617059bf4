// @ts-check
// The right side: one conversation.

import { el, bdi, menu, setText, sync, presenceIcon, setPresence, nameOfState } from './dom.js';
import { keyOf } from './address.js';
import { partsOf } from './links.js';
import { Refused } from './rvp.js';
import { send, sendAgain, sendTyping, excess } from './conversation.js';

/** @typedef {import('./store.js').Message} Message */
/** @typedef {import('./store.js').Chat} Chat */
/** @typedef {HTMLElement & { status?: HTMLElement }} Row notes have no status */

// A bubble shows this many characters first; the rest on demand.
const SHORT = 4000;
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

export class ChatView {
  /** @type {Chat | null} */
  chat = null;

  isAtEnd = true;

  /**
   * @param {import('./store.js').Store} store
   * @param {import('./rvp.js').Rvp} rvp
   * @param {import('./main.js').App} app what the buttons do
   */
  constructor(store, rvp, app) {
    this.store = store;
    this.rvp = rvp;
    this.app = app;
    this.icon = presenceIcon('offline');
    this.title = el('bdi', {});
    this.subtitle = el('span', { class: 'quiet' });
    this.block = el('button', {
      type: 'button',
      onclick: () => this.#do(chat => this.#toggleBlock(chat), () => 'The server did not take the change.'),
    }, 'Block');
    this.blockDomain = el('button', {
      type: 'button',
      onclick: () => this.#do(chat => this.#toggleBlockDomain(chat), () => 'The server did not take the change.'),
    });
    this.more = menu('More', '⋯', this.blockDomain);
    this.remove = el('button', {
      type: 'button', 'aria-label': 'Remove from contacts',
      onclick: () => this.#do(chat => app.removeContact(chat.members[0]), () => 'The contact cannot be removed at the moment.'),
    }, 'Remove');
    this.stranger = el('p', { class: 'stranger', hidden: true }, 'Not on your contact list. ',
      el('button', {
        type: 'button', class: 'link',
        onclick: () => this.#do(chat => app.keepContact(chat.members[0]),
          error => (error instanceof Refused ? error.message : 'The server cannot be reached.')),
      }, 'Add to contacts'));
    this.log = el('div', { class: 'log', role: 'log', tabindex: '0' });
    this.typing = el('p', { class: 'typing', 'aria-live': 'polite' });
    this.box = el('textarea', {
      id: 'box', rows: '2', 'aria-label': 'Message', placeholder: 'Write a message',
      oninput: () => this.#onInput(), onkeydown: event => this.#onKey(event), onpaste: event => this.#onPaste(event),
    });
    /** @type {HTMLElement} */
    this.error = el('p', { class: 'error', role: 'alert' });
    /** @type {Map<string, string>} */
    this.drafts = new Map();
    this.element = el('div', { class: 'chat', hidden: true },
      el('header', { class: 'chat-head' },
        el('button', { type: 'button', class: 'icon back', 'aria-label': 'Back to contacts', onclick: () => app.closeChat() }, '‹'),
        this.icon,
        el('div', { class: 'chat-name' }, el('h2', {}, this.title), this.subtitle),
        el('div', { class: 'chat-actions' },
          el('button', { type: 'button', onclick: () => this.chat && app.invite(this.chat) }, 'Add people'),
          this.block, this.remove,
          el('button', { type: 'button', onclick: () => this.chat && app.leave(this.chat) }, 'Close'),
          this.more)),
      this.stranger, this.log, this.typing, this.error,
      el('form', { class: 'composer', onsubmit: event => { event.preventDefault(); this.#send(); } },
        this.box, el('button', { type: 'submit', class: 'primary' }, 'Send')));
    this.welcome = el('div', { class: 'welcome' }, el('p', { class: 'quiet' }, 'Choose somebody from your list to begin a conversation.'));
  }

  /**
   * Shows a conversation, or none. Text that is being written stays with its conversation.
   * @param {Chat | null} chat
   */
  show(chat) {
    if (this.chat && this.box.value) this.drafts.set(this.chat.id, this.box.value);
    else if (this.chat) this.drafts.delete(this.chat.id);
    this.chat = chat;
    this.element.hidden = !chat;
    this.welcome.hidden = Boolean(chat);
    this.log.replaceChildren();
    this.error.textContent = '';
    if (!chat) return;
    this.box.value = this.drafts.get(chat.id) ?? '';
    this.isAtEnd = true;
    this.update();
  }

  update() {
    const { chat, store } = this;
    if (!chat) return;
    const people = chat.members.map(url => store.person(url));
    const names = people.map(person => person.name).join(', ') || 'Nobody else';
    setText(this.title, names);
    const [person] = people;
    setPresence(this.icon, chat.isGroup ? 'group' : person.state);
    if (chat.isGroup) setText(this.subtitle, `${people.length + 1} people`);
    else setText(this.subtitle, [
      (person.isContact || person.isMe) && nameOfState(person.state),
      person.name !== person.address && person.address,
      person.says && `says: ${person.says}`,
    ].filter(Boolean).join(' · '));
    this.block.hidden = chat.isGroup || person.isMe;
    setText(this.block, person?.isBlocked ? 'Unblock' : 'Block');
    this.more.hidden = chat.isGroup || !person.domain;
    if (person?.domain) setText(this.blockDomain, person.blockedDomain ? `Unblock everyone at ${person.blockedDomain}` : `Block everyone at ${person.domain}`);
    this.remove.hidden = chat.isGroup || !person.isContact;
    this.stranger.hidden = chat.isGroup || person.isContact || person.isMe;
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
    const wasAtEnd = this.isAtEnd || log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    this.isAtEnd = false;
    const count = log.childElementCount;
    sync(log, chat.messages, message => message.id, message => this.#create(message), (item, message) => this.#update(item, message));
    if (wasAtEnd || (log.childElementCount > count && chat.messages.at(-1)?.from === '')) log.scrollTop = log.scrollHeight;
  }

  /**
   * @param {Message} message
   * @returns {Row}
   */
  #create(message) {
    if (message.type === 'note') return el('div', { class: 'note' }, bdi(message.text));
    const text = el('div', { class: 'text', dir: 'auto' });
    fill(text, message.text);
    const status = el('span', { class: 'status' });
    return Object.assign(el('div', { class: message.from ? 'theirs' : 'mine' },
      el('span', { class: 'who' },
        bdi(message.from ? this.store.person(message.from).name : 'You'), ' ',
        el('time', { datetime: new Date(message.at).toISOString() }, timeOf(message.at))),
      text, status), { status });
  }

  /**
   * @param {Row} item
   * @param {Message} message
   */
  #update(item, message) {
    if (!item.status || item.dataset.status === message.status) return;
    item.dataset.status = message.status;
    if (message.status === 'failed') {
      const again = () => this.chat && sendAgain(this.store, this.rvp, this.chat, message);
      item.status.replaceChildren(`Not delivered. ${message.why ?? ''} `,
        el('button', { type: 'button', class: 'link', onclick: again }, 'Send again'));
    } else {
      item.status.replaceChildren(message.status === 'sending' ? 'Sending…' : '');
    }
  }

  #send() {
    const { chat } = this;
    const text = this.box.value.trimEnd();
    if (!chat || !text.trim() || this.#isTooLong(chat, text)) return;
    this.box.value = '';
    this.drafts.delete(chat.id);
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
    if (this.error.textContent) this.#isTooLong(this.chat, this.box.value);
    if (this.box.value.trim()) sendTyping(this.store, this.rvp, this.chat);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
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

/** @param {number} at */
function timeOf(at) {
  const date = new Date(at);
  return (date.toDateString() === new Date().toDateString() ? TIME : DAY).format(date);
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

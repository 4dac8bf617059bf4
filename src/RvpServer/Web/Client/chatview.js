// The right side: one conversation.

import { el, bdi, setText, sync, presenceIcon, setPresence, nameOfState } from './dom.js';
import { keyOf } from './address.js';
import { send, sendAgain, sendTyping, excess } from './conversation.js';

// A bubble shows so much at once; the rest on demand.
const SHORT = 4000;
const LINK = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]}]/g;
const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

export class ChatView {
  constructor(store, rvp, app) {
    Object.assign(this, { store, rvp, app });
    this.icon = presenceIcon('offline');
    this.title = el('bdi', {});
    this.subtitle = el('span', { class: 'quiet' });
    this.block = el('button', { type: 'button', onclick: () => this.#toggleBlock() }, 'Block');
    this.remove = el('button', { type: 'button', 'aria-label': 'Remove from contacts', onclick: () => app.removeContact(this.chat.members[0]).catch(() => { this.error.textContent = 'The contact cannot be removed at the moment.'; }) }, 'Remove');
    this.stranger = el('p', { class: 'stranger', hidden: true }, 'Not on your contact list. ',
      el('button', { type: 'button', class: 'link', onclick: () => app.keepContact(this.chat.members[0]).catch(error => { this.error.textContent = error.status ? error.message : 'The server cannot be reached.'; }) }, 'Add to contacts'));
    this.log = el('div', { class: 'log', role: 'log', tabindex: '0' });
    this.typing = el('p', { class: 'typing', 'aria-live': 'polite' });
    this.box = el('textarea', { id: 'box', rows: '2', 'aria-label': 'Message', placeholder: 'Write a message', oninput: () => this.#onInput(), onkeydown: event => this.#onKey(event), onpaste: event => this.#onPaste(event) });
    this.error = el('p', { class: 'error', role: 'alert' });
    this.drafts = new Map();
    this.element = el('div', { class: 'chat', hidden: true },
      el('header', { class: 'chat-head' },
        el('button', { type: 'button', class: 'icon back', 'aria-label': 'Back to contacts', onclick: () => app.closeChat() }, '‹'),
        this.icon,
        el('div', { class: 'chat-name' }, el('h2', {}, this.title), this.subtitle),
        el('div', { class: 'chat-actions' },
          el('button', { type: 'button', onclick: () => app.invite(this.chat) }, 'Add people'),
          this.block, this.remove,
          el('button', { type: 'button', onclick: () => app.leave(this.chat) }, 'Close'))),
      this.stranger, this.log, this.typing, this.error,
      el('form', { class: 'composer', onsubmit: event => { event.preventDefault(); this.#send(); } },
        this.box, el('button', { type: 'submit', class: 'primary' }, 'Send')));
    this.welcome = el('div', { class: 'welcome' }, el('p', { class: 'quiet' }, 'Choose somebody from your list to begin a conversation.'));
  }

  /** Shows a conversation, or none. What was being written stays with its conversation. */
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
    setText(this.subtitle, chat.isGroup ? `${people.length + 1} people` : person.isContact || person.isMe ? `${nameOfState(person.state)} · ${person.address}` : person.address);
    this.block.hidden = chat.isGroup || Boolean(person.isMe);
    setText(this.block, person?.isBlocked ? 'Unblock' : 'Block');
    this.remove.hidden = chat.isGroup || !person.isContact;
    this.stranger.hidden = chat.isGroup || person.isContact || Boolean(person.isMe);
    this.log.setAttribute('aria-label', `Conversation with ${names}`);
    const typing = Object.keys(chat.typing).map(key => store.person(chat.members.find(url => keyOf(url) === key) ?? key).name);
    setText(this.typing, typing.length ? `${typing.join(', ')} ${typing.length > 1 ? 'are' : 'is'} typing…` : '');
    this.#fillLog();
  }

  focus() {
    this.box.focus();
  }

  #fillLog() {
    const { log } = this;
    const wasAtEnd = this.isAtEnd || log.scrollHeight - log.scrollTop - log.clientHeight < 60;
    this.isAtEnd = false;
    const count = log.childElementCount;
    sync(log, this.chat.messages, message => message.id, message => this.#create(message), (item, message) => this.#update(item, message));
    if (wasAtEnd || (log.childElementCount > count && this.chat.messages.at(-1)?.from === '')) log.scrollTop = log.scrollHeight;
  }

  #create(message) {
    if (message.type === 'note') return el('div', { class: 'note' }, bdi(message.text));
    const text = el('div', { class: 'text', dir: 'auto' });
    fill(text, message.text);
    const status = el('span', { class: 'status' });
    const item = el('div', { class: message.from ? 'theirs' : 'mine' },
      el('span', { class: 'who' }, bdi(message.from ? this.store.person(message.from).name : 'You'), ' ', el('time', { datetime: new Date(message.at).toISOString() }, timeOf(message.at))),
      text, status);
    item.status = status;
    return item;
  }

  #update(item, message) {
    if (!item.status || item.dataset.status === message.status) return;
    item.dataset.status = message.status;
    if (message.status === 'failed') {
      item.status.replaceChildren(`Not delivered. ${message.why ?? ''} `, el('button', { type: 'button', class: 'link', onclick: () => sendAgain(this.store, this.rvp, this.chat, message) }, 'Send again'));
    } else {
      item.status.replaceChildren(message.status === 'sending' ? 'Sending…' : '');
    }
  }

  #send() {
    const text = this.box.value.trimEnd();
    if (!text.trim() || this.#isTooLong(text)) return;
    this.box.value = '';
    this.drafts.delete(this.chat.id);
    this.chat.typedAt = 0;
    this.#resize();
    this.isAtEnd = true;
    send(this.store, this.rvp, this.chat, text);
    this.focus();
  }

  #isTooLong(text) {
    const over = excess(this.store, this.chat, text);
    this.error.textContent = over > 0
      ? `This is too long to be sent: the server takes ${Math.floor(this.store.server.maxBodyBytes / 1024)} KB in one message, and this is ${Math.ceil(over / 1024)} KB too much.` : '';
    return over > 0;
  }

  #onInput() {
    this.#resize();
    if (this.error.textContent) this.#isTooLong(this.box.value);
    if (this.box.value.trim()) sendTyping(this.store, this.rvp, this.chat);
  }

  #onKey(event) {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.#send();
  }

  #onPaste(event) {
    const pasted = event.clipboardData?.getData('text/plain') ?? '';
    const { value, selectionStart, selectionEnd } = this.box;
    // Refused as a whole: half a text would be worse, and a megabyte in the box makes typing slow.
    if (pasted.length > 10_000 && this.#isTooLong(value.slice(0, selectionStart) + pasted + value.slice(selectionEnd))) event.preventDefault();
  }

  #resize() {
    this.box.rows = Math.min(8, Math.max(2, this.box.value.split('\n', 9).length));
  }

  async #toggleBlock() {
    const person = this.store.person(this.chat.members[0]);
    await this.app.setRule(person.url, person.isBlocked ? 'default' : 'block').catch(() => { this.error.textContent = 'The server did not take the change.'; });
  }
}

function timeOf(at) {
  const date = new Date(at);
  return (date.toDateString() === new Date().toDateString() ? TIME : DAY).format(date);
}

function fill(element, text) {
  if (text.length <= SHORT) {
    element.replaceChildren(...withLinks(text));
    return;
  }
  const more = el('button', { type: 'button', class: 'link', onclick: () => element.replaceChildren(...withLinks(text)) },
    `Show all ${text.length.toLocaleString()} characters`);
  element.replaceChildren(text.slice(0, SHORT), '… ', more);
}

function withLinks(text) {
  const parts = [];
  let end = 0;
  for (const match of text.length > 50_000 ? [] : text.matchAll(LINK)) {
    parts.push(text.slice(end, match.index), el('a', { href: match[0], target: '_blank', rel: 'noopener noreferrer' }, match[0]));
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}

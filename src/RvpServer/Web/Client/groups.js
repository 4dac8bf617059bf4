// @ts-check
// What is done to a conversation of several: it gets a name, and people.

import { MAX_MEMBERS } from './changes.js';
import { addedBy, isMember, namedBy, note } from './conversation.js';
import { openGroup } from './opening.js';
import { draft, send } from './sending.js';
import { t } from './texts.js';

/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./types.js').Chat} Chat */
/** @typedef {import('./types.js').Message} Message */

/**
 * @param {Store} store
 * @param {Chat} chat
 * @param {string} name empty for none
 */
export function nameGroup(store, chat, name) {
  if (name === (chat.name ?? '')) return;
  store.emit({ kind: 'named', chat: chat.id, name });
  send(store, chat, draft(store, chat, namedBy('', name), { type: 'note', deed: 'named', said: namedBy(store.me.displayName, name) }));
}

/**
 * A group goes on with more people; with somebody more, a conversation of two goes on as a new one with several. Gives its id.
 * @param {Store} store
 * @param {Chat} chat
 * @param {string[]} urls
 * @param {string} [transcript] what they are told of what was said before
 */
export function addPeople(store, chat, urls, transcript) {
  const group = chat.isGroup ? chat : store.chats[openGroup(store, chat.members)];
  const room = Math.max(0, MAX_MEMBERS - group.members.length);
  const added = urls.filter(url => !isMember(group, url)).slice(0, room);
  if (!added.length) return group.id;
  const names = added.map(url => store.person(url).name).join(', ');
  store.emit({ kind: 'chat', id: group.id, isGroup: true, session: '', members: added });
  send(store, group, draft(store, group, addedBy('', names), { type: 'note', deed: 'added', said: addedBy(store.me.displayName, names) }));
  if (group !== chat) note(store, chat.id, t('You went on in a conversation of several, with {0}.', names));
  if (transcript) {
    const said = t('{0} told somebody who came later what was said before.', store.me.displayName);
    send(store, group, draft(store, group, t('You told somebody who came later what was said before.'), { type: 'note', deed: 'told', said }));
    send(store, group, draft(store, group, t('What was said before went to {0}.', names), { type: 'note', to: added, said: transcript }));
  }
  return group.id;
}

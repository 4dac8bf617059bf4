// @ts-check
// What the browser knows, in types. Nothing of this is loaded by a page.

/** @typedef {import('./rvp.js').Contact} Contact */
/**
 * By keys; everyone is the rule for all others.
 * @typedef {{ everyone: boolean, rules: Record<string, import('./rvp.js').Rule>, urls: Record<string, string> }} Access
 */
/** @typedef {import('./rvp.js').Seen & { isMissing?: boolean, said?: string }} Known said: the name that they gave themselves */
/** @typedef {{ chosen: string, shown: string, isIdle: boolean }} Own */
/** @typedef {{ state: 'connecting' | 'online' | 'offline', retryAt?: number, why?: 'network' | 'server' | 'busy' }} ConnectionState */
/**
 * Address: of the URL, and sure. Says: what they call themselves where it is not shown as their name, which may be a lie. Domain: empty for our own people.
 * BlockedDomain: the one that is blocked as a whole with them in it. State: unknown of people whom we do not watch, and of all while the server is away;
 * isThere is what was last known.
 * @typedef {{
 *   url: string, name: string, address: string, says: string, domain: string, state: string, isThere: boolean, isMe: boolean, isContact: boolean,
 *   isBlocked: boolean, blockedDomain: string, isMissing: boolean, note: string, isFavourite: boolean, group: string
 * }} Person
 */
/** @typedef {'sending' | 'sent' | 'waiting' | 'failed'} Status waiting: the server keeps it until the other is there */
/**
 * From is empty for our own messages. Mid: its Message-Id. Of our own ones, to: the recipients; left: those to whom it has still to go; refused: those for
 * whom it was refused; why: it was, or is late; waiting: those for whom the server keeps it. Reply: to what. Edits: how often its author has changed it. Deed: a note that the
 * others get as well. Said: what they get instead of the text. IsKept: seen in what the
 * server keeps. IsPast: only there so far.
 * @typedef {{
 *   id: string, type: 'text' | 'note', from: string, text: string, at: number, status: Status, mid?: string, to?: string[], left?: string[],
 *   refused?: string[], why?: string, waiting?: string[], reply?: Reply, edits?: number, deed?: Deed, said?: string, isKept?: boolean, isPast?: boolean
 * }} Message
 */
/** @typedef {{ mid: string, text: string }} Reply text: what was quoted */
/** @typedef {'named' | 'added' | 'told'} Deed what was done to a conversation: it got a name, or people, or one of them what was said before */
/**
 * Name: given to a group. Known: everybody who was ever in it, by whom it is called without one. HasAnswered: we have written. IsIgnored: a request that is
 * not to be seen. IsMuted: it makes no noise. Older: what the server has kept from before, as far as it was read, which is from the entry earliest on, and all if
 * it is complete; it is not stored. Corrections: of what was not read yet, by signs. Revision: grows with every change of what is said; not stored.
 * @typedef {{
 *   id: string, isGroup: boolean, session: string, members: string[], messages: Message[], unread: number, typing: Record<string, number>,
 *   name?: string, known?: string[], typedAt?: number, hasAnswered?: boolean, isIgnored?: boolean, isMuted?: boolean,
 *   older?: Message[], earliest?: number, isComplete?: boolean, corrections?: Record<string, Correction>, revision?: number
 * }} Chat
 */
/** @typedef {{ mid: string, from: string, text: string, at: number }} Correction */
/** @typedef {{ url: string, id: number, until: number }} Watched */
/**
 * History: up to which entry of the server's it is known.
 * @typedef {{ signIn: number, cursor: string, view: number, watches: Record<string, Watched>, history?: number }} Link
 */
/** @typedef {{ kind: 'snapshot', people: Record<string, Known>, own: Own, connection: ConnectionState, contacts: Contact[], access: Access }} Snapshot */
/** @typedef {{ kind: 'message', chat: string, message: Message, isNews: boolean, isPast?: boolean }} MessageCame */
/**
 * @typedef {Snapshot | MessageCame
 *   | { kind: 'connection' } & ConnectionState
 *   | { kind: 'own', own: Partial<Own> }
 *   | { kind: 'contacts', contacts: Contact[] }
 *   | { kind: 'person', url: string, person: Known }
 *   | { kind: 'access', access: Access }
 *   | { kind: 'chat', id: string, isGroup: boolean, session: string, members: string[] }
 *   | { kind: 'delivery', chat: string, id: string, to: string, outcome: 'sent' | 'waiting' | 'refused' | 'late', why?: string }
 *   | { kind: 'again', chat: string, id: string }
 *   | { kind: 'edited', chat: string, left?: string[] } & Correction
 *   | { kind: 'named', chat: string, name: string }
 *   | { kind: 'older', chat: string, messages: Message[], corrections: Correction[], earliest: number, isComplete: boolean }
 *   | { kind: 'unread', chat: string, unread: number }
 *   | { kind: 'muted', chat: string, isMuted: boolean }
 *   | { kind: 'typing' | 'left', chat: string, from: string }
 *   | { kind: 'read' | 'ignored' | 'closed', chat: string }} StoreEvent
 */

export {};

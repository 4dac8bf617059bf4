// @ts-check
// Messages as they are sent: a notification around a MIME message.

import { DAV, RVP, NAMES, PROLOG, find, children, textOf, escape, cdata } from './xml.js';

const FORMAT = 'X-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0';

// A GUID with its braces has 38 characters.
const MAX_SESSION = 100;
const ID = /^[!-~]{1,200}$/;
const MAX_NAME = 200;

/** @typedef {{ url: string, name: string }} Party */
/** @typedef {'text' | 'typing' | 'opening' | 'invitation' | 'leave' | 'unknown'} Kind */
/** @typedef {import('./types.js').Deed} Deed */
/**
 * At: when it was sent, if it says so. Id: of the message. Answers, replaces: the id of another. Deed: the text only says in words what was done; name: how
 * the conversation is called from then on.
 * @typedef {{ at?: number, id?: string, answers?: string, replaces?: string, deed?: Deed, name?: string }} About
 */
/** @typedef {{ from: Party, to: Party[], kind: Kind, session: string, text: string } & About} Travelling */

/** @type {Record<string, Deed>} */
const DEEDS = { named: 'named', added: 'added', told: 'told' };

/**
 * @param {'text' | 'typing' | 'leave'} kind
 * @param {Party & { address: string }} from
 * @param {Party[]} to
 * @param {string} session
 * @param {string} text
 * @param {About} about
 */
export function compose(kind, from, to, session, text = '', about = {}) {
  /** @param {Party} person */
  const contact = person => `<r:contact><d:href>${escape(person.url)}</d:href><r:description>${escape(person.name)}</r:description></r:contact>`;
  const head = {
    text: ['Content-Type: text/plain; charset=UTF-8', FORMAT],
    typing: ['Content-Type: text/x-msmsgscontrol; charset=UTF-8', `TypingUser: ${from.address}`],
    leave: ['Content-Type: text/x-imleave; charset=UTF-8'],
  }[kind];
  const mime = ['MIME-Version: 1.0', ...head, `Session-Id: ${session}`, ...headsOf(about), '', text].join('\r\n');
  return `${PROLOG}<r:notification ${NAMES}><r:message><r:notification-from>${contact(from)}</r:notification-from>`
    + `<r:notification-to>${to.map(contact).join('')}</r:notification-to>`
    + `<r:msgbody><r:mime-data>${cdata(mime)}</r:mime-data></r:msgbody></r:message></r:notification>`;
}

/** @param {About} about */
function headsOf({ at, id, answers, replaces, deed, name }) {
  const heads = {
    Date: at && new Date(at).toUTCString(), 'Message-Id': id, 'In-Reply-To': answers, 'X-Rvp-Replaces': replaces, 'X-Rvp-Deed': deed,
    'X-Rvp-Name': name && encodeURIComponent(name.replace(/[\ud800-\udfff]/gu, '')),
  };
  return Object.entries(heads).filter(([, value]) => value).map(([head, value]) => `${head}: ${value}`);
}

/** @param {Map<string, string>} head */
function aboutIn(head) {
  const idIn = (/** @type {string} */ name) => ID.exec(head.get(name) ?? '')?.[0];
  /** @type {Record<string, unknown>} */
  const all = {
    at: Date.parse(head.get('date') ?? '') || undefined, id: idIn('message-id'), answers: idIn('in-reply-to'), replaces: idIn('x-rvp-replaces'),
    deed: Object.hasOwn(DEEDS, head.get('x-rvp-deed') ?? '') ? head.get('x-rvp-deed') : undefined, name: nameIn(head.get('x-rvp-name')),
  };
  return /** @type {About} */ (Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));
}

/** @param {string | undefined} written */
function nameIn(written) {
  try {
    return written === undefined ? undefined : decodeURIComponent(written.slice(0, 9 * MAX_NAME)).slice(0, MAX_NAME);
  } catch {
    return undefined;
  }
}

/**
 * In bytes.
 * @param {string} document
 */
export function sizeOf(document) {
  return new TextEncoder().encode(document).length;
}

/**
 * The content of a notification; null if it is not a message.
 * @param {Element} notification
 * @returns {Travelling | null}
 */
export function read(notification) {
  const message = find(notification, [RVP, 'message']);
  const from = peopleIn(message, 'notification-from')[0];
  if (!from) return null;
  const mime = find(message, [RVP, 'msgbody'], [RVP, 'mime-data'])?.textContent ?? '';
  return { from, to: peopleIn(message, 'notification-to'), ...readMime(mime) };
}

/**
 * The content of the MIME message.
 * @param {string} mime
 * @returns {Omit<Travelling, 'from' | 'to'>}
 */
export function readMime(mime) {
  const [head, body] = split(mime.trimStart());
  const type = (head.get('content-type') ?? 'text/plain').split(';')[0].trim().toLowerCase();
  return { kind: kindOf(type, head), session: (head.get('session-id') ?? '').slice(0, MAX_SESSION), text: repair(body), ...aboutIn(head) };
}

/**
 * @param {string} type
 * @param {Map<string, string>} head
 */
function kindOf(type, head) {
  switch (type) {
    case 'text/plain': return 'text';
    case 'text/x-msmsgscontrol': return head.has('typinguser') ? 'typing' : 'opening';
    case 'text/x-msmsgsinvite': return 'invitation';
    case 'text/x-imleave': return 'leave';
    default: return 'unknown';
  }
}

export function newSession() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('').toUpperCase();
  return `{${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}}`;
}

/**
 * A Message-Id, which no other message has.
 * @param {string} domain
 */
export const newMessageId = domain => `<${newSession().slice(1, -1).toLowerCase()}@${domain}>`;

/**
 * Repairs text from Pidgin's plugin, which treats each byte of UTF-8 as a character.
 * @param {string} text
 */
export function repair(text) {
  if (!/[\u0080-\u00ff]/.test(text) || /[^\u0000-\u00ff]/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(text, c => c.charCodeAt(0)));
  } catch {
    return text;
  }
}

/**
 * @param {Element | null} message
 * @param {string} section
 */
function peopleIn(message, section) {
  return children(find(message, [RVP, section]), RVP, 'contact')
    .map(contact => ({ url: textOf(contact, [DAV, 'href']), name: repair(textOf(contact, [RVP, 'description'])) }))
    .filter(person => person.url);
}

/**
 * @param {string} mime
 * @returns {[head: Map<string, string>, body: string]}
 */
function split(mime) {
  const lines = mime.split(/\r?\n/);
  const end = lines.indexOf('');
  const head = new Map((end < 0 ? lines : lines.slice(0, end)).map(line => {
    const colon = line.indexOf(':');
    return /** @type {const} */ ([line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]);
  }));
  return [head, end < 0 ? '' : lines.slice(end + 1).join('\n')];
}

// @ts-check
// The verbs of RVP, over fetch.

import { DAV, RVP, ACL, PRIVATE, NAMES, PROLOG, parse, notificationsIn, find, children, textOf, escape } from './xml.js';
import { pathOf } from './address.js';
import { NAMES_OF_PARTS, readContacts, writeContacts } from './contactlist.js';
import { t } from './texts.js';

const LIFETIME = '14400';
// In seconds: a reload takes less, and so does another tab to notice.
const GRACE = '20';

/** @typedef {{ status: number, header(name: string): string | null, text: string }} Answer */
/** @typedef {import('./contactlist.js').Contact} Contact */
/** @typedef {'allow' | 'block' | 'default'} Rule */
/** @typedef {{ state?: string, name?: string, address?: string, note?: string }} Seen note: a text of their own */

/** The server refused; status is the status that it gave. */
export class Refused extends Error {
  /**
   * @param {number} status
   * @param {string} reason
   * @param {number} [retryAfter] in seconds
   */
  constructor(status, reason, retryAfter = 0) {
    super(reason || t('The server answered {0}.', String(status)));
    this.status = status;
    this.retryAfter = retryAfter;
    /**
     * Where the account's home server is (409).
     * @type {{ home: string } | undefined}
     */
    this.detail = undefined;
    /** Whether something between here and the server refused. */
    this.isByOther = false;
    /** Whether there is no room for a message where it would have to wait. */
    this.isFull = false;
  }
}

/**
 * The status that the server gave; undefined if there was no answer.
 * @param {unknown} error
 */
export const statusOf = error => (error instanceof Refused ? error.status : undefined);

export class Rvp {
  /**
   * @param {import('./session.js').Account} me
   * @param {import('./session.js').Server} server
   */
  constructor(me, server) {
    this.me = me;
    this.server = server;
    this.onSessionLost = () => {};
  }

  /**
   * @param {string} verb
   * @param {string} url
   * @param {Record<string, string>} headers
   * @param {string} [body]
   * @param {AbortSignal} [signal]
   * @param {boolean} [keepalive] whether it outlives the page
   * @returns {Promise<Answer>}
   */
  async ask(verb, url, headers = {}, body, signal, keepalive = false) {
    const answer = await fetch(pathOf(url, this.server.port), {
      method: verb,
      headers: {
        'RVP-Client': 'web',
        'RVP-Notifications-Version': '0.2',
        'RVP-From-Principal': this.me.url,
        ...(body === undefined ? {} : { 'Content-Type': 'text/xml' }),
        ...headers,
      },
      body,
      signal,
      keepalive,
      cache: 'no-store',
      credentials: 'same-origin',
      redirect: 'error',
    });
    const text = await answer.text();
    // Only if our own server says it: a server elsewhere may answer 401 too.
    if (answer.status === 401 && answer.headers.get('WWW-Authenticate') === 'RvpSession') this.onSessionLost();
    if (!answer.ok) {
      const refused = new Refused(answer.status, text.trim(), Number(answer.headers.get('Retry-After')) || 0);
      refused.isByOther = !answer.headers.has('RVP-Notifications-Version');
      refused.isFull = answer.headers.get('RVP-Delivered') === 'full';
      throw refused;
    }
    return { status: answer.status, header: name => answer.headers.get(name), text };
  }

  /** A sign-in without Call-Back: notifications wait until we poll. */
  async signIn() {
    const answer = await this.ask('SUBSCRIBE', this.me.url, { 'Notification-Type': 'pragma/notify', 'Subscription-Lifetime': LIFETIME });
    return Number(answer.header('Subscription-Id'));
  }

  /**
   * What has arrived; the cursor stays if nothing did within this many seconds.
   * @param {number} signIn
   * @param {string} cursor
   * @param {number} wait
   * @param {AbortSignal} signal
   * @returns {Promise<{ cursor: string, items: ReturnType<typeof notificationsIn> }>}
   */
  async poll(signIn, cursor, wait, signal) {
    /** @type {Record<string, string>} */
    const headers = { 'Subscription-Id': String(signIn), ...(wait ? { Prefer: `wait=${wait}` } : {}), ...(cursor ? { 'RVP-Poll-Cursor': cursor } : {}) };
    const answer = await this.ask('POLL', this.me.url, headers, undefined, signal).catch(error => {
      // Without the cursor what it would have acknowledged comes once more, instead of nothing at all.
      if (statusOf(error) === 400 && cursor) return null;
      throw error;
    });
    if (!answer) return this.poll(signIn, '', wait, signal);
    if (answer.status === 204) return { cursor, items: [] };
    return { cursor: answer.header('RVP-Poll-Cursor') ?? cursor, items: notificationsIn(answer.text) };
  }

  /**
   * Sets presence for 20 minutes; gives the view id, which must be sent the next time.
   * @param {string} state
   * @param {number} view
   */
  async setState(state, view) {
    const answer = await this.#patch(`<r:state><r:leased-value><r:value><r:${state}/></r:value><r:default-value><r:offline/></r:default-value>`
      + `<d:timeout>1200</d:timeout></r:leased-value>${view ? `<r:view-id>${view}</r:view-id>` : ''}</r:state>`);
    return Number(textOf(propsOf(answer), [RVP, 'state'], [RVP, 'view-id'])) || view;
  }

  /**
   * The status in the user's own words, which outlasts the sign-in. Old clients know the property as that of a telephone.
   * @param {string} text
   */
  async setNote(text) {
    await this.#patch(`<r:mobile-description>${escape(text)}</r:mobile-description>`);
  }

  /**
   * The subscription, and the person's visible properties.
   * @param {string} url
   */
  async watch(url) {
    const answer = await this.ask('SUBSCRIBE', url, { 'Notification-Type': 'update/propchange', 'Call-Back': this.me.url, 'Subscription-Lifetime': LIFETIME });
    return { ...this.#lease(answer), person: personIn(propsOf(parse(answer.text))) };
  }

  /**
   * @param {string} url
   * @param {number} id
   */
  async renew(url, id) {
    return this.#lease(await this.ask('SUBSCRIBE', url, { 'Subscription-Id': String(id), 'Subscription-Lifetime': LIFETIME }));
  }

  /**
   * @param {string} url
   * @param {number} id
   */
  async unsubscribe(url, id) {
    await this.ask('UNSUBSCRIBE', url, { 'Subscription-Id': String(id) });
  }

  /**
   * The page goes: the sign-in falls silent after a while, unless another page, or this one loaded again, goes on with it.
   * @param {number} id
   */
  pause(id) {
    this.ask('UNSUBSCRIBE', this.me.url, { 'Subscription-Id': String(id), 'RVP-Grace': GRACE }, undefined, undefined, true).catch(() => {});
  }

  /** The logical URLs of those who have us on their list. */
  async watchers() {
    const answer = await this.ask('SUBSCRIPTIONS', this.me.url, { 'Notification-Type': 'update/propchange' });
    return children(parse(answer.text), RVP, 'subscription').map(item => textOf(item, [DAV, 'href']));
  }

  /** The keys of those whom some device has announced already; null before the first time. */
  async knownWatchers() {
    const body = `${PROLOG}<d:propfind ${NAMES} xmlns:p='${PRIVATE}'><d:prop><p:known-watchers/></d:prop></d:propfind>`;
    const known = find(propsOf(parse((await this.ask('PROPFIND', this.me.url, { Depth: '0' }, body)).text)), [PRIVATE, 'known-watchers']);
    return known && textOf(known).split(' ').filter(Boolean);
  }

  /** @param {string[]} keys */
  async noteWatchers(keys) {
    await this.#patch(`<p:known-watchers xmlns:p='${PRIVATE}'>${escape(keys.join(' '))}</p:known-watchers>`);
  }

  /** The ids of the user's sign-ins, at all places and with all programs. */
  async signIns() {
    const answer = await this.ask('SUBSCRIPTIONS', this.me.url, { 'Notification-Type': 'pragma/notify' });
    return children(parse(answer.text), RVP, 'subscription').map(item => Number(textOf(item, [RVP, 'subscription-id']))).filter(Boolean);
  }

  /** The stored contacts; an empty list if none were ever stored. */
  async contacts() {
    const body = `${PROLOG}<d:propfind ${NAMES} xmlns:p='${PRIVATE}'><d:prop>${NAMES_OF_PARTS.map(name => `<p:${name}/>`).join('')}</d:prop></d:propfind>`;
    return readContacts(propsOf(parse((await this.ask('PROPFIND', this.me.url, { Depth: '0' }, body)).text)));
  }

  /**
   * Reads the list again before writing it: another browser may have changed it. Gives what it is now.
   * @param {(contacts: Contact[]) => Contact[]} change
   */
  async changeContacts(change) {
    const contacts = await this.contacts();
    const changed = change(contacts);
    const [before, after] = [writeContacts(contacts), writeContacts(changed)];
    if (!after) throw new Refused(507, t('The server has no room for more.'));
    for (const [part, items] of after.entries()) {
      if (items !== before?.[part]) await this.#patch(`<p:${NAMES_OF_PARTS[part]} xmlns:p='${PRIVATE}'>${items}</p:${NAMES_OF_PARTS[part]}>`);
    }
    return changed;
  }

  async readAccess() {
    const answer = await this.ask('ACL', this.me.url);
    return children(find(parse(answer.text), [ACL, 'acl']), ACL, 'ace').map(ace => {
      const denied = rightsIn(ace, 'deny');
      const granted = rightsIn(ace, 'grant').filter(right => !denied.includes(right));
      return { url: textOf(ace, [ACL, 'principal'], [ACL, 'rvp-principal']), isAllowed: granted.includes('presence') && granted.includes('send-to') };
    });
  }

  /**
   * default: no entry. A bare host: everyone of the domain. Without a URL: the entry for everyone else.
   * @param {string} url
   * @param {Rule} rule
   */
  async writeAccess(url, rule) {
    const who = url ? `<a:rvp-principal>${escape(url)}</a:rvp-principal>` : '<a:allprincipals/>';
    const how = url ? '<a:assertion/><a:digest/><a:ntlm/>' : '<a:any/>';
    const seen = url ? '' : '<a:list/><a:read/>';
    const rights = {
      allow: `<a:grant><a:list/><a:read/><a:send-to/><a:presence/></a:grant><a:deny/>`,
      block: `<a:grant>${seen}</a:grant><a:deny><a:send-to/><a:presence/></a:deny>`,
      default: '<a:grant/><a:deny/>',
    }[rule];
    await this.ask('ACL', this.me.url, {}, `${PROLOG}<a:rvpacl ${NAMES}><a:acl><a:inheritance>none</a:inheritance><a:ace><a:principal>${who}`
      + `<a:credentials>${how}</a:credentials></a:principal>${rights}</a:ace></a:acl></a:rvpacl>`);
  }

  /**
   * @param {string} url
   * @param {string} document
   * @param {'DeepOr' | 'SingleHop'} [ackType]
   * @param {AbortSignal} [signal]
   * @returns {Promise<boolean>} whether it waits for the recipient
   */
  async notify(url, document, ackType = 'DeepOr', signal) {
    const answer = await this.ask('NOTIFY', url, { 'RVP-Ack-Type': ackType, 'RVP-Hop-Count': '1' }, document, signal);
    return answer.header('RVP-Delivered')?.trim().toLowerCase() === 'later';
  }

  /**
   * Asks the own node about what is kept elsewhere.
   * @param {string} query
   */
  async report(query) {
    return (await this.ask('REPORT', this.me.url, {}, PROLOG + query)).text;
  }

  /**
   * @param {string} change of what is kept elsewhere
   */
  async post(change) {
    await this.ask('POST', this.me.url, {}, PROLOG + change);
  }

  /** @param {string} property */
  async #patch(property) {
    const body = `${PROLOG}<d:propertyupdate ${NAMES}><d:set><d:prop>${property}</d:prop></d:set></d:propertyupdate>`;
    const root = parse((await this.ask('PROPPATCH', this.me.url, {}, body)).text);
    const status = Number(textOf(root, [DAV, 'response'], [DAV, 'propstat'], [DAV, 'status']).split(' ')[1]);
    if (status !== 200) throw new Refused(status, status === 507 ? t('The server has no room for more.') : '');
    return root;
  }

  /** @param {Answer} answer */
  #lease(answer) {
    return { id: Number(answer.header('Subscription-Id')), seconds: Number(answer.header('Subscription-Lifetime')) || 1800 };
  }
}

/**
 * A person's properties in a d:prop: state, name, address and text of their own, each only if it is there.
 * @param {Element | null} prop
 */
export function personIn(prop) {
  /** @type {Seen} */
  const person = {};
  const state = find(prop, [RVP, 'state'])?.firstElementChild?.localName;
  if (state) person.state = state;
  const name = textOf(prop, [DAV, 'displayname']);
  if (name) person.name = name;
  const address = textOf(prop, [RVP, 'email']);
  if (address) person.address = address;
  const note = find(prop, [RVP, 'mobile-description']);
  if (note) person.note = note.textContent ?? '';
  return person;
}

/** @param {Element} multistatus */
function propsOf(multistatus) {
  return find(multistatus, [DAV, 'response'], [DAV, 'propstat'], [DAV, 'prop']);
}

/**
 * @param {Element} ace
 * @param {'grant' | 'deny'} list
 */
function rightsIn(ace, list) {
  const element = find(ace, [ACL, list]);
  return element ? [...element.children].map(right => right.localName) : [];
}

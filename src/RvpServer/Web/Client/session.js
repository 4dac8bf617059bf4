// @ts-check
// The cookie session with the server that this page comes from.

import { Refused } from './rvp.js';
import { keep, storage } from './storage.js';
import { t } from './texts.js';

/** @typedef {{ name: string, displayName: string, address: string, url: string }} Account */
/**
 * @typedef {{
 *   domain: string, mailDomains: string[], port: number, maxBodyBytes: number, historyDays?: number, hasPeopleSearch?: boolean, hasWebhooks?: boolean,
 *   hasPush?: boolean
 * }} Server
 */
/** @typedef {{ account: Account | null, server: Server }} Session */

/** @param {string} name */
const urlOf = name => new URL(name, document.baseURI);

/**
 * @param {string} method
 * @param {string} name
 * @param {object} [body]
 */
export async function ask(method, name, body) {
  const answer = await fetch(urlOf(name), {
    method,
    headers: { 'RVP-Client': 'web', ...(body ? { 'Content-Type': 'application/json' } : {}) },
    body: body && JSON.stringify(body),
    cache: 'no-store',
    credentials: 'same-origin',
  });
  if (answer.status === 204) return null;
  const isJson = answer.headers.get('Content-Type')?.startsWith('application/json');
  if (answer.ok && isJson) return answer.json();
  const refused = new Refused(answer.status, isJson ? '' : (await answer.text()).trim(), Number(answer.headers.get('Retry-After')) || 0);
  if (isJson) refused.detail = await answer.json();
  throw refused;
}

/**
 * The account is null if nobody is signed in.
 * @returns {Promise<Session>}
 */
export const current = () => ask('GET', 'session');

/**
 * @param {string} address
 * @param {string} password
 * @returns {Promise<Session>}
 */
export const signIn = (address, password) => ask('POST', 'session', { address, password });

/**
 * Changes the password; other sign-ins with the old one end.
 * @param {string} address
 * @param {string} old
 * @param {string} wanted
 */
export const changePassword = (address, old, wanted) => ask('POST', 'session/password', { address, old, new: wanted });

const LAST = 'rvp-session';

/**
 * Who is signed in here, for when the server cannot say it; without it, nobody.
 * @param {Session} [found]
 */
export function remember(found) {
  if (found) keep(LAST, JSON.stringify(found));
  else storage.removeItem(LAST);
}

/** @returns {Session | null} */
export function last() {
  try {
    return JSON.parse(storage.getItem(LAST) ?? 'null');
  } catch {
    return null;
  }
}

/** @param {string} displayName */
export const changeName = displayName => ask('POST', 'session/name', { displayName });

/** @param {Blob | null} picture null: none */
export async function changePicture(picture) {
  const method = picture ? 'POST' : 'DELETE';
  const answer = await fetch(urlOf('picture'), { method, headers: { 'RVP-Client': 'web' }, body: picture, credentials: 'same-origin' });
  if (!answer.ok) throw new Refused(answer.status, (await answer.text()).trim());
}

export const signOut = () => ask('DELETE', 'session');

/** @typedef {{ id: string, isThis: boolean, begun: string, used: string, address: string, browser: string }} SignedIn */

/**
 * Where the user is signed in with a browser, the one used last first.
 * @returns {Promise<SignedIn[]>}
 */
export const list = async () => (await ask('GET', 'sessions')).sessions;

/** @param {string} id */
export const end = id => ask('DELETE', `sessions?id=${encodeURIComponent(id)}`);

export const endOthers = () => ask('DELETE', 'sessions');

/**
 * A browser and its system in words, from what it calls itself.
 * @param {string} agent
 */
export function browserIn(agent) {
  const browser = BROWSERS.find(([sign]) => agent.includes(sign))?.[1] ?? t('A browser');
  const system = SYSTEMS.find(([sign]) => agent.includes(sign))?.[1];
  return system ? t('{0} on {1}', browser, system) : browser;
}

// The first that fits: most browsers name all those before them as well.
const BROWSERS = [['Edg/', 'Edge'], ['OPR/', 'Opera'], ['Firefox/', 'Firefox'], ['Chrome/', 'Chrome'], ['Safari/', 'Safari']];
const SYSTEMS = [
  ['Android', 'Android'], ['iPhone', 'iPhone'], ['iPad', 'iPad'], ['Windows', 'Windows'], ['Mac OS X', 'macOS'], ['CrOS', 'ChromeOS'], ['Linux', 'Linux'],
];

/**
 * The logical URL of an address.
 * @param {string} address
 * @returns {Promise<{ address: string, url: string }>}
 */
export const lookUp = address => ask('GET', `address?of=${encodeURIComponent(address)}`);

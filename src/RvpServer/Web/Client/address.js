// @ts-check
// Names of people: logical URLs, the one form in which they say who somebody is, and the paths at which our own server takes requests for them.

const MAX_LENGTH = 1024;
const MAX_SHOWN = 64;
const FORM = /^http:\/\/([^/:]+)(?::([1-9][0-9]{0,4}))?\/instmsg\/aliases\/([^/]+)$/i;
const HOST = /^(?=.{1,253}$)[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/i;
// Some programs read numbers and old forms of addresses as addresses, and others as names.
const NUMERIC = /(?:^|\.)(?:[0-9]+|0x[^.]*)$/i;
const IPV4 = /^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(?:\.(?!$)|$)){4}$/;
const ESCAPE = /%[0-9a-f]{2}/i;
// Visible ASCII without delimiters, and letters, marks and digits of any script.
const NAME = /^(?:[!$-.0-9;=A-Z[\]^-~]|(?![\u0000-\u007f])[\p{L}\p{Mn}\p{Mc}\p{Nd}])+$/u;

// Everybody on the page is looked up by key again and again: a list of thousands must fit.
const MAX_KEYS = 10_000;
/** @type {Map<string, string>} */
const keys = new Map();

/**
 * Who a URL names, if it is written as an identity must be: http://HOST[:PORT]/instmsg/aliases/NAME, in which every reader sees the same host and the same
 * name. The server has the same rule. Null for everything else.
 * @param {string} url
 * @returns {{ host: string, port: number, name: string } | null}
 */
export function identityOf(url) {
  const [, host, port = '80', segment] = (url.length <= MAX_LENGTH && url.startsWith('http://') && FORM.exec(url)) || [];
  if (!host || !isHost(host) || Number(port) > 65535) return null;
  const name = nameIn(segment);
  return name === null ? null : { host: host.toLowerCase(), port: Number(port), name };
}

/**
 * The domain that a bare host in an access list stands for; empty for everything else.
 * @param {string} text
 */
export function domainIn(text) {
  const host = text.trim().replace(/^http:\/\//i, '').replace(/\/$/, '').toLowerCase();
  return isHost(host) && host.includes('.') ? host : '';
}

/**
 * The form in which people are compared: host names and account names without case, escapes by their meaning, the default port not at all. What is no identity
 * is only like itself.
 * @param {string} url
 */
export function keyOf(url) {
  if (url.length > MAX_LENGTH) return url.trim();
  let key = keys.get(url);
  if (key === undefined) {
    const text = url.trim();
    const found = identityOf(text);
    key = found ? `http://${withPort(found)}/instmsg/aliases/${encodeURIComponent(found.name.toLowerCase())}` : text;
    if (keys.size >= MAX_KEYS) keys.clear();
    keys.set(url, key);
  }
  return key;
}

/**
 * The key of an entry in an access list, which is about a person or a domain.
 * @param {string} url
 */
export const ruleKeyOf = url => domainIn(url) || keyOf(url);

/**
 * What is shown for a person of whom nothing is sure but the logical URL: NAME@HOST, for our own users NAME@DOMAIN with their mail domain. The whole URL if
 * it is no identity: then every reader might take something else from it.
 * @param {string} url
 * @param {import('./session.js').Server} server
 */
export function addressOf(url, server) {
  const found = identityOf(url.trim());
  if (!found) return url.trim();
  const isOurs = found.host === server.domain && found.port === server.port;
  // The host must not be pushed out of sight.
  const name = found.name.length > MAX_SHOWN ? found.name.slice(0, MAX_SHOWN) + '…' : found.name;
  return `${name}@${(isOurs && server.mailDomains[0]) || withPort(found)}`;
}

/**
 * All people are reached through our own server, also those in other organisations: it relays for us.
 * @param {string} url
 * @param {number} ownPort
 */
export function pathOf(url, ownPort) {
  const parsed = new URL(url);
  const port = parsed.port || (ownPort === 80 ? '' : '80');
  return `/instmsg/local/${parsed.hostname}${port ? ':' + port : ''}${parsed.pathname}`;
}

/** @param {{ host: string, port: number }} place */
const withPort = ({ host, port }) => (port === 80 ? host : `${host}:${port}`);

/** @param {string} text */
const isHost = text => HOST.test(text) && (!NUMERIC.test(text) || IPV4.test(text));

/**
 * @param {string} segment
 * @returns {string | null}
 */
function nameIn(segment) {
  // Nothing is escaped that need not be, or there would be many spellings.
  if (/%(?:2[de]|3[0-9]|[46][1-9a-f]|[57][0-9a]|5f|7e)/i.test(segment)) return null;
  let name;
  try {
    // An escape that is none is taken as it is: Pidgin's plugin escapes nothing.
    name = decodeURIComponent(segment.replace(/%(?![0-9a-f]{2})/gi, '%25'));
  } catch {
    return null;
  }
  const isValid = NAME.test(name) && !ESCAPE.test(name) && name !== '.' && name !== '..' && name.normalize('NFKC') === name;
  return isValid ? name : null;
}

// @ts-check
// Names of people: logical URLs, the form in which they are compared, and the paths at which our own server takes requests for them.

/**
 * Host names and account names compare without case; escapes, a trailing slash and the default port do not count.
 * @param {string} url
 */
export function keyOf(url) {
  let text = url.trim();
  try {
    text = new URL(text).href;
    text = decodeURI(text);
  } catch {
    // Invalid escapes: compared as written.
  }
  return text.replace(/\/$/, '').toLowerCase();
}

/**
 * The text for a person of whom only the logical URL is known: NAME@HOST, and for our own users NAME@DOMAIN with their mail domain.
 * @param {string} url
 * @param {import('./session.js').Server} server
 */
export function addressOf(url, server) {
  try {
    const parsed = new URL(url);
    const name = decodeURIComponent(parsed.pathname.split('/').at(-1) ?? '');
    const host = parsed.hostname === server.domain ? server.mailDomains[0] ?? parsed.host : parsed.host;
    return name ? `${name}@${host}` : host;
  } catch {
    return url;
  }
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

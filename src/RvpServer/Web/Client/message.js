// Messages as they travel: a notification around a MIME message.

import { DAV, RVP, NAMES, PROLOG, find, children, textOf, escape, cdata } from './xml.js';

const FORMAT = 'X-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0';

/** kind: text, typing or leave. from and to are { url, name }. */
export function compose(kind, from, to, session, text = '') {
  const contact = person => `<r:contact><d:href>${escape(person.url)}</d:href><r:description>${escape(person.name)}</r:description></r:contact>`;
  const head = {
    text: ['Content-Type: text/plain; charset=UTF-8', FORMAT],
    typing: ['Content-Type: text/x-msmsgscontrol; charset=UTF-8', `TypingUser: ${from.address}`],
    leave: ['Content-Type: text/x-imleave; charset=UTF-8'],
  }[kind];
  const mime = ['MIME-Version: 1.0', ...head, `Session-Id: ${session}`, '', text].join('\r\n');
  return `${PROLOG}<r:notification ${NAMES}><r:message><r:notification-from>${contact(from)}</r:notification-from>`
    + `<r:notification-to>${to.map(contact).join('')}</r:notification-to><r:msgbody><r:mime-data>${cdata(mime)}</r:mime-data></r:msgbody></r:message></r:notification>`;
}

export function sizeOf(document) {
  return new TextEncoder().encode(document).length;
}

/** What a notification says: { from, to, kind, session, text } for a message, null for anything else. */
export function read(notification) {
  const message = find(notification, [RVP, 'message']);
  const from = peopleIn(message, 'notification-from')[0];
  if (!from) return null;
  const mime = find(message, [RVP, 'msgbody'], [RVP, 'mime-data'])?.textContent.trimStart() ?? '';
  const [head, body] = split(mime);
  const type = (head.get('content-type') ?? 'text/plain').split(';')[0].trim().toLowerCase();
  const kind = {
    'text/plain': 'text',
    'text/x-msmsgscontrol': head.has('typinguser') ? 'typing' : 'opening',
    'text/x-msmsgsinvite': 'invitation',
    'text/x-imleave': 'leave',
  }[type] ?? 'unknown';
  return { from, to: peopleIn(message, 'notification-to'), kind, session: head.get('session-id') ?? '', text: repair(body) };
}

export function newSession() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('').toUpperCase();
  return `{${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}}`;
}

/** Undoes what Pidgin's plugin does to text: it takes each byte of UTF-8 for a character of its own. */
export function repair(text) {
  if (!/[\u0080-\u00ff]/.test(text) || /[^\u0000-\u00ff]/.test(text)) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(text, c => c.charCodeAt(0)));
  } catch {
    return text;
  }
}

function peopleIn(message, section) {
  return children(find(message, [RVP, section]), RVP, 'contact')
    .map(contact => ({ url: textOf(contact, [DAV, 'href']), name: repair(textOf(contact, [RVP, 'description'])) }))
    .filter(person => person.url);
}

function split(mime) {
  const lines = mime.split(/\r?\n/);
  const end = lines.indexOf('');
  const head = new Map((end < 0 ? lines : lines.slice(0, end)).map(line => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  }));
  return [head, end < 0 ? '' : lines.slice(end + 1).join('\n')];
}

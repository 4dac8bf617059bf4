import test from 'node:test';
import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { compose, readMime, repair, sizeOf } from '../../src/RvpServer/Web/Client/message.js';
import { newSession } from '../../src/RvpServer/Web/Client/opening.js';

globalThis.crypto ??= webcrypto;

const jo = { url: 'http://im.adatum.com/instmsg/aliases/JoBrown', name: 'Jo Brown', address: 'JoBrown@adatum.com' };
const kari = { url: 'http://im.adatum.com/instmsg/aliases/KariHensien', name: 'Kari Hensien' };
const SESSION = '{0D4E5C1A-0000-0000-0000-000000000001}';

// What is inside the CDATA sections, as an XML parser gives it: line ends are \n.
const mimeOf = document => [...document.matchAll(/<!\[CDATA\[([^]*?)]]>/g)].map(match => match[1]).join('').replace(/\r\n?/g, '\n');

test('a message is written as the protocol wants it', () => {
  assert.equal(compose('text', jo, [kari], SESSION, 'Hello'),
    `<?xml version="1.0"?><r:notification xmlns:d='DAV:' xmlns:r='http://schemas.microsoft.com/rvp/' xmlns:a='http://schemas.microsoft.com/rvp/acl/'><r:message>`
    + '<r:notification-from><r:contact><d:href>http://im.adatum.com/instmsg/aliases/JoBrown</d:href><r:description>Jo Brown</r:description></r:contact></r:notification-from>'
    + '<r:notification-to><r:contact><d:href>http://im.adatum.com/instmsg/aliases/KariHensien</d:href><r:description>Kari Hensien</r:description></r:contact></r:notification-to>'
    + '<r:msgbody><r:mime-data><![CDATA[MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n'
    + `X-MMS-IM-Format: FN=MS%20Shell%20Dlg; EF=; CO=0; CS=0; PF=0\r\nSession-Id: ${SESSION}\r\n\r\nHello]]></r:mime-data></r:msgbody></r:message></r:notification>`);
});

test('what one side writes the other side reads', () => {
  for (const text of ['Hello', '', ' two  blanks ', 'a\nb\n\nc', '\n\n', 'Subject: none\n\nbody', ']]> <b>&amp;', 'J\u00f6\u{1f600}', 'العربية', 'x'.repeat(100_000)]) {
    assert.deepEqual(readMime(mimeOf(compose('text', jo, [kari], SESSION, text))), { kind: 'text', session: SESSION, text });
  }
});

test('what a message says of itself is read as it was written', () => {
  const about = { at: Date.UTC(2026, 10, 24, 21, 23, 35), id: '<1@im.adatum.com>', answers: '<2@im.adatum.com>', replaces: '<3@x>', deed: 'named', name: 'Lunch: jö\r\nEvil: 1 \u{1f600}' };

  assert.deepEqual(readMime(mimeOf(compose('text', jo, [kari], SESSION, 'Hello', about))), { kind: 'text', session: SESSION, text: 'Hello', ...about });
  assert.equal(readMime(mimeOf(compose('text', jo, [kari], SESSION, 'x', { deed: 'named', name: '\ud800x' }))).name, 'x');
});

test('what is no id, no deed and no name is none', () => {
  for (const head of ['Message-Id: a b', 'Message-Id: \u00fc', `Message-Id: ${'x'.repeat(201)}`, 'Message-Id:', 'In-Reply-To: \u202e', 'X-Rvp-Deed: constructor', 'X-Rvp-Deed: __proto__', 'X-Rvp-Name: %']) {
    assert.deepEqual(readMime(`${head}\n\nx`), { kind: 'text', session: '', text: 'x' }, head);
  }
  assert.equal(readMime(`X-Rvp-Name: ${'%C3%B6'.repeat(10_000)}\n\nx`).name.length, 200);
});

test('typing and leaving are read as such', () => {
  assert.deepEqual(readMime(mimeOf(compose('typing', jo, [kari], SESSION))), { kind: 'typing', session: SESSION, text: '' });
  assert.deepEqual(readMime(mimeOf(compose('leave', jo, [kari], SESSION))), { kind: 'leave', session: SESSION, text: '' });
});

test('no name and no text gets out of its place', () => {
  const evil = { url: 'http://x/"><r:a>', name: ']]></r:description><r:evil/>', address: 'a@b' };

  const document = compose('text', evil, [evil], SESSION, ']]></r:mime-data><r:evil/>');

  assert.doesNotMatch(document.replace(/<!\[CDATA\[[^]*?]]>/g, ''), /evil\/>|<r:a>/);
});

test('heads are read as other clients write them', () => {
  assert.deepEqual(readMime('\r\n  mime-version:1.0\nCONTENT-TYPE:Text/Plain;charset=x\r\nsession-id:s\r\n\r\nHi\r\nyou'), { kind: 'text', session: 's', text: 'Hi\nyou' });
  assert.equal(readMime('Content-Type: text/x-msmsgscontrol\n\n').kind, 'opening');
  assert.equal(readMime('Content-Type: text/x-msmsgsinvite; charset=UTF-8\n\nApplication-Name: x').kind, 'invitation');
  assert.equal(readMime('Content-Type: application/x-new\n\n').kind, 'unknown');
  assert.equal(readMime('Session-Id: s\n\nno type').text, 'no type');
});

test('the time of sending is read, if there is one', () => {
  const at = Date.UTC(2026, 10, 24, 21, 23, 35);

  assert.equal(readMime('Date: Tue, 24 Nov 2026 22:23:35 +0100\nContent-Type: text/plain\n\nx').at, at);
  assert.equal(readMime('date: 24 Nov 2026 21:23:35 GMT\n\nx').at, at);
  for (const date of ['', 'yesterday', 'constructor']) assert.equal('at' in readMime(`Date: ${date}\n\nx`), false);
});

test('whatever stands there, it is read without a mistake', () => {
  for (const mime of ['', '\n', '\r\n\r\n', ':', '::::', 'no colon', 'Content-Type', 'Content-Type:', 'Content-Type: ;', '\0\n\n\0', 'a: b', '__proto__: x\nconstructor: y\n\nz', 'Content-Type: constructor\n\nx', 'Content-Type: __proto__\n\nx', ':\n'.repeat(50_000)]) {
    const { kind, session, text } = readMime(mime);
    assert.ok(['text', 'unknown'].includes(kind), mime.slice(0, 40));
    assert.equal(typeof session + typeof text, 'stringstring');
  }
});

test('text whose bytes were taken for characters is put right, and no other', () => {
  assert.equal(repair('JÃ¶'), 'Jö');
  assert.equal(repair('\u00f0\u009f\u0098\u0080'), '\u{1f600}');
  for (const text of ['', 'plain', 'Jö', 'é', 'JÃ¶ €', 'Ã', '\u{1f600}', 'Ã¶\u0100']) assert.equal(repair(text), text);
});

test('size is in bytes of UTF-8, a lone surrogate counting as what it becomes', () => {
  assert.equal(sizeOf('ö'), 2);
  assert.equal(sizeOf('\u{1f600}'), 4);
  assert.equal(sizeOf('\ud800'), 3);
});

test('sessions are GUIDs in braces, each of its own', () => {
  const sessions = Array.from({ length: 100 }, newSession);

  assert.equal(new Set(sessions).size, 100);
  for (const session of sessions) assert.match(session, /^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/);
});

import test from 'node:test';
import assert from 'node:assert/strict';
import { openGroup, openWith, receive, addPeople, nameGroup, isEditable, isNews, pastOf } from '../../src/RvpServer/Web/Client/conversation.js';
import { excerptOf, withQuote, readQuote, asCorrection, readCorrection } from '../../src/RvpServer/Web/Client/quotes.js';
import { transcriptOf, endOf } from '../../src/RvpServer/Web/Client/transcript.js';
import { nameOf } from '../../src/RvpServer/Web/Client/list.js';
import { linesOf, lastOwn } from '../../src/RvpServer/Web/Client/lines.js';
import { findIn } from '../../src/RvpServer/Web/Client/finder.js';
import { readMime } from '../../src/RvpServer/Web/Client/message.js';
import { JO, KARI, YAN, Wire, outboxOf, says, storeOn, until, urlOf } from './person.js';

const jo = { url: JO.url, name: 'Jo Brown' };
const kari = { url: KARI, name: 'Kari Hensien' };
const yan = { url: YAN, name: 'Yan' };
const DON = urlOf('DonHall');
const came = (from, to, text, rest = {}) => ({ from, to, kind: 'text', session: '{A}', text, ...rest });
const said = chat => chat.messages.map(message => message.text);

/** Jo's browser, in which her contacts have names. */
function withContacts() {
  const store = storeOn();
  store.apply({ kind: 'contacts', contacts: [[KARI, 'Kari Hensien'], [DON, 'Don Hall'], [YAN, 'Yan']].map(([url, name]) => ({ url, address: '', name })) });
  return store;
}

/** What went over a wire, as the other side takes it. */
const heard = ({ document }, to = [jo]) => ({
  from: kari, to, ...readMime([...document.matchAll(/<!\[CDATA\[([^]*?)]]>/g)].map(match => match[1]).join('')),
});

test('a reply is a card where it is understood, and a quotation elsewhere', async () => {
  const [store, wire] = [withContacts(), new Wire()];
  receive(store, came(kari, [jo], 'Lunch?\nAt noon?\nOr one?\nOr two?', { id: '<1@x>' }));
  const chat = store.chatWith(KARI);

  await says(store, wire, chat, 'Noon', { reply: { mid: '<1@x>', text: excerptOf(chat.messages[0].text) } });
  assert.equal(wire.texts[0], '> Lunch?\n> At noon?\n> Or one?…\nNoon');
  assert.match(wire.sent[0].document, /\r\nIn-Reply-To: <1@x>\r\n/);
  const other = storeOn();
  receive(other, heard(wire.sent[0]));

  assert.deepEqual([said(other.chatWith(KARI)), other.chatWith(KARI).messages[0].reply], [['Noon'], { mid: '<1@x>', text: 'Lunch?\nAt noon?\nOr one?…' }]);
});

test('quotations are written and read again, whatever stands in them', () => {
  for (const [quoted, text] of [['a', 'b'], ['a\nb', 'c\nd'], ['> a', 'b'], ['a', '> b\nc'], ['', 'b'], ['a', '\nb'], ['a\n\nb', 'c']]) {
    assert.deepEqual(readQuote(withQuote(quoted, text)), { quoted, rest: text }, JSON.stringify([quoted, text]));
  }
  assert.deepEqual(readQuote('> only'), { quoted: 'only', rest: '' });
  assert.equal(readCorrection(asCorrection('* a')), '* a');
  assert.equal(excerptOf('x'.repeat(199) + '\u{1f600}'), 'x'.repeat(199) + '…');
  for (const text of ['', '>', '>\n', '\n>', '>'.repeat(10_000)]) readQuote(text);
});

test('nothing of a message is lost that only looks like a reply', () => {
  const store = storeOn();

  for (const text of ['plain', '> only', '> a\n', '']) receive(store, came(kari, [jo], text, { answers: '<1@x>' }));

  assert.deepEqual(said(store.chatWith(KARI)), ['plain', '> only', '> a\n', '']);
});

test('its author may replace a message, nobody else', () => {
  const store = storeOn();
  receive(store, came(kari, [jo, yan], 'Helo', { id: '<1@x>' }));
  const [group] = Object.values(store.chats);

  receive(store, came(yan, [jo, kari], '* I owe Yan money', { replaces: '<1@x>' }));
  receive(store, came(kari, [jo, yan], '* no such message', { replaces: '<2@x>' }));
  assert.deepEqual([said(group), group.messages[0].edits], [['Helo', '* I owe Yan money', '* no such message'], undefined]);
  store.apply({ kind: 'read', chat: group.id });
  receive(store, came({ ...kari, url: KARI.toUpperCase().replace('HTTP', 'http').replace('INSTMSG/ALIASES', 'instmsg/aliases') }, [jo, yan], '* Hello', { replaces: '<1@x>' }));

  assert.deepEqual([said(group)[0], group.messages[0].edits, group.unread], ['Hello', 1, 0]);
});

test('a correction of what is on a page that was not read yet waits for it, and the last one counts', () => {
  const store = storeOn();
  store.server = { ...store.server, historyDays: 365 };
  receive(store, came(kari, [jo], 'now', { id: '<9@x>' }));
  const chat = store.chatWith(KARI);
  const page = (from, id, text) => ({ id: `past-${id}`, type: 'text', from, text, at: 10 + id, status: 'sent', mid: `<${id}@x>` });
  const correction = (id, text) => ({ mid: `<${id}@x>`, from: KARI, text, at: 100 });
  const read = (messages, corrections, isComplete) => store.apply({ kind: 'older', chat: chat.id, messages, corrections, earliest: 1, isComplete });

  receive(store, came(kari, [jo], '* one, live', { replaces: '<1@x>', id: '<10@x>' }));
  receive(store, came({ url: DON, name: 'Don' }, [jo], '* not his', { replaces: '<2@x>' }));
  assert.deepEqual([said(chat), chat.unread], [['now'], 1]);
  read([page(KARI, 4, 'four')], [correction(1, 'one, of a page'), correction(2, 'two, first'), correction(2, 'two, last'), correction(5, 'of nothing')], false);
  read([page(KARI, 1, 'one'), page(KARI, 2, 'two')], [correction(2, 'two, before')], false);

  assert.deepEqual(chat.older.map(({ text, edits }) => [text, edits]), [['one, live', 1], ['two, last', 1], ['four', undefined]]);
  receive(store, came(kari, [jo], '* four, now', { replaces: '<4@x>' }));
  assert.equal(chat.older[2].text, 'four, now');
  read([], [], true);
  assert.deepEqual(chat.older.map(message => message.text), ['one, live', 'two, last', 'four, now', 'of nothing']);
  receive(store, came(kari, [jo], '* of nothing either', { replaces: '<6@x>' }));
  assert.deepEqual(said(chat), ['now', '* of nothing either']);
});

test('what happened in a conversation while one was away has its own time and is no news', () => {
  const store = withContacts();
  receive(store, came(kari, [jo, yan], 'all', { at: Date.UTC(2026, 0, 1, 8) }), { isPast: true });
  receive(store, came(kari, [jo, yan], 'after', { at: Date.UTC(2026, 0, 1, 10) }), { isPast: true });

  receive(store, came(yan, [jo, kari], '', { kind: 'leave', at: Date.UTC(2026, 0, 1, 9) }), { isPast: true });

  assert.deepEqual(said(store.chats['g:{a}']), ['all', 'Yan has left the conversation.', 'after']);
  assert.equal(store.chats['g:{a}'].unread, 0);
});

test('of what the server kept, only what somebody has said is news, and nothing empty is shown', () => {
  const store = withContacts();
  receive(store, came(kari, [jo, yan], 'all', { id: '<1@x>' }));
  const chat = store.chats['g:{a}'];
  const kept = [
    came(kari, [jo, yan], 'Hello', { id: '<2@x>' }), came(kari, [jo, yan], '* all of us', { replaces: '<1@x>' }), came(kari, [jo, yan], 'renamed', { deed: 'named', name: 'x' }),
    came(yan, [jo, kari], '', { kind: 'leave' }), came(yan, [jo, kari], '', { kind: 'opening' }), came(yan, [jo, kari], '', { kind: 'invitation' }), came(jo, [kari, yan], '', { kind: 'leave' }),
  ];

  assert.deepEqual(kept.map(message => isNews(message, true)), [true, false, false, false, false, false, false]);
  assert.deepEqual(kept.map((message, i) => pastOf(store, chat, message, i)).map(past => past && [past.type, past.from, past.text]), [
    ['text', KARI, 'Hello'], ['text', KARI, '* all of us'], ['note', '', 'renamed'], ['note', '', 'Yan has left the conversation.'], null,
    ['note', '', 'Yan sent something that this client cannot show, such as a file or a call.'], null,
  ]);
});

test('a correction made at another place of one\'s own is ours', () => {
  const store = storeOn();
  receive(store, came(jo, [kari], 'Helo', { id: '<1@x>' }));

  receive(store, came(kari, [jo], '* Not yours', { replaces: '<1@x>' }));
  receive(store, came(jo, [kari], '* Hello', { replaces: '<1@x>' }));

  assert.deepEqual(said(store.chatWith(KARI)), ['Hello', '* Not yours']);
});

test('what the others have is corrected, not what is still on its way', async () => {
  const [store, wire] = [withContacts(), new Wire({}, [YAN])];
  const chat = store.chats[openGroup(store, [KARI, YAN])];
  const message = await says(store, wire, chat, 'x');

  assert.equal(message.status, 'waiting');
  assert.equal(isEditable(lastOwn(chat.messages)), true);
  for (const other of [{ ...message, status: 'sending' }, { ...message, status: 'failed' }, { ...message, from: KARI }, { ...message, type: 'note' }, { ...message, mid: undefined }, undefined]) {
    assert.equal(Boolean(isEditable(other)), false);
  }
});

test('a group goes on with more people, in the same conversation, and everybody is told in words', async () => {
  const [store, wire] = [withContacts(), new Wire()];
  const chat = store.chats[openGroup(store, [KARI, YAN])];
  await says(store, wire, chat, 'Between us');
  wire.sent = [];

  const id = addPeople(store, chat, [DON]);
  outboxOf(store, wire).run();
  await until(() => chat.messages.at(-1).status === 'sent');

  assert.equal(id, chat.id);
  assert.deepEqual(said(chat), ['Between us', 'You added Don Hall to the conversation.']);
  assert.deepEqual(wire.sent.map(sent => sent.url), [KARI, YAN, DON]);
  assert.deepEqual([...new Set(wire.texts)], ['Jo Brown added Don Hall to the conversation.']);
  assert.ok(!wire.sent.some(sent => sent.document.includes('Between us')));
});

test('with somebody more, two people go on in a new conversation, and their own stays between them', async () => {
  const [store, wire] = [withContacts(), new Wire()];
  const chat = store.chats[openWith(store, KARI)];
  await says(store, wire, chat, 'Between us');

  const group = store.chats[addPeople(store, chat, [DON])];
  outboxOf(store, wire).run();
  await until(() => group.messages.at(-1).status === 'sent');

  assert.deepEqual([group.members, said(group)], [[KARI, DON], ['You added Don Hall to the conversation.']]);
  assert.notEqual(group.session, chat.session);
  assert.deepEqual(said(chat), ['Between us', 'You went on in a conversation of several, with Don Hall.']);
});

test('who comes late hears what was said before only if that is chosen, and everybody is told so', async () => {
  const [store, wire] = [withContacts(), new Wire()];
  const chat = store.chats[openGroup(store, [KARI])];
  await says(store, wire, chat, 'The code is 7');
  wire.sent = [];

  addPeople(store, chat, [DON], endOf(store, chat, 10_000));
  outboxOf(store, wire).run();
  await until(() => chat.messages.every(message => message.status === 'sent'));

  const toDon = wire.texts.filter((_, i) => wire.sent[i].url === DON);
  const toKari = wire.texts.filter((_, i) => wire.sent[i].url === KARI);
  assert.equal(toDon.length, 3);
  assert.match(toDon[2], /^What was said before:\n\d{4}-\d\d-\d\d \d\d:\d\d Jo Brown: The code is 7$/);
  assert.deepEqual(toKari, ['Jo Brown added Don Hall to the conversation.', 'Jo Brown told somebody who came later what was said before.']);
  assert.equal(chat.messages.some(message => message.said), false);
});

test('others learn in their own words who was added, by whom, and what the conversation is called', async () => {
  const [store, wire] = [withContacts(), new Wire()];
  const chat = store.chats[openGroup(store, [KARI, YAN])];
  nameGroup(store, chat, 'Lunch');
  outboxOf(store, wire).run();
  await until(() => chat.messages[0].status === 'sent');
  addPeople(store, chat, [DON]);
  outboxOf(store, wire).run();
  await until(() => chat.messages[1].status === 'sent');

  const [member, late] = [storeOn(), storeOn()];
  receive(member, came(kari, [jo, yan], 'All here?', { session: chat.session }));
  receive(member, heard(wire.sent[0], [jo, yan]));
  receive(member, heard(wire.sent[2], [jo, yan, { url: DON, name: 'Don Hall' }]));
  receive(late, heard(wire.sent[2], [jo, yan, { url: DON, name: 'Don Hall' }]));

  const [there, here] = [member, late].map(other => Object.values(other.chats)[0]);
  assert.deepEqual(said(there), ['All here?', 'KariHensien@adatum.com called the conversation "Lunch".', 'KariHensien@adatum.com added DonHall@adatum.com to the conversation.']);
  assert.deepEqual(said(here), ['KariHensien@adatum.com added you to the conversation.']);
  assert.deepEqual([nameOf(member, there), nameOf(late, here), nameOf(store, chat)], ['Lunch', 'Lunch', 'Lunch']);
  assert.equal(wire.texts[0], 'Jo Brown called the conversation "Lunch".');
});

test('nobody outside names a conversation, and in one of two there is nothing to be done', () => {
  const store = withContacts();
  receive(store, came(kari, [jo, yan], 'all'));

  receive(store, came({ url: DON, name: 'Don' }, [jo, kari], 'Don called it “x”.', { deed: 'named', name: 'x' }));
  receive(store, came(kari, [jo], 'Kari called it “y”.', { deed: 'named', name: 'y', session: '{B}' }));

  assert.deepEqual([store.chats['g:{a}'].name, said(store.chats['g:{a}'])], [undefined, ['all']]);
  assert.deepEqual([said(store.chatWith(DON)), said(store.chatWith(KARI))], [['Don called it “x”.'], ['Kari called it “y”.']]);
});

test('a group is called what it was called, whoever leaves it', () => {
  const store = withContacts();
  const chat = store.chats[openGroup(store, [KARI, YAN])];
  receive(store, came(yan, [jo, kari], '', { kind: 'leave', session: chat.session }));

  assert.deepEqual([nameOf(store, chat), chat.members], ['Kari Hensien, Yan', [KARI]]);
  store.apply({ kind: 'named', chat: chat.id, name: 'Lunch\u202e' + 'x'.repeat(500) });
  assert.equal(nameOf(store, chat).length, 200);
  store.apply({ kind: 'named', chat: chat.id, name: '' });
  assert.equal(nameOf(store, chat), 'Kari Hensien, Yan');
});

test('a conversation as text has names, times and corrections, and its end fits', () => {
  const store = withContacts();
  receive(store, came(kari, [jo], 'one', { at: new Date(2026, 10, 24, 9, 5).getTime() }));
  receive(store, came(jo, [kari], 'two\nlines', { at: new Date(2026, 10, 24, 9, 6).getTime() }));
  const chat = store.chatWith(KARI);

  assert.equal(transcriptOf(store, chat), '2026-11-24 09:05 Kari Hensien: one\n2026-11-24 09:06 Jo Brown: two\nlines');
  assert.equal(endOf(store, chat, 65), 'What was said before:\n2026-11-24 09:06 Jo Brown: two\nlines');
  assert.equal(endOf(store, chat, 30), '');
});

test('what is new begins at a mark', () => {
  const messages = ['a', 'b', 'c'].map(id => ({ id, type: 'text', from: KARI, text: id, at: Date.UTC(2026, 10, 24, 12), status: 'sent' }));

  assert.deepEqual(linesOf(messages, Date.now(), 'b').map(line => line.message?.id ?? (line.isNews ? 'news' : 'day')), ['day', 'a', 'news', 'b', 'c']);
  assert.equal(linesOf(messages, Date.now(), 'b').find(line => line.message?.id === 'b').isContinued, false);
});

test('a search finds all words, without case and accents', () => {
  const messages = ['Zwölf Äpfel', 'zwolf apfel', 'Äpfel', ''].map((text, i) => ({ id: `${i}`, type: 'text', text })).concat({ id: 'n', type: 'note', text: 'Zwölf Äpfel' });

  assert.deepEqual([findIn(messages, 'APFEL zwö'), findIn(messages, ' '), findIn(messages, 'pear')], [['0', '1'], [], []]);
});

test('what the server kept is said once, whether it came live before or comes after', () => {
  const at = Date.UTC(2026, 10, 24, 12);
  const texts = store => said(store.chatWith(KARI));
  const store = storeOn();

  for (const text of ['ok', 'ok']) receive(store, came(kari, [jo], text));
  for (const text of ['ok', 'ok', 'ok']) receive(store, came(kari, [jo], text, { at }), { isPast: true });
  assert.deepEqual(texts(store), ['ok', 'ok', 'ok']);
  receive(store, came(kari, [jo], 'ok', { at }));
  assert.deepEqual(texts(store), ['ok', 'ok', 'ok']);
  for (const again of [{}, { at }]) receive(store, came(kari, [jo], 'ok', again));

  assert.deepEqual([texts(store).length, store.chatWith(KARI).unread], [5, 4]);
});

test('what is past stands where it belongs and is no news', () => {
  const store = storeOn();
  const at = hour => Date.UTC(2026, 10, 24, hour);
  for (const hour of [8, 10]) receive(store, came(kari, [jo], `${hour}`, { at: at(hour) }));

  receive(store, came(jo, [kari], '9', { at: at(9), id: '<9@x>' }), { isPast: true });
  receive(store, came(jo, [kari], '9', { at: at(9), id: '<9@x>' }), { isPast: true });

  assert.deepEqual([said(store.chatWith(KARI)), store.chatWith(KARI).unread], [['8', '9', '10'], 2]);
});

test('earlier pages stand before what is here, are not stored, and take what goes from here', () => {
  const store = storeOn();
  receive(store, came(kari, [jo], 'now'));
  const chat = store.chatWith(KARI);
  const old = { id: 'o', type: 'text', from: KARI, text: 'old', at: 1, status: 'sent' };
  store.apply({ kind: 'older', chat: chat.id, messages: [old], corrections: [], earliest: 7, isComplete: true });

  for (let i = 0; i < 300; i++) receive(store, came(kari, [jo], `${i}`));

  assert.deepEqual([chat.older.map(message => message.text), chat.messages.length, chat.earliest, chat.isComplete], [['old', 'now'], 300, 7, true]);
  store.save();
  assert.doesNotMatch(JSON.stringify(store.keeping.storage), /old|earliest/);
});

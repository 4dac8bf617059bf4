// @ts-check
// Emoji and their short names; read only when somebody looks for one. A name has no blanks; more words by which it is found follow.

/** @typedef {{ sign: string, name: string, words: string }} Emoji */

const GROUPS = {
  Faces: `😀 grinning smile happy|😃 smiley happy|😄 smile happy joy|😁 grin happy|😆 laughing haha lol|😅 sweat_smile phew|🤣 rofl laugh|😂 joy tears laugh lol
😊 blush happy|😇 innocent angel|🙂 slight_smile|🙃 upside_down silly|😉 wink|😌 relieved calm|😍 heart_eyes love|🥰 smiling_hearts love|😘 kiss love|😋 yum tasty
😛 tongue|😜 tongue_wink joke|🤪 zany crazy|🤨 raised_eyebrow doubt|🧐 monocle hmm|🤓 nerd glasses|😎 cool sunglasses|🥳 party celebrate|😏 smirk|😒 unamused
😞 disappointed sad|😔 pensive sad|😟 worried|😕 confused|🙁 frown sad|😣 persevere|😖 confounded|😫 tired|😩 weary|🥺 pleading please|😢 cry sad tear|😭 sob cry
😤 triumph huff|😠 angry|😡 rage angry|🤬 swearing|🤯 mind_blown exploding|😳 flushed|🥵 hot heat|🥶 cold freezing|😱 scream fear|😨 fearful|😰 anxious sweat
😥 sad_relieved|😓 sweat|🤗 hug|🤔 thinking hmm|🤭 giggle oops|🤫 quiet shush|😶 no_mouth|😐 neutral|😑 expressionless|😬 grimace awkward|🙄 eye_roll|😯 hushed
😮 open_mouth surprise|😲 astonished|🥱 yawn bored|😴 sleeping tired|🤤 drool|😪 sleepy|🤐 zipper_mouth secret|🤢 sick nausea|🤮 vomit|🤧 sneeze cold
😷 mask ill|🤒 fever ill|🤕 hurt bandage|🤑 money_face|🤠 cowboy|😈 devil|💀 skull dead|💩 poop|🤡 clown|👻 ghost|👽 alien|🤖 robot bot
🫠 melting|🫡 salute|🥲 smile_tear|😺 cat_smile|😿 cat_cry`,
  Hands: `👍 thumbsup yes good ok +1 like|👎 thumbsdown no bad -1|👌 ok_hand perfect|👏 clap bravo applause|🙌 raised_hands hooray|🙏 pray please thanks|🤝 handshake deal
👋 wave hello bye|✋ raised_hand stop|🤚 back_of_hand|🖐️ fingers_spread|✌️ victory peace|🤞 fingers_crossed luck|🤟 love_you|🤘 rock_on|🤙 call_me|👈 point_left
👉 point_right|👆 point_up|👇 point_down|☝️ one_finger|✊ fist|👊 punch fist_bump|💪 muscle strong|🫶 heart_hands|🤲 palms_up|✍️ writing|🤏 pinch small
🫰 snap|🫵 point_at_you|👀 eyes look|👂 ear listen|🧠 brain|🗣️ speaking|🤷 shrug dunno|🤦 facepalm|🙋 raising_hand question|🙅 no_gesture|🙆 ok_gesture
🙇 bow sorry|💁 info_desk|🏃 running|🚶 walking|💃 dancing|🧘 yoga calm|🛌 in_bed|👶 baby|🧑 person|👩 woman|👨 man|👵 grandmother|👴 grandfather
🧑‍💻 technologist developer|🧑‍🏫 teacher|🧑‍🔧 mechanic|🧑‍🍳 cook|🧑‍🚀 astronaut|👮 police|🦸 superhero|🧙 wizard|👪 family|👥 people group`,
  Hearts: `❤️ heart love|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|🤍 white_heart|💔 broken_heart|💖 sparkling_heart
💕 two_hearts|💘 cupid|💯 hundred perfect|💥 boom bang|💫 dizzy|💦 drops sweat|💨 dash fast|💤 zzz sleep|💬 speech message|💭 thought|🔥 fire hot lit|✨ sparkles new
⭐ star|🌟 glowing_star|🎉 tada party congratulations|🎊 confetti|🎈 balloon|🎁 gift present|🏆 trophy winner|🥇 gold first|🥈 silver second|🥉 bronze third|🏅 medal`,
  Nature: `🐶 dog|🐱 cat|🐭 mouse|🐰 rabbit|🦊 fox|🐻 bear|🐼 panda|🐯 tiger|🦁 lion|🐮 cow|🐷 pig|🐸 frog|🐵 monkey|🙈 see_no_evil|🙉 hear_no_evil|🙊 speak_no_evil
🐔 chicken|🐧 penguin|🐦 bird|🦆 duck|🦉 owl|🐺 wolf|🐴 horse|🦄 unicorn|🐝 bee|🐛 bug|🦋 butterfly|🐌 snail|🐞 ladybug|🐢 turtle|🐍 snake|🐙 octopus|🐟 fish
🐬 dolphin|🐳 whale|🦈 shark|🐘 elephant|🦒 giraffe|🐑 sheep|🐕 walk_dog|🦔 hedgehog|🌵 cactus|🎄 christmas_tree|🌲 evergreen|🌳 tree|🌴 palm|🌱 seedling|🍀 clover luck
🍁 maple|🍂 autumn leaves|🌷 tulip|🌹 rose|🌻 sunflower|🌸 blossom|💐 bouquet|🌍 earth world|🌙 moon|☀️ sun sunny|⛅ partly_cloudy|☁️ cloud|🌧️ rain|⛈️ thunderstorm
❄️ snowflake snow|⛄ snowman|🌈 rainbow|⚡ lightning|🌊 ocean|☔ umbrella_rain`,
  Food: `🍎 apple|🍐 pear|🍊 orange|🍋 lemon|🍌 banana|🍉 watermelon|🍇 grapes|🍓 strawberry|🍒 cherries|🍑 peach|🥭 mango|🍍 pineapple|🥝 kiwi|🍅 tomato|🥑 avocado
🥕 carrot|🌽 corn|🥔 potato|🥦 broccoli|🍞 bread|🥐 croissant|🥨 pretzel|🧀 cheese|🥚 egg|🍳 frying_egg|🥓 bacon|🍔 burger|🍟 fries|🌭 hotdog|🍕 pizza|🥪 sandwich
🌮 taco|🌯 burrito|🥗 salad|🍝 spaghetti pasta|🍜 ramen noodles|🍣 sushi|🍱 bento lunch|🍚 rice|🍦 ice_cream|🍩 doughnut|🍪 cookie|🎂 birthday cake|🍰 cake|🍫 chocolate
🍿 popcorn|☕ coffee tea break|🍵 tea|🥤 drink|🍺 beer|🍻 cheers beers|🥂 toast champagne|🍷 wine|🥃 whisky|🍸 cocktail|🍽️ plate lunch dinner`,
  Doing: `⚽ soccer football|🏀 basketball|🏈 american_football|🎾 tennis|🏐 volleyball|🏓 table_tennis|🏸 badminton|⛳ golf|🏊 swimming|🚴 cycling bike|🏋️ weights|⛷️ ski
🎯 target dart|🎮 game|🎲 dice|🧩 puzzle|♟️ chess|🎨 art|🎭 theatre|🎬 movie|🎤 microphone sing|🎧 headphones music|🎵 music note|🎸 guitar|🎹 piano|🎻 violin|📷 camera photo
🚗 car|🚕 taxi|🚌 bus|🚆 train|🚇 subway|🚲 bicycle|✈️ plane flight|🚀 rocket launch ship|🚢 ship|⛵ sailboat|🚑 ambulance|🚒 fire_engine|🚜 tractor|🚦 traffic_light
🚧 construction|⚓ anchor|🏠 house home|🏢 office|🏥 hospital|🏫 school|🏖️ beach holiday|🏔️ mountain|⛺ tent camping|🌆 city|🗺️ map`,
  Things: `⌚ watch|📱 phone mobile|💻 laptop computer|🖥️ desktop|⌨️ keyboard|🖨️ printer|🖱️ mouse_device|💾 save floppy|💿 disc|📞 telephone call|📺 tv|📻 radio|⏰ alarm clock
⏳ hourglass wait|🔋 battery|🔌 plug|💡 idea bulb|🔦 torch|🕯️ candle|💰 money|💳 credit_card|💎 gem|🔧 wrench fix|🔨 hammer|🛠️ tools|🔩 bolt|⚙️ gear settings|🧰 toolbox
🧲 magnet|🔬 microscope|🔭 telescope|💊 pill|💉 syringe|🩹 plaster|🚪 door|🛏️ bed|🛒 cart|🔑 key|🔒 lock|🔓 unlock|🔔 bell|🔕 mute_bell|📣 megaphone announce|📢 loudspeaker
✉️ envelope mail|📧 email|📦 package|📫 mailbox|📝 memo note|📄 page|📊 chart bar|📈 chart_up growth|📉 chart_down|📅 calendar date|📌 pin|📍 location|📎 paperclip|✂️ scissors
📏 ruler|📚 books|📖 book read|📰 newspaper|🔍 search magnifier|🔗 link|🗑️ trash delete|📁 folder|🖊️ pen|✏️ pencil|🧾 receipt|🧹 broom|🧯 extinguisher|☎️ old_phone|🕹️ joystick`,
  Signs: `✅ check done yes|❌ cross no|✔️ tick|❎ cross_box|❓ question|❗ exclamation|‼️ double_exclamation|⚠️ warning|⛔ no_entry|🚫 forbidden|🛑 stop_sign|♻️ recycle|➕ plus
➖ minus|➗ divide|✖️ times|♾️ infinity|💲 dollar|©️ copyright|®️ registered|™️ trademark|🔴 red_circle|🟠 orange_circle|🟡 yellow_circle|🟢 green_circle|🔵 blue_circle
🟣 purple_circle|⚫ black_circle|⚪ white_circle|🔺 triangle|▶️ play|⏸️ pause|⏹️ stop_button|⏭️ next_track|🔁 repeat|🔄 refresh again|🔀 shuffle|⬆️ arrow_up|⬇️ arrow_down
⬅️ arrow_left|➡️ arrow_right|↩️ reply back|🔝 top|🔜 soon|🆕 new|🆗 ok|🆒 cool_sign|🆓 free|🆘 sos help|ℹ️ information|0️⃣ zero|1️⃣ one|2️⃣ two|3️⃣ three|4️⃣ four|5️⃣ five
6️⃣ six|7️⃣ seven|8️⃣ eight|9️⃣ nine|🔟 ten|#️⃣ hash|🏁 finish_flag|🚩 flag|🏳️ white_flag|🏴 black_flag|🏳️‍🌈 rainbow_flag`,
};

/** @type {{ name: string, all: Emoji[] }[]} */
export const groups = Object.entries(GROUPS).map(([name, text]) => ({
  name,
  all: text.split(/[|\n]/).map(entry => {
    const [sign, called, ...words] = entry.split(' ');
    return { sign, name: called, words: words.join(' ') };
  }),
}));

const all = groups.flatMap(group => group.all);
const byName = new Map([...all.flatMap(emoji => emoji.words.split(' ').filter(Boolean).map(word => /** @type {const} */ ([word, emoji]))).reverse(),
  ...all.map(emoji => /** @type {const} */ ([emoji.name, emoji]))]);

/**
 * By its short name, or another word for it.
 * @param {string} name
 */
export const find = name => byName.get(name);

/**
 * The best first: those called so, those whose name begins so, those of which another word does, those in which it stands somewhere.
 * @param {string} wanted
 * @param {number} most
 */
export function search(wanted, most) {
  const word = wanted.toLowerCase().replace(/\s+/g, '_');
  /** @param {Emoji} emoji */
  const rank = ({ name, words }) => (name === word ? 0 : name.startsWith(word) ? 1 : ` ${words}`.includes(` ${word}`) ? 2 : name.includes(word) ? 3 : 4);
  return all.map(emoji => ({ emoji, at: rank(emoji) })).filter(({ at }) => at < 4).sort((one, other) => one.at - other.at).slice(0, most).map(({ emoji }) => emoji);
}

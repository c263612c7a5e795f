// The emoji shortcodes bots and people use most, as characters. An unknown
// shortcode stays as it was typed, as in Slack.
import { h } from "./dom.js";

const LIST = `
smile 😄 smiley 😃 grinning 😀 grin 😁 laughing 😆 satisfied 😆 sweat_smile 😅 joy 😂 rofl 🤣 blush 😊 innocent 😇
wink 😉 relieved 😌 heart_eyes 😍 smiling_face_with_3_hearts 🥰 kissing_heart 😘 yum 😋 stuck_out_tongue 😛
sunglasses 😎 star-struck 🤩 partying_face 🥳 smirk 😏 unamused 😒 disappointed 😞 pensive 😔 worried 😟 confused 😕
slightly_smiling_face 🙂 slightly_frowning_face 🙁 upside_down_face 🙃 white_frowning_face ☹️ persevere 😣 cry 😢 sob 😭
triumph 😤 angry 😠 rage 😡 exploding_head 🤯 flushed 😳 scream 😱 fearful 😨 cold_sweat 😰 hugging_face 🤗
thinking_face 🤔 shushing_face 🤫 no_mouth 😶 neutral_face 😐 expressionless 😑 face_with_rolling_eyes 🙄 sleeping 😴
sleepy 😪 mask 😷 nerd_face 🤓 face_with_monocle 🧐 cowboy_hat_face 🤠 robot_face 🤖 ghost 👻 skull 💀 alien 👽 poop 💩 hankey 💩
wave 👋 raised_hand ✋ hand ✋ ok_hand 👌 v ✌️ crossed_fingers 🤞 point_left 👈 point_right 👉 point_up ☝️ point_up_2 👆 point_down 👇
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 fist ✊ facepunch 👊 clap 👏 raised_hands 🙌 open_hands 👐 handshake 🤝 pray 🙏
writing_hand ✍️ muscle 💪 eyes 👀 eye 👁️ ear 👂 brain 🧠 tongue 👅 bust_in_silhouette 👤 busts_in_silhouette 👥 speaking_head_in_silhouette 🗣️
man-shrugging 🤷‍♂️ woman-shrugging 🤷‍♀️ shrug 🤷 facepalm 🤦 man-raising-hand 🙋‍♂️ woman-raising-hand 🙋‍♀️ raising_hand 🙋
detective 🕵️ technologist 🧑‍💻 office_worker 🧑‍💼 family 👪
heart ❤️ orange_heart 🧡 yellow_heart 💛 green_heart 💚 blue_heart 💙 purple_heart 💜 black_heart 🖤 broken_heart 💔 sparkling_heart 💖 two_hearts 💕
100 💯 boom 💥 collision 💥 dizzy 💫 sweat_drops 💦 dash 💨 zzz 💤 fire 🔥 sparkles ✨ star ⭐ star2 🌟 zap ⚡ rainbow 🌈
sunny ☀️ cloud ☁️ partly_sunny ⛅ umbrella ☔ snowflake ❄️ ocean 🌊 earth_africa 🌍 earth_americas 🌎 earth_asia 🌏 moon 🌔
seedling 🌱 evergreen_tree 🌲 herb 🌿 four_leaf_clover 🍀 tulip 🌷 rose 🌹 sunflower 🌻 cactus 🌵
apple 🍎 lemon 🍋 cherries 🍒 pizza 🍕 hamburger 🍔 cookie 🍪 cake 🍰 birthday 🎂 coffee ☕ tea 🍵 beer 🍺 beers 🍻 champagne 🍾 popcorn 🍿
dog 🐶 cat 🐱 fox_face 🦊 bear 🐻 unicorn_face 🦄 bee 🐝 bug 🐛 turtle 🐢 whale 🐳 octopus 🐙 owl 🦉 penguin 🐧 crab 🦀
tada 🎉 confetti_ball 🎊 balloon 🎈 gift 🎁 trophy 🏆 medal 🏅 sports_medal 🏅 first_place_medal 🥇 second_place_medal 🥈 third_place_medal 🥉
dart 🎯 game_die 🎲 video_game 🎮 art 🎨 microphone 🎤 headphones 🎧 musical_note 🎵 guitar 🎸 clapper 🎬 soccer ⚽ basketball 🏀 checkered_flag 🏁
rocket 🚀 airplane ✈️ car 🚗 truck 🚚 bus 🚌 bike 🚲 ship 🚢 construction 🚧 fuelpump ⛽ traffic_light 🚥 vertical_traffic_light 🚦 rotating_light 🚨
house 🏠 office 🏢 factory 🏭 hospital 🏥 bank 🏦 school 🏫 world_map 🗺️
watch ⌚ hourglass ⌛ hourglass_flowing_sand ⏳ alarm_clock ⏰ stopwatch ⏱️ timer_clock ⏲️ clock1 🕐 clock3 🕒 clock9 🕘 clock12 🕛 mantelpiece_clock 🕰️
iphone 📱 phone ☎️ telephone ☎️ telephone_receiver 📞 computer 💻 desktop_computer 🖥️ keyboard ⌨️ printer 🖨️ floppy_disk 💾 cd 💿 camera 📷 video_camera 📹 tv 📺 movie_camera 🎥
bulb 💡 flashlight 🔦 electric_plug 🔌 battery 🔋 satellite 🛰️ satellite_antenna 📡 magnet 🧲 microscope 🔬 telescope 🔭 test_tube 🧪
moneybag 💰 dollar 💵 euro 💶 pound 💷 credit_card 💳 money_with_wings 💸 receipt 🧾 gem 💎 scales ⚖️ balance_scale ⚖️
wrench 🔧 hammer 🔨 hammer_and_wrench 🛠️ nut_and_bolt 🔩 gear ⚙️ toolbox 🧰 link 🔗 paperclip 📎 scissors ✂️ pushpin 📌 round_pushpin 📍 triangular_ruler 📐 straight_ruler 📏
lock 🔒 unlock 🔓 key 🔑 shield 🛡️ closed_lock_with_key 🔐 door 🚪 broom 🧹 wastebasket 🗑️ shopping_trolley 🛒 package 📦 label 🏷️ bookmark 🔖
email ✉️ envelope ✉️ e-mail 📧 incoming_envelope 📨 inbox_tray 📥 outbox_tray 📤 mailbox 📫 mailbox_with_mail 📬 postbox 📮 memo 📝 pencil 📝 pencil2 ✏️ lower_left_ballpoint_pen 🖊️
page_facing_up 📄 page_with_curl 📃 bookmark_tabs 📑 scroll 📜 newspaper 📰 clipboard 📋 calendar 📆 date 📅 spiral_calendar_pad 🗓️ card_index 📇 card_file_box 🗃️ file_cabinet 🗄️ file_folder 📁 open_file_folder 📂 card_index_dividers 🗂️
book 📖 books 📚 notebook 📓 ledger 📒 closed_book 📕 green_book 📗 blue_book 📘 orange_book 📙 bar_chart 📊 chart_with_upwards_trend 📈 chart_with_downwards_trend 📉 chart 💹
mag 🔍 mag_right 🔎 bell 🔔 no_bell 🔕 loudspeaker 📢 mega 📣 speaker 🔈 mute 🔇 speech_balloon 💬 left_speech_bubble 🗨️ thought_balloon 💭 speaking_head 🗣️
white_check_mark ✅ heavy_check_mark ✔️ ballot_box_with_check ☑️ x ❌ negative_squared_cross_mark ❎ heavy_plus_sign ➕ heavy_minus_sign ➖ heavy_multiplication_x ✖️ no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑 warning ⚠️ question ❓ grey_question ❔ exclamation ❗ grey_exclamation ❕ bangbang ‼️ interrobang ⁉️ information_source ℹ️
arrow_up ⬆️ arrow_down ⬇️ arrow_left ⬅️ arrow_right ➡️ arrow_upper_right ↗️ arrow_lower_right ↘️ leftwards_arrow_with_hook ↩️ arrow_right_hook ↪️ arrows_counterclockwise 🔄 repeat 🔁 recycle ♻️ fast_forward ⏩ rewind ⏪ arrow_forward ▶️ double_vertical_bar ⏸️ black_square_for_stop ⏹️ twisted_rightwards_arrows 🔀 back 🔙 soon 🔜 top 🔝 new 🆕 free 🆓 up 🆙 cool 🆒 ok 🆗 sos 🆘 id 🆔
red_circle 🔴 large_orange_circle 🟠 large_yellow_circle 🟡 large_green_circle 🟢 large_blue_circle 🔵 large_purple_circle 🟣 black_circle ⚫ white_circle ⚪ large_red_square 🟥 large_orange_square 🟧 large_yellow_square 🟨 large_green_square 🟩 large_blue_square 🟦 white_large_square ⬜ black_large_square ⬛ small_blue_diamond 🔹 small_orange_diamond 🔸 large_blue_diamond 🔷 large_orange_diamond 🔶 small_red_triangle 🔺 small_red_triangle_down 🔻
zero 0️⃣ one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ six 6️⃣ seven 7️⃣ eight 8️⃣ nine 9️⃣ keycap_ten 🔟 hash #️⃣
triangular_flag_on_post 🚩 waving_white_flag 🏳️ crossed_flags 🎌 flag-de 🇩🇪 flag-gb 🇬🇧 gb 🇬🇧 flag-us 🇺🇸 us 🇺🇸 flag-fr 🇫🇷 fr 🇫🇷 de 🇩🇪 flag-es 🇪🇸 flag-it 🇮🇹 flag-eu 🇪🇺
puzzle_piece 🧩 jigsaw 🧩 crystal_ball 🔮 magic_wand 🪄 ticket 🎫 admission_tickets 🎟️ briefcase 💼 luggage 🧳 crown 👑 ring 💍 eyeglasses 👓 necktie 👔 tophat 🎩
see_no_evil 🙈 hear_no_evil 🙉 speak_no_evil 🙊 snail 🐌 butterfly 🦋 bird 🐦 rabbit 🐰 elephant 🐘 parrot 🦜 mouse 🐭
`;

const CHARACTERS = new Map();
const words = LIST.trim().split(/\s+/);
for (let i = 0; i + 1 < words.length; i += 2) CHARACTERS.set(words[i], words[i + 1]);

/** emoji makes the node for a shortcode, or null when it isn't a known one. */
export function emoji(name) {
  const character = CHARACTERS.get(name);
  return character ? h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " "), title: `:${name}:` }, character) : null;
}

// Calls of Slack's Web API client. Every line it prints is JSON.
import { LogLevel, WebClient } from '@slack/web-api';

const client = new WebClient(process.env.SLACK_BOT_TOKEN, {
  slackApiUrl: process.env.SLACK_API_URL,
  logLevel: LogLevel.ERROR,
  rejectRateLimitedCalls: true,
  retryConfig: { retries: 0 },
});
const channel = process.env.CHANNEL;
const say = (what, detail = {}) => console.log(JSON.stringify({ what, ...detail }));
const refused = async (what, call) => {
  try {
    await call();
    say(what, { error: null });
  } catch (error) {
    say(what, { error: error.data?.error ?? error.code, messages: error.data?.response_metadata?.messages, retryAfter: error.retryAfter });
  }
};

const me = await client.auth.test();
say('auth.test', { user: me.user_id, bot: me.bot_id });

const blocks = [{ type: 'section', block_id: 'head', text: { type: 'mrkdwn', text: '*A card*' } }];
const posted = await client.chat.postMessage({ channel, text: 'A card', blocks, metadata: { event_type: 'card', event_payload: { id: 'L-1' } } });
say('chat.postMessage', { text: posted.message.text, block: posted.message.blocks[0].block_id });
const updated = await client.chat.update({ channel, ts: posted.ts, text: 'A changed card', blocks: [] });
say('chat.update', { text: updated.text, same: updated.ts === posted.ts });
const whispered = await client.chat.postEphemeral({ channel, user: process.env.PERSON, text: 'psst' });
say('chat.postEphemeral', { ts: typeof whispered.message_ts });
const link = await client.chat.getPermalink({ channel, message_ts: posted.ts });
say('chat.getPermalink', { path: new URL(link.permalink).pathname.split('/')[1] });

const history = await client.conversations.history({ channel, include_all_metadata: true, limit: 1 });
say('conversations.history', { id: history.messages[0].metadata.event_payload.id });
const names = [];
for await (const page of client.paginate('conversations.list', { limit: 1, types: 'public_channel', exclude_archived: true })) {
  names.push(...page.channels.map((c) => c.name));
}
say('conversations.list', { names });
const person = await client.users.lookupByEmail({ email: process.env.EMAIL });
say('users.lookupByEmail', { id: person.user.id });
const groups = await client.usergroups.list({ include_users: true });
say('usergroups.list', { users: groups.usergroups[0].users });

const uploaded = await client.filesUploadV2({ channel_id: channel, filename: 'copy.csv', title: 'Copy', content: 'id\nC-1\n', initial_comment: 'Here' });
say('filesUploadV2', { title: uploaded.files[0].files[0].title });
const home = await client.views.publish({ user_id: process.env.PERSON, view: { type: 'home', blocks } });
say('views.publish', { type: home.view.type });

const shaped = await client.chat.postMessage({
  channel: process.env.PERSON, text: 'x', thread_ts: undefined, username: 'Desk', icon_emoji: ':tada:', unfurl_links: false, unfurl_media: false, link_names: true, parse: 'none',
  attachments: [{ color: '36a64f', fallback: 'x', text: '*x*', blocks }],
});
const reply = await client.chat.postMessage({ channel, thread_ts: posted.ts, reply_broadcast: true, as_user: true, text: 'x' });
say('every shape', { name: shaped.message.username, face: shaped.message.icons.emoji, colour: shaped.message.attachments[0].color, parent: reply.message.thread_ts === posted.ts });
const marked = await client.chat.postMessage({ channel, markdown_text: '**x**' });
say('markdown_text', { block: marked.message.blocks[0].type });

await refused('a long header', () => client.chat.postMessage({ channel, text: 'x', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] }));
await refused('an unknown channel', () => client.chat.postMessage({ channel: 'C0NONE', text: 'x' }));
await refused('an old trigger', () => client.views.open({ trigger_id: '1.2.3', view: { type: 'modal', title: { type: 'plain_text', text: 'X' }, blocks } }));
await refused('an unknown method', () => client.apiCall('chat.shout', { channel }));
await refused('too fast', async () => {
  for (let i = 0; i < 10; i++) await client.chat.postMessage({ channel, text: `${i}` });
});

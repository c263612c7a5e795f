// A small app on Bolt, as its documentation shows one. Every line it prints is JSON.
import bolt from '@slack/bolt';

const { App, LogLevel, SocketModeReceiver } = bolt;
const say = (what, detail = {}) => console.log(JSON.stringify({ what, ...detail }));

const clientOptions = { slackApiUrl: process.env.SLACK_API_URL };
const receiver = new SocketModeReceiver({
  appToken: process.env.SLACK_APP_TOKEN,
  installerOptions: { clientOptions },
  clientPingTimeout: 500, // also how long Bolt waits before it connects again
  logLevel: LogLevel.ERROR,
});
const app = new App({ token: process.env.SLACK_BOT_TOKEN, receiver, clientOptions, logLevel: LogLevel.ERROR });

const plain = (text) => ({ type: 'plain_text', text });
const form = {
  type: 'modal',
  callback_id: 'form',
  title: plain('Form'),
  submit: plain('Save'),
  notify_on_close: true,
  blocks: [
    { type: 'input', block_id: 'why', label: plain('Why?'), element: { type: 'plain_text_input', action_id: 'value' } },
    { type: 'section', block_id: 'pick', text: plain('Which?'), accessory: { type: 'external_select', action_id: 'asset', min_query_length: 1 } },
  ],
};

app.command('/echo', async ({ command, ack, respond }) => {
  await ack(`ack: ${command.text}`);
  await respond({ text: `respond: ${command.text}`, response_type: 'in_channel' });
  say('command', { text: command.text, user: command.user_id });
});

app.command('/modal', async ({ command, ack, client }) => {
  await ack();
  const { view } = await client.views.open({ trigger_id: command.trigger_id, view: form });
  say('opened', { id: view.id });
});

app.command('/card', async ({ ack, respond }) => {
  await ack();
  await respond({
    text: 'press',
    blocks: [{ type: 'actions', block_id: 'row', elements: [{ type: 'button', action_id: 'go', value: '1', text: plain('Go') }] }],
    response_type: 'in_channel',
  });
});

app.action('go', async ({ action, body, ack, respond }) => {
  await ack();
  await respond({ text: 'pressed', replace_original: true });
  say('action', { value: action.value, user: body.user.id, message: body.message.text });
});

app.options('asset', async ({ options, ack }) => {
  await ack({ options: [{ text: plain(`Found ${options.value}`), value: 'C-1' }] });
});

app.action('asset', async ({ action, ack, client, body }) => {
  await ack();
  await client.views.update({ view_id: body.view.id, hash: body.view.hash, view: form });
  say('chosen', { value: action.selected_option.value, typed: body.view.state.values.why.value.value });
});

app.view('form', async ({ view, ack }) => {
  const why = view.state.values.why.value.value;
  await ack(why === 'bad' ? { response_action: 'errors', errors: { why: 'Say more.' } } : undefined);
  say('submitted', { why });
});

app.view({ callback_id: 'form', type: 'view_closed' }, async ({ view, ack }) => {
  await ack();
  say('closed', { id: view.id });
});

app.shortcut('note', async ({ shortcut, ack }) => {
  await ack();
  say('shortcut', { type: shortcut.type, message: shortcut.message.text });
});

app.shortcut('new', async ({ shortcut, ack }) => {
  await ack();
  say('shortcut', { type: shortcut.type });
});

app.event('app_home_opened', async ({ event, client }) => {
  await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'header', text: plain('Welcome') }] } });
  say('home', { user: event.user });
});

app.message('ping', async ({ message, say: reply }) => {
  await reply({ text: 'pong', thread_ts: message.ts });
  say('message', { type: message.channel_type });
});

app.error(async (error) => say('error', { message: error.message }));
receiver.client.on('connected', () => say('connected'));

await app.start();
say('started');

process.on('SIGTERM', async () => {
  await app.stop();
  say('stopped');
  process.exit(0);
});

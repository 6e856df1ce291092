// Sends the messages of a file through the official client and prints their ids, in the same order.
// Usage: node send.js BASE_URL MESSAGES.json, with the API key in the variable API_KEY.
// MESSAGES.json: [{"type": "sms|email|letter", "template": id, "to": …, "personalisation": {…}, "reference": …}]
const fs = require("fs");
const { NotifyClient } = require("notifications-node-client");

const AT_ONCE = 16;

async function send(client, { type, template, to, personalisation, reference }) {
  const options = { personalisation, reference };
  if (type === "sms") return client.sendSms(template, to, options);
  if (type === "email") return client.sendEmail(template, to, options);
  return client.sendLetter(template, options);
}

function reason(error) {
  return error.response ? `${error.response.status} ${JSON.stringify(error.response.data)}` : error.message;
}

async function main() {
  const [url, path] = process.argv.slice(2);
  const client = new NotifyClient(url, process.env.API_KEY);
  const messages = JSON.parse(fs.readFileSync(path, "utf8"));
  const ids = new Array(messages.length);
  let next = 0;
  async function worker() {
    while (next < messages.length) {
      const index = next++;
      try {
        ids[index] = (await send(client, messages[index])).data.id;
      } catch (error) {
        throw new Error(`message ${index} (${messages[index].type}): ${reason(error)}`);
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  console.log(JSON.stringify(ids));
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});

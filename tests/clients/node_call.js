// Runs calls of the official client one after another. Reads a JSON list of {"key", "method", "arguments"} and prints
// a JSON list of {"status", "data"}; a PDF is {"pdf_base64"}, a refusal {"status", "data", "refused": true}. Among the
// arguments {"$bytes": BASE64} stands for bytes and {"$upload": BASE64, "options"} for a file to be sent by email.
const { NotifyClient } = require("notifications-node-client");

function meant(client, value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => meant(client, item));
  if ("$bytes" in value) return Buffer.from(value.$bytes, "base64");
  if ("$upload" in value) return client.prepareUpload(Buffer.from(value.$upload, "base64"), value.options);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, meant(client, item)]));
}

async function run(url, { key, method, arguments: values }) {
  try {
    const client = new NotifyClient(url, key);
    const answer = await client[method](...values.map((value) => meant(client, value)));
    if (Buffer.isBuffer(answer)) return { pdf_base64: answer.toString("base64") };
    return { status: answer.status, data: answer.data };
  } catch (error) {
    if (!error.response) throw error;
    return { status: error.response.status, data: error.response.data, refused: true };
  }
}

async function main() {
  const chunks = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  const results = [];
  for (const call of JSON.parse(Buffer.concat(chunks))) results.push(await run(process.argv[2], call));
  console.log(JSON.stringify(results));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});

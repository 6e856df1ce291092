// Runs calls of the official client one after another. Reads a JSON list of {"key", "method", "arguments"} and prints
// a JSON list of {"status", "data"}; a PDF is {"pdf_base64"}, a refusal {"status", "data", "refused": true}.
const { NotifyClient } = require("notifications-node-client");

async function run(url, { key, method, arguments: values }) {
  try {
    const answer = await new NotifyClient(url, key)[method](...values);
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

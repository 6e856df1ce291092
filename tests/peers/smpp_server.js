// An SMPP server for tests, over the npm package smpp. Prints a line of JSON for each thing that happens; reads lines
// of JSON as orders: {"reply": [status, …]} answers the next submits so, "silent" takes one without an answer, "cut"
// takes it and closes the connection; {"deliver": {…}} sends a deliver_sm; {"unbind": true}; {"close": true}.
'use strict';
const readline = require('readline');
const smpp = require(process.argv[2]);

const sessions = new Set();
const replies = [];
let count = 0;
const hexIds = process.argv[3] === 'hex';

function say(event) {
  process.stdout.write(JSON.stringify(event) + '\n');
}

const server = smpp.createServer({}, (session) => {
  session.on('bind_transceiver', (pdu) => {
    if (pdu.system_id !== 'postroom' || pdu.password !== 'secret') {
      session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
      return say({ event: 'refused' });
    }
    sessions.add(session);
    session.send(pdu.response({ system_id: 'test' }));
    say({ event: 'bound' });
  });
  session.on('submit_sm', (pdu) => {
    const planned = replies.length ? replies.shift() : 0;
    if (typeof planned === 'number' && planned !== 0) {
      say({ event: 'answered', status: planned });
      return session.send(pdu.response({ command_status: planned }));
    }
    count += 1;
    const id = hexIds ? count.toString(16).toUpperCase() : String(count).padStart(10, '0');
    const body = pdu.short_message && pdu.short_message.message !== undefined ? pdu.short_message : { message: '' };
    say({
      event: 'submit', id, number: count, to: pdu.destination_addr, from: pdu.source_addr,
      ton: pdu.source_addr_ton, coding: pdu.data_coding, esm: pdu.esm_class, registered: pdu.registered_delivery,
      text: Buffer.isBuffer(body.message) ? body.message.toString('latin1') : body.message,
      udh: body.udh ? [...body.udh].map((part) => [...part]) : null,
      sar: pdu.sar_total_segments ? [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum] : null,
      payload: pdu.message_payload ? String(pdu.message_payload.message || pdu.message_payload) : null,
    });
    if (planned === 'silent') return undefined;
    if (planned === 'cut') return session.close ? session.socket.destroy() : undefined;
    return session.send(pdu.response({ message_id: id }));
  });
  session.on('enquire_link', (pdu) => { say({ event: 'enquire' }); session.send(pdu.response()); });
  session.on('unbind', (pdu) => { say({ event: 'unbind' }); session.send(pdu.response()); session.close(); });
  session.on('deliver_sm_resp', (pdu) => say({ event: 'delivered', status: pdu.command_status }));
  session.on('close', () => { sessions.delete(session); say({ event: 'closed' }); });
  session.on('error', () => {});
});

server.listen(Number(process.argv[4] || 0), '127.0.0.1', () => say({ event: 'listening', port: server.address().port }));

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  if (order.reply) replies.push(...order.reply);
  for (const session of sessions) {
    if (order.deliver) session.deliver_sm(order.deliver);
    if (order.unbind) session.unbind();
    if (order.close) session.socket.destroy();
  }
}).on('close', () => process.exit(0));

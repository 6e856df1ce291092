// Serves one accepted socket until it closes.
#pragma once

#include <string>

#include "http/asio_headers.h"
#include "http/io_thread.h"
#include "http/server_state.h"

namespace postroom::http {

// Takes the socket, which must belong to `io`. Returns at once; the connection lives on `io` and counts in
// state.connections. Call from any thread. `state` and `io` must outlive it.
void serve_connection(ServerState& state, IoThread& io, Socket socket, std::string remote_address);

}  // namespace postroom::http

// Accepts connections and deals them out to the I/O threads.
#pragma once

#include <memory>
#include <vector>

#include "http/asio_headers.h"
#include "http/io_thread.h"
#include "http/server_state.h"

namespace postroom::http {

// Runs on the first I/O thread until stop_accepting. `acceptor` must belong to it.
void start_accepting(ServerState& state, std::vector<std::unique_ptr<IoThread>>& io_threads, Acceptor& acceptor);

// Takes what has already connected, which closing would reset, and closes. On the first I/O thread only.
void stop_accepting(ServerState& state, std::vector<std::unique_ptr<IoThread>>& io_threads, Acceptor& acceptor);

}  // namespace postroom::http

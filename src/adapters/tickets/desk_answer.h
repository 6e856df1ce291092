// What the desks that speak HTTP share. Internal to this folder.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "ports/http_client.h"
#include "ports/ticket_desk.h"

namespace postroom::tickets {

constexpr std::chrono::milliseconds kDeskTimeout{15'000};

// Only 201 says that the ticket exists. retry_later for no answer, 429 and 5xx; rejected for all else. Names the
// desk and the status, not the body, which may repeat the message.
Result<void> judge_desk_answer(std::string_view desk, const Result<ports::HttpResponse>& answer);

// The same for the same ticket, hexadecimal.
std::string fingerprint(const ports::Ticket& ticket);

}  // namespace postroom::tickets

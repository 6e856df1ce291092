// How Amazon's services name what is wrong with a call.
#pragma once

#include <string>
#include <string_view>

namespace postroom::aws {

// "TooManyRequestsException" out of the header x-amzn-ErrorType or, where that is empty, the JSON body; empty when
// there is none. The rest of the body is left alone: it may hold addresses.
std::string fault_name(std::string_view error_type, std::string_view body);

}  // namespace postroom::aws

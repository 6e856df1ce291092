#include "adapters/dns/dns_resolver.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>

#include "base/text.h"
#include "base/ttl_cache.h"

namespace postroom::dns {
namespace {

using ports::MailExchanger;

constexpr std::size_t kAnswerBytesMax = 65'535;
constexpr int kRecordsMax = 100;  // of one answer; more are not looked at
constexpr std::size_t kNameCharsMax = 253;

// Nothing when the name is damaged, so that it does not pass for the empty name of a null MX.
std::optional<std::string> name_text(const ns_msg& message, const unsigned char* at) {
  std::array<char, NS_MAXDNAME> out{};
  if (::dn_expand(ns_msg_base(message), ns_msg_end(message), at, out.data(), out.size()) < 0) return std::nullopt;
  std::string name = out.data();
  if (name.ends_with('.')) name.pop_back();
  return name;
}

// A question's answer: the records' data, of the type asked for.
struct Answer {
  bool exists = true;
  std::vector<MailExchanger> exchangers;
  std::vector<std::string> texts;  // addresses too
};

void read_mx(const ns_msg& message, const ns_rr& record, Answer& out) {
  if (ns_rr_rdlen(record) < 3) return;
  auto host = name_text(message, ns_rr_rdata(record) + 2);
  if (!host) return;
  out.exchangers.push_back(
      {.preference = static_cast<int>(ns_get16(ns_rr_rdata(record))), .host = std::move(*host)});
}

void read_address(int family, const ns_rr& record, Answer& out) {
  const std::size_t size = family == AF_INET ? 4 : 16;
  if (ns_rr_rdlen(record) != size) return;
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (::inet_ntop(family, ns_rr_rdata(record), text.data(), text.size()) != nullptr)
    out.texts.emplace_back(text.data());
}

void read_text(const ns_rr& record, Answer& out) {
  const auto* data = reinterpret_cast<const char*>(ns_rr_rdata(record));
  std::string_view left(data, ns_rr_rdlen(record));
  std::string text;
  while (!left.empty()) {
    const std::size_t size = std::min<std::size_t>(static_cast<unsigned char>(left.front()), left.size() - 1);
    text.append(left.substr(1, size));
    left.remove_prefix(1 + size);
  }
  out.texts.push_back(std::move(text));
}

Answer read_answer(const unsigned char* bytes, int size, int type) {
  Answer out;
  ns_msg message;
  if (::ns_initparse(bytes, size, &message) < 0) return out;
  const int count = std::min<int>(ns_msg_count(message, ns_s_an), kRecordsMax);
  for (int i = 0; i < count; ++i) {
    ns_rr record;
    if (::ns_parserr(&message, ns_s_an, i, &record) < 0) break;
    if (static_cast<int>(ns_rr_type(record)) != type) continue;
    if (type == ns_t_mx) read_mx(message, record, out);
    if (type == ns_t_a) read_address(AF_INET, record, out);
    if (type == ns_t_aaaa) read_address(AF_INET6, record, out);
    if (type == ns_t_txt) read_text(record, out);
  }
  return out;
}

Result<sockaddr_in> server_address(const std::string& text) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  const std::size_t colon = text.find(':');
  const auto port = colon == std::string::npos ? std::optional<std::uint16_t>(53)
                                               : parse_int<std::uint16_t>(text.substr(colon + 1));
  if (!port || ::inet_pton(AF_INET, text.substr(0, colon).c_str(), &out.sin_addr) != 1) {
    return fail(
        ErrorKind::invalid_input,
        fmt::format("'{}' is no name server: give an IPv4 address such as 192.0.2.53, or with :port", text));
  }
  out.sin_port = htons(*port);
  return out;
}

}  // namespace

struct DnsResolver::Impl {
  Impl(DnsOptions given, const Clock& real_time)
      : options(std::move(given)), clock(real_time), cache(options.keep, options.kept_max) {}

  Result<std::shared_ptr<const Answer>> ask(std::string_view name, int type);
  Result<Answer> ask_servers(const std::string& name, int type) const;

  const DnsOptions options;
  std::optional<sockaddr_in> server;
  const Clock& clock;
  TtlCache<std::string, Answer> cache;
};

Result<Answer> DnsResolver::Impl::ask_servers(const std::string& name, int type) const {
  struct __res_state state{};
  if (::res_ninit(&state) != 0) return fail(ErrorKind::retry_later, "the host's name servers are not known");
  std::unique_ptr<struct __res_state, void (*)(struct __res_state*)> closer(&state,
                                                                            [](auto* s) { ::res_nclose(s); });
  if (server) {
    state.nscount = 1;
    state.nsaddr_list[0] = *server;
  }
  state.retrans = static_cast<int>(options.try_timeout.count());
  state.retry = options.tries;
  state.options |= RES_USE_EDNS0;
  std::vector<unsigned char> bytes(kAnswerBytesMax);
  const int size = ::res_nquery(&state, name.c_str(), ns_c_in, type, bytes.data(), static_cast<int>(bytes.size()));
  if (size >= 0) return read_answer(bytes.data(), std::min<int>(size, static_cast<int>(bytes.size())), type);
  if (state.res_h_errno == NO_DATA) return Answer{};
  if (state.res_h_errno == HOST_NOT_FOUND) return Answer{.exists = false};
  return fail(ErrorKind::retry_later, fmt::format("no name server could say what {} is", name));
}

Result<std::shared_ptr<const Answer>> DnsResolver::Impl::ask(std::string_view asked, int type) {
  const std::string name = to_lower(asked);
  const bool is_name =
      !name.empty() && name.size() <= kNameCharsMax && name.find_first_of(" \t\r\n\\\"") == std::string::npos;
  if (!is_name) return fail(ErrorKind::invalid_input, "this is no name that the DNS could know");
  const std::string key = fmt::format("{}/{}", type, name);
  const UtcTime now = clock.now();
  auto answer = cache.find(key, now);
  if (!answer) {
    POSTROOM_TRY(fresh, ask_servers(name, type));
    answer = std::make_shared<const Answer>(std::move(fresh));
    cache.put(key, answer, now);
  }
  if (!answer->exists) return fail(ErrorKind::not_found, fmt::format("the name {} does not exist", name));
  return answer;
}

DnsResolver::DnsResolver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DnsResolver::~DnsResolver() = default;

Result<std::unique_ptr<DnsResolver>> DnsResolver::create(DnsOptions options, const Clock& real_time) {
  auto impl = std::make_unique<Impl>(std::move(options), real_time);
  if (!impl->options.server.empty()) {
    POSTROOM_TRY(address, server_address(impl->options.server));
    impl->server = address;
  }
  return std::unique_ptr<DnsResolver>(new DnsResolver(std::move(impl)));
}

Result<std::vector<MailExchanger>> DnsResolver::mail_exchangers(std::string_view domain) {
  POSTROOM_TRY(answer, impl_->ask(domain, ns_t_mx));
  return answer->exchangers;
}

Result<std::vector<std::string>> DnsResolver::addresses(std::string_view host) {
  auto v4 = impl_->ask(host, ns_t_a);
  if (!v4) return fail(v4.error());
  std::vector<std::string> out = (*v4)->texts;
  auto v6 = impl_->ask(host, ns_t_aaaa);
  if (v6)
    out.insert(out.end(), (*v6)->texts.begin(), (*v6)->texts.end());
  else if (out.empty())
    return fail(v6.error());
  return out;
}

Result<std::vector<std::string>> DnsResolver::texts(std::string_view name) {
  POSTROOM_TRY(answer, impl_->ask(name, ns_t_txt));
  return answer->texts;
}

}  // namespace postroom::dns

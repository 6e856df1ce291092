// Writes JSON objects straight into text, for answers that are made often. Nesting is the caller's: open with a
// key, close in order.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"

namespace postroom::notifications {

class JsonWriter {
 public:
  explicit JsonWriter(std::size_t size_guess = 512) { out_.reserve(size_guess); }

  JsonWriter& open() { return begin('{'); }
  JsonWriter& open(std::string_view key) { return label(key).begin('{'); }
  JsonWriter& open_array(std::string_view key) { return label(key).begin('['); }
  JsonWriter& close() { return end('}'); }
  JsonWriter& close_array() { return end(']'); }

  JsonWriter& text(std::string_view key, std::string_view value) {
    label(key);
    append_json_string(out_, value);
    needs_comma_ = true;
    return *this;
  }
  JsonWriter& text_or_null(std::string_view key, const std::optional<std::string>& value) {
    return value ? text(key, std::string_view(*value)) : null(key);
  }
  JsonWriter& null(std::string_view key) { return raw(key, "null"); }
  JsonWriter& flag(std::string_view key, bool value) { return raw(key, value ? "true" : "false"); }
  JsonWriter& number(std::string_view key, std::int64_t value) { return raw(key, std::to_string(value)); }
  JsonWriter& decimal(std::string_view key, double value) { return raw(key, write_double(value)); }
  // `value` is JSON already.
  JsonWriter& raw(std::string_view key, std::string_view value) {
    label(key);
    out_ += value;
    needs_comma_ = true;
    return *this;
  }
  JsonWriter& raw_item(std::string_view value) {
    separate();
    out_ += value;
    needs_comma_ = true;
    return *this;
  }

  std::string take() { return std::move(out_); }

 private:
  JsonWriter& begin(char bracket) {
    separate();
    out_ += bracket;
    needs_comma_ = false;
    return *this;
  }
  JsonWriter& end(char bracket) {
    out_ += bracket;
    needs_comma_ = true;
    return *this;
  }
  JsonWriter& label(std::string_view key) {
    separate();
    append_json_string(out_, key);
    out_ += ':';
    needs_comma_ = false;
    return *this;
  }
  void separate() {
    if (needs_comma_) out_ += ',';
  }

  std::string out_;
  bool needs_comma_ = false;
};

}  // namespace postroom::notifications

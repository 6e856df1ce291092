#include "cli/letter_look_arguments.h"

#include <CLI/CLI.hpp>
#include <memory>

#include "base/bytes.h"
#include "cli/read_file.h"

namespace postroom::cli {
namespace {

void put(json::object& out, std::string_view key, const std::string& value) {
  if (!value.empty()) out[key] = value;
}

}  // namespace

void add_letter_logo(CLI::App* service, const AddWord& add) {
  struct Values {
    std::string service, file;
    bool remove = false;
  };
  auto v = std::make_shared<Values>();
  CLI::App* logo = add(service, "letter-logo", "Set the logo at the top of a service's letters",
                       "service letter-logo", [v](json::object& a) {
                         put(a, "service", v->service);
                         if (v->remove == !v->file.empty()) refuse("give either FILE or --remove");
                         if (v->remove) {
                           a["remove"] = true;
                         } else {
                           a["content_base64"] = to_base64(read_bytes("FILE", v->file));
                         }
                       });
  logo->add_option("SERVICE", v->service, "Id or name of the service")->required();
  logo->add_option("FILE", v->file, "SVG of shapes only, or PNG; printed at most 70 by 18 mm");
  logo->add_flag("--remove", v->remove, "Letters have no logo from now on");
}

void add_letter_look(CLI::App* render, LetterLookOptions& options) {
  render->add_option("--date", options.date, "Letters: day they are dated, such as 2026-07-01 (default: today)");
  render->add_option("--logo", options.logo, "Letters: SVG or PNG for the top of the first page");
  render->add_option("--welsh", options.welsh, "Letters: file with the Welsh text, printed before the English");
  render->add_option("--welsh-subject", options.welsh_subject, "Letters: heading of the Welsh part");
  render->add_option("--fonts", options.fonts, "Letters: fonts, written as in the setting letters.fonts");
}

void put_letter_look(const LetterLookOptions& options, json::object& out) {
  put(out, "date", options.date);
  put(out, "fonts", options.fonts);
  put(out, "welsh_subject", options.welsh_subject);
  if (!options.logo.empty()) out["logo_base64"] = to_base64(read_bytes("--logo", options.logo));
  if (!options.welsh.empty()) out["welsh"] = read_file("--welsh", options.welsh);
}

}  // namespace postroom::cli

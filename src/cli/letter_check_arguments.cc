#include "cli/letter_check_arguments.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "base/bytes.h"
#include "base/text.h"
#include "cli/read_file.h"

namespace postroom::cli {
namespace {

struct Values {
  std::string file, overlay, sanitised;
  bool attachment = false, international = false;
  int page = 0;
};

bool has_ending(const std::string& path, std::string_view ending) {
  return equals_ignoring_case(std::filesystem::path(path).extension().string(), ending);
}

void fill(const Values& v, json::object& a) {
  a["file_name"] = std::filesystem::path(v.file).filename().string();
  a["content_base64"] = to_base64(read_bytes("FILE", v.file));
  a["attachment"] = v.attachment;
  a["international"] = v.international;
  if (!v.overlay.empty()) {
    if (!has_ending(v.overlay, ".png") && !has_ending(v.overlay, ".pdf"))
      refuse(fmt::format("--overlay {}: name a .png file for one page or a .pdf file for all", v.overlay));
    a["overlay"] = v.overlay;
    a["overlay_form"] = has_ending(v.overlay, ".png") ? "png" : "pdf";
  }
  if (v.page != 0) {
    if (!has_ending(v.overlay, ".png")) refuse("--page: it chooses the page of --overlay FILE.png, add that");
    a["page"] = v.page;
  }
  if (!v.sanitised.empty()) a["sanitised"] = v.sanitised;
}

}  // namespace

void add_letter_check(CLI::App* letters, const AddWord& add) {
  auto v = std::make_shared<Values>();
  CLI::App* check = add(letters, "check", "Say whether a PDF can be sent as a letter; needs no server",
                        "letters check", [v](json::object& a) { fill(*v, a); });
  check->add_option("FILE", v->file, "PDF of the letter")->required();
  check->add_flag("--attachment", v->attachment, "It follows a letter made of a template: no address, no tag");
  check->add_flag("--international", v->international, "Addresses in other countries are allowed");
  check->add_option("--overlay", v->overlay,
                    "Write a picture (.png) of one page, or all pages (.pdf), with the forbidden places in red");
  check->add_option("--page", v->page, "Page of the picture (default: the first at fault, else 1)")
      ->check(CLI::Range(1, 100000));
  check->add_option("--sanitised", v->sanitised, "Write what would be printed: address written anew, tagged");
}

}  // namespace postroom::cli

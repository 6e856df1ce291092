#include "cli/printing_arguments.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <vector>

namespace postroom::cli {
namespace {

struct Values {
  std::string letter, file, day;
  std::vector<std::string> references, except;
};

void put_list(json::object& out, std::string_view key, const std::vector<std::string>& values) {
  if (!values.empty()) out[key] = json::value_from(values);
}

}  // namespace

void add_printing(CLI::App* letters, const AddWord& add) {
  auto v = std::make_shared<Values>();
  add(letters, "explain", "One letter's whole story: what happened, what is wrong, what happens next",
      "letters explain", [v](json::object& a) { a["letter"] = v->letter; })
      ->add_option("LETTER", v->letter, "Its reference or its id")
      ->required();
  CLI::App* printed =
      add(letters, "printed", "Letters that were printed here are in the post (print.provider=print-locally)",
          "letters printed", [v](json::object& a) {
            if (!v->file.empty()) a["file"] = std::filesystem::path(v->file).filename().string();
            if (!v->day.empty()) a["day"] = v->day;
            put_list(a, "references", v->references);
            put_list(a, "except", v->except);
          });
  printed->add_option("FILE", v->file, "A file of letters; its name is enough");
  printed->add_option("--day", v->day, "All files of this day's run");
  printed->add_option("--reference", v->references, "A single letter; may be repeated")->allow_extra_args(false);
  printed->add_option("--except", v->except, "Not this letter of theirs; may be repeated")->allow_extra_args(false);
  add(letters, "reprint", "Put letters into a file for printing once more (print.provider=print-locally)",
      "letters reprint", [v](json::object& a) { put_list(a, "references", v->references); })
      ->add_option("REFERENCE", v->references, "Letters that were spoiled or lost before they were posted")
      ->required();
}

}  // namespace postroom::cli

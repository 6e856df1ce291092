#include "cli/ready_letter_arguments.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "cli/read_file.h"

namespace postroom::cli {
namespace {

struct Values {
  std::string service, template_name, file, letter, id, postage, author, out;
  std::vector<std::string> references;
  bool errors = false, pdf = false, png = false, check_only = false;
  std::optional<int> page;
};

void put(json::object& out, std::string_view key, const std::string& value) {
  if (!value.empty()) out[key] = value;
}

void put_pdf(json::object& out, const std::string& path) {
  out["file_name"] = std::filesystem::path(path).filename().string();
  out["content_base64"] = to_base64(read_bytes("FILE", path));
}

void add_preview(CLI::App* letters, const AddWord& add) {
  auto v = std::make_shared<Values>();
  CLI::App* preview = add(letters, "preview", "See a letter as it will be printed, or why it was refused",
                          "letters preview", [v](json::object& a) {
                            if (v->pdf && v->png) refuse("give either --pdf or --png");
                            if (v->pdf && v->page) refuse("--page is for --png: a PDF has all pages");
                            put(a, "letter", v->letter);
                            put(a, "out", v->out);
                            a["form"] = v->png || (v->page && !v->pdf) ? "png" : "pdf";
                            if (v->page) a["page"] = *v->page;
                          });
  preview->add_option("LETTER", v->letter, "Reference or id of the letter")->required();
  preview->add_option("--page", v->page, "Page of the picture, from 1 (default: 1)");
  preview->add_flag("--pdf", v->pdf, "The whole letter (default)");
  preview->add_flag("--png", v->png, "One page as a picture");
  preview->add_option("--out", v->out, "File to write")->required();
}

void add_upload(CLI::App* letters, const AddWord& add) {
  auto v = std::make_shared<Values>();
  CLI::App* upload =
      add(letters, "upload", "Check a PDF and send it as a letter", "letters upload", [v](json::object& a) {
        put(a, "service", v->service);
        put_pdf(a, v->file);
        put(a, "postage", v->postage);
        put(a, "id", v->id);
        put(a, "created_by", v->author);
        if (v->check_only) a["check_only"] = true;
      });
  upload->add_option("SERVICE", v->service, "Id or name of the service")->required();
  upload->add_option("FILE", v->file, "The letter: A4, at most 10 pages and 2 MiB")->required();
  upload->add_option("--postage", v->postage,
                     "first, second or economy; abroad the address decides (default: second)");
  upload->add_option("--id", v->id, "Id of the letter, so that a repeat sends nothing twice (default: a new one)");
  upload->add_option("--created-by", v->author, "Who sends it");
  upload->add_flag("--check-only", v->check_only, "Say what would happen, send nothing");
}

}  // namespace

void add_ready_letters(CLI::App* letters, const AddWord& add) {
  auto v = std::make_shared<Values>();
  CLI::App* rescan = add(letters, "rescan", "Check ready PDFs again that could not be checked", "letters rescan",
                         [v](json::object& a) {
                           if (v->errors == !v->references.empty()) refuse("give either references or --errors");
                           if (v->errors)
                             a["errors"] = true;
                           else
                             a["references"] = json::value_from(v->references);
                         });
  rescan->add_option("REFERENCE", v->references, "References of letters");
  rescan->add_flag("--errors", v->errors, "All whose file was set aside");
  add(letters, "resanitise", "Make the print file of a ready PDF anew from the file as it came",
      "letters resanitise", [v](json::object& a) { put(a, "letter", v->letter); })
      ->add_option("LETTER", v->letter, "Reference or id of the letter")
      ->required();
  add_preview(letters, add);
  add_upload(letters, add);
}

void add_attachments(CLI::App* template_group, const AddWord& add) {
  auto v = std::make_shared<Values>();
  CLI::App* attach = add(template_group, "attach", "Put a PDF behind every letter of a template", "template attach",
                         [v](json::object& a) {
                           put(a, "service", v->service);
                           put(a, "template", v->template_name);
                           put_pdf(a, v->file);
                         });
  attach->add_option("SERVICE", v->service, "Id or name of the service")->required();
  attach->add_option("TEMPLATE", v->template_name, "Id or name of the template")->required();
  attach->add_option("FILE", v->file, "A4 pages; with the letter's at most 10")->required();
  CLI::App* detach = add(template_group, "detach", "Letters of a template have no attachment from now on",
                         "template detach", [v](json::object& a) {
                           put(a, "service", v->service);
                           put(a, "template", v->template_name);
                         });
  detach->add_option("SERVICE", v->service, "Id or name of the service")->required();
  detach->add_option("TEMPLATE", v->template_name, "Id or name of the template")->required();
}

}  // namespace postroom::cli

#include "work.h"

#include "document.h"
#include "look.h"
#include "raster.h"
#include "rewrite.h"

namespace postroom::pdfscan {
namespace {

Result<Bytes> work(Engine& engine, const Request& request, const pdf::Look& look) {
  Document document(engine);
  Looker looker(document, look);
  POSTROOM_CHECK(engine.run([&] {
    document.open(request.pdf);
    looker.run();
  }));
  return write_facts(looker.facts());
}

Result<Bytes> work(Engine& engine, const Request& request, const ports::PdfImageRequest& image) {
  Document document(engine);
  PageEditor editor(document);
  Bytes png;
  POSTROOM_CHECK(engine.run([&] {
    document.open(request.pdf);
    document.flatten_tree();
    editor.flatten_annotations();
    draw_png(document, image, png);
  }));
  return png;
}

Result<Bytes> work(Engine& engine, const Request& request, const ports::PdfRewrite& changes) {
  Document document(engine);
  Document stamp(engine);
  bool stamped = !changes.stamp.empty();
  Rewriter rewriter(document, stamped ? &stamp : nullptr, changes);
  Bytes out;
  POSTROOM_CHECK(engine.run([&] {
    document.open(request.pdf);
    document.flatten_tree();
    if (stamped) stamp.open(changes.stamp);
    if (stamped) stamp.flatten_tree();
    rewriter.run(out);
  }));
  return out;
}

Result<Bytes> work(Engine& engine, const Request& request, const ports::PdfZoneTint& zones) {
  Document document(engine);
  PageEditor editor(document);
  Recolour cleaner(document, false);
  Bytes out;
  POSTROOM_CHECK(engine.run([&] {
    document.open(request.pdf);
    document.flatten_tree();
    tint_zones(document, editor, cleaner, zones, out);
  }));
  return out;
}

}  // namespace

Result<Bytes> do_work(const Request& request, std::size_t memory_max, bool& out_of_memory) {
  Engine engine(memory_max);
  auto body = std::visit([&](const auto& part) { return work(engine, request, part); }, request.work);
  out_of_memory = engine.out_of_memory();
  return body;
}

}  // namespace postroom::pdfscan

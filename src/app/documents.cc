#include "app/documents.h"

#include "app/flow_parts.h"
#include "base/log.h"
#include "web/documents.h"

namespace postroom::app {

void build_documents(Parts& parts) {
  FlowParts& f = *parts.flows;
  ports::Database& database = *parts.database;
  f.document_ports = std::make_unique<flows::DocumentPorts>(
      flows::DocumentPorts{database.documents(), *parts.blobs, database.services(), database.notifications(),
                           parts.virus_scanner.get(), *parts.key_ring, parts.clock, parts.random});
  f.document_downloads = std::make_unique<flows::DocumentDownloads>(*f.document_ports);
}

void add_documents(http::Router& router, Parts& parts) {
  web::add_document_pages(router, *parts.flows->document_downloads,
                          {.zone = parts.zone,
                           .is_https = parts.web_base_url.starts_with("https://"),
                           .is_behind_proxy = parts.settings.flag("web.behind_proxy")});
}

void open_documents(Parts& parts) {
  FlowParts& f = *parts.flows;
  if (parts.web_base_url.empty()) {
    log_warning("document.off", {{"reason", "no web pages run here: set web.base_url to where they are"}});
    return;
  }
  if (!parts.virus_scanner) {
    log_warning("document.no_scanner",
                {{"result", parts.settings.flag("documents.unscanned")
                                ? "files sent by email are not checked for viruses"
                                : "files sent by email are refused, see documents.unscanned"}});
  }
  f.document_uploads = std::make_unique<flows::DocumentUploads>(
      *f.document_ports,
      flows::DocumentOptions{
          .bytes_max = static_cast<std::size_t>(parts.settings.integer("documents.bytes_max")),
          .retention_weeks = static_cast<int>(parts.settings.integer("documents.retention_weeks")),
          .base_url = parts.web_base_url,
          .unscanned = parts.settings.flag("documents.unscanned")});
  f.send->documents = f.document_uploads.get();
}

}  // namespace postroom::app

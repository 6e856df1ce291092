// The frame of pages for recipients: plain HTML that works on a small phone, without scripts and without anything
// from another host.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/router.h"

namespace postroom::web {

struct PageParts {
  std::string title;       // as text; also the name of the browser's tab
  std::string sender;      // as text: whose page it is, shown at the top; empty: nobody's
  std::string content;     // as HTML: the page's main part, beginning with its h1
  std::string footer;      // as HTML; empty: none
  bool has_error = false;  // a form came back with a fault: the tab's name says so
  std::string_view language = "en";
};

// The whole document. The same parts give the same bytes.
std::string page(const PageParts& parts);

// page() with the headers every page for recipients needs: no scripts, no frames, no foreign hosts, kept by no
// cache and no search engine, and no address of it told to other sites. Forms post to the same host only.
http::Response page_response(int status, const PageParts& parts);

// The same headers for what is not such a page. `policy`: the Content-Security-Policy; empty: that of pages.
void add_page_headers(http::Response& response, std::string_view policy = {});

// What to show at the top of a form that came back: one message that leads to the field with this id.
std::string error_summary(std::string_view message, std::string_view field_id);

// Serves the style sheet of page(). Once for a router.
void add_page_style(http::Router& router);

// Answers addresses that lead nowhere, such as links that a mail program cut, with a page.
void add_not_found_page(http::Router& router);

}  // namespace postroom::web

// The reference's style sheet. Colours hold WCAG 2.2 AA contrast in light and in dark.
#pragma once

#include <string_view>

namespace postroom::api {

inline constexpr std::string_view kReferenceStyle = R"css(
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #4d5560; --paper: #ffffff; --line: #c9d0d8;
  --accent: #0b5c6b; --wash: #eef4f5; --get: #1d5a9e; --post: #1b6b3a; --webhook: #7a3e9d; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf1; --soft: #b3bcc6; --paper: #14181c; --line: #3a434c;
  --accent: #7fd0de; --wash: #1d2429; --get: #8fc1ff; --post: #7fd6a0; --webhook: #d3a6f0; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; font: 1rem/1.55 system-ui, "Liberation Sans", Arial, sans-serif; color: var(--ink); background: var(--paper); }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--paper); padding: 0.5rem; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible, pre:focus-visible, .scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.page { display: grid; grid-template-columns: 17rem minmax(0, 1fr); max-width: 80rem; margin: 0 auto; }
.side { border-right: 1px solid var(--line); padding: 1.25rem 1rem; position: sticky; top: 0; height: 100vh; overflow-y: auto; font-size: 0.9375rem; }
.side .name { font-weight: 700; font-size: 1.125rem; margin: 0 0 0.75rem; }
.narrow { display: none; }
.side h2 { font-size: 0.875rem; color: var(--soft); margin: 1rem 0 0.25rem; border: 0; padding: 0; }
.side ul { list-style: none; margin: 0; padding: 0; }
.side li a { display: block; padding: 0.2rem 0; text-decoration: none; color: var(--ink); }
.side li a:hover { text-decoration: underline; }
main { padding: 1.25rem 2rem 4rem; max-width: 56rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 0.75rem; }
h2 { font-size: 1.5rem; margin: 3rem 0 0.5rem; padding-top: 0.75rem; border-top: 3px solid var(--accent); }
h3 { font-size: 1.25rem; margin: 2.5rem 0 0.25rem; }
h4 { font-size: 1rem; margin: 1.5rem 0 0.25rem; }
p { max-width: 42rem; margin: 0.5rem 0; }
code, pre { font-family: ui-monospace, "Liberation Mono", monospace; font-size: 0.875em; }
code { overflow-wrap: anywhere; }
p code, td code.value { background: var(--wash); padding: 0.05rem 0.25rem; border-radius: 0.2rem; }
pre { background: var(--wash); border: 1px solid var(--line); border-radius: 0.25rem; padding: 0.75rem 1rem; overflow-x: auto; line-height: 1.45; }
.route { display: flex; flex-wrap: wrap; gap: 0.6rem; align-items: baseline; margin: 0.25rem 0 0.75rem; }
.route code { font-size: 1rem; }
.method { font: 700 0.8125rem/1 ui-monospace, "Liberation Mono", monospace; border: 2px solid; border-radius: 0.25rem; padding: 0.25rem 0.4rem; }
.get { color: var(--get); } .post { color: var(--post); } .webhook { color: var(--webhook); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; }
th, td { text-align: left; padding: 0.45rem 0.9rem 0.45rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-size: 0.8125rem; }
tbody th { font-weight: 600; min-width: 12rem; }
td:nth-child(2) { min-width: 9rem; }
.need { color: var(--soft); font-size: 0.8125rem; display: block; font-weight: 400; }
footer { color: var(--soft); border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 0.75rem; font-size: 0.875rem; }
@media (max-width: 52rem) {
  .page { display: block; }
  .side { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  .wide { display: none; } .narrow { display: block; padding: 0.5rem 1rem; }
  .side summary { font-weight: 700; padding: 0.5rem 0; }
  .side li a { padding: 0.5rem 0; }
  main { padding: 1rem 1rem 3rem; }
  h1 { font-size: 1.625rem; }
  table, tbody, tr, tbody th, td { display: block; }
  thead { position: absolute; left: -999rem; }
  tbody th { border: 0; padding-bottom: 0; } td { border: 0; padding: 0; } tr { border-bottom: 1px solid var(--line); padding: 0.4rem 0; }
}
@media print { .side { display: none; } .page { display: block; } }
)css";

}  // namespace postroom::api

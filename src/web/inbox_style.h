// The inbox's style sheet. Colours hold WCAG 2.2 AA contrast in light and in dark.
#pragma once

#include <string_view>

namespace postroom::web {

inline constexpr std::string_view kInboxStyle = R"css(
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #4d5560; --paper: #ffffff; --line: #c9d0d8;
  --accent: #0b5c6b; --accent-ink: #ffffff; --wash: #eef4f5; }
@media (prefers-color-scheme: dark) { :root { --ink: #e9edf1; --soft: #b3bcc6; --paper: #14181c; --line: #3a434c;
  --accent: #7fd0de; --accent-ink: #10262b; --wash: #1d2429; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 system-ui, "Liberation Sans", Arial, sans-serif; color: var(--ink); background: var(--paper); }
header { border-bottom: 3px solid var(--accent); }
.bar, main, footer { max-width: 70rem; margin: 0 auto; padding: 0.75rem 1rem; }
.bar { display: flex; gap: 0.75rem; align-items: baseline; }
.name { font-weight: 700; font-size: 1.25rem; color: var(--ink); text-decoration: none; }
.tag { font-size: 0.875rem; background: var(--wash); color: var(--soft); border: 1px solid var(--line); border-radius: 0.25rem; padding: 0 0.5rem; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--paper); padding: 0.5rem; }
a { color: var(--accent); }
a:focus-visible, .scroll:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
h1 { font-size: 1.75rem; margin: 1rem 0 0.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 1.5rem 0 0.5rem; }
.filter { list-style: none; padding: 0; margin: 1rem 0; display: flex; gap: 1.25rem; flex-wrap: wrap; }
.filter a[aria-current] { font-weight: 700; color: var(--ink); text-decoration: none; border-bottom: 3px solid var(--accent); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 0.5rem 0.75rem 0.5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-size: 0.875rem; }
td time { white-space: nowrap; font-variant-numeric: tabular-nums; }
.kind { display: inline-block; min-width: 4rem; }
dl { margin: 1rem 0; }
dl div { display: grid; grid-template-columns: 9rem 1fr; gap: 0.5rem; padding: 0.4rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--wash); border: 1px solid var(--line); padding: 1rem; font: inherit; }
iframe { width: 100%; height: 40rem; border: 1px solid var(--line); background: #ffffff; }
.button { display: inline-block; background: var(--accent); color: var(--accent-ink); padding: 0.5rem 1rem; border-radius: 0.25rem; text-decoration: none; font-weight: 700; }
.empty { background: var(--wash); padding: 1rem; border-left: 4px solid var(--accent); }
footer { color: var(--soft); border-top: 1px solid var(--line); margin-top: 2rem; font-size: 0.875rem; }
@media (max-width: 40rem) { dl div { grid-template-columns: 1fr; gap: 0; } }
)css";

}  // namespace postroom::web

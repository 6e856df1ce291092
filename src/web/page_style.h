// The style sheet of pages for recipients. Colours hold WCAG 2.2 AA contrast in light and in dark.
#pragma once

#include <string_view>

namespace postroom::web {

inline constexpr std::string_view kPageStyle = R"css(
:root { color-scheme: light dark; --canvas: #FAF8F4; --surface: #FFFFFF; --hair: #DAD4C8; --edge: #7E7566;
  --ink: #1C2226; --ink-2: #525A60; --brand: #0E4B5A; --brand-strong: #083540; --brand-soft: #DFEEF1;
  --on-brand: #FFFFFF; --stamp: #A8431A; --bad: #A31631; --bad-soft: #FBE6EA; --focus: #0B5FD6; }
@media (prefers-color-scheme: dark) { :root { --canvas: #12171A; --surface: #1A2125; --hair: #333D43;
  --edge: #84929A; --ink: #F1F4F5; --ink-2: #B4BEC4; --brand: #84CFE0; --brand-strong: #B4E4EF;
  --brand-soft: #17363E; --on-brand: #06222A; --stamp: #F2A27E; --bad: #FF9DAE; --bad-soft: #3B171F;
  --focus: #FFD166; } }
* { box-sizing: border-box; }
body { margin: 0; font: 1rem/1.5 Inter, "Liberation Sans", Arial, sans-serif; color: var(--ink);
  background: var(--canvas); }
header { background: var(--surface); border-bottom: 3px solid var(--stamp); }
.bar, main, footer { max-width: 42rem; margin: 0 auto; padding: 0.75rem 1rem; }
.sender { margin: 0; font-weight: 700; font-size: 1.25rem; overflow-wrap: anywhere; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--surface); padding: 0.5rem; }
main { padding-bottom: 3rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 1.5rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.375rem; line-height: 1.3; margin: 2rem 0 0.5rem; }
p, ul, dl { margin: 0 0 1rem; max-width: 68ch; overflow-wrap: anywhere; }
.lead { font-size: 1.125rem; }
a { color: var(--brand); text-underline-offset: 0.15em; }
a:hover { color: var(--brand-strong); }
a:focus-visible, button:focus-visible, input:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.card { background: var(--surface); border: 1px solid var(--hair); border-radius: 0.625rem; padding: 0 1rem; }
dl.card div { display: grid; grid-template-columns: 9rem 1fr; gap: 0.5rem; padding: 0.6rem 0;
  border-bottom: 1px solid var(--hair); }
dl.card div:last-child { border-bottom: 0; }
dt { color: var(--ink-2); }
dd { margin: 0; overflow-wrap: anywhere; }
form { margin: 1.5rem 0; }
label { display: block; font-weight: 700; margin-bottom: 0.25rem; }
.hint { color: var(--ink-2); margin-bottom: 0.5rem; }
input[type=email], input[type=text] { width: 100%; max-width: 26rem; font: inherit; color: var(--ink);
  background: var(--surface); border: 2px solid var(--edge); border-radius: 0.375rem; padding: 0.5rem 0.75rem;
  margin-bottom: 1rem; }
input[aria-invalid=true] { border-color: var(--bad); }
.fault { color: var(--bad); font-weight: 700; margin-bottom: 0.5rem; }
.summary { background: var(--bad-soft); border: 2px solid var(--bad); border-radius: 0.375rem;
  padding: 0.75rem 1rem; margin: 1.5rem 0 0; }
.summary h2 { margin: 0 0 0.25rem; font-size: 1.125rem; }
.summary p { margin: 0; }
.summary a { color: var(--bad); font-weight: 700; }
.button { display: inline-block; font: inherit; font-weight: 700; text-decoration: none; cursor: pointer;
  background: var(--brand); color: var(--on-brand); border: 2px solid transparent; border-radius: 0.375rem;
  padding: 0.625rem 1.25rem; }
.button:hover { background: var(--brand-strong); color: var(--on-brand); }
.note { background: var(--brand-soft); border-left: 4px solid var(--brand); padding: 0.75rem 1rem; }
.note p:last-child { margin: 0; }
footer { color: var(--ink-2); border-top: 1px solid var(--hair); font-size: 0.875rem; }
@media (max-width: 45rem) { h1 { font-size: 1.625rem; } dl.card div { grid-template-columns: 1fr; gap: 0; } }
@media (max-width: 30rem) { .button { display: block; width: 100%; text-align: center; } }
@media print { .button, form, .skip { display: none; } body { background: #FFFFFF; color: #000000; } }
)css";

}  // namespace postroom::web

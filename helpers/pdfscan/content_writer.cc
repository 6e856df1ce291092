#include "content_writer.h"

#include <algorithm>
#include <cstring>

#include "colours.h"

namespace postroom::pdfscan {
namespace {

// Colours closer to grey than this are meant to be grey.
constexpr float kNeutral = 5.0F / 255;

// The colour space of the stream as it was; null where it needs no other.
struct Space {
  fz_colorspace* space;
  bool pattern;  // of a pattern without colours of its own
};

struct State {
  Space fill;
  Space stroke;
};

// Made by pdf_new_processor, which clears it.
struct Writer {
  pdf_processor super;
  pdf_processor* chain;
  pdf_document* document;
  pdf_obj* resources;
  ContentOwner* owner;
  bool in_state;  // the entries of an ExtGState come as operators, too, and are not to be written
  bool in_text;
  int marks;
  int depth;
  State states[kStateDepthMax + 1];
};

Writer& writer(pdf_processor* processor) { return *reinterpret_cast<Writer*>(processor); }

State& state(Writer& self) { return self.states[std::min(self.depth, kStateDepthMax)]; }

// An operator that goes on as it is.
template <auto Member>
struct Pass;

template <typename... Operands, void (*pdf_processor::*Member)(fz_context*, pdf_processor*, Operands...)>
struct Pass<Member> {
  static void call(fz_context* ctx, pdf_processor* processor, Operands... operands) {
    Writer& self = writer(processor);
    if (!self.in_state && self.chain->*Member) (self.chain->*Member)(ctx, self.chain, operands...);
  }
};

void op_q(fz_context* ctx, pdf_processor* processor) {
  Writer& self = writer(processor);
  if (self.depth >= kStateDepthMax) refuse(ctx, "The PDF saves its drawing state too many times: make it again");
  self.states[self.depth + 1] = self.states[self.depth];
  ++self.depth;
  self.chain->op_q(ctx, self.chain);
}

void op_Q(fz_context* ctx, pdf_processor* processor) {
  Writer& self = writer(processor);
  if (self.depth == 0) return;
  --self.depth;
  self.chain->op_Q(ctx, self.chain);
}

void op_BT(fz_context* ctx, pdf_processor* processor) {
  Writer& self = writer(processor);
  if (self.in_text) return;
  self.in_text = true;
  self.chain->op_BT(ctx, self.chain);
  // As it is anyway. But MuPDF 1.21 carries the moves of a text whose characters were all redacted into the next
  // one, unless that one says where it begins.
  self.chain->op_Tm(ctx, self.chain, 1, 0, 0, 1, 0, 0);
}

void op_ET(fz_context* ctx, pdf_processor* processor) {
  Writer& self = writer(processor);
  if (!self.in_text) return;
  self.in_text = false;
  self.chain->op_ET(ctx, self.chain);
}

void op_BMC(fz_context* ctx, pdf_processor* processor, const char* tag) {
  Writer& self = writer(processor);
  ++self.marks;
  self.chain->op_BMC(ctx, self.chain, tag);
}

void op_BDC(fz_context* ctx, pdf_processor* processor, const char* tag, pdf_obj* raw, pdf_obj* cooked) {
  Writer& self = writer(processor);
  ++self.marks;
  self.chain->op_BDC(ctx, self.chain, tag, raw, cooked);
}

void op_EMC(fz_context* ctx, pdf_processor* processor) {
  Writer& self = writer(processor);
  if (self.marks == 0) return;
  --self.marks;
  self.chain->op_EMC(ctx, self.chain);
}

void op_gs_begin(fz_context* ctx, pdf_processor* processor, const char* name, pdf_obj* dictionary) {
  Writer& self = writer(processor);
  self.chain->op_gs_begin(ctx, self.chain, name, dictionary);
  self.in_state = true;
}

void op_gs_end(fz_context* ctx, pdf_processor* processor) {
  Writer& self = writer(processor);
  self.in_state = false;
  if (self.chain->op_gs_end) self.chain->op_gs_end(ctx, self.chain);
}

bool is_pattern(fz_context* ctx, const Writer& self, const char* name) {
  if (std::strcmp(name, "Pattern") == 0) return true;
  pdf_obj* spaces = pdf_dict_get(ctx, self.resources, PDF_NAME(ColorSpace));
  pdf_obj* space = pdf_dict_gets(ctx, spaces, name);
  pdf_obj* family = pdf_is_array(ctx, space) ? pdf_array_get(ctx, space, 0) : space;
  return pdf_name_eq(ctx, family, PDF_NAME(Pattern));
}

// True when the operator was written in CMYK.
bool set_space(fz_context* ctx, Writer& self, Space& place, const char* name, fz_colorspace* space, bool stroke) {
  place = {};
  if (!self.owner || !space || !is_rgb(ctx, space)) return false;
  // Spaces live as long as the document, which caches them; what is not cached stays with this reference.
  place = {fz_keep_colorspace(ctx, space), is_pattern(ctx, self, name)};
  if (place.pattern) return false;
  float black[FZ_MAX_COLORS] = {};
  float cmyk[4];
  to_cmyk(ctx, space, black, cmyk);
  auto set = stroke ? self.chain->op_CS : self.chain->op_cs;
  auto colour = stroke ? self.chain->op_SC_color : self.chain->op_sc_color;
  set(ctx, self.chain, "DeviceCMYK", fz_device_cmyk(ctx));
  colour(ctx, self.chain, 4, cmyk);
  return true;
}

void op_CS(fz_context* ctx, pdf_processor* processor, const char* name, fz_colorspace* space) {
  Writer& self = writer(processor);
  if (!set_space(ctx, self, state(self).stroke, name, space, true)) self.chain->op_CS(ctx, self.chain, name, space);
}

void op_cs(fz_context* ctx, pdf_processor* processor, const char* name, fz_colorspace* space) {
  Writer& self = writer(processor);
  if (!set_space(ctx, self, state(self).fill, name, space, false)) self.chain->op_cs(ctx, self.chain, name, space);
}

void op_SC_color(fz_context* ctx, pdf_processor* processor, int count, float* colour) {
  Writer& self = writer(processor);
  fz_colorspace* space = state(self).stroke.space;
  if (!space) return self.chain->op_SC_color(ctx, self.chain, count, colour);
  float cmyk[4];
  to_cmyk(ctx, space, colour, cmyk);
  self.chain->op_SC_color(ctx, self.chain, 4, cmyk);
}

void op_sc_color(fz_context* ctx, pdf_processor* processor, int count, float* colour) {
  Writer& self = writer(processor);
  fz_colorspace* space = state(self).fill.space;
  if (!space) return self.chain->op_sc_color(ctx, self.chain, count, colour);
  float cmyk[4];
  to_cmyk(ctx, space, colour, cmyk);
  self.chain->op_sc_color(ctx, self.chain, 4, cmyk);
}

void op_SC_pattern(fz_context* ctx, pdf_processor* processor, const char* name, pdf_pattern* pattern, int count,
                   float* colour) {
  Writer& self = writer(processor);
  Space& place = state(self).stroke;
  if (!place.space || count == 0) return self.chain->op_SC_pattern(ctx, self.chain, name, pattern, count, colour);
  float cmyk[4];
  to_cmyk(ctx, place.space, colour, cmyk);
  self.chain->op_SC_pattern(ctx, self.chain, name, pattern, 4, cmyk);
}

void op_sc_pattern(fz_context* ctx, pdf_processor* processor, const char* name, pdf_pattern* pattern, int count,
                   float* colour) {
  Writer& self = writer(processor);
  Space& place = state(self).fill;
  if (!place.space || count == 0) return self.chain->op_sc_pattern(ctx, self.chain, name, pattern, count, colour);
  float cmyk[4];
  to_cmyk(ctx, place.space, colour, cmyk);
  self.chain->op_sc_pattern(ctx, self.chain, name, pattern, 4, cmyk);
}

void op_RG(fz_context* ctx, pdf_processor* processor, float red, float green, float blue) {
  Writer& self = writer(processor);
  state(self).stroke = {};
  if (!self.owner) return self.chain->op_RG(ctx, self.chain, red, green, blue);
  float rgb[3] = {red, green, blue};
  float cmyk[4];
  to_cmyk(ctx, fz_device_rgb(ctx), rgb, cmyk);
  self.chain->op_K(ctx, self.chain, cmyk[0], cmyk[1], cmyk[2], cmyk[3]);
}

void op_rg(fz_context* ctx, pdf_processor* processor, float red, float green, float blue) {
  Writer& self = writer(processor);
  state(self).fill = {};
  if (!self.owner) return self.chain->op_rg(ctx, self.chain, red, green, blue);
  float rgb[3] = {red, green, blue};
  float cmyk[4];
  to_cmyk(ctx, fz_device_rgb(ctx), rgb, cmyk);
  self.chain->op_k(ctx, self.chain, cmyk[0], cmyk[1], cmyk[2], cmyk[3]);
}

void op_G(fz_context* ctx, pdf_processor* processor, float grey) {
  state(writer(processor)).stroke = {};
  Pass<&pdf_processor::op_G>::call(ctx, processor, grey);
}

void op_g(fz_context* ctx, pdf_processor* processor, float grey) {
  state(writer(processor)).fill = {};
  Pass<&pdf_processor::op_g>::call(ctx, processor, grey);
}

void op_K(fz_context* ctx, pdf_processor* processor, float c, float m, float y, float k) {
  state(writer(processor)).stroke = {};
  Pass<&pdf_processor::op_K>::call(ctx, processor, c, m, y, k);
}

void op_k(fz_context* ctx, pdf_processor* processor, float c, float m, float y, float k) {
  state(writer(processor)).fill = {};
  Pass<&pdf_processor::op_k>::call(ctx, processor, c, m, y, k);
}

void op_BI(fz_context* ctx, pdf_processor* processor, fz_image* image, const char* space_name) {
  Writer& self = writer(processor);
  if (!self.owner || image->imagemask || !is_rgb(ctx, image->colorspace))
    return self.chain->op_BI(ctx, self.chain, image, space_name);
  const char* name = self.owner->inline_image(ctx, self.document, self.resources, image);
  self.chain->op_Do_image(ctx, self.chain, name, image);
}

template <auto... Members>
void pass_on(pdf_processor& processor) {
  ((processor.*Members = Pass<Members>::call), ...);
}

void set_operators(pdf_processor& p) {
  using P = pdf_processor;
  pass_on<&P::op_w, &P::op_j, &P::op_J, &P::op_M, &P::op_d, &P::op_ri, &P::op_i, &P::op_cm>(p);
  pass_on<&P::op_m, &P::op_l, &P::op_c, &P::op_v, &P::op_y, &P::op_h, &P::op_re>(p);
  pass_on<&P::op_S, &P::op_s, &P::op_F, &P::op_f, &P::op_fstar, &P::op_B, &P::op_Bstar, &P::op_b, &P::op_bstar,
          &P::op_n, &P::op_W, &P::op_Wstar>(p);
  pass_on<&P::op_Tc, &P::op_Tw, &P::op_Tz, &P::op_TL, &P::op_Tf, &P::op_Tr, &P::op_Ts, &P::op_Td, &P::op_TD,
          &P::op_Tm, &P::op_Tstar, &P::op_TJ, &P::op_Tj, &P::op_squote, &P::op_dquote, &P::op_d0, &P::op_d1>(p);
  pass_on<&P::op_SC_shade, &P::op_sc_shade, &P::op_sh, &P::op_Do_image, &P::op_Do_form, &P::op_MP, &P::op_DP,
          &P::op_BX, &P::op_EX>(p);
  p.op_q = op_q;
  p.op_Q = op_Q;
  p.op_BT = op_BT;
  p.op_ET = op_ET;
  p.op_BMC = op_BMC;
  p.op_BDC = op_BDC;
  p.op_EMC = op_EMC;
  p.op_gs_begin = op_gs_begin;
  p.op_gs_end = op_gs_end;
  p.op_CS = op_CS;
  p.op_cs = op_cs;
  p.op_SC_color = op_SC_color;
  p.op_sc_color = op_sc_color;
  p.op_SC_pattern = op_SC_pattern;
  p.op_sc_pattern = op_sc_pattern;
  p.op_RG = op_RG;
  p.op_rg = op_rg;
  p.op_G = op_G;
  p.op_g = op_g;
  p.op_K = op_K;
  p.op_k = op_k;
  p.op_BI = op_BI;
}

}  // namespace

void write_content(fz_context* ctx, pdf_document* document, pdf_obj* resources, pdf_obj* contents,
                   ContentOwner* owner, fz_buffer* out) {
  auto* processor = static_cast<pdf_processor*>(pdf_new_processor(ctx, sizeof(Writer)));
  Writer& self = writer(processor);
  set_operators(*processor);
  self.chain = pdf_new_buffer_processor(ctx, out, 0);
  self.document = document;
  self.resources = resources;
  self.owner = owner;
  pdf_process_contents(ctx, processor, document, resources, contents, nullptr);
  if (self.in_text) self.chain->op_ET(ctx, self.chain);
  for (; self.marks > 0; --self.marks) self.chain->op_EMC(ctx, self.chain);
  for (; self.depth > 0; --self.depth) self.chain->op_Q(ctx, self.chain);
  pdf_close_processor(ctx, self.chain);
  pdf_drop_processor(ctx, self.chain);
  pdf_close_processor(ctx, processor);
  pdf_drop_processor(ctx, processor);
}

void to_cmyk(fz_context* ctx, fz_colorspace* space, const float* colour, float cmyk[4]) {
  float rgb[FZ_MAX_COLORS] = {};
  fz_convert_color(ctx, space, colour, fz_device_rgb(ctx), rgb, nullptr, fz_default_color_params);
  for (int i = 0; i < 3; ++i) rgb[i] = std::clamp(rgb[i], 0.0F, 1.0F);
  float most = std::max({rgb[0], rgb[1], rgb[2]});
  if (most - std::min({rgb[0], rgb[1], rgb[2]}) <= kNeutral) {
    cmyk[0] = cmyk[1] = cmyk[2] = 0;
    cmyk[3] = 1 - (rgb[0] + rgb[1] + rgb[2]) / 3;
    return;
  }
  // Black ink takes all that the three have in common (ISO 32000-1, 10.3.4, with both functions the identity).
  for (int i = 0; i < 3; ++i) cmyk[i] = most - rgb[i];
  cmyk[3] = 1 - most;
}

void to_cmyk(const unsigned char rgb[3], unsigned char cmyk[4]) {
  unsigned char most = std::max({rgb[0], rgb[1], rgb[2]});
  for (int i = 0; i < 3; ++i) cmyk[i] = static_cast<unsigned char>(most - rgb[i]);
  cmyk[3] = static_cast<unsigned char>(255 - most);
}

}  // namespace postroom::pdfscan

// The operators of one page: text and filled squares in black or white (ISO 32000-1, 8 and 9).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/bytes.h"

namespace postroom::pdf {

// Black is K only: an RGB black would be separated into four inks, and small type into four blurred edges.
enum class Ink { black, white };

// A glyph and how far it stands from where its own width would put it, in thousandths of the type size.
struct Glyph {
  std::uint16_t id = 0;
  std::int16_t before = 0;  // moved right before it is shown
  std::int16_t after = 0;   // added to its width
  std::int16_t rise = 0;    // above the base line
};

// Positions are PDF's: points from the bottom left. Not thread-safe.
class ContentStream {
 public:
  ContentStream();

  void set_ink(Ink ink);
  // `font` is the number in the resource name "F<font>". `letter_spacing` in points is added after each glyph.
  void set_type(int font, double size, double letter_spacing);
  // Letters get a black line of this width around them; 0 for none.
  void set_outline(double width);
  // Starts a line of text; everything shown up to end_line() stands on it.
  void begin_line(double x, double y);
  void show(std::span<const Glyph> glyphs);
  void end_line();
  // What follows, up to end_mark(), is the content `number` of an element with this role; or belongs to none, such
  // as a page number. Marks are not nested, but for actual text.
  void begin_text_mark(std::string_view role, int number);
  void begin_figure_mark(std::string_view role, int number);
  void begin_artifact();
  // What the glyphs up to end_mark() say; a text string as PDF writes it.
  void begin_actual_text(std::string_view text);
  void end_mark();
  // The XObject `name`, stretched from its own units.
  void draw(std::string_view name, double x, double y, double scale_x, double scale_y);
  // Several squares of one figure: add each, then fill once.
  void add_rectangle(double x, double y, double width, double height);
  void fill();

  // The finished operators, not compressed.
  const Bytes& bytes();

 private:
  void mark(std::string_view role, int number);
  void begin_text();
  void end_text();
  void close_array();
  void adjust(int thousandths);

  Bytes out_;
  Ink ink_ = Ink::white;
  bool ink_known_ = false;
  int font_ = -1;
  double size_ = 0;
  double letter_spacing_ = 0;
  double outline_ = 0;
  int rise_ = 0;
  int pending_ = 0;  // movement not written yet, thousandths to the right
  bool in_text_ = false;
  bool in_array_ = false;
  bool in_string_ = false;
};

}  // namespace postroom::pdf

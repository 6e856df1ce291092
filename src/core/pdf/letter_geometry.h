// Where things stand on an A4 letter, in PDF points from the top left corner of the page (1 mm = 72/25.4 pt).
// The zones follow the print house: the window of the envelope, the printable border, the tag it looks for.
#pragma once

namespace postroom::pdf {

constexpr double mm(double millimetres) { return millimetres * 72.0 / 25.4; }

inline constexpr double kPageWidth = mm(210);
inline constexpr double kPageHeight = mm(297);

inline constexpr double kMarginLeft = mm(15);
inline constexpr double kMarginRight = mm(10);
inline constexpr double kBodyWidth = mm(137.5);
inline constexpr double kBodyTopFirstPage = mm(104);
inline constexpr double kBodyTop = mm(15);
inline constexpr double kBodyBottom = kPageHeight - mm(15);

inline constexpr double kLogoLeft = mm(15);
inline constexpr double kLogoTop = mm(10);
inline constexpr double kLogoWidth = mm(70);
inline constexpr double kLogoHeight = mm(18);

// The address grows upwards from its bottom edge.
inline constexpr double kAddressLeft = mm(24.6);
inline constexpr double kAddressWidth = mm(85);
inline constexpr double kAddressBottom = mm(66.2);

// So does the sender's address.
inline constexpr double kContactLeft = mm(128.8);
inline constexpr double kContactWidth = mm(200) - kContactLeft;
inline constexpr double kContactBottom = mm(82.2);
inline constexpr int kContactLinesMax = 11;

// The base line of the white tag is one line of its size under this corner.
inline constexpr double kTagLeft = mm(1.8);
inline constexpr double kTagTop = mm(1.8);

// Type: size and line height in points, spacing in em.
struct TypeSize {
  double size;
  double leading;
  double letter_spacing = 0;
  double word_spacing = 0;
};
inline constexpr double kLetterSpacing = 0.01;
inline constexpr double kWordSpacing = -0.04;
inline constexpr TypeSize kBodyType{12.5, 16, kLetterSpacing, kWordSpacing};
inline constexpr TypeSize kSubjectType{20, 23.4, kLetterSpacing, kWordSpacing};
inline constexpr TypeSize kHeadingType{14, 17.4, kLetterSpacing, kWordSpacing};
inline constexpr TypeSize kContactType{10, 12, kLetterSpacing, kWordSpacing};
inline constexpr TypeSize kPageNumberType{10, 12, kLetterSpacing, kWordSpacing};
inline constexpr TypeSize kAddressType{8, 8.5};
inline constexpr TypeSize kTagType{6, 6};

// White space between blocks; where two meet, the larger one counts.
inline constexpr double kParagraphAfter = 16;
inline constexpr double kSubjectBefore = 18.16;
inline constexpr double kSubjectAfter = 7.68;
inline constexpr double kHeadingAfter = 16;
inline constexpr double kHeadingBeforeUnderSubject = 8.35;
inline constexpr double kQrSize = 84;
inline constexpr double kQrBefore = 20;
inline constexpr double kQrAfter = 24;

// Room for the marks of lists, in points.
inline constexpr double kBulletIndent = 0.8 * kBodyType.size;
inline constexpr double kNumberIndent = 1.4 * kBodyType.size;
inline constexpr double kNumberGap = 0.3 * kBodyType.size;

// Fewest lines of a paragraph that may stand alone at the foot of a page, and at the head of the next.
inline constexpr int kParagraphOrphans = 4;
inline constexpr int kItemOrphans = 2;
inline constexpr int kWidows = 2;

}  // namespace postroom::pdf

// How large a workbook may be. An upload below kSheetBytesMax can say it holds gigabytes: each limit bounds time or
// memory by itself.
#pragma once

#include <cstddef>
#include <cstdint>

namespace postroom::spreadsheet {

// Of the sheet, hidden and empty ones counted.
inline constexpr std::uint32_t kRowsMax = 200'000;
// By the header row; cells further right are not looked at.
inline constexpr std::uint32_t kColumnsMax = 1'000;
// Columns that are read however short the header row is.
inline constexpr std::uint32_t kColumnsRead = 50;
// Filled cells, those of merged ranges counted once for each cell they fill.
inline constexpr std::size_t kCellsMax = 4'000'000;
inline constexpr std::size_t kMergesMax = 100'000;
// Text of all cells together, and the CSV made of it.
inline constexpr std::size_t kTextBytesMax = 64U << 20;

inline constexpr std::size_t kZipEntriesMax = 10'000;
// One part of the workbook, uncompressed.
inline constexpr std::uint64_t kPartBytesMax = 512ULL << 20;
// Uncompressed to compressed bytes; sheets come to about 20. Small parts may do as they like.
inline constexpr std::uint64_t kPartRatioMax = 100;
inline constexpr std::uint64_t kPartBytesUnjudged = 4ULL << 20;

inline constexpr std::size_t kXmlDepthMax = 256;
// Styles, number formats, sheets of a workbook.
inline constexpr std::size_t kListMax = 100'000;

}  // namespace postroom::spreadsheet

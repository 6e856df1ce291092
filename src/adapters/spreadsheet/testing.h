// Workbooks made in memory, for tests.
#pragma once

#include <zlib.h>

#include <string>
#include <vector>

#include "base/bytes.h"

namespace postroom::spreadsheet::testing {

struct MadePart {
  std::string name;
  std::string content;
};

inline void put_number(std::string& out, std::uint64_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8) out.push_back(static_cast<char>(value));
}

// Parts stored, not compressed.
inline std::string made_zip(const std::vector<MadePart>& parts) {
  std::string file, directory;
  for (const MadePart& part : parts) {
    std::string common;
    put_number(common, 20, 2);  // version
    put_number(common, 0, 8);   // flags, method, time, date
    put_number(common,
               ::crc32_z(0, reinterpret_cast<const unsigned char*>(part.content.data()), part.content.size()), 4);
    put_number(common, part.content.size(), 4);
    put_number(common, part.content.size(), 4);
    put_number(common, part.name.size(), 2);
    put_number(common, 0, 2);  // extra
    std::size_t offset = file.size();
    file.append("PK\x03\x04").append(common).append(part.name).append(part.content);
    directory.append("PK\x01\x02");
    put_number(directory, 20, 2);
    directory.append(common);
    put_number(directory, 0, 10);  // comment, disk, attributes
    put_number(directory, offset, 4);
    directory.append(part.name);
  }
  std::size_t start = file.size();
  file.append(directory).append("PK\x05\x06");
  put_number(file, 0, 4);
  put_number(file, parts.size(), 2);
  put_number(file, parts.size(), 2);
  put_number(file, directory.size(), 4);
  put_number(file, start, 4);
  put_number(file, 0, 2);
  return file;
}

// A workbook with one sheet, of this XML between <worksheet> and its end. Styles: 0 number, 1 date, 2 [h]:mm, 3
// time, 4 a date format of the workbook's own, 5 a colour and no date.
inline std::string made_xlsx(const std::string& sheet, const std::string& strings = {},
                             const std::string& workbook_properties = {},
                             const std::string& sheets = R"(<sheet name="A" sheetId="1" r:id="r1"/>)") {
  const std::string relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
  return made_zip(
      {{"[Content_Types].xml", "<Types/>"},
       {"_rels/.rels", "<Relationships><Relationship Id='r' Type='" + relation +
                           "officeDocument' Target='xl/workbook.xml'/></Relationships>"},
       {"xl/workbook.xml",
        "<workbook xmlns:r='x'>" + workbook_properties + "<sheets>" + sheets + "</sheets></workbook>"},
       {"xl/_rels/workbook.xml.rels",
        "<Relationships><Relationship Id='r1' Type='" + relation +
            "worksheet' Target='worksheets/sheet1.xml'/><Relationship Id='r2' Type='" + relation +
            "styles' Target='/xl/styles.xml'/><Relationship Id='r3' Type='" + relation +
            "sharedStrings' Target='../xl/sharedStrings.xml'/><Relationship Id='r4' Type='" + relation +
            "chartsheet' Target='chart.xml'/></Relationships>"},
       {"xl/styles.xml",
        "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='d\\ mmmm\\ yyyy'/><numFmt numFmtId='171' "
        "formatCode='[Red]0.00;\"dmy\"0'/></numFmts><cellStyleXfs><xf numFmtId='14'/></cellStyleXfs><cellXfs>"
        "<xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='46'/><xf numFmtId='20'/><xf numFmtId='170'/>"
        "<xf numFmtId='171'/></cellXfs></styleSheet>"},
       {"xl/sharedStrings.xml", "<sst>" + strings + "</sst>"},
       {"xl/worksheets/sheet1.xml", "<worksheet>" + sheet + "</worksheet>"}});
}

// A workbook with this XML between <office:spreadsheet> and its end; the style "h" hides a sheet.
inline std::string made_ods(const std::string& tables) {
  return made_zip(
      {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
       {"content.xml",
        "<office:document-content><office:automatic-styles><style:style style:name='h' style:family='table'>"
        "<style:table-properties table:display='false'/></style:style></office:automatic-styles><office:body>"
        "<office:spreadsheet>" +
            tables + "</office:spreadsheet></office:body></office:document-content>"}});
}

}  // namespace postroom::spreadsheet::testing

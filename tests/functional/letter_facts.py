"""What the letters of this platform are built on: each fact, the rules it became, and one test that shows it.

The test of fact S9c is the function in test_letters_facts.py whose name starts with test_s9c_.
"""

FACTS = [
    ("S1a", "EN1", "One environment goes by two names: production at the start, live inside"),
    ("S1b", "EN2", "Whatever asks for that environment takes both names"),
    ("S2a", "RM4 RS12", "A letter that is not really printed has no sheets, and its made-up answer says 0"),
    ("S2b", "RM4 RS6", "So no sheet counts differ in the log for nothing"),
    ("S3", "RM3 EN4", "Answers are made up in development and preview alone, never beside real ones"),
    ("S4", "RS5 T14", "A letter the print house could not print is temporary-failure"),
    ("S5a", "AK4", "Names of zips are compared in upper case"),
    ("S5b", "AK2 AK3", "Acknowledgements are read in the forms the print house writes"),
    ("S6", "EN3 CH1", "Environments without a print house raise no tickets about letters in sending"),
    ("S7", "RS1 CH1", "The answer is due at four on the next working day; after a weekend on Monday"),
    ("S8a", "RS2 RS5", "An answer that arrives moves its letters out of sending"),
    ("S8b", "CH1", "After it no letter of that day is in sending"),
    ("S9a", "CH1 CH2", "A check of the previous working day raises a ticket when a letter is still in sending"),
    ("S9b", "CH1", "A file of answers that never came is noticed"),
    ("S9c", "CH1 CO9 FT9", "The check goes by the time of sending: a letter of after half past five counts a day later"),
    ("S10", "CH1", "The check runs at half past four, half an hour after the answer is due"),
    ("S11a", "CO9 FT8-FT11", "What was sent is not sent again when something else failed"),
    ("S11b", "CO9 T4", "A letter is created until its zip has been sent, then sending"),
    ("S12a", "CO5", "A group holds at most so many letters"),
    ("S12b", "CO7", "The message that starts a zip is small, however many letters it has"),
    ("S13a", "CO2", "Grouping looks at names and sizes, never at the letters themselves"),
    ("S13b", "CO7 FT1", "Each group becomes a task that zips and sends it"),
    ("S13c", "CO4", "A group that would go over the size limit ends, and a new one begins"),
    ("S14a", "CO6", "No zip can be over 2 GB, whatever is configured"),
    ("S14b", "CO6 FT4", "Zips are written in little memory; 500 MB unless configured otherwise"),
    ("S15", "CR12 BU3", "A task about a letter that does not exist fails for all to see"),
    ("S16", "LG6", "Letters of services that send PDFs are left out of the records, and the other way round"),
    ("S17", "CR2", "Every way in asks the service's permissions alike"),
    ("S18", "G1", "Collating, zipping and sending live in a module of their own, tests included"),
    ("S19a", "CB9", "Without a configured callback none is queued"),
    ("S19b", "CB9", "With one, it is queued and sent"),
]


def test_prefix(fact):
    return f"test_{fact.lower()}_"


def table(results):
    """The facts as lines of text. `results`: test name without parameters → passed, FAILED or skipped."""
    rows = [("fact", "rules", "result", "test", "what it says")]
    for fact, rules, words in FACTS:
        names = [name for name in results if name.startswith(test_prefix(fact))]
        name = names[0] if names else "none"
        rows.append((fact, rules, results.get(name, "MISSING"), name, words))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[4]]) for row in rows]

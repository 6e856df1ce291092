// The end of a letter's story: which alerts it is in, and what happens next.
#pragma once

#include "flows/print_run/letter_story.h"

namespace postroom::flows {

// Adds concerns, next steps and estimates to a story that is complete otherwise.
void add_outlook(const StoryPorts& ports, const StoryOptions& options, LetterStory& story);

}  // namespace postroom::flows

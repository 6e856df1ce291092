#include "cli/run.h"

int main(int argc, char** argv) { return postroom::cli::run(argc, argv); }

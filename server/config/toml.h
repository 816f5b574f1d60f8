// toml++ as this room sees it: answers errors instead of throwing them. The packaged shared library
// only throws, so its header-only form is taken. For the files of this room alone.
#pragma once

#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

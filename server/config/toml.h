// toml++ as this room sees it: answers errors instead of throwing them. The packaged shared library
// only throws, so its header-only form is taken. For the files of this room alone.
#pragma once

#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
// toml++ 3.3 asserts of "[[[" and its like what it then refuses by itself (its pull request 301): a
// malformed document is an answer, never an abort.
#define TOML_ASSERT(expression) static_assert(true)
#include <toml++/toml.h>

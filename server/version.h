// What this binary calls itself.
#pragma once

namespace hallmark {

#ifndef HALLMARK_VERSION
#error "HALLMARK_VERSION comes from CMakeLists.txt"
#endif
inline constexpr const char* version = HALLMARK_VERSION;

}  // namespace hallmark
